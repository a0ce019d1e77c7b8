import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../errors.ts';

/** `code` of a system error, undefined for any other value. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string | undefined]>> = {
  ENOSPC: ['the disk is full', 'free some space, or write somewhere else'],
  EDQUOT: ['the disk quota is used up', 'free some space, or write somewhere else'],
  EFBIG: ['the file would be larger than the system allows', 'raise `ulimit -f`, or write somewhere else'],
  EACCES: ['permission denied', 'give yourself the right to the file and its folder, or name another place'],
  EPERM: ['operation not permitted', 'give yourself the right to the file and its folder, or name another place'],
  EROFS: ['the file system is read-only', 'name a place that can be written'],
  ENOENT: ['there is no such file or folder', undefined],
  ENOTDIR: ['a part of the path is not a folder', undefined],
  EISDIR: ['it is a folder', undefined],
  ELOOP: ['too many symbolic links', undefined],
  ENAMETOOLONG: ['the name is too long', undefined],
  EMFILE: ['too many open files', 'raise `ulimit -n`'],
  EIO: ['the disk reports an error', undefined],
};

/** What a system error means, in words; never the content of a file. */
export const reasonOf = (error: unknown): string => {
  const code = errorCode(error);
  return REASONS[code ?? '']?.[0] ?? code ?? 'unknown error';
};

// Names of files come from anywhere; escape sequences in them must not reach a terminal.
const printable = (path: string): string => path.replace(/[\p{Cc}\p{Cf}]/gu, '?');

/** A system error as something a person can mend; one that is that already stays. `what` is a verb: `write`. */
export const fileError = (what: string, path: string, error: unknown): FileError => {
  if (error instanceof FileError) return error;
  const hint = REASONS[errorCode(error) ?? '']?.[1];
  return new FileError(`cannot ${what} ${printable(path)}: ${reasonOf(error)}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
};

export interface WriteOptions {
  /** Default: that of the file which is replaced, else 0o666 less the umask. */
  readonly mode?: number;
  /** Wait for the disk before the rename. Default true; false where a lost file costs nothing. */
  readonly durable?: boolean;
}

/**
 * Writes a file so that at any instant it is the old one or the new one. The folder must exist.
 * @throws {FileError} when it cannot; then nothing is left behind
 */
export function writeWhole(path: string, bytes: Uint8Array | string, { mode: asked, durable = true }: WriteOptions = {}): void {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  let file: number | undefined;
  try {
    const mode = asked ?? modeOf(path);
    file = openSync(temporary, 'wx', mode ?? 0o666);
    if (mode !== undefined) fchmodSync(file, mode);
    writeAll(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if (durable) fsyncSync(file);
    closeSync(file);
    file = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    rmSync(temporary, { force: true });
    throw fileError('write', path, error);
  }
}

function modeOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.mode & 0o7777 : undefined;
}

// libuv ignores no SIGXFSZ, but Node does: a write over `ulimit -f` comes back short, then as EFBIG.
function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** True when something lies there; a link that leads nowhere does. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** True for a folder, and a link to one. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The bytes of a file, undefined when there is none. @throws {FileError} */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fileError('read', path, error);
  }
}

/** Makes a folder and those above it. @throws {FileError} */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw fileError('make the folder', path, error);
  }
}

/** Removes a file; one that is not there is fine. @throws {FileError} */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError('remove', path, error);
  }
}
