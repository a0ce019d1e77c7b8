import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { GitError } from '../errors.ts';
import { errorCode, fileError } from '../sys/files.ts';
import { printable } from './paths.ts';

/**
 * Copies an index. Git judges by the index's own time whether a file may have been changed in the instant it was added, so the copy is as old: its
 * time is cut to seconds, which makes git look once more rather than once too few.
 * @throws {FileError}
 */
export const copyIndex = (from: string, to: string): void => {
  try {
    copyFileSync(from, to);
    const seconds = Math.floor(statSync(from).mtimeMs / 1000);
    utimesSync(to, seconds, seconds);
  } catch (error) {
    throw fileError('copy', from, error);
  }
};

/** The same file under another name; where a file system knows no second names, a copy. Git replaces an index, it never writes into one. @throws {FileError} */
export const keepIndex = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch {
    copyIndex(from, to);
  }
};

/** Waits until a file is on the disk. */
export const syncFile = (path: string): void => {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** Git's lock of an index, which is held as long as it is there. */
export interface IndexLock {
  /** Puts a file in the place of the index, by rename. */
  publish(next: string): void;
  release(): void;
}

const TRIES = 40;
const STEP_MS = 25; // a `git status` in the background holds the lock for milliseconds

/**
 * Takes the lock of an index as git takes it.
 * @param own a file beside no other name, which the lock is another name of: whoever finds the lock can tell whose it is
 * @throws {GitError} when somebody keeps it
 */
export async function lockIndex(index: string, own: string): Promise<IndexLock> {
  const path = `${index}.lock`;
  for (let tries = 1; ; tries++) {
    try {
      linkSync(own, path);
      return { publish: (next) => renameSync(next, index), release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw fileError('lock', index, error);
    }
    if (tries === TRIES)
      throw new GitError(`another git is at work: ${printable(path)} is there`, {
        hint: 'wait for it, or remove that file if no git runs',
      });
    await wait(STEP_MS);
  }
}

/** Removes a lock that was taken with `own` and never given back. */
export const releaseOwn = (index: string, own: string): void => {
  const [lock, mine] = [lstatSync(`${index}.lock`, { throwIfNoEntry: false }), lstatSync(own, { throwIfNoEntry: false })];
  if (lock !== undefined && lock.ino === mine?.ino && lock.dev === mine.dev) rmSync(`${index}.lock`, { force: true });
};

/** True when two files hold the same. */
export const isSameFile = (a: string, b: string): boolean => {
  try {
    return readFileSync(a).equals(readFileSync(b));
  } catch {
    return false;
  }
};
