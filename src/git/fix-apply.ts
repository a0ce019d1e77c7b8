import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync, chmodSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { fileError, isThere } from '../sys/files.ts';
import { ownId } from '../sys/processes.ts';
import { gitAbove } from './committer.ts';
import {
  alone,
  journalFolder,
  KEPT_INDEX,
  newId,
  NEW_INDEX,
  removeJournal,
  writeJournal,
  type FixJournal,
  type JournalFile,
} from './fix-journal.ts';
import { startKeeper } from './fix-keeper.ts';
import { settleAlone } from './fix-settle.ts';
import { indexEntries, isSameEntry, nulEnded, putEntries, withIndex, type IndexEntry } from './index-entries.ts';
import { copyIndex, isSameFile, keepIndex, lockIndex, type IndexLock } from './index-file.ts';
import { printable } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import type { Opened } from './opened-view.ts';
import { besidePath, hashOf, hashThere, keepFile, putInPlace, writeLike } from './worktree-file.ts';

/** What is to become of a file. */
export interface Fix {
  readonly path: string;
  readonly before: IndexEntry;
  readonly after: IndexEntry;
  /** What the worktree's file becomes, and the hash of what it must still be; undefined: it stays. */
  readonly write: { readonly bytes: Uint8Array; readonly mode: number; readonly expected: string } | undefined;
}

/** An index that is changed, and the files that are prepared for that. */
interface Prepared {
  readonly index: string;
  /** As it was, and as it shall be. */
  readonly kept: string;
  readonly fixed: string;
}

/**
 * Changes index and worktree: all of it or nothing, whoever is killed when. Until git has ended with the commit, it can be taken back.
 * @throws {GitError} {FileError} then nothing is changed
 */
export const applyFixes = (opened: Opened, fixes: readonly Fix[]): Promise<void> =>
  alone(opened.gitDir, async () => {
    const { gitDir, place } = opened;
    const { kind } = await settleAlone(place, gitDir);
    if (kind === 'pending')
      throw new GitError('another commit that has fixed files is still being made in this worktree', {
        hint: 'finish or leave it, then commit again',
      });
    sweep(gitDir);
    const id = newId();
    const folder = journalFolder(gitDir, id);
    try {
      const { journal, indexes } = await prepare(opened, fixes, id, folder);
      await change(opened, fixes, journal, indexes, folder);
    } catch (error) {
      await settleAlone(place, gitDir, { given: 'up' });
      rmSync(folder, { recursive: true, force: true });
      throw error instanceof Error && 'code' in error ? fileError('fix files in', opened.root, error) : error;
    }
  });

/** Removes what was prepared by somebody who was killed before there was a journal. Nobody else is at it: we are alone. */
const sweep = (gitDir: string): void => {
  const kei = join(gitDir, 'kei');
  for (const name of readdirSync(kei)) if (/^fix-[0-9a-f]{18}$/.test(name)) rmSync(join(kei, name), { recursive: true, force: true });
};

async function prepare(
  opened: Opened,
  fixes: readonly Fix[],
  id: string,
  folder: string,
): Promise<{ journal: FixJournal; indexes: Prepared[] }> {
  const { root, gitDir, converts } = opened;
  mkdirSync(folder, { mode: 0o700 });
  const indexes: Prepared[] = [];
  for (const [at, index] of indexesOf(opened).entries()) {
    const prepared = {
      index,
      kept: join(folder, at === 0 ? KEPT_INDEX : `${KEPT_INDEX}.${at}`),
      fixed: join(folder, at === 0 ? NEW_INDEX : `${NEW_INDEX}.${at}`),
    };
    await prepareIndex(converts.place, opened, prepared, fixes);
    indexes.push(prepared);
  }
  const files = fixes.flatMap((fix, at) => keptFile(root, folder, fix, at, id));
  const head = await run(opened.place, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { okCodes: [0, 1, 128] });
  const journal: FixJournal = {
    schema: 'kei-git/fix-journal/1',
    id,
    root,
    git: opened.place.env['GIT_INDEX_FILE'] === undefined ? undefined : gitAbove(ownId()),
    head: head.code === 0 ? head.stdout.toString('latin1').trim() : undefined,
    index: isOfGit(opened.index) ? undefined : opened.index,
    locked: indexes.map(({ index }) => index),
    entries: fixes.map(({ path, before, after }) => ({ path, before, after })),
    files,
  };
  // Before the journal: from its first moment on there is somebody who outlives us.
  if (journal.git !== undefined && opened.keeper !== undefined) startKeeper(opened.keeper, gitDir, opened.place.env);
  writeJournal(gitDir, journal);
  return { journal, indexes };
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
  { index, kept, fixed }: Prepared,
  fixes: readonly Fix[],
): Promise<void> {
  keepIndex(index, kept);
  copyIndex(kept, fixed);
  const at = withIndex(place, gitDir, root, fixed);
  const now = await indexEntries(
    at,
    fixes.map(({ path }) => path),
  );
  for (const { path, before } of fixes) {
    if (!isSameEntry(now.get(path), before))
      throw new GitError(`${printable(path)} was staged anew while it was being fixed`, { hint: 'commit again' });
  }
  await putEntries(at, new Map(fixes.map(({ path, after, before: { flag } }) => [path, flag === undefined ? after : { ...after, flag }])));
  syncFile(fixed);
}

const syncFile = (path: string): void => {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** Keeps a file of the worktree that is going to be replaced. */
function keptFile(root: string, folder: string, { path, write }: Fix, at: number, id: string): readonly JournalFile[] {
  if (write === undefined) return [];
  const kept = `file.${at}`;
  keepFile(placeOf(root, path), join(folder, kept));
  if (hashThere(folder, kept) !== write.expected) throw changed(path);
  return [{ path, before: write.expected, after: hashOf(write.bytes), kept, temporary: besidePath(path, `.kei-fix-${id}-${at}.tmp`) }];
}

const changed = (path: string): GitError =>
  new GitError(`${printable(path)} was changed while it was being fixed`, { hint: 'commit again' });

async function change(
  opened: Opened,
  fixes: readonly Fix[],
  journal: FixJournal,
  indexes: readonly Prepared[],
  folder: string,
): Promise<void> {
  const { gitDir, root } = opened;
  const locks: IndexLock[] = [];
  try {
    for (const { index, kept, fixed } of indexes) {
      locks.push(await lockIndex(index, fixed));
      if (!isSameFile(index, kept)) throw new GitError('the index was changed while files were being fixed', { hint: 'commit again' });
    }
    writeFiles(root, fixes, journal.files);
    for (const [at, { index, fixed }] of indexes.entries()) {
      const next = join(folder, `next.${at}`);
      await refreshed(opened, fixed, next, fixes);
      chmodSync(next, statSync(index).mode & 0o7777);
      syncFile(next);
      locks[at]?.publish(next);
    }
  } finally {
    for (const lock of locks) lock.release();
  }
  if (journal.git === undefined) removeJournal(gitDir, journal);
}

/** All contents are on the disk before the first name is changed. */
function writeFiles(root: string, fixes: readonly Fix[], files: readonly JournalFile[]): void {
  const writes = new Map(fixes.flatMap(({ path, write }) => (write === undefined ? [] : [[path, write] as const])));
  for (const { path, temporary } of files) {
    const write = writes.get(path);
    if (write !== undefined) writeLike(placeOf(root, path), placeOf(root, temporary), write.bytes, write.mode);
  }
  for (const { path, temporary, before } of files) if (!putInPlace(root, path, placeOf(root, temporary), before)) throw changed(path);
}

/** The index with the times of the files as they are now: without them, what only compares times would see changes. */
async function refreshed({ converts, gitDir, root }: Opened, fixed: string, next: string, fixes: readonly Fix[]): Promise<void> {
  copyIndex(fixed, next);
  const stdin = nulEnded(fixes.map(({ path }) => `:(top,literal)${path}`));
  await run(
    withIndex(converts.place, gitDir, root, next),
    ['add', '--refresh', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul'],
    {
      stdin,
      okCodes: [0, 1, 128],
    },
  );
}
