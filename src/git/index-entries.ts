import { resolve } from 'node:path';
import type { Place } from '../command.ts';
import { decodePath, splitNul } from './paths.ts';
import { run } from './run.ts';

/** What an index has at a path. */
export interface IndexEntry {
  /** As git writes it: `100644`. */
  readonly mode: string;
  readonly oid: string;
  /** Git is told not to look at the worktree's file: as `ls-files -v` says it, `S` (skip-worktree), `h` (assume-unchanged), `s` (both). */
  readonly flag?: string;
}

/** A place in which git works on an index and a worktree of our choice. */
export const withIndex = (place: Place, gitDir: string, worktree: string, index: string): Place => ({
  cwd: worktree,
  program: place.program,
  env: { ...place.env, GIT_DIR: gitDir, GIT_WORK_TREE: worktree, GIT_INDEX_FILE: index },
});

/** Paths for a git that reads them with `-z`. */
export const nulEnded = (paths: readonly string[]): Buffer => Buffer.concat(paths.flatMap((path) => [asBytes(path), Buffer.from([0])]));

const asBytes = (path: string): Buffer => {
  const decoded = decodePath(path);
  return typeof decoded === 'string' ? Buffer.from(decoded) : decoded;
};

const FLAGS: readonly (readonly [option: string, flags: string])[] = [
  ['skip-worktree', 'Ss'],
  ['assume-unchanged', 'hs'],
];

/** Writes entries into an index, with what git is told about their files. */
export async function putEntries(place: Place, entries: ReadonlyMap<string, IndexEntry>): Promise<void> {
  const lines = [...entries].flatMap(([path, { mode, oid }]) => [Buffer.from(`${mode} ${oid}\t`), asBytes(path), Buffer.from([0])]);
  await run(place, ['update-index', '-z', '--index-info'], { stdin: Buffer.concat(lines) });
  for (const [option, flags] of FLAGS) {
    const paths = [...entries].flatMap(([path, { flag }]) => (flag !== undefined && flags.includes(flag) ? [path] : []));
    if (paths.length > 0) await run(place, ['update-index', `--${option}`, '-z', '--stdin'], { stdin: nulEnded(paths) });
  }
}

/** Makes git look at the files of these entries whatever it was told. */
export async function unflag(place: Place, entries: ReadonlyMap<string, IndexEntry>): Promise<void> {
  const stdin = nulEnded([...entries].flatMap(([path, { flag }]) => (flag === undefined ? [] : [path])));
  if (stdin.length === 0) return;
  for (const [option] of FLAGS) await run(place, ['update-index', `--no-${option}`, '-z', '--stdin'], { stdin });
}

/** The same content and mode. */
export const isSameEntry = (a: IndexEntry | undefined, b: IndexEntry | undefined): boolean => a?.oid === b?.oid && a?.mode === b?.mode;

// More of them are slower to match against each entry than to list everything.
const NAMED = 32;

/** Pathspecs that mean these paths and nothing else; none: everything has to be listed. */
const pathspecs = (paths: readonly string[]): readonly string[] => {
  const texts = paths.map(decodePath).filter((path) => typeof path === 'string');
  return texts.length < paths.length || texts.length > NAMED ? [] : ['--', ...texts.map((path) => `:(top,literal)${path}`)];
};

/** What the index of a place has at these paths. Unmerged ones are left out. */
export async function indexEntries(place: Place, paths: readonly string[]): Promise<ReadonlyMap<string, IndexEntry>> {
  if (paths.length === 0) return new Map();
  const { stdout } = await run(place, ['ls-files', '-s', '-v', '-z', '--full-name', ...pathspecs(paths)]);
  const wanted = new Set(paths);
  const out = new Map<string, IndexEntry>();
  for (const record of splitNul(stdout)) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const [flag = '', mode = '', oid = '', stage] = record.slice(0, tab).split(' ');
    if (stage === '0' && wanted.has(path)) out.set(path, flag === 'H' ? { mode, oid } : { mode, oid, flag });
  }
  return out;
}

const listing = async (place: Place, index: string): Promise<Buffer> =>
  (await run({ ...place, env: { ...place.env, GIT_INDEX_FILE: index } }, ['ls-files', '-s', '-v', '-z'])).stdout;

/** Whether an index has the entries of one of others, whatever it says of the times of files. @param names of the others, in a folder */
export async function hasSameEntries(place: Place, folder: string, index: string, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false;
  const now = await listing(place, resolve(folder, index));
  for (const name of names) if (now.equals(await listing(place, resolve(folder, name)))) return true;
  return false;
}
