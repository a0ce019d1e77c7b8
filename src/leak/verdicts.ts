import type { CacheStore } from '../command.ts';
import type { Placed } from '../engine/scanner.ts';

/** What is known of the blobs of one clone under one set of rules and settings: nothing found, or hits without their secrets. */
export interface Verdicts {
  /** Hits of a blob; an empty list: it is clean; undefined: not known. */
  get(oid: string): readonly Placed[] | undefined;
  set(oid: string, hits: readonly Placed[]): void;
  /** Writes what is new, together with what others wrote meanwhile. */
  save(): void;
}

const FORMAT = 'kei/leak/verdicts/2';
const MOST_CLEAN = 2_000_000; // names kept; then it begins anew
const MOST_DIRTY = 20_000;

interface Stored {
  readonly clean: Set<string>;
  readonly dirty: Map<string, readonly Placed[]>;
}

// Layout: format line; length of the JSON of dirty blobs; the JSON; object names of clean blobs, binary, one after the other.
const parse = (bytes: Uint8Array | undefined, width: number): Stored => {
  const empty: Stored = { clean: new Set(), dirty: new Map() };
  if (bytes === undefined) return empty;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = Buffer.from(`${FORMAT}\n`);
  if (!file.subarray(0, head.length).equals(head) || file.length < head.length + 4) return empty;
  const length = file.readUInt32LE(head.length);
  const names = head.length + 4 + length;
  if (names > file.length || (file.length - names) % width !== 0) return empty;
  const text = file.toString('latin1', names);
  for (let at = 0; at < text.length; at += width) empty.clean.add(text.slice(at, at + width));
  const dirty = JSON.parse(file.toString('utf8', head.length + 4, names)) as [string, Placed[]][]; // authenticated by the store's checksum
  for (const [name, hits] of dirty) empty.dirty.set(name, hits);
  return empty;
};

const serialise = ({ clean, dirty }: Stored): Buffer => {
  const head = Buffer.from(`${FORMAT}\n`);
  const json = Buffer.from(JSON.stringify([...dirty]));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(json.length);
  return Buffer.concat([head, size, json, Buffer.from([...clean].join(''), 'latin1')]);
};

/**
 * @param key what the verdicts depend on: engine, rules, decoding, limits, object format
 * @param hexLength length of an object name in hexadecimal
 */
export const openVerdicts = (store: CacheStore, key: string, hexLength: number): Verdicts => {
  const name = `leak-${key.slice(0, 40)}.verdicts`;
  const width = hexLength / 2;
  let read: Stored | undefined;
  const known = (): Stored => (read ??= parse(store.read(name), width));
  const fresh: Stored = { clean: new Set(), dirty: new Map() };
  const packed = (oid: string): string => Buffer.from(oid, 'hex').toString('latin1');
  return {
    get: (oid) => {
      const short = packed(oid);
      return known().clean.has(short) || fresh.clean.has(short) ? [] : (known().dirty.get(oid) ?? fresh.dirty.get(oid));
    },
    set: (oid, hits) => {
      if (hits.length === 0) fresh.clean.add(packed(oid));
      else fresh.dirty.set(oid, hits);
    },
    save: () => {
      if (fresh.clean.size === 0 && fresh.dirty.size === 0) return;
      const now = parse(store.read(name), width);
      const full = now.clean.size + fresh.clean.size > MOST_CLEAN || now.dirty.size + fresh.dirty.size > MOST_DIRTY;
      const clean = full ? fresh.clean : new Set([...now.clean, ...fresh.clean]);
      store.write(name, serialise({ clean, dirty: new Map([...(full ? [] : now.dirty), ...fresh.dirty]) }));
    },
  };
};
