import { LIMITS } from '../archive/budget.ts';
import { endsAsZip, HEAD_BYTES, kindOf, type Kind } from '../archive/kinds.ts';
import { isOfficeText, OFFICE_BYTES } from '../archive/office.ts';
import type { Left } from '../archive/part.ts';
import { createSource, piecesOf, type Source } from '../archive/source.ts';
import { walkArchive } from '../archive/walk.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';
import type { Skipped } from '../report/finding.ts';
import { memberPath } from './finish.ts';
import { scanStream, type Breathe, type Streamed } from './stream.ts';

/** What came of the members of an archive. */
export interface Inside {
  /** Those of the archive's own bytes and of its members. */
  readonly hits: readonly Placed[];
  /** Members looked at. */
  readonly members: number;
  /** Of them. */
  readonly bytes: number;
  readonly skipped: readonly Skipped[];
  /** Every path within the archive, where rules ask for paths alone. */
  readonly names: readonly string[];
  /** False where the path had a say too: then a verdict about the bytes alone is not enough. */
  readonly holds: boolean;
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Opens archives and scans what is in them with the scanner of the files. */
export interface Opener {
  /** @param bytes a whole file. @returns undefined: it is no archive */
  kindOf(bytes: Buffer): Kind | undefined;
  /** @param raw hits of the archive's own bytes: one in a member that stands there as it is comes as the member's only */
  open(chunks: Chunks, path: string, kind: Kind, raw: readonly Placed[]): Promise<Inside>;
  /** The same for a file that is not held; undefined: it is no archive. */
  stream(chunks: Chunks, path: string, raw: readonly Placed[]): Promise<Inside | undefined>;
}

export interface OpenerOptions {
  readonly depth: number;
  readonly breathe: Breathe;
  readonly signal: AbortSignal;
}

const skippedOf = ({ name = '', reason, because }: Left, path: string): Skipped => ({
  path: name === '' ? path : memberPath(path, name),
  reason: `archive: ${reason}`,
  kind: because === 'content' ? 'failed' : 'policy',
});

/** Those that stay, with the places of those they know to be hidden by. */
const keeping = (hits: readonly Placed[], stays: (hit: Placed) => boolean): Placed[] => {
  const moved = new Map<number, number>();
  for (const [i, hit] of hits.entries()) if (stays(hit)) moved.set(i, moved.size);
  return hits.flatMap((hit, i) => (moved.has(i) ? [{ ...hit, shadows: hit.shadows.flatMap((other) => moved.get(other) ?? []) }] : []));
};

const placeOf = ({ rule, decoded = '' }: Placed, start: number): string => `${rule} ${start} ${decoded}`;

/** Each place of a member once, though the archive may hold it twice; and none of the archive's own that is a member's. */
const once = (hits: readonly Placed[], covered: ReadonlySet<string>): Placed[] => {
  const known = new Set<string>();
  return keeping(hits, (hit) => {
    if (hit.member === undefined) return !covered.has(placeOf(hit, hit.start));
    const key = JSON.stringify([hit.member, hit.rule, hit.start, hit.end, hit.fingerprint, hit.line]);
    return !known.has(key) && known.add(key) !== undefined;
  });
};

/** Gives a stream back when it is not read to its end: behind it a program or an open file waits. */
async function* closing(chunks: Chunks, state: { broken: boolean }): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of chunks) yield chunk;
  } catch {
    state.broken = true; // the file went away, or cannot be read any more
  }
}

/** Bytes that are kept while they pass; undefined: they became too many. */
interface Kept {
  pieces: Buffer[] | undefined;
}

async function* whileWanted(content: Source, signal: AbortSignal, kept: Kept): AsyncGenerator<Uint8Array, void, void> {
  let bytes = 0;
  for await (const piece of piecesOf(content)) {
    if (signal.aborted) return;
    bytes += piece.length;
    if (bytes > OFFICE_BYTES) kept.pieces = undefined;
    kept.pieces?.push(piece);
    yield piece;
  }
}

export const createOpener = (scanner: Scanner, { depth, breathe, signal }: OpenerOptions): Opener => {
  const scanMember = async (content: Source, path: string): Promise<Streamed> => {
    const kept: Kept = { pieces: isOfficeText(path) ? [] : undefined };
    const scanned = (await scanStream(whileWanted(content, signal, kept), path, scanner, Infinity, breathe)) ?? { hits: [], bytes: 0 };
    if (kept.pieces === undefined || kept.pieces.length === 0) return scanned;
    const { scanOffice } = await import('./office.ts');
    return { ...scanned, hits: [...scanned.hits, ...scanOffice(Buffer.concat(kept.pieces), path, scanner, scanned.hits)] };
  };

  const open = async (chunks: Chunks, path: string, kind: Kind, raw: readonly Placed[]): Promise<Inside> => {
    const hits: Placed[] = [...raw];
    const covered = new Set<string>();
    const skipped: Skipped[] = [];
    const names: string[] = [];
    const wantsNames = scanner.book.aboutPaths.length > 0;
    const state = { broken: false };
    const input = closing(chunks, state);
    let [members, bytes, holds] = [0, 0, !wantsNames];
    for await (const part of walkArchive(input, path, kind, { ...LIMITS, depth })) {
      await breathe();
      if (signal.aborted) break;
      if (part.kind === 'left') {
        skipped.push(skippedOf(part, path));
        continue;
      }
      if (wantsNames) names.push(part.name);
      if (part.kind === 'name') continue;
      members++;
      const full = memberPath(path, part.name);
      const scanned = await scanMember(part.content, full);
      bytes += scanned.bytes;
      holds &&= !scanner.judgesPath(full);
      const before = hits.length;
      for (const hit of scanned.hits) {
        if (part.at !== undefined) covered.add(placeOf(hit, part.at + hit.start));
        hits.push({ ...hit, member: part.name, shadows: hit.shadows.map((other) => other + before) });
      }
    }
    await input.return();
    if (state.broken) skipped.push({ path, reason: 'archive: cannot be read to its end', kind: 'failed' });
    return { hits: once(hits, covered), members, bytes, skipped, names, holds };
  };
  return {
    kindOf: (bytes) => kindOf(bytes.subarray(0, HEAD_BYTES)) ?? (endsAsZip(bytes) ? { format: 'zip' } : undefined),
    open,
    stream: async (chunks, path, raw) => {
      const state = { broken: false };
      const input = closing(chunks, state);
      const source = createSource(input);
      const kind = kindOf(await source.peek(HEAD_BYTES));
      if (kind !== undefined) {
        const inside = await open(piecesOf(source), path, kind, raw);
        await input.return();
        return inside;
      }
      await input.return();
      return undefined;
    },
  };
};
