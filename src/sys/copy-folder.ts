import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, fileError } from './files.ts';

/** Which folder lies there, whatever its name; undefined: none. */
export const identityOf = (folder: string): number | undefined => lstatSync(folder, { throwIfNoEntry: false })?.ino;

const rename = (from: string, to: string): boolean => {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST', 'EPERM', 'EACCES'].includes(errorCode(error) ?? '')) return false;
    throw fileError('write', to, error);
  }
};

/** Puts a folder in its place; false when something lies there. @throws {FileError} */
export const putInPlace = (fresh: string, folder: string): boolean => {
  if (rename(fresh, folder)) return true;
  if (identityOf(folder) !== undefined) return false;
  renameSync(fresh, folder); // says why it cannot
  return true;
};

/**
 * Takes a folder away in one step, so that at no instant half of it is there; false when it stays.
 * @param stays asked once it is out of its place: whether somebody else wants it after all
 * @throws {FileError}
 */
export const takeAway = (data: string, folder: string, stays: (aside: string) => boolean): boolean => {
  const aside = join(data, `.old-${randomBytes(9).toString('hex')}`);
  if (!rename(folder, aside)) return false; // somebody else did
  if (stays(aside) && rename(aside, folder)) return false;
  rmSync(aside, { recursive: true, force: true });
  return true;
};
