import { walkBlocks, type Leaf } from './blocks.ts';
import { walkComments } from './html.ts';
import { walkInlines } from './inline.ts';
import { joined, type Joined } from './segments.ts';

/** A comment that a renderer hands on as one. Offsets are bytes. */
export interface Comment {
  readonly start: number;
  /** Behind `-->`. */
  readonly end: number;
  /** Between `<!--` and `-->`, without what quotes put before its lines. */
  readonly text: string;
  /** False: `<!--` has no `-->`, and `text` is what follows, cut. */
  readonly isEnded: boolean;
}

const CUT = 200;

const commentOf = ({ text, at }: Joined, start: number, end: number): Comment =>
  end < 0
    ? { start: at(start), end: at(start) + 4, text: text.slice(start + 4, start + CUT), isEnded: false }
    : { start: at(start), end: at(end - 1) + 1, text: text.slice(start + 4, Math.max(start + 4, end - 3)), isEnded: true };

/**
 * The HTML comments of a Markdown document, in order: none that stands in code, in a link's target, in another comment or in front matter.
 * @param source latin1
 * @param within only blocks that hold this text are looked at
 */
export const commentsOf = (source: string, within: string): readonly Comment[] => {
  const labels = new Set<string>();
  const leaves: { readonly kind: Leaf['kind']; readonly piece: Joined }[] = [];
  walkBlocks(source, labels, ({ kind, segments, from }) => {
    const piece = joined(source, segments, from);
    if (piece.text.includes(within)) leaves.push({ kind, piece });
  });
  const found: Comment[] = [];
  for (const { kind, piece } of leaves) {
    if (kind === 'html') walkComments(piece.text, (start, end) => found.push(commentOf(piece, start, end)));
    else
      walkInlines(piece.text, labels, (what, start, end) => {
        if (what === 'comment') found.push(commentOf(piece, start, end));
        else if (what === 'unfinished') found.push(commentOf(piece, start, -1));
      });
  }
  return found;
};
