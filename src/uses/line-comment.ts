import { LONGEST_COMMENT, versionIn } from './comment.ts';
import type { Span, Tree } from './tree.ts';
import type { UseComment } from './use.ts';

/** What stands at the ends of lines. Offsets are in UTF-16 units of the tree's text. */
export interface LineComments {
  /** The comment that ends the line of `offset`, where it begins behind it; in a flow map too. */
  after(offset: number): UseComment | undefined;
  /** The byte at which a comment may be put: the end of the line; undefined where that is in the middle of a longer scalar, or there is one. */
  room(offset: number): number | undefined;
}

/** The last of the spans that begins at or before an offset. */
const lastBefore = (spans: readonly Span[], offset: number): Span | undefined => {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.start ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
};

interface Line {
  readonly comment: { readonly offset: number; readonly read: UseComment } | undefined;
  readonly room: number | undefined;
}

/** Each line is read once: many references can stand on one. */
export const lineComments = ({ offsets, text, comments, blocks }: Tree): LineComments => {
  const lines = new Map<number, Line>();
  const read = (start: number, end: number): UseComment => {
    const source = text.slice(start, Math.min(end, start + LONGEST_COMMENT));
    const named = versionIn(source);
    const from = start + (named?.start ?? 0);
    return {
      text: source.replace(/^#+/, '').trim(),
      start: offsets.byteOf(start),
      end: offsets.byteOf(end),
      ...(named === undefined
        ? {}
        : { version: named.version, versionStart: offsets.byteOf(from), versionEnd: offsets.byteOf(from + named.version.length) }),
    };
  };
  const lineOf = (offset: number): Line => {
    const end = offsets.lineEnd(offset);
    const known = lines.get(end);
    if (known !== undefined) return known;
    const span = lastBefore(comments, end);
    // The lexer's comment reaches to the line feed, and so over a carriage return.
    const comment =
      span !== undefined && span.end >= end && span.start < end ? { offset: span.start, read: read(span.start, end) } : undefined;
    const block = lastBefore(blocks, end);
    const isInside = block !== undefined && block.start < end && end < block.end;
    const last = text.slice(offset, end).trimEnd().length;
    const line = { comment, room: comment !== undefined || isInside ? undefined : offsets.byteOf(offset + last) };
    lines.set(end, line);
    return line;
  };
  return {
    after: (offset) => {
      const { comment } = lineOf(offset);
      return comment === undefined || comment.offset < offset ? undefined : comment.read;
    },
    room: (offset) => lineOf(offset).room,
  };
};
