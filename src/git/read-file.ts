import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { Skipped } from '../report/finding.ts';
import { errorCode, reasonOf } from '../sys/files.ts';
import { decodePath } from './paths.ts';

/** Skipped by its size only: `size` is set, and the file can still be streamed. */
export type Unread = Skipped & { readonly size?: number };
export type FileRead = { readonly kind: 'read'; readonly size: number } | Unread;

// No link is followed and no FIFO waited for: what stands there now may not be what was listed. Windows knows neither flag.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const READ_BYTES = 2 ** 30; // Node refuses 2 GiB and more in one read.

/** Where a path of a snapshot lies on disk. */
export function placeOf(root: string, path: string): string | Buffer {
  const decoded = decodePath(path);
  const folder = root.endsWith('/') ? root : `${root}/`;
  return typeof decoded === 'string' ? folder + decoded : Buffer.concat([Buffer.from(folder), decoded]);
}

/**
 * Reads a file straight into the caller's memory, from its first byte on. What is there at the moment of reading is taken, also when the
 * file grows or shrinks meanwhile. A symbolic link is skipped: see `readLink`.
 * @param view the whole memory; asked again after each `grow`
 * @param grow makes the memory hold at least so many bytes, keeps what is in it, and gives it back
 * @param limit a larger file is skipped as policy
 */
export function readInto(
  root: string,
  path: string,
  view: () => Uint8Array,
  grow: (needed: number) => Uint8Array,
  limit: number = Number.MAX_SAFE_INTEGER,
): FileRead {
  let file: number | undefined;
  try {
    file = openSync(placeOf(root, path), FLAGS);
    return fill(file, path, view(), grow, limit);
  } catch (error) {
    return failed(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function fill(file: number, path: string, first: Uint8Array, grow: (needed: number) => Uint8Array, limit: number): FileRead {
  let memory = first;
  let length = 0;
  let asked = false;
  for (;;) {
    // One byte of room is kept, so that a read that comes back short is the end of the file.
    const room = Math.min(memory.length - length, limit + 1 - length, READ_BYTES);
    const got = room > 0 ? readSync(file, memory, length, room, null) : 0;
    length += got;
    if (length > limit) return tooLarge(path, Math.max(length, fstatSync(file).size), limit);
    if (got > 0 && got < room) return { kind: 'read', size: length };
    // Most files end in the first read and need no fstat. An empty or a long one does: only a regular file has an end.
    if (!asked) {
      const stat = fstatSync(file);
      if (!stat.isFile()) return { kind: 'policy', path, reason: 'not a regular file' };
      if (stat.size > limit) return tooLarge(path, stat.size, limit);
      asked = true;
      if (stat.size >= memory.length) memory = grow(stat.size + 1);
      else if (got === 0) return { kind: 'read', size: length };
    } else if (got === 0 && room > 0) return { kind: 'read', size: length };
    else if (length >= memory.length) memory = grow(memory.length * 2);
  }
}

const tooLarge = (path: string, size: number, limit: number): Unread => ({
  kind: 'policy',
  path,
  reason: `larger than ${inWords(limit)}`,
  size,
});

/** A limit as people write it. */
export function inWords(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  }
  return `${bytes} bytes`;
}

function failed(path: string, error: unknown): Unread {
  const code = errorCode(error);
  // Linux says ELOOP to O_NOFOLLOW, the BSDs EMLINK or EFTYPE.
  if (code === 'ELOOP' || code === 'EMLINK' || code === 'EFTYPE') return { kind: 'policy', path, reason: 'a symbolic link' };
  if (code === 'ENXIO' || code === 'EAGAIN') return { kind: 'policy', path, reason: 'not a regular file' };
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'policy', path, reason: 'gone before it was read' };
  if (code === 'EISDIR') return { kind: 'policy', path, reason: 'a folder' };
  if (code === undefined) throw error;
  return { kind: 'failed', path, reason: reasonOf(error) };
}

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** A whole file in memory of its own. */
export function readWhole(root: string, path: string, limit?: number): { readonly kind: 'bytes'; readonly bytes: Buffer } | Unread {
  let memory = scratch;
  const grow = (needed: number): Buffer => {
    const larger = Buffer.allocUnsafeSlow(needed);
    memory.copy(larger);
    memory = larger;
    return larger;
  };
  const read = readInto(root, path, () => memory, grow, limit);
  if (read.kind !== 'read') return read;
  const bytes = memory.subarray(0, read.size);
  return { kind: 'bytes', bytes: memory === scratch ? Buffer.from(bytes) : bytes };
}

/** The text of a symbolic link, as git stores it. */
export function readLink(root: string, path: string): { readonly kind: 'bytes'; readonly bytes: Buffer } | Unread {
  try {
    return { kind: 'bytes', bytes: readlinkSync(placeOf(root, path), { encoding: 'buffer' }) };
  } catch (error) {
    return failed(path, error);
  }
}

/** A file in pieces, for what is too large to hold. @throws whatever the system says */
export async function* streamFile(root: string, path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = openSync(placeOf(root, path), FLAGS);
  try {
    if (!fstatSync(file).isFile()) return;
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(1024 * 1024);
      const got = readSync(file, piece, 0, piece.length, null);
      if (got === 0) return;
      yield piece.subarray(0, got);
    }
  } finally {
    closeSync(file);
  }
}
