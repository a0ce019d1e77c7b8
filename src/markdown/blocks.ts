import {
  closesFence,
  CODE_INDENT,
  FENCE,
  HEADING,
  HTML_ENDS,
  htmlKind,
  isBreak,
  isSpecial,
  takeItem,
  UNDERLINE,
  type BreakMemory,
} from './block-starts.ts';
import { matchedBy, takeQuote, type Container } from './containers.ts';
import { cursorOf, look, toLine, type Cursor } from './cursor.ts';
import { definitionsEnd } from './definitions.ts';
import { frontMatterEnd } from './front-matter.ts';
import { joined } from './segments.ts';

/** A block without blocks in it that may hold text or HTML. Code is none. */
export interface Leaf {
  readonly kind: 'text' | 'html';
  /** Starts and ends, in turns, in bytes: what stands between the prefixes of block quotes. Line endings included. */
  readonly segments: readonly number[];
  /** Text begins so far into the segments: before that stand link reference definitions. */
  readonly from: number;
}

type Open =
  | { readonly kind: 'paragraph'; readonly segments: number[]; from: number }
  | { readonly kind: 'html'; readonly segments: number[]; readonly type: number }
  | { readonly kind: 'fence'; readonly mark: string; readonly length: number }
  | { readonly kind: 'indented' };

/** The block structure of a document as far as it is read. */
interface Blocks extends BreakMemory {
  readonly line: Cursor;
  readonly containers: Container[];
  /** How many containers the line at hand goes on with. */
  matched: number;
  /** Something is open that the line does not go on with, unless it is a lazy one. */
  isBehind: boolean;
  open: Open | undefined;
  readonly labels: Set<string>;
  readonly visit: (leaf: Leaf) => void;
}

/**
 * Walks over the text and the HTML of a document in its order, as CommonMark 0.31 has it; the method is that of its reference implementations
 * (https://spec.commonmark.org/0.31.2/#phase-1-block-structure). Time and memory are linear, also where quotes and lists are nested without end.
 * @param source latin1
 * @param labels of link reference definitions, normalised, are put in here
 */
export const walkBlocks = (source: string, labels: Set<string>, visit: (leaf: Leaf) => void): void => {
  const blocks: Blocks = {
    line: cursorOf(source),
    containers: [],
    matched: 0,
    isBehind: false,
    open: undefined,
    isNoneBefore: 0,
    labels,
    visit,
  };
  const { line, containers } = blocks;
  let [feed, carriage] = [-1, -1];
  let wasBlank = false; // and all that was open went on
  for (let at = frontMatterEnd(source); at < source.length; at = line.next) {
    if (feed < at) feed = orEnd(source.indexOf('\n', at), source);
    if (carriage < at) carriage = orEnd(source.indexOf('\r', at), source);
    toLine(line, at, feed, carriage);
    const isEmpty = line.blank;
    // A line of one byte goes on with all items: asking each again, line by line, would be quadratic.
    if (isEmpty && wasBlank) blocks.matched = containers.length;
    else blocks.matched = matchedBy(line, containers);
    take(blocks);
    wasBlank = isEmpty && blocks.matched === containers.length;
  }
  blocks.matched = 0;
  close(blocks);
};

const orEnd = (found: number, { length }: string): number => (found < 0 ? length : found);

/** What the line is to the blocks that are open and to those that it begins. */
const take = (blocks: Blocks): void => {
  const { line, containers, open } = blocks;
  const allMatched = blocks.matched === containers.length;
  const how = allMatched && open !== undefined ? continues(open, line) : undefined;
  if (how === 'end') {
    blocks.open = undefined;
    return;
  }
  blocks.isBehind = !allMatched || (open !== undefined && how === undefined);
  if (how === 'content') {
    if (open?.kind === 'html') addHtml(blocks, open);
    return;
  }
  while (!begin(blocks));
};

/** `content`: the line is of the open leaf, whatever stands on it; `text`: if it begins nothing else; `end`: it is the leaf's last; undefined: not of it. */
const continues = (open: Open, line: Cursor): 'content' | 'text' | 'end' | undefined => {
  switch (open.kind) {
    case 'paragraph':
      return line.blank ? undefined : 'text';
    case 'html':
      return line.blank && open.type >= 6 ? undefined : 'content';
    case 'fence': {
      const rest = line.source.slice(line.content, line.end);
      return line.indent < CODE_INDENT && closesFence(rest, open.mark, open.length) ? 'end' : 'content';
    }
    case 'indented':
      return line.indent >= CODE_INDENT || line.blank ? 'content' : undefined;
  }
};

/** One block that begins on the line. True when the line is done with, false when it may begin another one within. */
const begin = (blocks: Blocks): boolean => {
  const { line, open } = blocks;
  look(line);
  const inParagraph = open?.kind === 'paragraph';
  if (line.indent >= CODE_INDENT) {
    if (inParagraph || line.blank) return takeText(blocks);
    enter(blocks, { kind: 'indented' });
    return true;
  }
  if (line.blank || !isSpecial(line.source.charCodeAt(line.content))) return takeText(blocks);
  if (takeQuote(line)) {
    contain(blocks, { columns: undefined, hasContent: true });
    return false;
  }
  const rest = line.source.slice(line.content, line.end);
  if (beginLeaf(blocks, rest)) return true;
  const columns = takeItem(line, rest, inParagraph && !blocks.isBehind);
  if (columns === undefined) return takeText(blocks);
  contain(blocks, { columns, hasContent: false });
  return false;
};

/** A leaf that is no paragraph, when one begins. @param rest the line from its content on */
const beginLeaf = (blocks: Blocks, rest: string): boolean => {
  const { line, open } = blocks;
  const heading = HEADING.exec(rest)?.[0];
  if (heading !== undefined) {
    enter(blocks, undefined);
    blocks.visit({ kind: 'text', segments: [line.content + heading.length, line.end], from: 0 });
    return true;
  }
  const fence = FENCE.exec(rest)?.[0];
  if (fence !== undefined) {
    enter(blocks, { kind: 'fence', mark: fence[0] ?? '', length: fence.length });
    return true;
  }
  const type = rest[0] === '<' ? htmlKind(rest, open?.kind === 'paragraph') : 0;
  if (type > 0) {
    const html = { kind: 'html', segments: [], type } satisfies Open;
    enter(blocks, html);
    addHtml(blocks, html);
    return true;
  }
  if (open?.kind === 'paragraph' && !blocks.isBehind && UNDERLINE.test(rest) && stripDefinitions(blocks, open)) {
    close(blocks);
    return true;
  }
  if (!isBreak(line, blocks)) return false;
  enter(blocks, undefined);
  return true;
};

/** A line of text: of the paragraph that is open, also where the line leaves its quotes and lists out, or of a new one. */
const takeText = (blocks: Blocks): boolean => {
  const { line, open } = blocks;
  if (open?.kind === 'paragraph' && !line.blank) {
    addLine(line, open.segments);
    return true;
  }
  if (blocks.isBehind || open !== undefined) close(blocks);
  if (line.blank) return true;
  const paragraph = { kind: 'paragraph', segments: [], from: 0 } satisfies Open;
  enter(blocks, paragraph);
  addLine(line, paragraph.segments);
  return true;
};

const addLine = ({ source, offset, start, next, content }: Cursor, segments: number[]): void => {
  // Indentation means nothing in text and in HTML, so that a list item's lines are one stretch all the same.
  const from = isWhite(source, start, offset) ? start : Math.min(offset, content);
  if (segments.length > 0 && segments.at(-1) === from) segments[segments.length - 1] = next;
  else segments.push(from, next);
};

const isWhite = (source: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (source[at] !== ' ' && source[at] !== '\t') return false;
  return true;
};

const addHtml = (blocks: Blocks, html: Extract<Open, { readonly kind: 'html' }>): void => {
  const { line } = blocks;
  addLine(line, html.segments);
  if (HTML_ENDS[html.type]?.test(line.source.slice(line.offset, line.end)) === true) close(blocks);
};

/** Closes what the line does not go on with, and the leaf before. */
const close = (blocks: Blocks): void => {
  const { open, containers, matched, visit } = blocks;
  blocks.open = undefined;
  blocks.isBehind = false;
  containers.length = matched;
  if (open?.kind === 'html') visit({ kind: 'html', segments: open.segments, from: 0 });
  if (open?.kind !== 'paragraph') return;
  if (stripDefinitions(blocks, open)) visit({ kind: 'text', segments: open.segments, from: open.from });
};

const enter = (blocks: Blocks, leaf: Open | undefined): void => {
  close(blocks);
  const last = blocks.containers.at(-1);
  if (last !== undefined) last.hasContent = true;
  blocks.open = leaf;
};

const contain = (blocks: Blocks, container: Container): void => {
  enter(blocks, undefined);
  blocks.containers.push(container);
  blocks.matched = blocks.containers.length;
};

/** Takes link reference definitions from the beginning of a paragraph. False when nothing else is in it. */
const stripDefinitions = ({ line: { source }, labels }: Blocks, paragraph: Extract<Open, { readonly kind: 'paragraph' }>): boolean => {
  if (paragraph.from === 0 && !/^[ \t]*\[/.test(source.slice(paragraph.segments[0], paragraph.segments[1]))) return true;
  const { text } = joined(source, paragraph.segments, paragraph.from);
  const end = definitionsEnd(text, labels);
  paragraph.from += end;
  return end < text.length;
};
