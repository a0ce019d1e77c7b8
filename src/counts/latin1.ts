// Files are read as latin1: each character is a byte, so that places are bytes and nothing is lost of what is no UTF-8.

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** A stretch of it as what it was meant to be. */
export const decoded = (source: string, start: number, end: number): string => Buffer.from(source.slice(start, end), 'latin1').toString();

export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** Gives lines and columns, 1-based and in UTF-16 units, of places that are asked for in order. Each stretch of the text is looked at once. */
export const spotter = (source: string): ((at: number) => Spot) => {
  let line = 1;
  let column = 1;
  let from = 0;
  return (at) => {
    for (let feed = source.indexOf('\n', from); feed >= 0 && feed < at; feed = source.indexOf('\n', from)) {
      line++;
      column = 1;
      from = feed + 1;
    }
    if (at > from) column += decoded(source, from, at).length;
    from = Math.max(from, at);
    return { line, column };
  };
};
