import type { Characters } from './characters.ts';

/** Line and column, 1-based, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where bytes of a content stand. @param offsets ascending */
export const placesOf = (bytes: Uint8Array, offsets: readonly number[], characters: Characters): readonly Place[] => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const { width } = characters;
  const low = width === 1 ? 0 : characters.low;
  let line = 1;
  let start = 0;
  let next = text.indexOf(10);
  return offsets.map((offset) => {
    for (; next >= 0 && next < offset; next = text.indexOf(10, next + 1)) {
      const from = next - low;
      if (width === 2 && (from % 2 !== 0 || text[from + 1 - low] !== 0)) continue;
      line++;
      start = from + width;
    }
    const column = width === 1 ? text.toString('utf8', start, offset).length : (offset - start) >> 1;
    return { line, column: column + 1 };
  });
};
