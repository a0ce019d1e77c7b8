import { BLOCK, parseHeader } from './tar-header.ts';

/** Formats that are opened. */
export type Format = 'zip' | 'gzip' | 'zstd' | 'tar';

/** What content is by its first bytes, whatever its name; `unread`: an archive of a format that is not opened. */
export type Kind = { readonly format: Format } | { readonly unread: string };

/** Bytes that `kindOf` wants to see. */
export const HEAD_BYTES = BLOCK;

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const OPENED: readonly (readonly [Buffer, Format])[] = [
  [latin1('PK\x03\x04'), 'zip'],
  [latin1('PK\x05\x06'), 'zip'],
  [latin1('PK\x07\x08PK\x03\x04'), 'zip'],
  [latin1('PK00PK\x03\x04'), 'zip'],
  [latin1('\x1f\x8b\x08'), 'gzip'],
  [latin1('\x28\xb5\x2f\xfd'), 'zstd'],
];
const UNREAD: readonly (readonly [Buffer, string])[] = [
  [latin1('\xfd7zXZ\0'), 'xz'],
  [latin1('7z\xbc\xaf\x27\x1c'), '7z'],
  [latin1('Rar!\x1a\x07'), 'rar'],
  [latin1('\x04\x22\x4d\x18'), 'lz4'],
];
const BZIP2 = /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/;
const SCRIPT = latin1('#!');
const ENTRY = latin1('PK\x03\x04');

const begins = (head: Buffer, magic: Buffer): boolean => head.length >= magic.length && head.subarray(0, magic.length).equals(magic);

const isSkippable = (head: Buffer): boolean => head.length >= 8 && head.readUInt32LE(0) >>> 4 === 0x184d2a5;

/** @param head the first HEAD_BYTES, fewer of shorter content. @returns undefined for what is no archive */
export const kindOf = (head: Buffer): Kind | undefined => {
  for (const [magic, format] of OPENED) if (begins(head, magic)) return { format };
  for (const [magic, unread] of UNREAD) if (begins(head, magic)) return { unread };
  if (head[0] === 0x42 && BZIP2.test(head.toString('latin1', 0, 10))) return { unread: 'bzip2' };
  if (isSkippable(head)) return { format: 'zstd' };
  // A program made of a script line and a zip.
  if (begins(head, SCRIPT) && head.includes(ENTRY)) return { format: 'zip' };
  return head.toString('latin1', 257, 262) === 'ustar' || parseHeader(head) !== undefined ? { format: 'tar' } : undefined;
};

const TAIL_BYTES = 22;

/** True when content ends as a zip without a comment does: behind a program that unpacks itself, or behind another file. */
export const endsAsZip = (bytes: Buffer): boolean =>
  bytes.length > TAIL_BYTES &&
  bytes.readUInt32LE(bytes.length - TAIL_BYTES) === 0x06054b50 &&
  bytes.readUInt16LE(bytes.length - 2) === 0 &&
  bytes.includes(ENTRY);
