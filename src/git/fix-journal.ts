import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import { GitError } from '../errors.ts';
import { errorCode, fileError, readIfThere, writeWhole } from '../sys/files.ts';
import { ownId } from '../sys/processes.ts';
import { ownerOf, runs, type Owner } from './committer.ts';
import type { IndexEntry } from './index-entries.ts';

/** A file of the worktree that is replaced. */
export interface JournalFile {
  readonly path: string;
  /** SHA-256 of what was there before the commit, and of what was put there, the last time last. */
  readonly before: string;
  readonly after: readonly string[];
  /** Names in the journal's folder and beside the file. */
  readonly kept: string;
  readonly temporary: string;
}

/** What is about to be changed, and how it was. */
export interface FixJournal {
  readonly schema: 'kei-git/fix-journal/1';
  readonly id: string;
  /** Absolute path of the worktree. */
  readonly root: string;
  /** Git, whose end decides; undefined: nobody's, and what was begun is undone. */
  readonly git: Owner | undefined;
  /** The commit that was checked out; undefined before the first one. */
  readonly head: string | undefined;
  /** The real index, where git would keep it after it is gone; undefined: what was changed is git's own and goes with it. */
  readonly index: string | undefined;
  /** Indexes whose lock is taken meanwhile: the absolute path, and the name in the journal's folder that the lock is another name of. */
  readonly locked: readonly { readonly index: string; readonly own: string }[];
  readonly entries: readonly { readonly path: string; readonly before: IndexEntry; readonly after: readonly IndexEntry[] }[];
  /** Names in the journal's folder: the index as it was fixed, the last time first. */
  readonly fixed: readonly string[];
  readonly files: readonly JournalFile[];
}

/** The name in the journal's folder under which the index is kept as it was before the commit. */
export const KEPT_INDEX = 'index.before';

export const journalPath = (gitDir: string): string => join(gitDir, 'kei', 'fix-journal');
export const journalFolder = (gitDir: string, id: string): string => join(gitDir, 'kei', `fix-${id}`);
export const newId = (): string => randomBytes(9).toString('hex');

/** Waits until names in a folder are on the disk. Windows has nothing of the kind. */
const syncFolder = (folder: string): void => {
  if (platform() === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** For who works alone: replaces the one that is there. @throws {FileError} */
export const writeJournal = (gitDir: string, journal: FixJournal): void => {
  const [path, folder] = [journalPath(gitDir), journalFolder(gitDir, journal.id)];
  const whole = join(folder, 'journal');
  writeWhole(whole, JSON.stringify(journal), { mode: 0o600 });
  try {
    syncFolder(folder);
    renameSync(whole, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw fileError('write', path, error);
  }
};

/** undefined: there is none. @throws {GitError} for one that cannot be read: it must not be passed over */
export const readJournal = (gitDir: string): FixJournal | undefined => {
  const path = journalPath(gitDir);
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    const journal = JSON.parse(bytes.toString('utf8')) as FixJournal;
    if (journal.schema === 'kei-git/fix-journal/1') return journal;
  } catch {
    // Said below.
  }
  throw new GitError(`${path} cannot be read by this kei-git`, {
    hint: 'it holds what a commit with fixers has begun: run the kei-git that wrote it, or look into the folder beside it and remove both',
  });
};

/** Ends a journal: nothing is to be undone any more. */
export const removeJournal = (gitDir: string, { id }: FixJournal): void => {
  try {
    rmSync(journalPath(gitDir), { force: true });
    rmSync(journalFolder(gitDir, id), { recursive: true, force: true });
  } catch (error) {
    throw fileError('remove', journalPath(gitDir), error);
  }
};

const lockPath = (gitDir: string): string => join(gitDir, 'kei', 'fix-lock');
const WAIT_MS = 5000;
const STEP_MS = 25;

const holderOf = (bytes: Buffer | undefined): Owner | undefined => {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '') as Owner;
  } catch {
    return undefined;
  }
};

/** Removes the lock of a process that is gone. Two may try: only who moves away what was seen has moved the right one. */
const breakLock = (path: string, seen: Buffer): void => {
  const aside = `${path}.${newId()}`;
  try {
    renameSync(path, aside);
    if (!readFileSync(aside).equals(seen)) linkSync(aside, path);
  } catch {
    // Somebody was faster.
  }
  rmSync(aside, { force: true });
};

/**
 * Runs while no other kei-git puts fixes into this worktree or takes them back.
 * @throws {GitError} when that takes longer than some seconds; {FileError}
 */
export async function alone<T>(gitDir: string, work: () => Promise<T>): Promise<T> {
  const path = lockPath(gitDir);
  const own = `${path}.${newId()}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError('make', dirname(path), error);
  }
  writeWhole(own, JSON.stringify({ ...ownerOf(ownId()), id: newId() }), { durable: false, mode: 0o600 });
  try {
    await taken(own, path);
  } finally {
    rmSync(own, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function taken(own: string, path: string): Promise<void> {
  for (let waited = 0; ; waited += STEP_MS) {
    try {
      linkSync(own, path);
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw fileError('lock', path, error);
    }
    const seen = readIfThere(path);
    const holder = holderOf(seen);
    if (seen !== undefined && (holder === undefined || runs(holder) === 'no')) breakLock(path, seen);
    else if (waited >= WAIT_MS) throw new GitError('another kei-git is at work on the fixes of this worktree', { hint: 'try again' });
    else await new Promise((done) => setTimeout(done, STEP_MS));
  }
}
