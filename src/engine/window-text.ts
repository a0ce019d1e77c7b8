import { isAscii, isUtf8 } from 'node:buffer';

/** A piece of a file as text, with the way back from UTF-16 units to bytes. */
export interface WindowText {
  readonly text: string;
  /** Every unit is one byte. */
  readonly ascii: boolean;
  /** Byte offset (from the file's start) of a unit. */
  byteOf(unit: number): number;
  /** Unit at or before a byte. */
  unitOf(byte: number): number;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Moves a byte offset left to the start of a character, three bytes at most. */
export const characterStart = (bytes: Uint8Array, at: number, floor: number): number => {
  let start = at;
  for (let i = 0; i < 3 && start > floor && isContinuation(bytes[start]); i++) start--;
  return isContinuation(bytes[start]) ? at : start;
};

// Length of the well-formed UTF-8 sequence at `at`, 0 when it is broken (Unicode 16, table 3-7).
const sequenceLength = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first < 0xe0) return at + 1 < end && isContinuation(second) ? 2 : 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const fits = second >= low && second <= high;
  if (first >= 0xe0 && first < 0xf0) return at + 2 < end && fits && isContinuation(bytes[at + 2]) ? 3 : 0;
  if (first >= 0xf0 && first < 0xf5) return at + 3 < end && fits && isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]) ? 4 : 0;
  return 0;
};

const codePoint = (bytes: Uint8Array, at: number, length: number): number => {
  const first = bytes[at] ?? 0;
  const bits = (i: number): number => (bytes[at + i] ?? 0) & 0x3f;
  if (length === 1) return first;
  if (length === 2) return ((first & 0x1f) << 6) | bits(1);
  if (length === 3) return ((first & 0x0f) << 12) | (bits(1) << 6) | bits(2);
  return length === 4 ? ((first & 0x07) << 18) | (bits(1) << 12) | (bits(2) << 6) | bits(3) : 0xfffd;
};

/** Decodes as Go does: each byte that is not part of a well-formed sequence becomes one U+FFFD. */
const decodeSlowly = (bytes: Uint8Array, from: number, to: number): WindowText => {
  const text = Buffer.allocUnsafe((to - from) * 2); // UTF-16, low byte first
  const offsets = new Uint32Array(to - from + 1);
  let units = 0;
  const add = (unit: number, at: number): void => {
    offsets[units] = at;
    text[units * 2] = unit & 0xff;
    text[units * 2 + 1] = unit >> 8;
    units++;
  };
  for (let at = from; at < to;) {
    const length = sequenceLength(bytes, at, to);
    const code = codePoint(bytes, at, length);
    if (code > 0xffff) {
      add(0xd7c0 + (code >> 10), at);
      add(0xdc00 | (code & 0x3ff), at);
    } else add(code, at);
    at += Math.max(1, length);
  }
  offsets[units] = to;
  return {
    text: text.toString('utf16le', 0, units * 2),
    ascii: false,
    byteOf: (unit) => (unit <= units ? (offsets[unit] ?? to) : to),
    unitOf: (byte) => {
      let low = 0;
      let high = units;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((offsets[middle] ?? to) <= byte) low = middle;
        else high = middle - 1;
      }
      while (low > 0 && offsets[low - 1] === offsets[low]) low--; // the first half of a surrogate pair
      return low;
    },
  };
};

/** Bytes `from` to `to` of a file as text. */
export const windowText = (bytes: Buffer, from: number, to: number): WindowText => {
  const piece = bytes.subarray(from, to);
  if (isAscii(piece))
    return { text: bytes.toString('latin1', from, to), ascii: true, byteOf: (unit) => from + unit, unitOf: (byte) => byte - from };
  if (!isUtf8(piece)) return decodeSlowly(bytes, from, to);
  const text = bytes.toString('utf8', from, to);
  return {
    text,
    ascii: false,
    byteOf: (unit) => from + Buffer.byteLength(text.slice(0, unit)),
    unitOf: (byte) => bytes.toString('utf8', from, characterStart(bytes, byte, from)).length,
  };
};
