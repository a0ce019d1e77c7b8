/** Places in a text that was decoded from bytes: offsets are in UTF-16 units of the text. */
export interface Offsets {
  /** 1-based; the column counts UTF-16 units. */
  spotOf(offset: number): { readonly line: number; readonly column: number };
  /** The byte of the raw file at which the character at `offset` begins. */
  byteOf(offset: number): number;
  /** The offset of the end of a line, before its CR and LF. */
  lineEnd(offset: number): number;
}

const STRIDE = 1024; // units between two known places

/**
 * How many bytes the character at `at` takes and how many units of text it became; what is no UTF-8 became one U+FFFD per maximal part, as the
 * Encoding Standard has it (https://encoding.spec.whatwg.org/#utf-8-decoder).
 */
const characterAt = (bytes: Uint8Array, at: number): readonly [length: number, units: number] => {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return [1, 1];
  const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  let least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let next = 1; next <= more; next++) {
    const byte = bytes[at + next] ?? 0;
    if (byte < least || byte > most) return [next, 1];
    [least, most] = [0x80, 0xbf];
  }
  return [more + 1, more === 3 ? 2 : 1];
};

interface Milestone {
  readonly unit: number;
  readonly byte: number;
}

const milestonesOf = (bytes: Uint8Array): readonly Milestone[] => {
  const found: Milestone[] = [{ unit: 0, byte: 0 }];
  let [unit, next] = [0, STRIDE];
  for (let byte = 0; byte < bytes.length;) {
    const [length, units] = characterAt(bytes, byte);
    byte += length;
    unit += units;
    if (unit < next) continue;
    found.push({ unit, byte });
    next = unit + STRIDE;
  }
  return found;
};

/** The last index at which `of` is at most `value`; the first one where none is. */
const lastAtMost = (length: number, of: (index: number) => number, value: number): number => {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (of(middle) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
};

const lineStarts = (text: string): Uint32Array => {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  const starts = new Uint32Array(lines);
  let line = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts[++line] = at + 1;
  return starts;
};

/** @param text what TextDecoder makes of the bytes, a byte order mark kept */
export const offsetsOf = (bytes: Uint8Array, text: string): Offsets => {
  let known: Uint32Array | undefined;
  const starts = (): Uint32Array => (known ??= lineStarts(text));
  let milestones: readonly Milestone[] | undefined;
  const byteOf = (offset: number): number => {
    // No character has fewer bytes than units: where the lengths are the same, each unit is a byte.
    if (text.length === bytes.length) return offset;
    const stones = (milestones ??= milestonesOf(bytes));
    let { unit, byte } = stones[lastAtMost(stones.length, (index) => stones[index]?.unit ?? 0, offset)] ?? { unit: 0, byte: 0 };
    while (unit < offset && byte < bytes.length) {
      const [length, units] = characterAt(bytes, byte);
      if (unit + units > offset) break;
      unit += units;
      byte += length;
    }
    return byte;
  };
  const lineOf = (offset: number): number => lastAtMost(starts().length, (index) => starts()[index] ?? 0, offset);
  return {
    byteOf,
    spotOf: (offset) => {
      const line = lineOf(offset);
      return { line: line + 1, column: offset - (starts()[line] ?? 0) + 1 };
    },
    lineEnd: (offset) => {
      const next = starts()[lineOf(offset) + 1];
      if (next === undefined) return text.length;
      return text[next - 2] === '\r' ? Math.max(offset, next - 2) : next - 1;
    },
  };
};
