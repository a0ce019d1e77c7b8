import { pointEntry } from './characters.ts';
import { lengthOf, TAG_WORDS } from './tag.ts';

// As in wasm/assembly/terms.ts.
const GRAM_BITS = 16;
const HEAD_BITS = 18;
const BLOCKS = 0x200;
const BLOCK_POINTS = 256;
const SLOT_BYTES = 20;
const TABLE_BYTES = 64;
const NOTES_BYTES = 4 * 18 * 8 + 2 * 16 * 64 * 4; // masks of a stretch of 16 blocks of 64 bytes, and two lists of places in it
const FULL = 0.5; // more makes searches long

const gramHash = (low: number): number => Math.imul(low, 0x9e3779b1) >>> (32 - GRAM_BITS);
const headHash = (low: number, high: number): number =>
  Math.imul(Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b) ^ (low >>> 15), 0xc2b2ae35) >>> (32 - HEAD_BITS);

const longHash = (low: number, high: number, third: number): number => headHash(low ^ third, (high + Math.imul(third, 0x27d4eb2f)) | 0);

const GRAMS_AT = TABLE_BYTES + NOTES_BYTES;
const HEADS_AT = GRAMS_AT + 2 ** (GRAM_BITS - 3);
const LONG_HEADS_AT = HEADS_AT + 2 ** (HEAD_BITS - 3);
const PARTS_AT = LONG_HEADS_AT + 2 ** (HEAD_BITS - 3);
const KNOWN_AT = PARTS_AT + 2 ** (HEAD_BITS - 3);
const POINTS_AT = KNOWN_AT + BLOCKS;
const SLOTS_AT = POINTS_AT + BLOCKS * BLOCK_POINTS * 4;

const slotCount = (terms: number): number => {
  let size = 64;
  while (size * FULL < terms) size *= 2;
  return size;
};

/** Bytes that the tables of so many terms take. */
export const tableBytes = (terms: number): number => SLOTS_AT + slotCount(terms) * SLOT_BYTES;

/** The characters of a block, when the search comes upon one of them. @param tables where `writeTables` put them */
export const writeBlock = (memory: ArrayBuffer, tables: number, block: number): void => {
  const points = new Uint32Array(memory, tables + POINTS_AT, BLOCKS * BLOCK_POINTS);
  for (let i = 0; i < BLOCK_POINTS; i++) points[block * BLOCK_POINTS + i] = pointEntry(block * BLOCK_POINTS + i);
  new Uint8Array(memory)[tables + KNOWN_AT + block] = 1;
};

const setBit = (bytes: Uint8Array, at: number, hash: number): void => {
  bytes[at + (hash >>> 3)] = (bytes[at + (hash >>> 3)] ?? 0) | (1 << (hash & 7));
};

/**
 * Writes the tables of terms for the search, their numbers being their places among the tags.
 * @param tables a multiple of 64, of memory that is zero
 * @param tags as `writeTag` writes them, one after the other
 */
export const writeTables = (memory: ArrayBuffer, tables: number, tags: Uint32Array): void => {
  const bytes = new Uint8Array(memory);
  const count = tags.length / TAG_WORDS;
  const slots = slotCount(count);
  const table = new Uint32Array(memory, tables + SLOTS_AT, slots * (SLOT_BYTES / 4));
  let tiny = 0;
  for (let term = 0; term < count; term++) {
    const [hash = 0, low = 0, high = 0, third = 0] = tags.subarray(term * TAG_WORDS, (term + 1) * TAG_WORDS);
    const length = lengthOf(low, high, third);
    if (length >= 4) setBit(bytes, tables + GRAMS_AT, gramHash(low));
    else tiny = 1;
    setBit(bytes, tables + HEADS_AT, headHash(low, high));
    if (length >= 8) setBit(bytes, tables + LONG_HEADS_AT, longHash(low, high, third));
    for (let part = 1; part < Math.min(8, length); part++)
      setBit(
        bytes,
        tables + PARTS_AT,
        headHash(part < 4 ? low & ((1 << (part * 8)) - 1) : low, part > 4 ? high & ((1 << ((part - 4) * 8)) - 1) : 0),
      );
    if (length < 8) setBit(bytes, tables + PARTS_AT, headHash(low, high));
    let slot = (hash ^ (hash >>> 15)) & (slots - 1);
    while (table[slot * 5 + 4] !== 0) slot = (slot + 1) & (slots - 1);
    table.set([hash, low, high, third, term + 1], slot * 5);
  }
  const at = [GRAMS_AT, HEADS_AT, LONG_HEADS_AT, SLOTS_AT].map((offset) => tables + offset);
  const more = [slots - 1, 0, tables + POINTS_AT, tables + KNOWN_AT, tables + TABLE_BYTES, 0, tables + PARTS_AT, tiny];
  new Uint32Array(memory, tables, TABLE_BYTES / 4).set([...at, ...more]);
  writeBlock(memory, tables, 0);
};

/** Where the search says how far it came, within the tables. */
export const STOPPED_AT = 36;
