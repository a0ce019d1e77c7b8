import { inflateRawSync } from 'node:zlib';
import { FREQUENCIES, FREQUENT } from './frequency-table.ts';

const SYMBOLS = 100;
const symbolOf = (byte: number): number => {
  if (byte >= 0x20 && byte < 0x7f) return byte - 0x20;
  if (byte === 9) return 95;
  if (byte === 10) return 96;
  if (byte === 13) return 97;
  return byte < 0x80 ? 98 : 99;
};
// Bytes that share a symbol share its probability.
const SHARES = new Float64Array(SYMBOLS).fill(1);
SHARES[98] = 1 / 29;
SHARES[99] = 1 / 128;

export interface Frequencies {
  /** P(byte) for each of 256. */
  readonly first: Float64Array;
  /** P(next | byte) at byte * 256 + next. */
  readonly next: Float64Array;
  /** 1 at two bytes (the first lowest) with which one of the frequent fours begins. */
  readonly startsFour: Uint8Array;
  readonly endsFour: Uint8Array;
  /** Share of positions of four bytes in a row (lowest first, as a number) where they are more frequent than their pairs tell; else 0. */
  shareOfFour(four: number): number;
}

const SLOT_BITS = 15; // about four times the words there are

/** A table of words by their hash: a Map of such large numbers asks for memory with each question. */
const foursOf = (list: Buffer, power: Float64Array): Pick<Frequencies, 'startsFour' | 'endsFour' | 'shareOfFour'> => {
  const [startsFour, endsFour] = [new Uint8Array(65536), new Uint8Array(65536)];
  const mask = (1 << SLOT_BITS) - 1;
  const words = new Int32Array(mask + 1); // 0: free
  const shares = new Float64Array(mask + 1);
  const slotOf = (four: number): number => {
    let slot = Math.imul(four, 0x9e3779b1) >>> (32 - SLOT_BITS);
    while (words[slot] !== 0 && words[slot] !== four) slot = (slot + 1) & mask;
    return slot;
  };
  for (let at = 0; at + 5 <= list.length; at += 5) {
    const slot = slotOf(list.readInt32LE(at));
    words[slot] = list.readInt32LE(at);
    startsFour[list.readUInt16LE(at)] = endsFour[list.readUInt16LE(at + 2)] = 1;
    shares[slot] = power[list[at + 4] ?? 255] ?? 0;
  }
  return { startsFour, endsFour, shareOfFour: (four) => shares[slotOf(four | 0)] ?? 0 };
};

let table: Frequencies | undefined;

/** How often bytes and byte pairs occur in source code and text; see scripts/frequency.mjs. Built once, 65,536 entries. */
export const frequencies = (): Frequencies => {
  if (table !== undefined) return table;
  const raw = inflateRawSync(Buffer.from(FREQUENCIES, 'base64'));
  const power = Float64Array.from({ length: 256 }, (_, step) => 2 ** (-step / 12));
  const first = new Float64Array(256);
  const next = new Float64Array(65536);
  const symbols = Uint8Array.from({ length: 256 }, (_, byte) => symbolOf(byte));
  for (let a = 0; a < 256; a++) {
    const row = symbols[a] ?? 0;
    first[a] = (power[raw[row] ?? 255] ?? 0) * (SHARES[row] ?? 1);
    for (let b = 0; b < 256; b++) {
      const column = symbols[b] ?? 0;
      next[a * 256 + b] = (power[raw[SYMBOLS + row * SYMBOLS + column] ?? 255] ?? 0) * (SHARES[column] ?? 1);
    }
  }
  table = { first, next, ...foursOf(inflateRawSync(Buffer.from(FREQUENT, 'base64')), power) };
  return table;
};
