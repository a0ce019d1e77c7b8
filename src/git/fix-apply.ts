import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GitError } from '../errors.ts';
import { fileError } from '../sys/files.ts';
import { ownId } from '../sys/processes.ts';
import { gitAbove } from './committer.ts';
import { alone, journalFolder, readJournal, removeJournal, writeJournal, type FixJournal } from './fix-journal.ts';
import { startKeeper } from './fix-keeper.ts';
import { changedMeanwhile, prepareAgain, prepareFixes, type Fix, type Prepared } from './fix-prepare.ts';
import { settleAlone } from './fix-settle.ts';
import { nulEnded, withIndex } from './index-entries.ts';
import { copyIndex, isSameFile, lockIndex, syncFile, type IndexLock } from './index-file.ts';
import type { Opened } from './opened-view.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import { putInPlace, writeLike } from './worktree-file.ts';

/**
 * Changes index and worktree: all of it or nothing, whoever is killed when. Until git has ended with the commit, it can be taken back.
 * @throws {GitError} {FileError} then nothing is changed, and what the same commit has fixed before is taken back
 */
export const applyFixes = (opened: Opened, fixes: readonly Fix[]): Promise<void> =>
  alone(opened.gitDir, async () => {
    const { gitDir, place } = opened;
    const earlier = await earlierOf(opened);
    sweep(gitDir, earlier);
    try {
      const prepared = await prepareFixes(opened, fixes, earlier);
      const { git } = prepared.journal;
      // Before the journal: from its first moment on there is somebody who outlives us.
      if (git !== undefined && opened.keeper !== undefined) startKeeper(opened.keeper, gitDir, place.env);
      writeJournal(gitDir, prepared.journal);
      sweep(gitDir, prepared.journal);
      await change(opened, fixes, prepared);
      if (git === undefined) removeJournal(gitDir, prepared.journal);
    } catch (error) {
      await settleAlone(place, gitDir, { given: 'up' });
      sweep(gitDir, undefined);
      throw error instanceof Error && 'code' in error ? fileError('fix files in', opened.root, error) : error;
    }
  });

/** What the same commit has fixed before. @throws {GitError} when another commit is being made */
async function earlierOf({ place, gitDir }: Opened): Promise<FixJournal | undefined> {
  const { kind } = await settleAlone(place, gitDir);
  const journal = kind === 'pending' ? readJournal(gitDir) : undefined;
  if (journal === undefined) return undefined;
  const git = gitAbove(ownId());
  if (git !== undefined && git.pid === journal.git?.pid && git.began === journal.git.began) return journal;
  throw new GitError('another commit that has fixed files is still being made in this worktree', {
    hint: 'finish or leave it, then commit again',
  });
}

/** Removes what was prepared by somebody who was killed before there was a journal. Nobody else is at it: we are alone. */
const sweep = (gitDir: string, but: FixJournal | undefined): void => {
  const kei = join(gitDir, 'kei');
  const kept = but === undefined ? undefined : journalFolder(gitDir, but.id);
  for (const name of readdirSync(kei))
    if (/^fix-[0-9a-f]{18}$/.test(name) && join(kei, name) !== kept) rmSync(join(kei, name), { recursive: true, force: true });
};

async function change(opened: Opened, fixes: readonly Fix[], first: Prepared): Promise<void> {
  const locks: IndexLock[] = [];
  let prepared = first;
  const { folder } = first;
  try {
    for (const [at, { index, seen, fixed }] of first.indexes.entries()) {
      locks.push(await lockIndex(index, join(folder, fixed)));
      if (isSameFile(index, join(folder, seen))) continue;
      prepared = await prepareAgain(opened, fixes, prepared, at);
      writeJournal(opened.gitDir, prepared.journal);
    }
    writeFiles(opened.root, fixes, prepared.journal);
    for (const [at, { index, fixed }] of prepared.indexes.entries()) {
      const next = join(folder, `index.next.${at}`);
      await refreshed(opened, join(folder, fixed), next, fixes);
      chmodSync(next, statSync(index).mode & 0o7777);
      syncFile(next);
      locks[at]?.publish(next);
    }
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** All contents are on the disk before the first name is changed. */
function writeFiles(root: string, fixes: readonly Fix[], { files }: FixJournal): void {
  const temporaries = new Map(files.map(({ path, temporary }) => [path, temporary]));
  const writes = fixes.flatMap(({ path, write }) => {
    const temporary = temporaries.get(path);
    return write === undefined || temporary === undefined ? [] : [{ ...write, path, temporary: placeOf(root, temporary) }];
  });
  for (const { path, temporary, bytes, mode } of writes) writeLike(placeOf(root, path), temporary, bytes, mode);
  for (const { path, temporary, expected } of writes) if (!putInPlace(root, path, temporary, expected)) throw changedMeanwhile(path);
}

/** The index with the times of the files as they are now: without them, what only compares times would see changes. */
async function refreshed({ converts, gitDir, root }: Opened, fixed: string, next: string, fixes: readonly Fix[]): Promise<void> {
  copyIndex(fixed, next);
  const place = withIndex(converts.place, gitDir, root, next);
  const stdin = nulEnded(fixes.map(({ path }) => `:(top,literal)${path}`));
  await run(place, ['add', '--refresh', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul'], {
    stdin,
    okCodes: [0, 1, 128],
  });
}
