import { pointEntry } from './characters.ts';
import { lengthOf, TAG_WORDS } from './tag.ts';

// As in wasm/assembly/terms.ts.
const GRAM_BITS = 16;
const HEAD_BITS = 18;
const LONG_BITS = 21;
const BLOCKS = 0x200;
const BLOCK_POINTS = 256;
const SLOT_BYTES = 20;
const TABLE_BYTES = 64;
const STRETCH = 32 * 64;
const NOTES_BYTES = 5 * 34 * 8 + STRETCH + 128 + STRETCH * 4; // masks of a stretch of 32 blocks of 64 bytes, its letters, and places in it
const FULL = 0.5; // more makes searches long

const gramHash = (low: number): number => Math.imul(low, 0x9e3779b1) >>> (32 - GRAM_BITS);
const headHash = (low: number, high: number): number => Math.imul((Math.imul(low, 0x9e3779b1) + high) | 0, 0xc2b2ae35) >>> (32 - HEAD_BITS);

const longHash = (low: number, high: number, third: number): number =>
  Math.imul((Math.imul(low ^ third, 0x9e3779b1) + high + Math.imul(third, 0x27d4eb2f)) | 0, 0xc2b2ae35) >>> (32 - LONG_BITS);

const GRAMS_AT = TABLE_BYTES + NOTES_BYTES;
const HEADS_AT = GRAMS_AT + 2 ** (GRAM_BITS - 3);
const LONG_HEADS_AT = HEADS_AT + 2 ** (HEAD_BITS - 3);
const ENDS_AT = LONG_HEADS_AT + 2 ** (LONG_BITS - 3);
const BRIEF_AT = ENDS_AT + 2 ** (HEAD_BITS - 3);
const PACKS_AT = BRIEF_AT + 2 ** (GRAM_BITS - 3);
const KNOWN_AT = PACKS_AT + 256 * 8 + 8;
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
  let brief = 0; // terms of fewer than eight; 2: of fewer than four as well
  for (let term = 0; term < count; term++) {
    const [hash = 0, low = 0, high = 0, third = 0] = tags.subarray(term * TAG_WORDS, (term + 1) * TAG_WORDS);
    const length = lengthOf(low, high, third);
    if (length >= 4) setBit(bytes, tables + GRAMS_AT, gramHash(low));
    else brief = 2;
    setBit(bytes, tables + HEADS_AT, headHash(low, high));
    if (length >= 8) setBit(bytes, tables + LONG_HEADS_AT, longHash(low, high, third));
    if (length < 8) {
      setBit(bytes, tables + BRIEF_AT, gramHash(low));
      brief ||= 1;
    } else if (length < 12) setBit(bytes, tables + ENDS_AT, headHash(low, high));
    let slot = (hash ^ (hash >>> 15)) & (slots - 1);
    while (table[slot * 5 + 4] !== 0) slot = (slot + 1) & (slots - 1);
    table.set([hash, low, high, third, term + 1], slot * 5);
  }
  const at = [GRAMS_AT, HEADS_AT, LONG_HEADS_AT, SLOTS_AT].map((offset) => tables + offset);
  const more = [
    slots - 1,
    0,
    tables + POINTS_AT,
    tables + KNOWN_AT,
    tables + TABLE_BYTES,
    0,
    tables + BRIEF_AT,
    brief,
    tables + ENDS_AT,
    tables + PACKS_AT,
  ];
  new Uint32Array(memory, tables, TABLE_BYTES / 4).set([...at, ...more]);
  for (let bits = 0; bits < 256; bits++) {
    let at = tables + PACKS_AT + bits * 8;
    for (let bit = 0; bit < 8; bit++) if ((bits >> bit) & 1) bytes[at++] = bit;
  }
  writeBlock(memory, tables, 0);
};

/** Where the search says how far it came, within the tables. */
export const STOPPED_AT = 36;
