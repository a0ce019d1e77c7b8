import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { errorCode } from './files.ts';
import { isAlive, ownId } from './processes.ts';

// Temporary files that say whose they are: what a killed process left is known for what it is, and cleared away by the next.

const NAME = /^\.kei-git-(\d+)-[0-9a-f]{12}\.tmp$/;

/** A name that {@link writeTemporary} gives. */
export const isTemporary = (name: string): boolean => NAME.test(name);

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** As far as that is allowed: who is not root cannot give a file away. */
const giveTo = (file: number, { uid, gid }: Owner): void => {
  const own = fstatSync(file);
  if (own.uid === uid && own.gid === gid) return;
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
};

/**
 * Writes a file beside others, durably; the caller renames or removes it.
 * @param owner whose the file is that it will replace
 */
export const writeTemporary = (folder: string, bytes: Uint8Array, mode: number | undefined, owner?: Owner): string => {
  const path = join(folder, `.kei-git-${ownId()}-${randomBytes(6).toString('hex')}.tmp`);
  const file = openSync(path, 'wx', mode ?? 0o666);
  try {
    if (owner !== undefined) giveTo(file, owner);
    if (mode !== undefined) fchmodSync(file, mode);
    writeFileSync(file, bytes);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return path;
};

const WITHOUT_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Gives a file a second name; on a file system without hard links a copy gets it. Unlike a rename it replaces nothing: of several that try, one
 * succeeds.
 * @throws a system error, EEXIST where the name is taken
 */
export const addName = (path: string, name: string): void => {
  try {
    linkSync(path, name);
  } catch (error) {
    if (!WITHOUT_LINKS.includes(errorCode(error) ?? '')) throw error;
    copyFileSync(path, name, constants.COPYFILE_EXCL);
  }
};

/** Temporary files of processes that are gone. */
export const leftTemporaries = (folder: string): readonly string[] => {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => {
      const [, id] = NAME.exec(name) ?? [];
      return id !== undefined && Number(id) !== ownId() && !isAlive(Number(id));
    })
    .map((name) => join(folder, name));
};

/** Makes what was renamed in a folder last. Windows and some file systems cannot, and need not. */
export const syncFolder = (folder: string): void => {
  if (platform() === 'win32') return;
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // Nothing is lost by it that has been written.
  }
};
