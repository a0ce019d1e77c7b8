import type { Filter, Region } from './filter.ts';

/** Line and column, 1-based, columns in UTF-16 units, of offsets in a region; asked in ascending order it walks the region once. */
export interface Placer {
  at(offset: number): { readonly line: number; readonly column: number };
}

/** A character is as many units as its lead byte tells: two for four bytes, else one; a stray continuation counts for nothing. */
const unitsIn = (bytes: Buffer, from: number, to: number): number => {
  let units = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
};

/** @param base lines before the region, for content scanned in pieces */
export const createPlacer = (filter: Filter, region: Region, base = { line: 1, units: 0 }): Placer => {
  let counted = 0;
  let line = base.line;
  let unitsTo = 0;
  let units = base.units;
  let start = 0;
  return {
    at: (offset) => {
      if (offset < counted) {
        counted = 0;
        line = base.line;
        unitsTo = 0;
        units = base.units;
        start = 0;
      }
      const feeds = filter.countLines(region, counted, offset);
      if (feeds > 0) {
        line += feeds;
        start = region.bytes.lastIndexOf(10, offset - 1) + 1;
        unitsTo = start;
        units = 0;
      }
      counted = offset;
      units += unitsIn(region.bytes, unitsTo, offset);
      unitsTo = Math.max(unitsTo, offset);
      return { line, column: units + 1 };
    },
  };
};

/** How bytes are paired to characters: these begin at even (0) or odd (1) places, with the low byte first (0) or second (1). */
interface Pairing {
  readonly first: number;
  readonly low: number;
}

const PAIRINGS: readonly Pairing[] = [0, 1].flatMap((first) => [0, 1].map((low) => ({ first, low })));

/** How a hit says that its text has two bytes a character. */
export const WIDE = 'utf-16';

/** Where lines begin in the characters from `from` to `to`: behind U+000A. A byte of 10 alone is part of many characters. */
function* wideLines(bytes: Buffer, { first, low }: Pairing, from: number, to: number): Generator<number, void, void> {
  const text = bytes.subarray(0, to);
  for (let at = text.indexOf(10, from); at >= 0; at = text.indexOf(10, at + 1)) {
    const begin = at - low;
    if ((begin & 1) === first && begin >= from && text[begin + 1 - low] === 0) yield begin + 2;
  }
}

/** Line and column of characters in such a text. */
export const createWidePlacer = (bytes: Buffer, pairing: Pairing): Placer => {
  const beginning = { line: 1, start: pairing.first, counted: pairing.first };
  let state = beginning;
  return {
    at: (offset) => {
      let { line, start, counted } = offset < state.start ? beginning : state;
      for (const next of wideLines(bytes, pairing, counted, offset)) {
        line++;
        start = next;
      }
      state = { line, start, counted: Math.max(counted, offset) };
      return { line, column: ((offset - start) >> 1) + 1 };
    },
  };
};

/** Line feeds of a text that was passed, and units since the last one. */
interface Passed {
  readonly lines: number;
  readonly units: number;
}

/** Follows a text that is scanned piece by piece: what stands before the piece at hand, however the text is read. */
export const createFollower = () => {
  let bytewise: Passed = { lines: 0, units: 0 };
  let wide: readonly Passed[] = PAIRINGS.map(() => bytewise);
  return {
    /** What a hit's line and column in its piece are to be added to. */
    before: (hit: { readonly start: number; readonly decoded?: string }, piece: Buffer): Passed =>
      (hit.decoded === WIDE ? wide[(hit.start & 1) * 2 + (piece[hit.start] === 0 ? 1 : 0)] : undefined) ?? bytewise,
    /** The first `length` bytes, an even number with at least one more behind them, are passed. */
    pass: (piece: Buffer, length: number): void => {
      const text = piece.subarray(0, length);
      let { lines } = bytewise;
      for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines++;
      const start = text.lastIndexOf(10) + 1;
      bytewise = { lines, units: unitsIn(text, start, length) + (start === 0 ? bytewise.units : 0) };
      const hasFeeds = text.includes(0);
      wide = PAIRINGS.map((pairing, i) => {
        const end = length + pairing.first;
        let { lines: count, units } = wide[i] ?? bytewise;
        let from = pairing.first;
        for (const next of hasFeeds ? wideLines(piece, pairing, from, end) : []) [count, units, from] = [count + 1, 0, next];
        return { lines: count, units: units + (end - from) / 2 };
      });
    },
  };
};
