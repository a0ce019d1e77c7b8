import type { Position } from '../toml.ts';

/** Where strings stand in a JSON text that is read from front to back. */
export interface JsonPlaces {
  /** Of a string from where the last one was; where it is not found the place stays where it was. */
  next(text: string): Position;
  /** Of a string anywhere. */
  of(text: string): Position;
  /** Goes on from a key. */
  skipTo(key: string): void;
}

/** For texts that JSON.parse accepted; a string that is escaped in an unusual way is not found. */
export const createPlaces = (text: string): JsonPlaces => {
  let at = 0;
  let line = 1;
  let counted = 0; // up to where lines are
  const positionOf = (offset: number): Position => {
    if (offset < counted) [line, counted] = [1, 0];
    for (let feed = text.indexOf('\n', counted); feed >= 0 && feed < offset; feed = text.indexOf('\n', counted)) {
      line++;
      counted = feed + 1;
    }
    return { line, column: offset - counted + 1 };
  };
  return {
    next: (wanted) => {
      const quoted = JSON.stringify(wanted);
      const found = text.indexOf(quoted, at);
      if (found < 0) return positionOf(at);
      at = found + quoted.length;
      return positionOf(found);
    },
    of: (wanted) => positionOf(Math.max(0, text.indexOf(JSON.stringify(wanted)))),
    skipTo: (key) => {
      const found = text.lastIndexOf(`${JSON.stringify(key)}:`);
      if (found >= 0) at = found;
    },
  };
};
