import { CODE_INDENT } from './block-starts.ts';
import { isBlankAt, look, skipColumns, skipToContent, type Cursor } from './cursor.ts';

/** A block quote, or a list item by the columns that its lines are indented. */
export interface Container {
  readonly columns: number | undefined;
  /** An item that begins with a blank line has none at first. */
  hasContent: boolean;
}

/** How many of the containers the line goes on with; the cursor is then in the last of these. */
export const matchedBy = (line: Cursor, containers: readonly Container[]): number => {
  let matched = 0;
  for (; matched < containers.length; matched++) {
    const container = containers[matched];
    if (container === undefined || !goesOn(container, line)) break;
    look(line);
  }
  return matched;
};

const goesOn = ({ columns, hasContent }: Container, line: Cursor): boolean => {
  if (columns === undefined) return takeQuote(line);
  if (line.blank) {
    if (hasContent) skipToContent(line);
    return hasContent;
  }
  if (line.indent < columns) return false;
  skipColumns(line, columns);
  return true;
};

/** Over the mark of a block quote; false when there is none. */
export const takeQuote = (line: Cursor): boolean => {
  if (line.indent >= CODE_INDENT || line.source[line.content] !== '>' || line.blank) return false;
  skipToContent(line, 1);
  if (isBlankAt(line)) skipColumns(line, 1);
  return true;
};
