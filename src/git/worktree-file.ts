import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { errorCode } from '../sys/files.ts';
import { placeOf } from './read-file.ts';
import { isReached } from './view-paths.ts';

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A regular file of the worktree as it is now; `absent`: nothing is there, or behind a link; `other`: something that is no file. */
export type WorktreeFile =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly mode: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'other' };

/** @throws a system error */
export const readWorktreeFile = (root: string, path: string): WorktreeFile => {
  const place = placeOf(root, path);
  if (!isReached(root, path)) return { kind: 'absent' };
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: 'absent' };
  if (!stat.isFile()) return { kind: 'other' };
  const fd = openSync(place, READ);
  try {
    return { kind: 'file', bytes: readFileSync(fd), mode: fstatSync(fd).mode & 0o7777 };
  } finally {
    closeSync(fd);
  }
};

const hashNow = (root: string, path: string): string | undefined => {
  const now = readWorktreeFile(root, path);
  return now.kind === 'file' ? hashOf(now.bytes) : undefined;
};

/** What is there now, by the hash that it has; undefined: no file. A file that cannot be read is none of ours. */
export const hashThere = (root: string, path: string): string | undefined => {
  try {
    return hashNow(root, path);
  } catch {
    return undefined;
  }
};

/** Gives a file a second name, under which it stays when the first is given to another; else a copy of it. @throws a system error */
export const keepFile = (from: string | Buffer, to: string | Buffer): void => {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    const fd = openSync(to, 'r');
    fsyncSync(fd);
    closeSync(fd);
  }
};

/** Writes a new file that belongs to whom another belongs to. @throws a system error */
export const writeLike = (like: string | Buffer, to: string | Buffer, bytes: Uint8Array, mode: number): void => {
  const fd = openSync(to, 'wx', 0o600);
  try {
    const { uid, gid } = lstatSync(like);
    const own = fstatSync(fd);
    if (own.uid !== uid || own.gid !== gid) {
      try {
        fchownSync(fd, uid, gid);
      } catch (error) {
        if (errorCode(error) !== 'EPERM') throw error;
      }
    }
    writeFileSync(fd, bytes);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/**
 * Puts a file in the place of another if that is still what it should be.
 * @param expected its hash
 * @returns false when it is not; then nothing happened
 * @throws a system error
 */
export const putInPlace = (root: string, path: string, temporary: string | Buffer, expected: string): boolean => {
  if (hashNow(root, path) !== expected) return false;
  renameSync(temporary, placeOf(root, path));
  return true;
};

/** A name beside a path. */
export const besidePath = (path: string, name: string): string => path.slice(0, path.lastIndexOf('/') + 1) + name;

export const removeThere = (root: string, path: string): void => {
  if (isReached(root, path)) rmSync(placeOf(root, path), { force: true });
};
