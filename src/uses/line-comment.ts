import { versionIn } from './comment.ts';
import type { Span, Tree } from './tree.ts';
import type { UseComment } from './use.ts';

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

/** The comment that ends the line of `offset`, where it begins behind it; in a flow map too. */
export const commentAfter = (tree: Tree, offset: number): UseComment | undefined => {
  const { offsets, text } = tree;
  const end = offsets.lineEnd(offset);
  const span = lastBefore(tree.comments, end);
  if (span === undefined || span.start < offset || span.end < end) return undefined;
  const source = text.slice(span.start, end);
  const named = versionIn(source);
  const start = span.start + (named?.start ?? 0);
  return {
    text: source.replace(/^#+/, '').trim(),
    start: offsets.byteOf(span.start),
    end: offsets.byteOf(end),
    ...(named === undefined
      ? {}
      : { version: named.version, versionStart: offsets.byteOf(start), versionEnd: offsets.byteOf(start + named.version.length) }),
  };
};

/** The byte at which a comment may be put behind a value: the end of its line; undefined where that is in the middle of a longer scalar. */
export const roomForComment = ({ offsets, blocks, text }: Tree, offset: number): number | undefined => {
  const end = offsets.lineEnd(offset);
  const block = lastBefore(blocks, end);
  if (block !== undefined && block.start < end && end < block.end) return undefined;
  return offsets.byteOf(offset + text.slice(offset, end).trimEnd().length);
};
