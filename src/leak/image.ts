import type { Automaton } from '../regex/automaton.ts';
import type { ByteClass } from '../regex/bytes.ts';
import type { Anchor, Compiled, Strategy } from './compile.ts';

// An image is what the filter needs of a rule set, relocatable: offsets count from its first byte, little endian, parts aligned to 8.
//   header  16 × u32: magic, format, then offset and count of grams, lists (words), anchors, automata (bytes), places, strategies
//   grams   u32 each, ascending; then a u32 for each: offset of its list
//   lists   count, anchor ids…
//   anchors 48 bytes each: mask 8, value 8, offset of the automaton (0: none), bytes before it, first state, bytes of the mask before the window;
//           offset of a run's class (0: none), its length, where it begins at least and at most behind the window
//   automata 256 classes, then u16 rows: 0 dead, 1 accepts, else 2 + offset of the row
//   run classes  256 × 0 or 1
//   places  per anchor 4 × i32: rule, min, max, 0
//   strategies  a byte per rule
const MAGIC = 0x4c69656b; // "keiL"
const FORMAT = 3;
const ANCHOR_BYTES = 48;
const HEADER = 64;
const STRATEGIES: readonly Strategy[] = ['window', 'keyword', 'whole', 'path'];

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

const automatonBytes = (automaton: Automaton): number => align(256 + automaton.rows.length * 2);

const writeAutomaton = (image: Uint8Array, view: DataView, at: number, automaton: Automaton): void => {
  image.set(automaton.classes, at);
  for (const [i, row] of automaton.rows.entries()) view.setUint16(at + 256 + i * 2, stateOf(row, automaton), true);
};
const stateOf = (row: number, automaton: Automaton): number => (row < 2 ? row : 2 + (row - 2) * automaton.classCount);

// Equal automata are stored once: rules of one shape share their tails.
const keyOf = (automaton: Automaton): string =>
  `${automaton.start}/${Buffer.from(automaton.classes).toString('latin1')}/${Buffer.from(automaton.rows.buffer, automaton.rows.byteOffset, automaton.rows.byteLength).toString('latin1')}`;

/** Packs a compiled rule set into one relocatable block. */
export const packImage = (compiled: Compiled): Uint8Array => {
  const grams = gramTable(compiled.anchors);
  const sorted = Uint32Array.from(grams.keys()).sort();
  const listIds = new Map<string, number>();
  const lists: number[] = [];
  const listOf =
    sorted.length === 0
      ? []
      : Array.from(sorted, (gram) => {
          const ids = grams.get(gram) ?? [];
          const key = ids.join();
          let at = listIds.get(key);
          if (at === undefined) {
            at = lists.length;
            listIds.set(key, at);
            lists.push(ids.length, ...ids);
          }
          return at;
        });
  const automata = new Map<string, { at: number; automaton: Automaton }>();
  const gramsAt = HEADER;
  const listsAt = align(gramsAt + sorted.length * 8);
  const anchorsAt = align(listsAt + lists.length * 4);
  const automataAt = align(anchorsAt + compiled.anchors.length * ANCHOR_BYTES);
  let end = automataAt;
  const keys = compiled.anchors.map((anchor) => {
    if (anchor.automaton === undefined) return undefined;
    const key = keyOf(anchor.automaton);
    if (!automata.has(key)) {
      automata.set(key, { at: end, automaton: anchor.automaton });
      end += automatonBytes(anchor.automaton);
    }
    return key;
  });
  const classes = new Map<ByteClass, number>();
  for (const { run } of compiled.anchors) {
    if (run === undefined || classes.has(run.set)) continue;
    classes.set(run.set, end);
    end += 256;
  }
  const placesAt = end;
  const strategiesAt = placesAt + compiled.anchors.length * 16;
  const image = new Uint8Array(align(strategiesAt + compiled.strategies.length));
  const view = new DataView(image.buffer);
  const words = [MAGIC, FORMAT, gramsAt, sorted.length, listsAt, lists.length, anchorsAt, compiled.anchors.length, automataAt, end - automataAt, placesAt, 0, strategiesAt, compiled.strategies.length]; // prettier-ignore
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  for (const [i, gram] of sorted.entries()) {
    view.setUint32(gramsAt + i * 4, gram, true);
    view.setUint32(gramsAt + (sorted.length + i) * 4, listsAt + (listOf[i] ?? 0) * 4, true);
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
  readonly grams: number;
  readonly gramCount: number;
  readonly lists: number;
  readonly anchors: number;
  readonly anchorCount: number;
  readonly places: number;
  readonly strategies: number;
  readonly ruleCount: number;
}

/** Reads the header; undefined when the bytes are no image of this format. */
export const readLayout = (image: Uint8Array): ImageLayout | undefined => {
  if (image.length < HEADER) return undefined;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const word = (i: number): number => view.getUint32(i * 4, true);
  if (word(0) !== MAGIC || word(1) !== FORMAT || word(12) + word(13) > image.length) return undefined;
  return { grams: word(2), gramCount: word(3), lists: word(4), anchors: word(6), anchorCount: word(7), places: word(10), strategies: word(12), ruleCount: word(13) }; // prettier-ignore
};
