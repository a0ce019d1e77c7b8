import { lstatSync, readFileSync, realpathSync, renameSync, rmSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Place } from '../command.ts';
import { FileError } from '../errors.ts';
import { errorCode, fileError } from '../sys/files.ts';
import { addName, leftTemporaries, syncFolder, writeTemporary } from '../sys/own-temporary.ts';
import { run } from './run.ts';

// A file of git's configuration is replaced as git does it: `config.lock` keeps all others from writing, and becomes the new file. Ours is a second
// name of a temporary file that says whose it is, so that the lock of a killed process is known for what it is.

const EVERY_MS = 20;

/** A lock that one of ours left when it was killed. */
const isLeft = (lock: string): boolean => {
  const stat = lstatSync(lock, { throwIfNoEntry: false });
  return (
    stat !== undefined &&
    leftTemporaries(dirname(lock)).some((path) => {
      const own = lstatSync(path, { throwIfNoEntry: false });
      return own !== undefined && own.ino === stat.ino && own.dev === stat.dev;
    })
  );
};

const takeLock = async (temporary: string, lock: string, patienceMs: number): Promise<void> => {
  for (let waited = 0; ; waited += EVERY_MS) {
    try {
      addName(temporary, lock);
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    if (isLeft(lock)) rmSync(lock, { force: true });
    else if (waited >= patienceMs)
      throw new FileError(`${lock} is there: something else is writing git's configuration`, {
        hint: 'wait until it has ended; if no git is running, delete that file',
      });
    else await wait(EVERY_MS);
  }
};

/** What git reads in a file of configuration, one setting after another; undefined when it cannot read it. */
const settingsIn = async (place: Place, path: string): Promise<string | undefined> => {
  const { code, stdout } = await run(place, ['config', '-z', '--no-includes', '--file', path, '--list'], { okCodes: [0, 1, 3, 128] });
  return code === 0 ? stdout.toString('latin1') : undefined;
};

const isOurs = (setting: string): boolean => /^include\.path\nkei-git-(?:worktree-)?hooks\/gitconfig$/.test(setting);

const withoutOurs = (settings: string): string =>
  settings
    .split('\0')
    .filter((setting) => !isOurs(setting))
    .join('\0');

/** Asks git whether both say the same, apart from what is ours. */
const requireSame = async (place: Place, path: string, temporary: string): Promise<void> => {
  const before = await settingsIn(place, path);
  const after = await settingsIn(place, temporary);
  if (before !== undefined && after !== undefined && withoutOurs(before) === withoutOurs(after)) return;
  throw new FileError(`${path} is left as it is: git would read it differently with kei-git's lines at its end`, {
    hint: `git config --file ${path} --list`,
  });
};

export interface ConfigChange {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What must stand in it. */
  readonly was: Uint8Array | undefined;
}

/**
 * Replaces a file of git's configuration; killed at any instant it is the old one or the new one. Its mode stays.
 * @param place where git is asked what it reads in it
 * @throws {FileError} when somebody else has changed or locked it
 */
export const replaceConfig = async (place: Place, { path, bytes, was }: ConfigChange, patienceMs = 5000): Promise<void> => {
  let temporary: string | undefined;
  let lock: string | undefined;
  try {
    const file = realpathSync.native(path); // git, too, locks and replaces what a link leads to
    const stat: Stats = statSync(file);
    temporary = writeTemporary(dirname(file), bytes, stat.mode & 0o7777, stat);
    await requireSame(place, file, temporary);
    await takeLock(temporary, `${file}.lock`, patienceMs);
    lock = `${file}.lock`;
    if (was === undefined || !readFileSync(file).equals(was)) throw new FileError(`${path} was changed meanwhile`, { hint: 'try again' });
    renameSync(lock, file);
    lock = undefined;
    syncFolder(dirname(file));
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw fileError('write', path, error);
  } finally {
    if (lock !== undefined) rmSync(lock, { force: true });
    if (temporary !== undefined) rmSync(temporary, { force: true });
  }
};
