import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Entry, Witnessed } from '../check.ts';
import type { Skipped } from '../report/finding.ts';
import { encodePath, sortByPath, splitNul } from './paths.ts';
import { addUnwitnessed, parseDiffering } from './worktree-records.ts';

// Making entries of fifty thousand records costs more than all of git's work. Where nothing has changed they are not even asked for.

// Records that make git no witness, or that are no files: skip-worktree, assume-unchanged, unmerged, submodules.
const ODD = ['\0S ', '\0s ', '\0h ', '\0M ', '\0m ', '\0H 160000 '];
const UNTRACKED = '? ';
const NAME = 'kei/git/witnessed/1';
const HASH_BYTES = 20; // of SHA-256 these are the last

/**
 * The hash that git writes at the end of an index: names, object names, flags and stat data of all entries. Undefined where there is no index or
 * it was written without (index.skipHash).
 */
export const indexName = (path: string): string | undefined => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined; // git says what there is to say
  }
  try {
    const end = Buffer.alloc(HASH_BYTES);
    const { size } = fstatSync(fd);
    const count = size < HASH_BYTES ? 0 : readSync(fd, end, 0, HASH_BYTES, size - HASH_BYTES);
    return count < HASH_BYTES || end.every((byte) => byte === 0) ? undefined : end.toString('hex');
  } finally {
    closeSync(fd);
  }
};

/** The paths of all `.gitattributes` in records of `ls-files -s -v -c -o -z`. */
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

/** True when such records hold some for which git is no witness, or that are no files. */
export const isOdd = (files: Buffer): boolean => {
  const first = `\0${files.toString('latin1', 0, 9)}`;
  return ODD.some((odd) => first.startsWith(odd) || files.includes(odd));
};

/**
 * What git vouches for, taken together; undefined where what is not tracked is more than files.
 * @param records `others` of `ls-files -v -o -z`, `differing` of `diff-files --raw -z`; `name` of the index, and of what beside it could make a file
 * differ from its blob
 * @param certain see `Witnessed`
 */
export const witnessOf = (
  { others, differing, name }: { readonly others: Buffer; readonly differing: Buffer; readonly name: string },
  root: string,
  certain: () => Promise<boolean>,
): Witnessed | undefined => {
  const rest: Entry[] = [];
  const unlisted: Skipped[] = [];
  for (const record of splitNul(others)) addUnwitnessed(root, record.slice(UNTRACKED.length), rest, unlisted);
  for (const [path, mode] of parseDiffering(splitNul(differing))) if (mode !== 0) rest.push({ path, mode });
  // Attributes of others are named with the files that hold them.
  if (unlisted.length > 0 || rest.some(({ path }) => path.endsWith('.gitattributes'))) return undefined;
  const hash = createHash('sha256')
    .update(JSON.stringify([NAME, name]))
    .update(differing)
    .digest('hex');
  return { name: hash, rest: sortByPath(rest), certain };
};
