import { OBJECTS_WASM } from './objects-wasm.ts';

// The layout of wasm/assembly/objects.ts: below, its tables.
const NAME_AT = 0xc00;
const INPUT_AT = 0x21000;
const OUTPUT_AT = 0x31000;
const PADDING = 72;
const PAGES = 8;
const PAGE = 0x10000;
const NAME_BYTES = 20;
const MOST_INPUT = OUTPUT_AT - INPUT_AT;
const MOST_OUTPUT = PAGES * PAGE - OUTPUT_AT - PADDING;

interface Calls {
  readonly inflate: (from: number, length: number, out: number, most: number) => number;
  readonly sha1: (from: number, length: number, out: number) => void;
}

let opened: { readonly calls: Calls; readonly memory: Buffer } | undefined;

const open = (): NonNullable<typeof opened> => {
  if (opened !== undefined) return opened;
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const module = new WebAssembly.Module(Buffer.from(OBJECTS_WASM, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } });
  const calls = exports as unknown as Calls; // the module is ours
  return (opened = { calls, memory: Buffer.from(memory.buffer) });
};

/** SHA-1 of what is small; undefined where it is not. */
export const sha1Small = (bytes: Uint8Array): string | undefined => {
  if (bytes.length > MOST_OUTPUT) return undefined;
  const { calls, memory } = open();
  memory.set(bytes, OUTPUT_AT);
  calls.sha1(OUTPUT_AT, bytes.length, NAME_AT);
  return memory.toString('hex', NAME_AT, NAME_AT + NAME_BYTES);
};

/** What came out, and its SHA-1 in hexadecimal. */
export interface Inflated {
  readonly bytes: Buffer;
  readonly sha1: string;
}

/**
 * Decompresses (RFC 1950) and hashes what is small, without node:zlib and node:crypto. The checksum at the end is not looked at: the hash says more.
 * @param most bytes that may come out
 * @returns undefined where it is damaged or too large
 */
export const inflateSmall = (packed: Uint8Array, most = MOST_OUTPUT): Inflated | undefined => {
  if (packed.length > MOST_INPUT) return undefined;
  const { calls, memory } = open();
  memory.set(packed, INPUT_AT);
  const length = calls.inflate(INPUT_AT, packed.length, OUTPUT_AT, Math.min(most, MOST_OUTPUT));
  if (length < 0) return undefined;
  const bytes = Buffer.from(memory.subarray(OUTPUT_AT, OUTPUT_AT + length));
  calls.sha1(OUTPUT_AT, length, NAME_AT);
  return { bytes, sha1: memory.toString('hex', NAME_AT, NAME_AT + NAME_BYTES) };
};
