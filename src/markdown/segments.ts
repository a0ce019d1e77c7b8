/** Text of a block without the prefixes of the quotes that it stands in. */
export interface Joined {
  readonly text: string;
  /** The byte of the document that a place of the text is at; the last one is the end. */
  at(offset: number): number;
}

/** @param segments starts and ends, in turns @param from what to leave out at the beginning */
export const joined = (source: string, segments: readonly number[], from = 0): Joined => {
  const [first = 0, end = 0] = segments;
  if (segments.length === 2) return { text: source.slice(first + from, end), at: (offset) => first + from + offset };
  const begins: number[] = [];
  let length = 0;
  const parts: string[] = [];
  for (let i = 0; i < segments.length; i += 2) {
    begins.push(length);
    const part = source.slice(segments[i], segments[i + 1]);
    parts.push(part);
    length += part.length;
  }
  return { text: parts.join('').slice(from), at: (offset) => placeOf(segments, begins, offset + from) };
};

const placeOf = (segments: readonly number[], begins: readonly number[], offset: number): number => {
  let [low, high] = [0, begins.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((begins[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return (segments[2 * low] ?? 0) + offset - (begins[low] ?? 0);
};
