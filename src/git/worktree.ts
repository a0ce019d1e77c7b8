import { isUtf8 } from 'node:buffer';
import { lstatSync, type Stats } from 'node:fs';
import type { Entry, Snapshot } from '../check.ts';
import type { Place } from '../command.ts';
import type { Skipped } from '../report/finding.ts';
import { reasonOf } from '../sys/files.ts';
import { likeness } from './attributes.ts';
import { fileSnapshot } from './directory.ts';
import { conversions } from './filters.ts';
import { encodeText, sortByPath, splitNul } from './paths.ts';
import { toGitPathspecs } from './pathspec.ts';
import { placeOf } from './read-file.ts';
import { findRepository, worktreeRoot } from './repository.ts';
import { run } from './run.ts';
import { type Listing, type SnapshotOptions, submodule } from './snapshot.ts';

const SUBMODULE = 0o160000;
// What git's own index says is no longer as it was added. Content is compared only where stat data leave it open.
const DIFFERING: readonly string[] = [
  'diff-files',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
  '--no-relative',
];

/**
 * The files on disk that are tracked, or untracked and not ignored. An entry has an object name only where git's own index says that the file is
 * as it was when it was added; see `Entry.converted` for what may differ even then.
 * @throws {GitError} when there is no worktree
 */
export async function worktreeSnapshot(place: Place, options: SnapshotOptions = {}): Promise<Snapshot> {
  const repository = await findRepository(place);
  const root = repository?.root ?? (await worktreeRoot(place));
  const commonDir = repository?.commonDir ?? root;
  const files = fileSnapshot(root, options, {
    kind: 'worktree',
    description: 'worktree',
    list: (globs) => listWorktree(place, root, commonDir, globs),
  });
  return Object.defineProperties(
    { ...files, changedNow: async () => changedNow(place) },
    { unlisted: { get: () => files.unlisted, enumerable: true } },
  );
}

/** Paths of which git does not say now that they are as the index has them. */
async function changedNow(place: Place): Promise<ReadonlySet<string>> {
  const rules = await conversions(place);
  const { stdout } = await run(rules.place, DIFFERING);
  return new Set(parseDiffering(splitNul(stdout)).keys());
}

async function listWorktree(place: Place, root: string, commonDir: string, globs: readonly string[]): Promise<Listing> {
  const rules = await conversions(place);
  const pathspecs = toGitPathspecs(globs.length > 0 ? globs : ['.']);
  const [files, differing] = await Promise.all([
    run(rules.place, ['ls-files', '-s', '-v', '-c', '-o', '--exclude-standard', '-z', '--full-name', '--', ...pathspecs]),
    run(rules.place, [...DIFFERING, '--', ...pathspecs]),
  ]);
  const parsed = parseFiles(splitNul(files.stdout), parseDiffering(splitNul(differing.stdout)), root);
  // What diff-files could not look at it only complains about, and leaves out as if it were unchanged.
  const entries =
    differing.stderr === '' ? parsed.entries : parsed.entries.map((entry) => (entry.oid === undefined ? entry : unnamed(entry)));
  const unlisted = [...parsed.unlisted, ...unopened(files.stderr)];
  const attributeFiles = files.stdout.includes('.gitattributes')
    ? entries.map(({ path }) => path).filter((path) => path.endsWith('.gitattributes'))
    : [];
  const unchanged = (): readonly string[] => entries.filter(({ oid }) => oid !== undefined).map(({ path }) => path);
  const { unlike, loose } = await likeness(rules, root, commonDir, attributeFiles, unchanged);
  const qualifiedEntries = loose || unlike.size > 0 ? entries.map((entry) => qualified(entry, unlike, loose)) : entries;
  return { entries: inOrder(qualifiedEntries, files.stdout), unlisted };
}

function qualified(entry: Entry, unlike: ReadonlySet<string>, loose: boolean): Entry {
  if (entry.oid === undefined) return entry;
  return unlike.has(entry.path) ? unnamed(entry) : loose ? { ...entry, converted: true } : entry;
}

/** The entry as one that has to be read. */
const unnamed = ({ path, mode }: Entry): Entry => ({ path, mode });

/** Git lists what it can and only warns about folders that it may not open. */
const unopened = (stderr: string): readonly Skipped[] =>
  [...stderr.matchAll(/^warning: could not open directory '(.*)': (.*)$/gm)].map(([, path = '', reason = '']) => ({
    path: encodeText(path),
    reason: reason.toLowerCase(),
    kind: 'failed',
  }));

/** Path to mode of what is not as the index says: changed, of another type, or gone (mode 0). */
function parseDiffering(records: readonly string[]): ReadonlyMap<string, number> {
  const modes = new Map<string, number>();
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [, mode = '0'] = (records[at] ?? '').split(' ');
    const path = records[at + 1] ?? '';
    // An unmerged path comes twice: as unmerged with mode 0, then compared with our side.
    modes.set(path, Math.max(Number.parseInt(mode, 8), modes.get(path) ?? 0));
  }
  return modes;
}

/**
 * Of `ls-files -s -v -c -o -z`: `<tag> <mode> <oid> <stage>\t<path>` for what is tracked, `? <path>` for what is not. A small letter means
 * assume-unchanged, S means skip-worktree: git does not look at these files, so it is no witness for them.
 */
function parseFiles(
  records: readonly string[],
  differing: ReadonlyMap<string, number>,
  root: string,
): { readonly entries: Entry[]; readonly unlisted: Skipped[] } {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  let last = '';
  for (const record of records) {
    const tag = record[0];
    if (tag === '?') {
      addUnwitnessed(root, record.slice(2), entries, unlisted);
      continue;
    }
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const mode = modeOf(record);
    if (mode === SUBMODULE) unlisted.push(submodule(path));
    else if (tag === 'H') {
      const now = differing.size === 0 ? undefined : differing.get(path);
      if (now === undefined) entries.push({ path, oid: record.slice(9, tab - 2), mode });
      else if (now !== 0) entries.push({ path, mode: now });
    } else if (path !== last) {
      last = path; // The other stages of an unmerged path follow it.
      addUnwitnessed(root, path, entries, unlisted);
    }
  }
  return { entries, unlisted };
}

// Nearly all modes are this one, and parsing fifty thousand numbers takes its time.
const modeOf = (record: string): number => (record.startsWith('100644', 2) ? 0o100644 : Number.parseInt(record.slice(2, 8), 8));

/** Git lists both kinds in order of their bytes, the untracked ones first; only bytes that are no UTF-8 stand elsewhere in our spelling. */
const inOrder = (entries: Entry[], output: Buffer): Entry[] => (output[0] === 0x3f || !isUtf8(output) ? sortByPath(entries) : entries);

function addUnwitnessed(root: string, path: string, entries: Entry[], unlisted: Skipped[]): void {
  // Git lists a repository within the repository as one folder.
  if (path.endsWith('/')) {
    unlisted.push({ path, reason: 'another repository', kind: 'policy' });
    return;
  }
  const stat = statOf(root, path, unlisted);
  if (stat?.isFile() === true) entries.push({ path, mode: (stat.mode & 0o100) === 0 ? 0o100644 : 0o100755, size: stat.size });
  else if (stat?.isSymbolicLink() === true) entries.push({ path, mode: 0o120000 });
}

function statOf(root: string, path: string, unlisted: Skipped[]): Stats | undefined {
  try {
    return lstatSync(placeOf(root, path), { throwIfNoEntry: false });
  } catch (error) {
    unlisted.push({ path, reason: reasonOf(error), kind: 'failed' });
    return undefined;
  }
}
