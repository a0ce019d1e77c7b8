import { isBlankAt, skipToContent, skipColumns, type Cursor } from './cursor.ts';
import { tagEnd } from './tags.ts';

// How blocks begin and end: https://spec.commonmark.org/0.31.2/#blocks-and-inlines

export const CODE_INDENT = 4;

export const HEADING = /^#{1,6}(?:[ \t]|$)/;
export const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
export const FENCE = /^(?:`{3,}(?!.*`)|~{3,})/;
const FENCE_END = /^(?:`{3,}|~{3,})(?=[ \t]*$)/;

/** What a line may begin with that is more than text. */
export const isSpecial = (code: number): boolean => SPECIAL.includes(String.fromCharCode(code));
const SPECIAL = '#`~*+_=<>0123456789-';

export const closesFence = (rest: string, mark: string, length: number): boolean => {
  const [end = ''] = rest.startsWith(mark) ? (FENCE_END.exec(rest) ?? []) : [];
  return end.length >= length;
};

/** Where a line turned out to be no thematic break: from no place before that to there it is one. Else each mark of `- - - a` would ask again. */
export interface BreakMemory {
  isNoneBefore: number;
}

/** True where nothing but three or more of one mark stands from the content on. */
export const isBreak = ({ source, content, end }: Cursor, memory: BreakMemory): boolean => {
  const mark = source[content];
  if (content < memory.isNoneBefore || (mark !== '*' && mark !== '-' && mark !== '_')) return false;
  let marks = 0;
  for (let at = content; at < end; at++) {
    if (source[at] === mark) marks++;
    else if (source[at] !== ' ' && source[at] !== '\t') {
      memory.isNoneBefore = at;
      return false;
    }
  }
  return marks >= 3;
};

const RAW = /^<(?:script|pre|textarea|style)(?:[ \t>]|$)/i;
const BLOCK_NAMES =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';
const BLOCK = new RegExp(`^</?(?:${BLOCK_NAMES})(?:[ \\t]|/?>|$)`, 'i');

/** Of a block of HTML, by the numbers of the specification: what ends it. 6 and 7 end at a blank line. */
export const HTML_ENDS: readonly (RegExp | undefined)[] = [undefined, /<\/(?:script|pre|textarea|style)>/i, /-->/, /\?>/, />/, /\]\]>/];

const isWholeTag = (rest: string): boolean => {
  const end = tagEnd(rest, 0);
  return end > 0 && /^[ \t]*$/.test(rest.slice(end));
};

/** The kind of the block of HTML that a line begins, 1 to 7; 0: none. */
export const htmlKind = (rest: string, inParagraph: boolean): number => {
  if (RAW.test(rest)) return 1;
  if (rest.startsWith('<!--')) return 2;
  if (rest.startsWith('<?')) return 3;
  if (/^<![A-Za-z]/.test(rest)) return 4;
  if (rest.startsWith('<![CDATA[')) return 5;
  if (BLOCK.test(rest)) return 6;
  return !inParagraph && isWholeTag(rest) ? 7 : 0;
};

const LIST_MARK = /^(?:[*+-]|(\d{1,9})[.)])(?=[ \t]|$)/;

/** The columns by which a list item's content is indented, when one begins here; the cursor is then at the content. @param rest from the content on */
export const takeItem = (line: Cursor, rest: string, inParagraph: boolean): number | undefined => {
  const match = LIST_MARK.exec(rest);
  if (match === null) return undefined;
  const [mark, ordinal] = match;
  if (inParagraph && ((ordinal !== undefined && Number(ordinal) !== 1) || /^[ \t]*$/.test(rest.slice(mark.length)))) return undefined;
  const { indent } = line;
  skipToContent(line, mark.length);
  return indent + mark.length + skipPadding(line);
};

/** Behind the white space that belongs to a mark: 1 to 4 columns, or 1 where there is more, or nothing else on the line. */
const skipPadding = (line: Cursor): number => {
  const { offset, column } = line;
  let columns = 0;
  while (columns <= CODE_INDENT && isBlankAt(line)) {
    skipColumns(line, 1);
    columns++;
  }
  if (columns > 0 && columns <= CODE_INDENT && line.offset < line.end) return columns;
  line.offset = offset;
  line.column = column;
  if (isBlankAt(line)) skipColumns(line, 1);
  return 1;
};
