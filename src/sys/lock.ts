import { readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FileError } from '../errors.ts';
import { errorCode, fileError } from './files.ts';
import { addName, writeTemporary } from './own-temporary.ts';
import { isAlive, ownId } from './processes.ts';

const EVERY_MS = 20;

/** The process that holds a lock; undefined when it cannot be told or the lock is gone. */
const holderOf = (path: string): number | undefined => {
  try {
    const id = Number(readFileSync(path, 'latin1').trim());
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
};

/** Takes away the lock of a process that is gone. Of several that try one gets the file; it looks again whose it was. */
const clearStale = (path: string, holder: number): void => {
  const taken = `${path}.${ownId()}`;
  try {
    renameSync(path, taken);
    if (holderOf(taken) !== holder) addName(taken, path); // it was a new one
  } catch {
    // Somebody else was quicker.
  } finally {
    rmSync(taken, { force: true });
  }
};

/** One try. @throws {FileError} when the folder cannot be written */
const take = (path: string): boolean => {
  let temporary: string | undefined;
  try {
    temporary = writeTemporary(dirname(path), Buffer.from(`${ownId()}\n`), 0o644);
    addName(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('write', path, error);
  } finally {
    if (temporary !== undefined) rmSync(temporary, { force: true });
  }
};

/**
 * Runs one at a time, among the processes of a machine. The lock of a process that was killed is taken over.
 * @throws {FileError} when another holds it longer than `patienceMs`, or the folder cannot be written
 */
export const withLock = async <T>(path: string, patienceMs: number, work: () => Promise<T>): Promise<T> => {
  for (let waited = 0; !take(path); waited += EVERY_MS) {
    const holder = holderOf(path);
    if (holder !== undefined && !isAlive(holder)) clearStale(path, holder);
    else if (waited >= patienceMs)
      throw new FileError(`${path} is held by another kei-git${holder === undefined ? '' : ` (process ${holder})`}`, {
        hint: 'wait until it has ended; if there is none, delete that file',
      });
    else await wait(EVERY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};
