import { createHash } from 'node:crypto';
import type { Entry, Witnessed } from '../check.ts';
import type { Skipped } from '../report/finding.ts';
import { encodePath, sortByPath, splitNul } from './paths.ts';
import { addUnwitnessed, parseDiffering } from './worktree-records.ts';

// Of fifty thousand records of `ls-files -s -v -c -o -z`, taken as bytes: making entries of them costs more than all of git's work.

const TAG = Buffer.from('H ');
// Records that make git no witness, or that are no files: skip-worktree, assume-unchanged, unmerged, submodules.
const ODD = ['\0S ', '\0s ', '\0h ', '\0M ', '\0m ', '\0H 160000 '];
const UNTRACKED = '? ';
const NAME = 'kei/git/witnessed/1';

/** Where the record that holds a byte begins. */
const recordAt = (files: Buffer, at: number): number => (at === 0 ? 0 : files.lastIndexOf(0, at - 1) + 1);

/** True when an entry of the listing lies below a folder. */
export const hasBelow = (files: Buffer, folder: string): boolean => {
  const from = trackedAt(files);
  if (files.subarray(0, from).includes(`${UNTRACKED}${folder}`)) return true;
  const wanted = Buffer.from(folder);
  // What is tracked stands in order of its bytes.
  let [low, high] = [from, files.length];
  while (low < high) {
    const start = Math.max(low, recordAt(files, (low + high) >> 1));
    const end = files.indexOf(0, start);
    const path = files.subarray(files.indexOf('\t', start) + 1, end);
    if (Buffer.compare(path, wanted) < 0) low = end + 1;
    else high = start;
  }
  const tab = files.indexOf('\t', low);
  return tab >= 0 && files.subarray(tab + 1, tab + 1 + wanted.length).equals(wanted);
};

/** The paths of all `.gitattributes`. */
export const attributeFilesIn = (files: Buffer): readonly string[] => {
  const name = '.gitattributes\0';
  const out: string[] = [];
  for (let at = files.indexOf(name); at >= 0; at = files.indexOf(name, at + 1)) {
    const start = files.lastIndexOf(0, at) + 1;
    const from = files.toString('latin1', start, start + 2) === UNTRACKED ? start + 2 : files.indexOf('\t', start) + 1;
    out.push(encodePath(files.subarray(from, at + name.length - 1)));
  }
  return out;
};

/** Where what is tracked begins: git lists the others first. */
const trackedAt = (files: Buffer): number => {
  if (files.subarray(0, 2).equals(TAG)) return 0;
  const found = files.indexOf('\0H ');
  return found < 0 ? files.length : found + 1;
};

/**
 * What git vouches for, taken together; undefined where the records hold what only a listing can tell.
 * @param records `files` of `ls-files -s -v -c -o -z`, `differing` of `diff-files --raw -z`
 * @param outside what beside them could make a file differ from its blob
 * @param isLike true when nothing does
 */
export const witnessOf = (
  { files, differing }: { readonly files: Buffer; readonly differing: Buffer },
  root: string,
  outside: string,
  isLike: () => Promise<boolean>,
): Witnessed | undefined => {
  const from = trackedAt(files);
  const tracked = files.subarray(from);
  if (tracked.length === 0) return undefined;
  const rest: Entry[] = [];
  const unlisted: Skipped[] = [];
  for (const record of splitNul(files.subarray(0, from))) {
    if (!record.startsWith(UNTRACKED)) return undefined;
    addUnwitnessed(root, record.slice(2), rest, unlisted);
  }
  for (const [path, mode] of parseDiffering(splitNul(differing))) if (mode !== 0) rest.push({ path, mode });
  // Attributes of others are named with the files that hold them.
  if (unlisted.length > 0 || rest.some(({ path }) => path.endsWith('.gitattributes'))) return undefined;
  const name = createHash('sha256')
    .update(JSON.stringify([NAME, outside]))
    .update(differing)
    .update('\0')
    .update(tracked)
    .digest('hex');
  const isOdd = (): boolean => tracked.toString('latin1', 0, 9) === 'H 160000 ' || ODD.some((odd) => tracked.includes(odd));
  return { name, rest: sortByPath(rest), certain: async () => !isOdd() && (await isLike()) };
};
