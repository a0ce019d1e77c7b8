import type { Skipped } from '../report/finding.ts';
import type { Lines } from '../engine/neighbours.ts';
import { createFollower } from '../engine/place.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';

const PIECE_BYTES = 32 * 2 ** 20;
const OVERLAP_BYTES = 2 ** 18; // a match that crosses two pieces stands whole in one of them when it is not longer

/** Lets signals and timers come through now and then: scanning itself waits for nothing. */
export type Breathe = () => Promise<void> | undefined;

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : bytes >= 1024 ? `${Math.floor(bytes / 1024)} KiB` : `${bytes} bytes`;

export const tooLarge = (path: string, limit: number): Skipped => ({
  path,
  reason: `larger than ${megabytes(limit)} (--max-file-size)`,
  kind: 'policy',
});

export interface Streamed {
  readonly hits: readonly Placed[];
  readonly bytes: number;
}

/**
 * Scans content piece by piece, each beginning with the end of the one before.
 * @returns undefined when there are more than `limit` bytes
 */
export const scanStream = async (
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  scanner: Scanner,
  limit: number,
  breathe: Breathe,
): Promise<Streamed | undefined> => {
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
    if (total > limit) return undefined;
    for (let at = 0; at < chunk.length;) {
      const room = Math.min(chunk.length - at, PIECE_BYTES + OVERLAP_BYTES - kept);
      buffer.set(chunk.subarray(at, at + room), kept);
      kept += room;
      at += room;
      if (kept === PIECE_BYTES + OVERLAP_BYTES) flush(false);
    }
  }
  flush(true);
  return { hits, bytes: total };
};
