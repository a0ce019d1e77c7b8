import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  accessSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { errorCode, fileError, reasonOf } from './files.ts';

/** A path as the file system takes it: names need not be UTF-8. */
type Path = string | Buffer;

const SLASH = 0x2f;

/** A file of that name beside another, its folder included. */
const beside = (path: Path, name: string): Path => {
  if (typeof path === 'string') return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) + name;
  return Buffer.concat([path.subarray(0, path.lastIndexOf(SLASH) + 1), Buffer.from(name)]);
};

const isWritable = (path: Path, { mode }: Stats): boolean => {
  if ((mode & 0o222) === 0) return false; // root may write it all the same: whoever made it read-only did not mean that
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** False where there is nothing. */
export const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Why a file cannot be replaced; undefined: it can, as far as can be said before. */
export const obstacle = (path: Path): string | undefined => {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return 'it is a symbolic link';
    if (!stat.isFile()) return 'it is not a regular file';
    if (!isWritable(path, stat)) return 'it is read-only';
    const folder = beside(path, '.');
    return isWritable(folder, lstatSync(folder)) ? undefined : 'its folder is read-only';
  } catch (error) {
    return reasonOf(error);
  }
};

// What stands there now may be a link that was put there since.
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

const isSame = (a: Stats, b: Stats | undefined): boolean =>
  b !== undefined && a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;

/** Like the file: its mode, and its owner where that is allowed. */
const makeLike = (file: number, { mode, uid, gid }: Stats): void => {
  const own = fstatSync(file);
  if (own.uid !== uid || own.gid !== gid) {
    try {
      fchownSync(file, uid, gid);
    } catch (error) {
      if (errorCode(error) !== 'EPERM') throw error;
    }
  }
  fchmodSync(file, mode & 0o7777);
};

/**
 * Replaces a file by what is made of its content, so that at any instant it is the old one or the new one.
 * @param name what messages call it
 * @param make the new content; undefined: the file is not what it should be, and stays
 * @returns false when it stays, also because somebody changed it meanwhile
 * @throws {FileError} when it cannot be written; then the old one is there and nothing is left behind
 */
export const replaceFile = (path: Path, name: string, make: (bytes: Buffer) => Uint8Array | undefined): boolean => {
  const temporary = beside(path, `.kei-${randomBytes(9).toString('hex')}.tmp`);
  let file: number | undefined;
  let made = false;
  try {
    file = openSync(path, READ);
    const before = fstatSync(file);
    const bytes = before.isFile() ? make(readFileSync(file)) : undefined;
    closeSync(file);
    file = undefined;
    if (bytes === undefined) return false;
    file = openSync(temporary, 'wx', 0o600);
    made = true;
    makeLike(file, before);
    writeFileSync(file, bytes);
    fsyncSync(file);
    closeSync(file);
    file = undefined;
    if (!isSame(before, lstatSync(path, { throwIfNoEntry: false }))) {
      rmSync(temporary, { force: true });
      return false;
    }
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    if (made) rmSync(temporary, { force: true });
    throw fileError('write', name, error);
  }
};
