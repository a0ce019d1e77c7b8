import { HELD_BYTES, type Entry, type Memory, type Snapshot } from '../check.ts';
import type { Skipped } from '../report/finding.ts';
import type { Lines } from '../engine/neighbours.ts';
import { createFollower } from '../engine/place.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';

/** What came of one entry. */
export type Scanned =
  | { readonly kind: 'scanned'; readonly hits: readonly Placed[]; readonly bytes: number }
  | { readonly kind: 'skipped'; readonly skipped: Skipped };

export interface ReadLimits {
  /** Larger files are left out, and said so. */
  readonly maxFileSize: number;
}

const PIECE_BYTES = 32 * 2 ** 20;
const OVERLAP_BYTES = 2 ** 18; // a match that crosses two pieces stands whole in one of them when it is not longer

const memoryOf = (scanner: Scanner): Memory => ({ view: () => scanner.buffer(0), grow: (needed) => scanner.buffer(needed) });

const BREATH_MS = 50;

/** Lets signals and timers come through now and then: scanning itself waits for nothing. */
const createBreath = (): (() => Promise<void> | undefined) => {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < BREATH_MS) return undefined;
    last = now;
    return new Promise((resolve) => setImmediate(resolve));
  };
};

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : bytes >= 1024 ? `${Math.floor(bytes / 1024)} KiB` : `${bytes} bytes`;

const tooLarge = (path: string, limit: number): Scanned => ({
  kind: 'skipped',
  skipped: { path, reason: `larger than ${megabytes(limit)} (--max-file-size)`, kind: 'policy' },
});

/** Scans content piece by piece, each beginning with the end of the one before. */
const scanStream = async (
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  scanner: Scanner,
  limit: number,
  breathe: () => Promise<void> | undefined,
): Promise<Scanned> => {
  const hits: Placed[] = [];
  let kept = 0; // bytes in the buffer
  let base = 0; // bytes before the buffer
  const follower = createFollower();
  let sure = 0; // hits that begin before were reported from the piece before
  let total = 0;
  let buffer = scanner.buffer(PIECE_BYTES + OVERLAP_BYTES);
  const flush = (last: boolean): void => {
    const cut = last ? kept : kept - OVERLAP_BYTES;
    const moved = new Map<number, number>(); // place in this piece's list to place in the file's
    const found = scanner.scan(kept, path);
    buffer = scanner.buffer(0);
    for (const [i, hit] of found.entries())
      if (hit.start + base >= sure && (hit.start < cut || last)) moved.set(i, hits.length + moved.size);
    for (const [i, hit] of found.entries()) {
      if (!moved.has(i)) continue;
      const { lines, units } = follower.before(hit, buffer);
      const shift = (row: number, at: number): number => (row === 1 ? at + units : at);
      hits.push({
        ...hit,
        start: hit.start + base,
        end: hit.end + base,
        at: hit.at + base,
        column: shift(hit.row, hit.column),
        endColumn: shift(hit.endRow, hit.endColumn),
        row: hit.row + lines,
        endRow: hit.endRow + lines,
        shadows: hit.shadows.flatMap((other) => moved.get(other) ?? []),
        ...(hit.near === undefined ? {} : { near: hit.near.map(([first, last]): Lines => [first + lines, last + lines]) }),
      });
    }
    if (last) return;
    sure = base + cut;
    follower.pass(buffer, cut);
    buffer.copyWithin(0, cut, kept);
    base += cut;
    kept -= cut;
  };
  for await (const chunk of chunks) {
    await breathe();
    total += chunk.length;
    if (total > limit) return tooLarge(path, limit);
    for (let at = 0; at < chunk.length;) {
      const room = Math.min(chunk.length - at, PIECE_BYTES + OVERLAP_BYTES - kept);
      buffer.set(chunk.subarray(at, at + room), kept);
      kept += room;
      at += room;
      if (kept === PIECE_BYTES + OVERLAP_BYTES) flush(false);
    }
  }
  flush(true);
  return { kind: 'scanned', hits, bytes: total };
};

/** Reads and scans entries in their order. @param snapshot opened with HELD_BYTES as its limit */
export async function* scanEntries(
  snapshot: Snapshot,
  entries: readonly Entry[],
  scanner: Scanner,
  { maxFileSize }: ReadLimits,
  signal: AbortSignal,
): AsyncGenerator<readonly [Entry, Scanned], void, void> {
  const large = async (entry: Entry, skipped: Skipped, size: number | undefined): Promise<Scanned> => {
    if (size === undefined) return { kind: 'skipped', skipped };
    return size > maxFileSize
      ? tooLarge(entry.path, maxFileSize)
      : scanStream(snapshot.stream(entry), entry.path, scanner, maxFileSize, breathe);
  };
  const held = Math.min(maxFileSize, HELD_BYTES);
  const breathe = createBreath();
  const whole = (path: string, size: number): Scanned =>
    size > held && size > maxFileSize ? tooLarge(path, maxFileSize) : { kind: 'scanned', hits: scanner.scan(size, path), bytes: size };
  if (snapshot.readInto !== undefined) {
    const memory = memoryOf(scanner);
    for (const entry of entries) {
      await breathe();
      if (signal.aborted) return;
      const read = snapshot.readInto(entry, memory);
      yield [entry, read.kind === 'read' ? whole(entry.path, read.size) : await large(entry, read.skipped, read.size)];
    }
    return;
  }
  for await (const [entry, content] of snapshot.readMany(entries, signal)) {
    await breathe();
    if (signal.aborted) return;
    if (content.kind === 'bytes') {
      scanner.buffer(content.bytes.length).set(content.bytes);
      yield [entry, whole(entry.path, content.bytes.length)];
    } else yield [entry, await large(entry, content.skipped, content.size)];
  }
}
