import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSmall } from './small-object.ts';
import type { ObjectType } from './response.ts';

// Formats: gitformat-pack(5), of indexes version 2.

/** An object as a pack has it; nobody has looked yet whether it is the one of its name. */
export interface PackedObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

const MAGIC = 0xff744f63;
const FANOUT_AT = 8;
const NAMES_AT = FANOUT_AT + 256 * 4;
const CRC_BYTES = 4;
const FAR = 0x80000000; // the offset stands in another table: the pack is larger than 2 GB
const MOST_PACKS = 16; // with more git, which keeps them open, is as fast
const MOST_DEPTH = 50; // of deltas; git's own limit for packs it makes
const MOST_BYTES = 128 * 1024;
const SLACK = 64; // what DEFLATE may add to what it cannot compress, and the header of an entry
const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];
const BY_OFFSET = 6;
const BY_NAME = 7;

const withFile = <T>(path: string, use: (read: (at: number, length: number) => Buffer) => T): T => {
  const fd = openSync(path, 'r');
  try {
    return use((at, length) => {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, fstatSync(fd).size - at)));
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, at));
    });
  } finally {
    closeSync(fd);
  }
};

/** Where an object begins in the pack of this index; undefined: not there, or further than is looked. */
const offsetIn = (index: string, name: Buffer): number | undefined =>
  withFile(index, (read) => {
    const head = read(0, NAMES_AT);
    if (head.readUInt32BE(0) !== MAGIC || head.readUInt32BE(4) !== 2) return undefined;
    const countUpTo = (byte: number): number => (byte < 0 ? 0 : head.readUInt32BE(FANOUT_AT + 4 * byte));
    const first = name.readUInt8(0);
    const [from, to, all] = [countUpTo(first - 1), countUpTo(first), countUpTo(255)];
    const names = read(NAMES_AT + from * name.length, (to - from) * name.length);
    let at = names.indexOf(name);
    while (at >= 0 && at % name.length !== 0) at = names.indexOf(name, at + 1);
    if (at < 0) return undefined;
    const offset = read(NAMES_AT + all * (name.length + CRC_BYTES) + (from + at / name.length) * 4, 4).readUInt32BE(0);
    return offset < FAR ? offset : undefined;
  });

/** A size, seven bits a byte, the lowest first. */
const sizeAt = (bytes: Buffer, from: number): readonly [size: number, end: number] => {
  let at = from;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(at++);
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [size, at];
  }
};

/** What a delta makes of its base; undefined where it does not fit. */
const applied = (base: Buffer, delta: Buffer): Buffer | undefined => {
  const [before, start] = sizeAt(delta, 0);
  const [after, first] = sizeAt(delta, start);
  if (before !== base.length || after > MOST_BYTES) return undefined;
  const out = Buffer.alloc(after);
  let to = 0;
  for (let at = first; at < delta.length;) {
    const command = delta.readUInt8(at++);
    if (command === 0) return undefined;
    let [from, length, source] = [at, command, delta];
    if (command < 0x80) at += length;
    else {
      [from, length, source] = [0, 0, base];
      for (let i = 0; i < 4; i++) if ((command & (1 << i)) !== 0) from += delta.readUInt8(at++) * 2 ** (8 * i);
      for (let i = 0; i < 3; i++) if ((command & (16 << i)) !== 0) length += delta.readUInt8(at++) * 2 ** (8 * i);
      if (length === 0) length = 0x10000;
    }
    if (from + length > source.length || to + length > after) return undefined;
    to += source.copy(out, to, from, from + length);
  }
  return to === after ? out : undefined;
};

/**
 * Opens the packs of a repository.
 * @returns reads an object; undefined where it is in none of them, or too large, or where git should be asked for another reason
 * @throws where a file cannot be read
 */
export const openPlainPacks = (commonDir: string, hashBytes: number): ((oid: string) => PackedObject | undefined) => {
  const folder = join(commonDir, 'objects', 'pack');
  const packs = readdirSync(folder).flatMap((name) => (/^pack-[0-9a-f]+\.idx$/.test(name) ? [join(folder, name.slice(0, -4))] : []));
  const at = (pack: string, offset: number, depth: number): PackedObject | undefined => {
    if (depth > MOST_DEPTH || offset <= 0) return undefined;
    const head = withFile(`${pack}.pack`, (read) => read(offset, SLACK));
    const type = (head.readUInt8(0) >> 4) & 7;
    let size = head.readUInt8(0) & 15;
    let end = 1;
    if (head.readUInt8(0) >= 0x80) {
      const [more, next] = sizeAt(head, 1);
      size += more * 16;
      end = next;
    }
    if (size > MOST_BYTES) return undefined;
    let base: PackedObject | undefined;
    if (type === BY_OFFSET) {
      let byte = head.readUInt8(end++);
      let back = byte & 0x7f;
      while (byte >= 0x80) {
        byte = head.readUInt8(end++);
        back = (back + 1) * 128 + (byte & 0x7f);
      }
      base = at(pack, offset - back, depth + 1);
    } else if (type === BY_NAME) {
      base = find(head.toString('hex', end, end + hashBytes), depth + 1);
      end += hashBytes;
    }
    const kind = base?.type ?? TYPES[type];
    if (kind === undefined) return undefined;
    const packed = withFile(`${pack}.pack`, (read) => read(offset + end, size + (size >> 8) + SLACK));
    const whole = inflateSmall(packed, size)?.bytes;
    if (whole?.length !== size) return undefined;
    const bytes = base === undefined ? whole : applied(base.bytes, whole);
    return bytes === undefined ? undefined : { type: kind, bytes };
  };
  const find = (oid: string, depth: number): PackedObject | undefined => {
    const name = Buffer.from(oid, 'hex');
    for (const pack of packs) {
      const offset = offsetIn(`${pack}.idx`, name);
      if (offset !== undefined) return at(pack, offset, depth);
    }
    return undefined;
  };
  return (oid) => (packs.length > MOST_PACKS ? undefined : find(oid, 0));
};
