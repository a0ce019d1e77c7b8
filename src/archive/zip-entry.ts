import { crc32 } from 'node:zlib';
import type { Source } from './source.ts';

// PKWARE's APPNOTE 6.3.10, 4.3.7 to 4.5.3.

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const UNKNOWN = 0xffff_ffff;

export interface ZipEntry {
  readonly name: Buffer;
  readonly method: number;
  readonly encrypted: boolean;
  /** Sizes and checksum stand behind the content. */
  readonly described: boolean;
  readonly crc: number;
  /** Compressed bytes; undefined: not stated here. */
  readonly packed: number | undefined;
}

/** The data of an extra field, by its id. */
const extraOf = (extra: Buffer, id: number): Buffer | undefined => {
  for (let at = 0; at + 4 <= extra.length;) {
    const size = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + size);
    at += 4 + size;
  }
  return undefined;
};

/** The sizes in a zip64 field stand there only where the header says that they do, the uncompressed one first. */
const long = (extra: Buffer, hasUnpacked: boolean): number | undefined => {
  const field = extraOf(extra, 1);
  const at = hasUnpacked ? 8 : 0;
  if (field === undefined || field.length < at + 8) return undefined;
  const size = Number(field.readBigUInt64LE(at));
  return Number.isSafeInteger(size) ? size : undefined;
};

/** A name in Unicode, where a field has one that was made for this name. */
const unicodeName = (extra: Buffer, name: Buffer): Buffer | undefined => {
  const field = extraOf(extra, 0x7075);
  return field !== undefined && field.length > 5 && field.readUInt32LE(1) === crc32(name) ? field.subarray(5) : undefined;
};

const entryOf = (fields: Buffer, raw: Buffer, extra: Buffer): ZipEntry => {
  const flags = fields.readUInt16LE(0);
  const described = (flags & 8) !== 0;
  const stated = fields.readUInt32LE(12);
  const packed = stated === UNKNOWN ? long(extra, fields.readUInt32LE(16) === UNKNOWN) : stated;
  return {
    name: unicodeName(extra, raw) ?? raw,
    method: fields.readUInt16LE(2),
    encrypted: (flags & 1) !== 0,
    described,
    crc: fields.readUInt32LE(8),
    packed: described && packed === 0 ? undefined : packed,
  };
};

const parts = async (source: Source, fixed: number, lengthsAt: number, from: number): Promise<ZipEntry | undefined> => {
  const head = await source.peek(fixed);
  if (head.length < fixed) {
    await source.skip(head.length); // it is the end: who goes on looking must not come upon it again
    return undefined;
  }
  const nameBytes = head.readUInt16LE(lengthsAt);
  const extraBytes = head.readUInt16LE(lengthsAt + 2);
  const comment = fixed === CENTRAL_BYTES ? head.readUInt16LE(lengthsAt + 4) : 0;
  const all = Buffer.from(await source.peek(fixed + nameBytes + extraBytes));
  await source.skip(fixed + nameBytes + extraBytes + comment);
  if (all.length < fixed + nameBytes) return undefined;
  return entryOf(all.subarray(from, fixed), all.subarray(fixed, fixed + nameBytes), all.subarray(fixed + nameBytes));
};

/** Takes a local header; undefined when it is not whole. */
export const takeLocal = (source: Source): Promise<ZipEntry | undefined> => parts(source, LOCAL_BYTES, 26, 6);

/** Takes a header of the central directory; undefined when it is not whole. */
export const takeCentral = (source: Source): Promise<ZipEntry | undefined> => parts(source, CENTRAL_BYTES, 28, 8);

const METHODS = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99]);

/** Whether bytes that begin like a local header go on like one. */
export const isLikely = (head: Buffer): boolean =>
  head.length >= LOCAL_BYTES && (head[4] ?? 255) <= 100 && METHODS.has(head.readUInt16LE(8)) && head.readUInt16LE(26) > 0;

const DESCRIPTOR = 0x08074b50;

/**
 * Takes what stands behind content whose sizes its header did not state: signature or none, sizes of four bytes or eight.
 * @returns the checksum in it; undefined when there is none
 */
export const takeDescriptor = async (source: Source): Promise<number | undefined> => {
  const bytes = await source.peek(26);
  if (bytes.length < 12 || [LOCAL, CENTRAL].includes(bytes.readUInt32LE(0))) return undefined;
  const at = bytes.readUInt32LE(0) === DESCRIPTOR ? 4 : 0;
  const isNext = (end: number): boolean => bytes.length >= end + 2 && bytes.readUInt16LE(end) === 0x4b50;
  const length = !isNext(at + 12) && isNext(at + 20) ? at + 20 : at + 12;
  const crc = bytes.readUInt32LE(at);
  await source.skip(length);
  return crc;
};

const REACH = 1 << 16;

/** Content that is stored without its length: up to the descriptor that states the length it has there. */
export async function* untilDescriptor(source: Source): AsyncGenerator<Buffer, void, void> {
  const signature = Buffer.from([0x50, 0x4b, 7, 8]);
  const begin = source.position;
  for (;;) {
    const window = await source.peek(REACH);
    const isLast = window.length < REACH;
    for (let at = window.indexOf(signature); at >= 0; at = window.indexOf(signature, at + 1)) {
      if (at + 12 > window.length || window.readUInt32LE(at + 8) !== (source.position - begin + at) % 2 ** 32) continue;
      await source.skip(at);
      if (at > 0) yield window.subarray(0, at);
      return;
    }
    const sure = isLast ? window.length : window.length - 12;
    await source.skip(sure);
    if (sure > 0) yield window.subarray(0, sure);
    if (isLast) return;
  }
}
