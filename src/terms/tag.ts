// What the search of wasm/assembly/terms.ts needs to know of a term; the hash is the one that it computes.
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;
const HEAD = 12;

/** Of the normal form of a term with everything folded: the hash of all its characters, and the first twelve, a byte each, in three words. */
export const TAG_WORDS = 4;
export const TAG_BYTES = TAG_WORDS * 4;

const byteOf = (point: number): number => (point < 0x80 ? point : 0x80 | ((point ^ (point >>> 7) ^ (point >>> 14)) & 0x7f));

/** Writes the tag of a form to `words` from `at` on. @param form `normalForm` with all folds */
export const writeTag = (form: string, words: Uint32Array, at: number): void => {
  let hash = SEED;
  let length = 0;
  words.fill(0, at, at + TAG_WORDS);
  for (let i = 0; i < form.length; length++) {
    const point = form.codePointAt(i) ?? 0;
    i += point > 0xffff ? 2 : 1;
    if (length < HEAD) words[at + 1 + (length >> 2)] = (words[at + 1 + (length >> 2)] ?? 0) | (byteOf(point) << ((length & 3) * 8));
    hash = Math.imul(hash ^ point, PRIME);
  }
  words[at] = hash;
};

/** Characters of the term that a tag says of, 12 at most. No character's byte is 0. */
export const lengthOf = (low: number, high: number, third: number): number => {
  const bytes = (word: number): number => (32 - Math.clz32(word) + 7) >> 3;
  return third !== 0 ? 8 + bytes(third) : high !== 0 ? 4 + bytes(high) : bytes(low);
};
