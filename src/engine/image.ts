import type { Automaton } from '../regex/automaton.ts';
import type { ByteClass } from '../regex/bytes.ts';
import type { Anchor, Compiled, Strategy } from './compile.ts';

// An image is what the filter needs of a rule set, relocatable: offsets count from its first byte, little endian, parts aligned to 8. It is laid out
// as it stands in memory; what is behind `resident` is read when it is asked for.
//   header  20 × u32: magic, format, length, resident, then offsets of first bitmap, second bitmap, slots, their mask, offsets of lists and anchors,
//           number of anchors, offset of places, of strategies, number of rules
//   bitmaps of the grams' hashes
//   lists   0, then count, anchor ids…
//   anchors 48 bytes each: mask 8, value 8, offset of the automaton (0: none), bytes before it, first state, bytes of the mask before the window;
//           offset of a run's class (0: none), its length, where it begins at least and at most behind the window
//   run classes  256 × 0 or 1
//   places  per anchor 4 × i32: rule, min, max, 0
//   strategies  a byte per rule
//   slots, not resident: ten bits of a gram's hash and the place of its list (0: free); what finds its slot taken stands in the next that is free
//   automata, not resident: length, 0, 256 classes, then u16 rows: 0 dead, 1 accepts, else 2 + offset of the row
const MAGIC = 0x4c69656b; // "keiL"
const FORMAT = 5;
const ANCHOR_BYTES = 48;
export const SLOT_BYTES = 4;
/** Slots are read in blocks of so many bytes. */
export const BLOCK_BYTES = 2 ** 14 * SLOT_BYTES;
const HEADER = 80;
const STRATEGIES: readonly Strategy[] = ['window', 'keyword', 'whole', 'path'];

// As in wasm/assembly/filter.ts.
const FIRST_BITS = 21;
const SECOND_BITS = 20;
const FOLD = 0x20202020;
const firstHash = (gram: number): number => {
  const product = Math.imul(gram | FOLD, 0x85ebca6b);
  return (product >>> (35 - FIRST_BITS)) * 8 + (product & 31);
};
const PAST = 8; // bytes: a bit of the first bitmap may stand three bytes behind its hash
const secondHash = (gram: number): number => Math.imul(gram, 0xc2b2ae35) >>> (32 - SECOND_BITS);
const slotHash = (gram: number): number => {
  const mixed = Math.imul(gram, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};
const LIST_BITS = 22;
const TAG_BITS = 10;

/** Where an image is kept: in memory, or in a file of which only parts are wanted. */
export interface ImageSource {
  readonly length: number;
  /** Fills `into` with the bytes from `at` on. @throws when they are not there */
  read(into: Uint8Array, at: number): void;
}

export const inMemory = (image: Uint8Array): ImageSource => ({
  length: image.length,
  read: (into, at) => into.set(image.subarray(at, at + into.length)),
});

const align = (offset: number): number => (offset + 7) & ~7;

/** Every gram of the anchors with the anchors it stands for, as packed numbers: first byte lowest. */
const gramTable = (anchors: readonly Anchor[]): Map<number, number[]> => {
  const grams = new Map<number, number[]>();
  const add = (gram: number, id: number): void => {
    const list = grams.get(gram);
    if (list === undefined) grams.set(gram, [id]);
    else if (list[list.length - 1] !== id) list.push(id);
  };
  for (const [id, anchor] of anchors.entries()) {
    for (const [a, b, c, d] of anchor.sequences) {
      for (const w of a.members)
        for (const x of b.members)
          for (const y of c.members) {
            const low = w | (x << 8) | (y << 16);
            for (const z of d.members) add((low | (z << 24)) >>> 0, id);
          }
    }
  }
  return grams;
};

const AUTOMATON_HEADER = 8;
const automatonBytes = (automaton: Automaton): number => align(AUTOMATON_HEADER + 256 + automaton.rows.length * 2);

const writeAutomaton = (image: Uint8Array, view: DataView, at: number, automaton: Automaton): void => {
  view.setUint32(at, automatonBytes(automaton), true);
  image.set(automaton.classes, at + AUTOMATON_HEADER);
  const rowsAt = at + AUTOMATON_HEADER + 256;
  for (const [i, row] of automaton.rows.entries()) view.setUint16(rowsAt + i * 2, stateOf(row, automaton), true);
};
const stateOf = (row: number, automaton: Automaton): number => (row < 2 ? row : 2 + (row - 2) * automaton.classCount);

// Equal automata are stored once: rules of one shape share their tails.
const keyOf = (automaton: Automaton): string =>
  `${automaton.start}/${Buffer.from(automaton.classes).toString('latin1')}/${Buffer.from(automaton.rows.buffer, automaton.rows.byteOffset, automaton.rows.byteLength).toString('latin1')}`;

const FULL = 0.5; // more makes searches long

const slotCount = (grams: number): number => {
  let size = 1024;
  while (size * FULL < grams) size *= 2;
  return size;
};

const setBit = (image: Uint8Array, at: number, hash: number): void => {
  image[at + (hash >>> 3)] = (image[at + (hash >>> 3)] ?? 0) | (1 << (hash & 7));
};

/** Packs a compiled rule set into one relocatable block. */
export const packImage = (compiled: Compiled): Uint8Array => {
  const grams = gramTable(compiled.anchors);
  const listIds = new Map<string, number>();
  const lists: number[] = [0]; // so that no list stands at 0
  const listOf = (ids: readonly number[]): number => {
    const key = ids.join();
    let at = listIds.get(key);
    if (at === undefined) {
      at = lists.length;
      listIds.set(key, at);
      lists.push(ids.length, ...ids);
    }
    return at;
  };
  const sorted = [...grams].sort(([a], [b]) => a - b).map(([gram, ids]) => [gram, listOf(ids)] as const);
  if (lists.length > 2 ** LIST_BITS) throw new RangeError('the rules have too many windows');
  const slots = slotCount(sorted.length);
  const firstAt = HEADER;
  const secondAt = firstAt + 2 ** (FIRST_BITS - 3) + PAST;
  const listsAt = secondAt + 2 ** (SECOND_BITS - 3);
  const anchorsAt = align(listsAt + lists.length * 4);
  let end = align(anchorsAt + compiled.anchors.length * ANCHOR_BYTES);
  const classes = new Map<ByteClass, number>();
  for (const { run } of compiled.anchors) {
    if (run === undefined || classes.has(run.set)) continue;
    classes.set(run.set, end);
    end += 256;
  }
  const placesAt = end;
  const strategiesAt = placesAt + compiled.anchors.length * 16;
  const resident = align(strategiesAt + compiled.strategies.length);
  const slotsAt = resident;
  end = align(slotsAt + slots * SLOT_BYTES);
  const automata = new Map<string, { at: number; automaton: Automaton }>();
  const keys = compiled.anchors.map((anchor) => {
    if (anchor.automaton === undefined) return undefined;
    const key = keyOf(anchor.automaton);
    if (!automata.has(key)) {
      automata.set(key, { at: end, automaton: anchor.automaton });
      end += automatonBytes(anchor.automaton);
    }
    return key;
  });
  const image = new Uint8Array(end);
  const view = new DataView(image.buffer);
  const words = [MAGIC, FORMAT, end, resident, firstAt, secondAt, slotsAt, slots - 1, listsAt, anchorsAt, compiled.anchors.length, placesAt, strategiesAt, compiled.strategies.length]; // prettier-ignore
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  for (const [gram, list] of sorted) {
    setBit(image, firstAt, firstHash(gram));
    setBit(image, secondAt, secondHash(gram));
    const hash = slotHash(gram);
    let slot = (hash >>> TAG_BITS) & (slots - 1);
    while (view.getUint32(slotsAt + slot * SLOT_BYTES, true) !== 0) slot = (slot + 1) & (slots - 1);
    view.setUint32(slotsAt + slot * SLOT_BYTES, (((hash & (2 ** TAG_BITS - 1)) << LIST_BITS) | list) >>> 0, true);
  }
  for (const [i, word] of lists.entries()) view.setUint32(listsAt + i * 4, word, true);
  for (const [set, at] of classes) image.set(set.has, at);
  for (const { at, automaton } of automata.values()) writeAutomaton(image, view, at, automaton);
  for (const [i, anchor] of compiled.anchors.entries()) {
    const at = anchorsAt + i * ANCHOR_BYTES;
    image.set(anchor.mask, at);
    image.set(anchor.value, at + 8);
    const stored = automata.get(keys[i] ?? '');
    view.setUint32(at + 16, stored?.at ?? 0, true);
    view.setUint32(at + 20, anchor.skip, true);
    view.setUint32(at + 24, anchor.automaton === undefined ? 0 : stateOf(anchor.automaton.start, anchor.automaton), true);
    view.setUint32(at + 28, anchor.back, true);
    if (anchor.run !== undefined) {
      view.setUint32(at + 32, classes.get(anchor.run.set) ?? 0, true);
      view.setUint32(at + 36, anchor.run.length, true);
      view.setUint32(at + 40, anchor.run.from, true);
      view.setUint32(at + 44, anchor.run.to, true);
    }
    for (const [k, value] of [anchor.rule, anchor.min, anchor.max, 0].entries()) view.setInt32(placesAt + i * 16 + k * 4, value, true);
  }
  for (const [i, strategy] of compiled.strategies.entries()) image[strategiesAt + i] = STRATEGIES.indexOf(strategy);
  return image;
};

/** Where the parts of an image stand, counted from its first byte. */
export interface ImageLayout {
  readonly length: number;
  /** Bytes that the filter needs before it begins. */
  readonly resident: number;
  readonly first: number;
  readonly second: number;
  readonly slots: number;
  readonly slotMask: number;
  readonly lists: number;
  readonly anchors: number;
  readonly anchorCount: number;
  readonly places: number;
  readonly ruleCount: number;
}

/** Reads the header; undefined when it is no image of this format. */
export const readLayout = (source: ImageSource): ImageLayout | undefined => {
  if (source.length < HEADER) return undefined;
  const header = new Uint8Array(HEADER);
  source.read(header, 0);
  const view = new DataView(header.buffer);
  const word = (i: number): number => view.getUint32(i * 4, true);
  if (word(0) !== MAGIC || word(1) !== FORMAT || word(2) !== source.length || word(3) > source.length) return undefined;
  return { length: word(2), resident: word(3), first: word(4), second: word(5), slots: word(6), slotMask: word(7), lists: word(8), anchors: word(9), anchorCount: word(10), places: word(11), ruleCount: word(13) }; // prettier-ignore
};

/** The length of the block of slots or of the automaton that begins at an offset of the image. @throws {RangeError} when none does */
export const lengthAt = (source: ImageSource, layout: ImageLayout, at: number): number => {
  const slotsEnd = layout.slots + (layout.slotMask + 1) * SLOT_BYTES;
  if (at >= layout.slots && at < slotsEnd) return Math.min(BLOCK_BYTES, slotsEnd - at);
  const header = new Uint8Array(AUTOMATON_HEADER);
  if (at < layout.resident || at + AUTOMATON_HEADER > layout.length) throw new RangeError('not an automaton');
  source.read(header, at);
  const length = new DataView(header.buffer).getUint32(0, true);
  if (length < AUTOMATON_HEADER || at + length > layout.length) throw new RangeError('not an automaton');
  return length;
};
