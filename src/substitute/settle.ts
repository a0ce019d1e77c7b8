import { applyEdits, originsOf, type Edit } from './edits.ts';
import { encoded, narrowed, widened, type Characters, type Span } from './characters.ts';
import { MASK, plainOf } from '../values/stand-in.ts';

/** Something found in a content, by its bytes there. `T`: what the caller knows of it. */
export interface Spot<T> {
  readonly start: number;
  readonly end: number;
  /** The surer of two that overlap names what takes their place. */
  readonly confidence: number;
  /** It stands where nothing may be changed. */
  readonly fixed: boolean;
  readonly of: T;
}

export interface Asked<T> {
  /** How characters stand in the content; undefined: it may not be changed. */
  readonly characters: Characters | undefined;
  /** What is found in the content, changed or not. */
  find(bytes: Uint8Array): readonly Spot<T>[];
  /** What shall stand in the place; undefined: it cannot be made, and the rule's name alone does. @param secret as UTF-8 */
  form(of: T, secret: Uint8Array): string | undefined;
  /** The rule's id. */
  name(of: T): string;
  /** How far around a place of the content an edit may reach. */
  within(at: number): Span;
}

export interface Replaced<T> extends Edit {
  readonly text: string;
  readonly of: T;
}

export interface Settled<T> {
  readonly bytes: Uint8Array;
  readonly edits: readonly Replaced<T>[];
  /** What is found in `bytes` all the same. */
  readonly left: readonly T[];
}

/** A stretch of the content that something else is written for. Each rung of the ladder is more radical than the one before. */
interface Piece<T> {
  readonly start: number;
  readonly end: number;
  readonly rung: number;
  /** The secret that names it: its bytes in the content. */
  readonly named: Spot<T>;
}

/** Own form, the rule's name, stars, stars for the whole word, nothing for the whole line. */
const LAST = 4;
const WORD = 3;
/** A stretch can also grow, so the ladder alone does not end it. What is not settled then is told. */
const ROUNDS = 40;

const surer = <T>(a: Spot<T>, b: Spot<T>): Spot<T> => {
  if (a.confidence !== b.confidence) return a.confidence > b.confidence ? a : b;
  return b.end - b.start > a.end - a.start ? b : a;
};

/** Pieces and spots that overlap, as one: a spot within a piece sends it up a rung, one that reaches over it widens it. */
const joined = <T>(pieces: readonly Piece<T>[], spots: readonly Spot<T>[]): readonly Piece<T>[] => {
  const claims = [
    ...pieces.map((piece) => ({ start: piece.start, end: piece.end, piece, spot: undefined })),
    ...spots.map((spot) => ({ start: spot.start, end: spot.end, piece: undefined, spot })),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  const out: Piece<T>[] = [];
  for (let i = 0; i < claims.length;) {
    const first = claims[i];
    if (first === undefined) break;
    let { end } = first;
    let next = i + 1;
    for (; next < claims.length && (claims[next]?.start ?? 0) < end; next++) end = Math.max(end, claims[next]?.end ?? 0);
    const group = claims.slice(i, next);
    const old = group.flatMap(({ piece }) => piece ?? []);
    const found = group.flatMap(({ spot }) => spot ?? []);
    const named = [...old.map((piece) => piece.named), ...found].reduce(surer);
    const highest = old.reduce((most, { rung }) => Math.max(most, rung), 0);
    const [only] = old;
    const same = old.length === 1 && only?.start === first.start && only.end === end;
    out.push({ start: first.start, end, named, rung: found.length > 0 && same ? Math.min(LAST, highest + 1) : highest });
    i = next;
  }
  return out;
};

/** Whole characters only: what reads as a secret across them is taken out with all that it touches. */
const aligned = ([start, end]: Span, { width }: Characters, length: number): Span =>
  width === 1 ? [start, end] : [start & ~1, Math.min(length & ~1, (end + 1) & ~1)];

/**
 * Writes something else for what is found, and looks again until nothing is. What was written and is found again gives way to something more
 * radical.
 */
export const settle = <T>(input: Uint8Array, asked: Asked<T>): Settled<T> => {
  const { characters } = asked;
  if (characters === undefined) return { bytes: input, edits: [], left: asked.find(input).map(({ of }) => of) };
  const textOf = ({ rung, named }: Piece<T>): string => {
    if (rung >= LAST) return '';
    if (rung > 1) return MASK;
    const own = rung === 0 ? asked.form(named.of, narrowed(input.subarray(named.start, named.end), characters)) : undefined;
    return own ?? plainOf(asked.name(named.of));
  };
  const reach = (piece: Piece<T>): Piece<T> => {
    if (piece.rung < WORD) return piece;
    const within: Span = [asked.within(piece.start)[0], asked.within(Math.max(piece.start, piece.end - 1))[1]];
    const [start, end] = widened(input, [piece.start, piece.end], within, piece.rung < LAST ? 'word' : 'line', characters);
    return { ...piece, start, end };
  };
  const edited = (piece: Piece<T>): Replaced<T> => {
    const text = textOf(piece);
    return { start: piece.start, end: piece.end, bytes: encoded(text, characters), text, of: piece.named.of };
  };
  let pieces: readonly Piece<T>[] = [];
  let edits: readonly Replaced<T>[] = [];
  let bytes = input;
  for (let round = 0; ; round++) {
    const spots = asked.find(bytes);
    const origins = originsOf(edits);
    const claims = spots
      .filter(({ fixed, start, end }) => !fixed && end > start)
      .map((spot): Spot<T> => {
        const [start, end] = aligned([origins.start(spot.start), origins.end(spot.end)], characters, input.length);
        return { ...spot, start, end };
      });
    // Widened stretches may reach others, which they then swallow.
    const next = claims.length === 0 ? pieces : joined(joined(pieces, claims).map(reach), []);
    const same =
      next.length === pieces.length &&
      next.every(({ start, end, rung }, i) => start === pieces[i]?.start && end === pieces[i]?.end && rung === pieces[i]?.rung);
    if (same || round === ROUNDS) return { bytes, edits, left: spots.map(({ of }) => of) };
    pieces = next;
    edits = pieces.map(edited);
    bytes = applyEdits(input, edits);
  }
};
