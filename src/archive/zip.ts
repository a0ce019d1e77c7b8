import { crc32 } from 'node:zlib';
import type { Budget } from './budget.ts';
import { inflate, type Expanding } from './inflate.ts';
import { memberName } from './names.ts';
import { damaged, unread, type ArchiveReader, type Part } from './part.ts';
import { createSource, limited, PIECE, piecesOf, type Source } from './source.ts';
import { CENTRAL, isLikely, LOCAL, takeCentral, takeDescriptor, takeLocal, untilDescriptor, type ZipEntry } from './zip-entry.ts';

// Our own reader: libraries go by the directory at the end alone, so what it does not name goes unseen, and entries that it lets overlap are
// expanded again and again. This one goes through the entries as they stand and takes every byte once; then it compares what the directory says.

const STORED = 0;
const DEFLATED = 8;
const ZSTD = 93;
const NAMES: Readonly<Record<number, string>> = { 9: 'Deflate64', 12: 'bzip2', 14: 'LZMA', 95: 'xz', 98: 'PPMd' };

interface State extends Expanding {
  reason?: string;
  sum: number;
}

async function* summed(pieces: AsyncIterable<Uint8Array>, state: State): AsyncGenerator<Uint8Array, void, void> {
  for await (const piece of pieces) {
    state.sum = crc32(piece, state.sum);
    yield piece;
  }
}

async function* expanded(entry: ZipEntry, source: Source, budget: Budget, state: State): AsyncGenerator<Uint8Array, void, void> {
  if (entry.method === DEFLATED) yield* inflate(source, budget, state);
  else if (entry.method === ZSTD) yield* (await import('./zstd.ts')).expandZstd(source, budget, state);
  else yield* entry.packed === undefined ? untilDescriptor(source) : piecesOf(source);
}

const why = (state: State, crc: number | undefined): string | undefined => {
  if (state.ending === 'cut') return 'truncated: the rest of it is missing';
  if (state.ending === 'damaged') return 'damaged: the rest of it cannot be decompressed';
  return state.ending === 'limit' || crc === undefined || crc === state.sum ? undefined : 'its checksum does not hold';
};

/** What directory and entries are compared by: bytes an entry takes up, by a digest of its name; undefined: several of that name. */
type Seen = Map<number, number | undefined>;

const noteEntry = (seen: Seen, { name }: ZipEntry, packed: number): void => {
  const key = crc32(name);
  seen.set(key, seen.has(key) ? undefined : packed % 2 ** 32);
};

async function* member(source: Source, budget: Budget, seen: Seen): AsyncGenerator<Part, void, void> {
  const entry = await takeLocal(source);
  if (entry === undefined) {
    yield damaged('truncated: a header is not whole');
    return;
  }
  const name = memberName(entry.name);
  const begin = source.position;
  const inner = entry.packed === undefined ? source : limited(source, entry.packed);
  if (entry.encrypted || ![STORED, DEFLATED, ZSTD].includes(entry.method)) {
    yield { kind: 'name', name };
    yield entry.encrypted
      ? damaged('encrypted', name)
      : unread(`zip method ${entry.method} (${NAMES[entry.method] ?? 'unknown'}) is not read`, name);
    if (entry.packed !== undefined) await source.skip(entry.packed);
    noteEntry(seen, entry, source.position - begin);
    return;
  }
  const state: State = { ending: undefined, sum: 0 };
  const content = createSource(summed(expanded(entry, inner, budget, state), state));
  yield { kind: 'member', name, content, ...(entry.method === STORED ? { at: begin } : {}) };
  await content.skip(Infinity);
  if (budget.spent !== undefined) return;
  if (entry.packed !== undefined) {
    await inner.skip(Infinity);
    if (source.position - begin < entry.packed) state.ending = 'cut';
  }
  noteEntry(seen, entry, source.position - begin);
  const crc = entry.described ? await takeDescriptor(source) : entry.crc;
  const reason = why(state, crc);
  if (state.reason !== undefined) yield unread(state.reason, name);
  else if (reason !== undefined) yield damaged(reason, name);
}

async function* directoryEntry(source: Source, seen: Seen): AsyncGenerator<Part, void, void> {
  const entry = await takeCentral(source);
  if (entry === undefined) {
    yield damaged('truncated: its directory is not whole');
    return;
  }
  const key = crc32(entry.name);
  const name = memberName(entry.name);
  if (!seen.has(key)) {
    yield { kind: 'name', name };
    yield damaged('its directory names it, no entry does', name);
    return;
  }
  const packed = seen.get(key);
  if (packed !== undefined && entry.packed !== undefined && packed !== entry.packed % 2 ** 32)
    yield damaged('its directory and its entry differ about its size', name);
}

const MARK = Buffer.from('PK');
const isKnown = (head: Buffer): boolean => {
  if (head.length < 4) return false;
  const signature = head.readUInt32LE(0);
  return signature === CENTRAL || (signature === LOCAL && isLikely(head));
};

/** Passes over bytes that belong to no entry: programs in front, end records, comments, padding. False at the end. */
const seek = async (source: Source): Promise<boolean> => {
  for (;;) {
    const window = await source.peek(PIECE);
    const isLast = window.length < PIECE;
    // What begins near the end of the window is looked at with more behind it.
    for (let at = window.indexOf(MARK); at >= 0 && (isLast || at <= PIECE - 64); at = window.indexOf(MARK, at + 1)) {
      if (!isKnown(window.subarray(at, at + 64))) continue;
      await source.skip(at);
      return true;
    }
    if (isLast) return false;
    await source.skip(PIECE - 63);
  }
};

/** Entries as they stand, one after the other, and the names that only a directory has. */
export const readZip: ArchiveReader = async function* readZip(source, budget) {
  const seen: Seen = new Map();
  let central = 0;
  while (await seek(source)) {
    const head = await source.peek(4);
    if (head.readUInt32LE(0) === LOCAL) yield* member(source, budget, seen);
    else {
      central++;
      yield* directoryEntry(source, seen);
    }
    if (budget.spent !== undefined) return;
  }
  if (seen.size > 0 && central === 0) yield damaged('truncated: its directory is missing');
};
