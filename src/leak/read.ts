import { HELD_BYTES, type Entry, type Memory, type Snapshot } from '../check.ts';
import type { Skipped } from '../report/finding.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';
import type { Inside } from './members.ts';
import { scanStream, tooLarge, type Breathe, type Streamed } from './stream.ts';

/** What came of one entry. */
export type Scanned =
  | {
      readonly kind: 'scanned';
      /** Of the file as it stands; behind them those of members, where it is an archive. */
      readonly hits: readonly Placed[];
      readonly bytes: number;
      /** Where it was opened as an archive. */
      readonly inside?: Omit<Inside, 'hits' | 'bytes'>;
    }
  | { readonly kind: 'skipped'; readonly skipped: Skipped };

export interface ReadLimits {
  /** Larger files are left out, and said so. */
  readonly maxFileSize: number;
  /** How deep archives are opened; undefined and 0: not at all. */
  readonly archives?: number;
}

/** An archive up to this size is copied before it is opened, a larger one read again: its bytes lie where those of its members come. */
const COPIED_BYTES = 8 * 2 ** 20;

const BREATH_MS = 50;

const createBreath = (): Breathe => {
  let last = Date.now(); // `performance` would load ten modules
  return () => {
    const now = Date.now();
    if (Math.abs(now - last) < BREATH_MS) return undefined;
    last = now;
    return new Promise((resolve) => setImmediate(resolve));
  };
};

const memoryOf = (scanner: Scanner): Memory => ({ view: () => scanner.buffer(0), grow: (needed) => scanner.buffer(needed) });

/** What came of a file, and of what it holds. */
const opened = ({ hits, bytes }: Streamed, inside: Inside | undefined): Scanned => {
  if (inside === undefined) return { kind: 'scanned', hits, bytes };
  const { hits: all, bytes: more, ...rest } = inside;
  return { kind: 'scanned', hits: all, bytes: bytes + more, inside: rest };
};

/** Reads and scans entries in their order. @param snapshot opened with HELD_BYTES as its limit */
export async function* scanEntries(
  snapshot: Snapshot,
  entries: readonly Entry[],
  scanner: Scanner,
  { maxFileSize, archives = 0 }: ReadLimits,
  signal: AbortSignal,
): AsyncGenerator<readonly [Entry, Scanned], void, void> {
  const held = Math.min(maxFileSize, HELD_BYTES);
  const breathe = createBreath();
  const opener = archives > 0 ? (await import('./members.ts')).createOpener(scanner, { depth: archives, breathe, signal }) : undefined;
  const left = (skipped: Skipped): Scanned => ({ kind: 'skipped', skipped });
  const large = async (entry: Entry, skipped: Skipped, size: number | undefined): Promise<Scanned> => {
    if (size === undefined) return left(skipped);
    const { path } = entry;
    const scanned = size > maxFileSize ? undefined : await scanStream(snapshot.stream(entry), path, scanner, maxFileSize, breathe);
    if (scanned === undefined) return left(tooLarge(path, maxFileSize));
    return opened(scanned, await opener?.stream(snapshot.stream(entry), path, scanned.hits));
  };
  const whole = (entry: Entry, size: number, bytes: Uint8Array | undefined): Scanned | Promise<Scanned> => {
    const { path } = entry;
    if (size > held && size > maxFileSize) return left(tooLarge(path, maxFileSize));
    const scanned = { hits: scanner.scan(size, path), bytes: size };
    const kind = opener?.kindOf(scanner.buffer(0).subarray(0, size));
    if (opener === undefined || kind === undefined) return { kind: 'scanned', ...scanned };
    const content = bytes ?? (size <= COPIED_BYTES ? Buffer.from(scanner.buffer(0).subarray(0, size)) : undefined);
    const chunks = content === undefined ? snapshot.stream(entry) : [content];
    return opener.open(chunks, path, kind, scanned.hits).then((inside) => opened(scanned, inside));
  };
  if (snapshot.readInto !== undefined) {
    const memory = memoryOf(scanner);
    for (const entry of entries) {
      await breathe();
      if (signal.aborted) return;
      const read = snapshot.readInto(entry, memory);
      const scanned = read.kind === 'read' ? whole(entry, read.size, undefined) : large(entry, read.skipped, read.size);
      yield [entry, scanned instanceof Promise ? await scanned : scanned];
    }
    return;
  }
  for await (const [entry, content] of snapshot.readMany(entries, signal)) {
    await breathe();
    if (signal.aborted) return;
    if (content.kind === 'bytes') {
      scanner.buffer(content.bytes.length).set(content.bytes);
      yield [entry, await whole(entry, content.bytes.length, content.bytes)];
    } else yield [entry, await large(entry, content.skipped, content.size)];
  }
}
