/**
 * How characters stand in a content that may be edited: as bytes, or two bytes each with the low one first (0) or second (1). undefined: it is
 * no text, and an edit would break it.
 */
export type Characters = { readonly width: 1 } | { readonly width: 2; readonly low: 0 | 1 };

const units = (bytes: Uint8Array, low: 0 | 1): string => {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1)); // a copy: swap16 changes what it is called on
  return (low === 0 ? even : even.swap16()).toString('utf16le');
};

/** Controls beside white space and escapes are in no text, nor are halves of surrogate pairs and what Unicode has not. */
const isWritten = (text: string): boolean => !/[\0-\x06\x0e-\x1a\x1c-\x1f\x7f]|\p{Cs}|\p{Cn}/u.test(text);

/** Without a mark only what is certain: a whole number of characters, every one a written one, and half of them ASCII. */
const isWide = (bytes: Uint8Array, low: 0 | 1): boolean => {
  if (bytes.length % 2 === 1) return false;
  let plain = 0;
  for (let at = 0; at < bytes.length; at += 2) if (bytes[at + 1 - low] === 0 && (bytes[at + low] ?? 0) < 0x80) plain++;
  return plain * 4 >= bytes.length && isWritten(units(bytes, low));
};

/** Text has no NUL. That of two bytes a character has none as a character, and says by its first what it is, or is certain without. */
export const charactersOf = (bytes: Uint8Array): Characters | undefined => {
  if (!bytes.includes(0)) return { width: 1 };
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) {
    const low = mark === 0xfffe ? 0 : 1;
    return units(bytes, low).includes('\0') ? undefined : { width: 2, low };
  }
  return ([0, 1] as const).flatMap((low) => (isWide(bytes, low) ? [{ width: 2, low } as const] : [])).at(0);
};

/** A text as it stands in such a content. */
export const encoded = (text: string, characters: Characters): Uint8Array => {
  if (characters.width === 1) return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return characters.low === 0 ? bytes : bytes.swap16();
};

/** Bytes of such a content as UTF-8: the same for one text, however it is written. */
export const narrowed = (bytes: Uint8Array, characters: Characters): Uint8Array =>
  characters.width === 1 ? bytes : Buffer.from(units(bytes, characters.low));

/** From a byte to another one, end exclusive. */
export type Span = readonly [start: number, end: number];

/** The run of characters without white space, or the line, that a span stands in, no further than `within`. */
export const widened = (bytes: Uint8Array, [start, end]: Span, [from, to]: Span, reach: 'word' | 'line', characters: Characters): Span => {
  const { width } = characters;
  const low = characters.width === 1 ? 0 : characters.low;
  const codeAt = (at: number): number => (bytes[at + low] ?? 0) + (width === 1 ? 0 : (bytes[at + 1 - low] ?? 0) << 8);
  const stops = (at: number): boolean => {
    const code = codeAt(at);
    return reach === 'word' ? code <= 0x20 : code === 10 || (code === 13 && codeAt(at + width) === 10);
  };
  let left = start;
  while (left - width >= from && !stops(left - width)) left -= width;
  let right = end;
  while (right + width <= to && !stops(right)) right += width;
  return [left, right];
};
