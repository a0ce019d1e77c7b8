import type { Filter, Region } from './filter.ts';

/** Line and column, 1-based, columns in UTF-16 units, of offsets in a region; asked in ascending order it walks the region once. */
export interface Placer {
  at(offset: number): { readonly line: number; readonly column: number };
}

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
      // A character is as many units as its lead byte tells: two for four bytes, else one; a stray continuation counts for nothing.
      for (; unitsTo < offset; unitsTo++) {
        const byte = region.bytes[unitsTo] ?? 0;
        if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
      }
      return { line, column: units + 1 };
    },
  };
};
