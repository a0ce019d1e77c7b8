import { readFileSync } from 'node:fs';
import { readCacheTree, type CacheTree } from './cache-tree.ts';

// Format: gitformat-index(5). Versions 2, 3 and 4.

/** An index as it stands in its file. Names are bytes, one character each, in git's order. */
export interface IndexFile {
  readonly count: number;
  readonly name: (at: number) => string;
  /** Git's file mode. */
  readonly mode: (at: number) => number;
  readonly oid: (at: number) => string;
  /** The first entry whose name is not before this one. */
  readonly lowerBound: (name: string) => number;
  /** What git noted about trees that the entries make; undefined where it did not. */
  readonly tree: CacheTree | undefined;
}

const HEADER_BYTES = 12;
const STAT_BYTES = 40;
const MODE_AT = 24;
const LONG_NAME = 0xfff;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
/** Of the flags of version 3: skip-worktree. Of the others, intent-to-add makes an entry that is none. */
const SKIP_WORKTREE = 0x4000;
const CAPITALS = /^[A-Z]/;

interface Bounds {
  readonly starts: Uint32Array;
  /** Of version 4, which writes names as they differ from the one before. */
  readonly names: readonly string[];
  readonly end: number;
}

/** Git's number of any length (`decode_varint`): value and where it ends. */
const varint = (bytes: Buffer, from: number): readonly [value: number, end: number] => {
  let at = from;
  let byte = bytes.readUInt8(at++);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = bytes.readUInt8(at++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return [value, at];
};

/** @returns undefined where an entry is not an ordinary one: unmerged, only intended to be added, or of a later kind. @throws past the end */
const boundsOf = (bytes: Buffer, version: number, count: number, hashBytes: number): Bounds | undefined => {
  const starts = new Uint32Array(count);
  const names: string[] = [];
  const nameAfter = STAT_BYTES + hashBytes + 2;
  let at = HEADER_BYTES;
  let last = '';
  for (let i = 0; i < count; i++) {
    starts[i] = at;
    const flags = bytes.readUInt16BE(at + nameAfter - 2);
    const extended = (flags & EXTENDED) === 0 ? 0 : 2;
    if ((flags & STAGE) !== 0) return undefined;
    if (extended > 0 && (version < 3 || (bytes.readUInt16BE(at + nameAfter) & ~SKIP_WORKTREE) !== 0)) return undefined;
    const from = at + nameAfter + extended;
    if (version === 4) {
      const [cut, begin] = varint(bytes, from);
      const end = bytes.indexOf(0, begin);
      if (cut > last.length || end < 0) return undefined;
      last = last.slice(0, last.length - cut) + bytes.toString('latin1', begin, end);
      names.push(last);
      at = end + 1;
      continue;
    }
    const length = flags & LONG_NAME;
    const end = length < LONG_NAME ? from + length : bytes.indexOf(0, from + LONG_NAME);
    if (bytes.readUInt8(end) !== 0) return undefined;
    at += (end - at + 8) & ~7;
  }
  return { starts, names, end: at };
};

/** @returns the cache tree, undefined where there is none, `unknown` where an extension says that the entries are not all. */
const extensionsOf = (bytes: Buffer, from: number, hashBytes: number): CacheTree | undefined | 'unknown' => {
  let tree: CacheTree | undefined;
  let at = from;
  const end = bytes.length - hashBytes;
  while (at + 8 <= end) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32BE(at + 4);
    if (!CAPITALS.test(name)) return 'unknown'; // git must understand it: a shared index, folders that stand for what is in them
    if (name === 'TREE') tree = readCacheTree(bytes.subarray(at + 8, at + 8 + size), hashBytes);
    at += 8 + size;
  }
  return at === end ? tree : 'unknown';
};

const parse = (bytes: Buffer, hashBytes: number): IndexFile | undefined => {
  const version = bytes.readUInt32BE(4);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return undefined;
  const count = bytes.readUInt32BE(8);
  if (count > bytes.length / STAT_BYTES) return undefined;
  const bounds = boundsOf(bytes, version, count, hashBytes);
  if (bounds === undefined) return undefined;
  const { starts, names, end } = bounds;
  const tree = extensionsOf(bytes, end, hashBytes);
  if (tree === 'unknown') return undefined;
  const startOf = (at: number): number => starts[at] ?? bytes.length;
  const name = (at: number): string => {
    const known = names[at];
    if (known !== undefined) return known;
    const start = startOf(at);
    const flags = bytes.readUInt16BE(start + STAT_BYTES + hashBytes);
    const from = start + STAT_BYTES + hashBytes + ((flags & EXTENDED) === 0 ? 2 : 4);
    const length = flags & LONG_NAME;
    return bytes.toString('latin1', from, length < LONG_NAME ? from + length : bytes.indexOf(0, from + LONG_NAME));
  };
  return {
    count,
    tree,
    name,
    mode: (at) => bytes.readUInt32BE(startOf(at) + MODE_AT),
    oid: (at) => bytes.toString('hex', startOf(at) + STAT_BYTES, startOf(at) + STAT_BYTES + hashBytes),
    lowerBound: (wanted) => {
      let low = 0;
      for (let high = count; low < high;) {
        const middle = (low + high) >>> 1;
        if (name(middle) < wanted) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
};

/**
 * The entries of an index. Its checksum is not reckoned, as git does not either where it only reads. Undefined where the file is not there, is
 * not of a form that is known to the end, or holds what is no ordinary entry: then git must be asked.
 */
export const readIndexFile = (path: string, hashBytes: 20 | 32): IndexFile | undefined => {
  try {
    return parse(readFileSync(path), hashBytes);
  } catch {
    return undefined;
  }
};
