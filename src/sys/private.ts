import { randomBytes } from 'node:crypto';
import { linkSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { FileError } from '../errors.ts';
import { errorCode, fileError, makeFolder, readIfThere, removeFile, writeWhole } from './files.ts';

/** `count` bytes from the system's generator. */
export const random = (count: number): Uint8Array => randomBytes(count);

/** Rights of group and others. Windows has none of the kind. */
const openedToOthers = (path: string): boolean => platform() !== 'win32' && (statSync(path).mode & 0o077) !== 0;

/** The text of a file that only its owner may read; undefined when there is none. @throws {FileError} when others may read it too */
export const readPrivate = (path: string): string | undefined => {
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  let open: boolean;
  try {
    open = openedToOthers(path);
  } catch (error) {
    throw fileError('read', path, error);
  }
  if (open) throw new FileError(`others may read ${path}`, { hint: `chmod 600 ${path}` });
  return bytes.toString('utf8');
};

/** Makes a file for its owner alone, and its folder where there is none; false when there is such a file already. @throws {FileError} */
export const createPrivate = (path: string, text: string): boolean => {
  makeFolder(dirname(path), 0o700);
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeWhole(temporary, text, { mode: 0o600 });
  try {
    linkSync(temporary, path); // unlike a rename it replaces nothing: of two that make one at once, one is told
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('write', path, error);
  } finally {
    removeFile(temporary);
  }
};
