import { FILTER_WASM } from './filter-wasm.ts';
import { BLOCK_BYTES, lengthAt, SLOT_BYTES, readLayout, type ImageSource } from './image.ts';

interface Exports {
  scan(base: number, from: number, length: number, tables: number, out: number, max: number): number;
  countLines(at: number, length: number): number;
  encodedRuns(base: number, from: number, length: number, shortest: number, out: number, max: number): number;
  escapes(base: number, from: number, length: number, out: number, max: number): number;
  wideRuns(base: number, from: number, length: number, shortest: number, out: number, max: number): number;
}

/** A stretch of memory that another module uses, of `size` bytes from `at` on. The memory's buffer is another one after it has grown. */
export interface Beside {
  readonly memory: WebAssembly.Memory;
  readonly at: number;
}

/** A stretch of the filter's memory that content is put in: `bytes` is as long as `capacity`; 16 more bytes behind it are readable. */
export interface Region {
  readonly base: number;
  readonly bytes: Buffer;
}

/** `kind`: BASE64 | HEX for runs, PERCENT or ESCAPES, byte order for wide text (0: low byte first). */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}
export const BASE64 = 1;
export const HEX = 2;
export const PERCENT = 4;

/**
 * The WebAssembly filter with one image loaded. Content is read straight into its memory; views are replaced when the memory grows, so take
 * `main` and `side` anew after `reserve`.
 */
export interface Filter {
  /** Per anchor: rule, min, max, 0. */
  readonly places: Int32Array;
  /** The content being scanned. */
  main(): Region;
  /** A smaller region for decoded text. */
  side(): Region;
  readonly beside: Beside;
  /** Makes the main region at least `size` bytes long, keeping its content. */
  reserve(size: number): void;
  /**
   * Candidates in the first `length` bytes, ascending: position and anchor in turn, two numbers each. Bytes behind `length` are overwritten with
   * zeros. Undefined when there are none.
   */
  candidates(region: Region, length: number): Uint32Array | undefined;
  countLines(region: Region, from: number, to: number): number;
  /** Pieces of the first `length` bytes that may hold encoded text: `kind` is a bit set of ENCODED for `runs`, one of them for `escapes`. */
  pieces(what: 'runs' | 'escapes' | 'wide', region: Region, length: number): Piece[];
}

const PAGE = 65_536;
const TABLES_AT = 64;
const BLOCKS_AT = TABLES_AT + 64;
const IMAGE_AT = 2048; // before it the filter keeps notes
const OUT_ENTRIES = 1 << 15; // candidates of one step; a file with more takes several
const OUT_PIECES = 1 << 14;
const PAD = 32;
const AHEAD = 256; // bytes behind a text that may be read, whatever is in them
const SHORTEST_RUN = 20; // characters of base64 or hex
const SHORTEST_WIDE = 8; // characters of UTF-16
const MAX_PIECES = 100_000; // of one file
export const SIDE_BYTES = 1 << 20;
const FIRST_MAIN = 1 << 20;

let compiled: WebAssembly.Module | undefined;

const align = (value: number, to: number): number => Math.ceil(value / to) * to;

const concat = (a: Uint32Array, b: Uint32Array): Uint32Array => {
  const out = new Uint32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
};

/**
 * @param image what `packImage` made
 * @param besideBytes to keep for another module that looks at the same content
 * @throws {RangeError} when the bytes are no image
 */
export const createFilter = (image: ImageSource, besideBytes = 0): Filter => {
  const layout = readLayout(image);
  if (layout === undefined) throw new RangeError('not a rule image');
  compiled ??= new WebAssembly.Module(Buffer.from(FILTER_WASM, 'base64'));
  const besideAt = align(IMAGE_AT + layout.length, 64);
  const outAt = align(besideAt + besideBytes, 64) + 64;
  const sideAt = outAt + OUT_ENTRIES * 8;
  const mainAt = align(sideAt + SIDE_BYTES + PAD, 64);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((mainAt + FIRST_MAIN + AHEAD) / PAGE), maximum: PAGE });
  const load = (at: number, length: number): void => image.read(new Uint8Array(memory.buffer, IMAGE_AT + at, length), at);
  const need = (offset: number): void => {
    load(offset, lengthAt(image, layout, offset));
    if (offset < layout.slots + (layout.slotMask + 1) * SLOT_BYTES)
      new Uint8Array(memory.buffer)[BLOCKS_AT + (offset - layout.slots) / BLOCK_BYTES] = 1;
  };
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory, need, abort: () => undefined } });
  const calls = exports as unknown as Exports; // the module is ours: wasm/assembly/filter.ts
  let capacity = 0;
  let main: Region = { base: mainAt, bytes: Buffer.alloc(0) };
  let side = main;
  let words = new Uint32Array(0);

  const reserve = (size: number): void => {
    if (size <= capacity) return;
    capacity = size <= FIRST_MAIN ? FIRST_MAIN : align(size + size / 4, PAGE);
    const pages = Math.ceil((mainAt + capacity + AHEAD) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) memory.grow(pages);
    main = { base: mainAt, bytes: Buffer.from(memory.buffer, mainAt, capacity) };
    side = { base: sideAt, bytes: Buffer.from(memory.buffer, sideAt, SIDE_BYTES) };
    words = new Uint32Array(memory.buffer);
  };
  reserve(FIRST_MAIN);
  load(0, layout.resident);
  const at = (offset: number): number => IMAGE_AT + offset;
  words.set(
    [at(layout.first), at(layout.second), at(layout.slots), layout.slotMask, at(layout.anchors), 0, IMAGE_AT, 0, at(layout.lists)],
    TABLES_AT >> 2,
  );
  const pad = ({ base }: Region, length: number): void => void new Uint8Array(memory.buffer, base + length, PAD).fill(0);

  return {
    places: new Int32Array(memory.buffer.slice(at(layout.places), at(layout.places + layout.anchorCount * 16))),
    beside: { memory, at: besideAt },
    main: () => main,
    side: () => side,
    reserve,
    candidates: (region, length) => {
      pad(region, length);
      let found: Uint32Array | undefined;
      for (let from = 0; from < length; from = words[(TABLES_AT + 20) >> 2] ?? length) {
        const count = calls.scan(region.base, from, length, TABLES_AT, outAt, OUT_ENTRIES);
        if (count === 0) continue;
        const more = words.slice(outAt >> 2, (outAt >> 2) + count * 2);
        found = found === undefined ? more : concat(found, more);
      }
      return found;
    },
    countLines: (region, from, to) => (to > from ? calls.countLines(region.base + from, to - from) : 0),
    pieces: (what, region, length) => {
      const out: Piece[] = [];
      pad(region, length);
      for (let from = 0; from < length && out.length < MAX_PIECES; from = words[(outAt - 4) >> 2] ?? length) {
        const { base } = region;
        const count =
          what === 'runs'
            ? calls.encodedRuns(base, from, length, SHORTEST_RUN, outAt, OUT_PIECES)
            : what === 'escapes'
              ? calls.escapes(base, from, length, outAt, OUT_PIECES)
              : calls.wideRuns(base, from, length, SHORTEST_WIDE, outAt, OUT_PIECES);
        for (let at = outAt >> 2, i = 0; i < count; i++, at += 3)
          out.push({ start: words[at] ?? 0, end: words[at + 1] ?? 0, kind: words[at + 2] ?? 0 });
      }
      return out;
    },
  };
};
