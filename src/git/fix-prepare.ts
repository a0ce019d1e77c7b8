import { mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { isThere } from '../sys/files.ts';
import { ownId } from '../sys/processes.ts';
import { gitAbove } from './committer.ts';
import { journalFolder, KEPT_INDEX, newId, type FixJournal, type JournalFile } from './fix-journal.ts';
import { hasSameEntries, indexEntries, isSameEntry, putEntries, withIndex, type IndexEntry } from './index-entries.ts';
import { copyIndex, keepIndex, syncFile } from './index-file.ts';
import type { Opened } from './opened-view.ts';
import { printable } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import { besidePath, hashOf, hashThere, keepFile } from './worktree-file.ts';

/** What is to become of a file. */
export interface Fix {
  readonly path: string;
  readonly before: IndexEntry;
  readonly after: IndexEntry;
  /** What the worktree's file becomes, and the hash of what it must still be; undefined: it stays. */
  readonly write: { readonly bytes: Uint8Array; readonly mode: number; readonly expected: string } | undefined;
}

/** An index that is changed, and names in the journal's folder. */
export interface PreparedIndex {
  readonly index: string;
  /** As it is, and as it shall be. */
  readonly seen: string;
  readonly fixed: string;
}

export interface Prepared {
  readonly folder: string;
  readonly journal: FixJournal;
  readonly indexes: readonly PreparedIndex[];
}

/**
 * Makes ready what a fix needs and keeps what it replaces, in a folder of its own. Nothing else is touched.
 * @param earlier what the same commit has fixed before: it is taken back with this
 * @throws {GitError} {FileError}, a system error
 */
export async function prepareFixes(opened: Opened, fixes: readonly Fix[], earlier: FixJournal | undefined): Promise<Prepared> {
  const { root, gitDir, converts, place, isHook = place.env['GIT_INDEX_FILE'] !== undefined } = opened;
  const id = newId();
  const folder = journalFolder(gitDir, id);
  mkdirSync(folder, { mode: 0o700 });
  const indexes: PreparedIndex[] = [];
  for (const [at, index] of indexesOf(opened).entries()) {
    const prepared = { index, seen: `index.seen.${at}`, fixed: `index.after.${at}` };
    await prepareIndex(converts.place, opened, prepared, folder, fixes);
    indexes.push(prepared);
  }
  const before = earlier === undefined ? undefined : journalFolder(gitDir, earlier.id);
  const known = keepEarlier(before, folder, earlier?.fixed ?? [], 'index.earlier');
  const isKnown = earlier === undefined || (await hasSameEntries(withIndex(place, gitDir, root, ''), folder, 'index.seen.0', known));
  keepIndex(before === undefined ? join(folder, 'index.seen.0') : join(before, KEPT_INDEX), join(folder, KEPT_INDEX));
  const journal: FixJournal = {
    schema: 'kei-git/fix-journal/1',
    id,
    root,
    git: earlier?.git ?? (isHook ? gitAbove(ownId()) : undefined),
    head: earlier === undefined ? await headOf(place) : earlier.head,
    index: isOfGit(opened.index) ? undefined : opened.index,
    locked: indexes.map(({ index, fixed }) => ({ index, own: fixed })),
    fixed: [...(isKnown ? ['index.after.0'] : []), ...known],
    entries: entriesOf(fixes, earlier),
    files: filesOf(root, folder, fixes, earlier, before),
  };
  return { folder, journal, indexes };
}

/**
 * Makes an index ready once more, under its lock, when somebody has staged something else or refreshed it since.
 * @throws {GitError} when what is to be fixed was staged anew
 */
export async function prepareAgain(opened: Opened, fixes: readonly Fix[], prepared: Prepared, at: number): Promise<Prepared> {
  const { folder, journal, indexes } = prepared;
  const [index, id] = [indexes[at]?.index ?? '', newId()];
  const again = { index, seen: `index.seen.${id}`, fixed: `index.after.${id}` };
  await prepareIndex(opened.converts.place, opened, again, folder, fixes);
  const out = { ...prepared, indexes: indexes.with(at, again) };
  // Where this commit has fixed before, it is taken back entry by entry: the index that was kept then lacks what was staged since.
  if (at > 0 || journal.index === undefined || !journal.fixed.includes('index.after.0')) return out;
  if (journal.fixed.length > 1) return { ...out, journal: { ...journal, fixed: journal.fixed.slice(1) } };
  keepIndex(join(folder, again.seen), join(folder, id));
  renameSync(join(folder, id), join(folder, KEPT_INDEX));
  return { ...out, journal: { ...journal, fixed: [again.fixed] } };
}

/** Git's own, which it renames into the place of the real one or throws away: under `commit -a` and `commit PATH`. */
const isOfGit = (index: string): boolean => index.endsWith('.lock');

/**
 * The index that the commit is made of, and under `commit PATH` the one that git will have afterwards: both are written before the hook is called
 * (prepare_index in git's builtin/commit.c), and what is fixed in the first alone would look like a change back.
 * @throws {GitError} where the second is not to be found
 */
function indexesOf({ index, gitDir }: Opened): readonly string[] {
  if (!/^next-index-\d+\.lock$/.test(basename(index))) return [index];
  const real = join(gitDir, 'index.lock');
  if (!isThere(real)) throw new GitError(`the index that git will have after this commit is not where it should be: ${printable(real)}`);
  return [index, real];
}

async function prepareIndex(
  place: Place,
  { gitDir, root }: Opened,
  { index, seen, fixed }: PreparedIndex,
  folder: string,
  fixes: readonly Fix[],
): Promise<void> {
  keepIndex(index, join(folder, seen));
  copyIndex(join(folder, seen), join(folder, fixed));
  const at = withIndex(place, gitDir, root, join(folder, fixed));
  const now = await indexEntries(
    at,
    fixes.map(({ path }) => path),
  );
  const other = fixes.find(({ path, before }) => !isSameEntry(now.get(path), before));
  if (other !== undefined)
    throw new GitError(`${printable(other.path)} was staged anew while it was being fixed`, { hint: 'commit again' });
  await putEntries(at, new Map(fixes.map(({ path, after, before: { flag } }) => [path, flag === undefined ? after : { ...after, flag }])));
  syncFile(join(folder, fixed));
}

const headOf = async (place: Place): Promise<string | undefined> => {
  const { code, stdout } = await run(place, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { okCodes: [0, 1, 128] });
  return code === 0 ? stdout.toString('latin1').trim() : undefined;
};

/** Gives files of an earlier journal names in this one. */
const keepEarlier = (before: string | undefined, folder: string, names: readonly string[], as: string): readonly string[] =>
  before === undefined
    ? []
    : names.map((name, at) => {
        keepFile(join(before, name), join(folder, `${as}.${at}`));
        return `${as}.${at}`;
      });

function entriesOf(fixes: readonly Fix[], earlier: FixJournal | undefined): FixJournal['entries'] {
  const out = new Map((earlier?.entries ?? []).map((entry) => [entry.path, entry]));
  for (const { path, before, after } of fixes) {
    const known = out.get(path);
    out.set(path, known === undefined ? { path, before, after: [after] } : { ...known, after: [...known.after, after] });
  }
  return [...out.values()];
}

/** Keeps the worktree's files that are going to be replaced, as they were before the commit. */
function filesOf(
  root: string,
  folder: string,
  fixes: readonly Fix[],
  earlier: FixJournal | undefined,
  before: string | undefined,
): readonly JournalFile[] {
  const known = earlier?.files ?? [];
  const kept = keepEarlier(
    before,
    folder,
    known.map((file) => file.kept),
    'file.earlier',
  );
  const out = new Map(known.map((file, at) => [file.path, { ...file, kept: kept[at] ?? '' }]));
  for (const [at, { path, write }] of fixes.entries()) {
    if (write === undefined) continue;
    const after = hashOf(write.bytes);
    const file = out.get(path);
    const temporary = besidePath(path, `.kei-${basename(folder)}-${at}.tmp`);
    if (file === undefined) out.set(path, { path, ...keptFile(root, folder, path, at, write.expected), after: [after], temporary });
    else out.set(path, { ...file, after: [...file.after, after], temporary });
  }
  return [...out.values()];
}

function keptFile(root: string, folder: string, path: string, at: number, expected: string): Pick<JournalFile, 'kept' | 'before'> {
  const kept = `file.${at}`;
  keepFile(placeOf(root, path), join(folder, kept));
  if (hashThere(folder, kept) !== expected) throw changedMeanwhile(path);
  return { kept, before: expected };
}

export const changedMeanwhile = (path: string): GitError =>
  new GitError(`${printable(path)} was changed while it was being fixed`, { hint: 'commit again' });
