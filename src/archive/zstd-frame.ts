import type { Source } from './source.ts';

// RFC 8878.

const MAGIC = 0xfd2fb528;
const BLOCK_MAX = 1 << 17;

export interface Frame {
  /** Of the header. */
  readonly length: number;
  /** Bytes that the decoder has to keep. */
  readonly window: number;
  readonly dictionary: boolean;
  readonly checksum: boolean;
}

const sized = (bytes: Buffer, at: number, length: number): number => {
  if (length === 0) return 0;
  if (length === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0);
};

/** undefined: no frame, or not whole. */
export const peekFrame = async (source: Source): Promise<Frame | undefined> => {
  const head = await source.peek(18);
  if (head.length < 6 || head.readUInt32LE(0) !== MAGIC) return undefined;
  const flags = head[4] ?? 0;
  if ((flags & 8) !== 0) return undefined;
  const single = (flags & 32) !== 0;
  const dictionaryAt = single ? 5 : 6;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeAt = dictionaryAt + dictionaryBytes;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const length = sizeAt + sizeBytes;
  if (head.length < length) return undefined;
  const descriptor = head[5] ?? 0;
  const base = 2 ** (10 + (descriptor >> 3));
  return {
    length,
    window: single ? sized(head, sizeAt, sizeBytes) : base + (base / 8) * (descriptor & 7),
    dictionary: head.subarray(dictionaryAt, sizeAt).some((byte) => byte !== 0),
    checksum: (flags & 4) !== 0,
  };
};

/** Length of a skippable frame, its header included; undefined: it is none. */
export const peekSkippable = async (source: Source): Promise<number | undefined> => {
  const head = await source.peek(8);
  if (head.length < 8 || head.readUInt32LE(0) >>> 4 !== 0x184d2a5) return undefined;
  return 8 + head.readUInt32LE(4);
};

/** Takes a block, its header and the `before` bytes in front of it included; with the last one the checksum. */
export const takeBlock = async (
  source: Source,
  before: number,
  checksum: boolean,
): Promise<{ readonly bytes: Buffer; readonly last: boolean } | 'cut' | 'damaged'> => {
  const head = await source.peek(before + 3);
  if (head.length < before + 3) return 'cut';
  const word = head.readUIntLE(before, 3);
  const last = (word & 1) === 1;
  const type = (word >> 1) & 3;
  const size = word >> 3;
  if (type === 3 || size > BLOCK_MAX) return 'damaged';
  const length = before + 3 + (type === 1 ? 1 : size) + (last && checksum ? 4 : 0);
  const bytes = await source.peek(length);
  if (bytes.length < length) return 'cut';
  await source.skip(length);
  return { bytes, last };
};
