import type { Finding } from '../report/finding.ts';
import { charactersOf, type Span } from '../substitute/characters.ts';
import type { Edit } from '../substitute/edits.ts';
import { parsePatch, type Patch, type PatchText } from '../substitute/patch.ts';
import { placesOf } from '../substitute/places.ts';
import type { Spot } from '../substitute/settle.ts';
import type { Whereabouts } from './finish.ts';

interface OfFinding {
  readonly finding: Finding;
}

/** The lines as one text, and where each begins in it. */
const joinedLines = (bytes: Uint8Array, lines: readonly Span[]): { readonly text: Buffer; readonly starts: readonly number[] } => {
  const starts: number[] = [];
  const text = Buffer.alloc(
    lines.reduce((sum, [start, end]) => sum + end - start + 1, 0),
    '\n',
  );
  let at = 0;
  for (const [start, end] of lines) {
    starts.push(at);
    text.set(bytes.subarray(start, end), at);
    at += end - start + 1;
  }
  return { text, starts };
};

/** The last number of an ascending list that is not above another, by its place; -1: all are. */
const lastUpTo = (numbers: readonly number[], most: number): number => {
  let low = -1;
  for (let high = numbers.length - 1; low < high;) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** What was found in lines, line by line, at its places in the patch: a patch keeps its lines. */
const portions = <T extends OfFinding>(spot: Spot<T>, { kind, lines }: PatchText, starts: readonly number[]): readonly Spot<T>[] => {
  const out: Spot<T>[] = [];
  for (let i = Math.max(0, lastUpTo(starts, spot.start)); i < lines.length && (starts[i] ?? 0) < spot.end; i++) {
    const [from, to] = lines[i] ?? [0, 0];
    const shift = from - (starts[i] ?? 0);
    const start = Math.max(from, spot.start + shift);
    const end = Math.min(to, spot.end + shift);
    if (end <= start) continue;
    const { line: _line, column: _column, endLine: _endLine, endColumn: _endColumn, ...finding } = spot.of.finding;
    out.push({ ...spot, start, end, fixed: spot.fixed || kind === 'fixed', of: { ...spot.of, finding: { ...finding, start, end } } });
  }
  return out.length === 0 ? [{ ...spot, fixed: true }] : out;
};

/** What is found in the lines of a patch. @param look in the content of a file or in a message */
export const findInPatch = <T extends OfFinding>(
  bytes: Uint8Array,
  look: (text: Uint8Array, where: Whereabouts) => readonly Spot<T>[],
): readonly Spot<T>[] =>
  parsePatch(bytes).texts.flatMap((one) => {
    const { text, starts } = joinedLines(bytes, one.lines);
    const where: Whereabouts = one.kind === 'side' ? { path: one.path } : { path: '', message: true };
    return look(text, where).flatMap((spot) => portions(spot, one, starts));
  });

/** The content of the line that a place of a patch is in. */
export const lineAround = ({ open }: Patch): ((at: number) => Span) => {
  const starts = open.map(([start]) => start);
  return (at) => open[lastUpTo(starts, at)] ?? [at, at];
};

/**
 * The lines that name blobs of the files which are changed. Those are hashes of what was there, by which a weak secret could be guessed; and
 * git would look for them.
 */
export const staleBlobs = ({ blobs }: Patch, edits: readonly Edit[]): readonly Span[] =>
  blobs.filter(({ section: [from, to] }) => edits.some(({ start }) => start >= from && start < to)).map(({ line }) => line);

/** Each finding once, with its line and column in the patch. */
export const inPatch = (bytes: Uint8Array, findings: readonly Finding[], name: string): readonly Finding[] => {
  const known = new Map(findings.map((finding) => [JSON.stringify([finding.rule, finding.path, finding.start]), finding]));
  const sorted = [...known.values()].sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  const places = placesOf(
    bytes,
    sorted.map(({ start = 0 }) => start),
    charactersOf(bytes) ?? { width: 1 },
  );
  return sorted.map((finding, i) => (finding.start === undefined ? finding : { ...finding, path: name, ...places[i] }));
};
