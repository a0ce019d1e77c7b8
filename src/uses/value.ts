import { isScalar, type Node } from 'yaml';

/** A text of a file and how it is written there. Offsets are in UTF-16 units. */
export interface Value {
  /** Without white space around it; undefined: too long for a reference. */
  readonly raw: string | undefined;
  /** Without quotes and white space around it; of a block all of it. */
  readonly start: number;
  readonly end: number;
  /** What is written is the value, and another text without white space may be written in its place. */
  readonly isSame: boolean;
  /** On whose line a comment about the value stands: the end of it, the header of a block. */
  readonly line: number;
}

const LONGEST = 2048;

const isWhite = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 9 || code === 10 || code === 13;
};

/** Spaces, tabs and line ends only: what else people do not see is a fault. */
const trimmed = (text: string, from: number, to: number): readonly [start: number, end: number] => {
  let [start, end] = [from, to];
  while (start < end && isWhite(text, start)) start++;
  while (end > start && isWhite(text, end - 1)) end--;
  return [start, end];
};

/** The text of a scalar; undefined where the node is none. @param text of the whole file */
export const readValue = (node: Node, text: string): Value | undefined => {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  const [from = 0, to = 0] = node.range ?? [];
  const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const isOpen = isQuoted && (to - from < 2 || text[to - 1] !== text[from]); // the file ends before the quotes do
  const [opening, closing] = [isQuoted ? 1 : 0, isQuoted && !isOpen ? 1 : 0];
  const line = isBlock ? from : to;
  const [first, last] = trimmed(node.value, 0, node.value.length);
  if (last - first > LONGEST) return { raw: undefined, start: from, end: to, isSame: false, line };
  const raw = node.value.slice(first, last);
  const [start, end] = isBlock ? [from, to] : trimmed(text, from + opening, to - closing);
  // U+FFFD may stand for bytes that are no UTF-8.
  const isSame = !isBlock && !isOpen && end - start === raw.length && text.startsWith(raw, start) && !raw.includes('\ufffd');
  return { raw, start, end, isSame, line };
};
