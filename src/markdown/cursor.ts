/** Where the reading of a line stands. Text is latin1, so that offsets are bytes; columns count a tab up to the next multiple of four. */
export interface Cursor {
  readonly source: string;
  /** Of the line; `end` is before its line ending, `next` behind it. */
  start: number;
  end: number;
  next: number;
  offset: number;
  column: number;
  /** Of the first character from `offset` on that is no space and no tab. */
  content: number;
  contentColumn: number;
  /** Columns from `column` to there. */
  indent: number;
  blank: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

export const cursorOf = (source: string): Cursor => ({
  source,
  start: 0,
  end: 0,
  next: 0,
  offset: 0,
  column: 0,
  content: 0,
  contentColumn: 0,
  indent: 0,
  blank: false,
});

/** Looks where the content begins. White space that was looked over is not looked at again: a line may stand in any number of lists. */
export const look = (line: Cursor): void => {
  if (line.offset > line.content) {
    const { source, end } = line;
    let { offset, column } = line;
    for (; offset < end; offset++) {
      const code = source.charCodeAt(offset);
      if (code === SPACE) column++;
      else if (code === TAB) column += 4 - (column % 4);
      else break;
    }
    line.content = offset;
    line.contentColumn = column;
    line.blank = offset === end;
  }
  line.indent = line.contentColumn - line.column;
};

/** To the line that begins at `at`. A lone CR ends a line, as CommonMark has it. @param carriage where the next CR is, or past the end */
export const toLine = (line: Cursor, at: number, feed: number, carriage: number): void => {
  const { source } = line;
  const end = Math.min(feed, carriage, source.length);
  line.start = at;
  line.end = end;
  line.next = end === source.length ? end : source.charCodeAt(end) === CR && source.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
  line.offset = at;
  line.column = 0;
  line.content = -1;
  look(line);
};

/** Over white space that stands for at most `columns`: a tab may be taken in parts. */
export const skipColumns = (line: Cursor, columns: number): void => {
  const { source, end } = line;
  for (let left = columns; left > 0 && line.offset < end;) {
    if (source.charCodeAt(line.offset) !== TAB) {
      line.offset++;
      line.column++;
      left--;
      continue;
    }
    const width = 4 - (line.column % 4);
    const taken = Math.min(width, left);
    line.column += taken;
    if (width <= left) line.offset++;
    left -= taken;
  }
};

/** To the content, and `characters` that are no tabs further. */
export const skipToContent = (line: Cursor, characters = 0): void => {
  line.column += line.indent + characters;
  line.offset = line.content + characters;
};

export const isBlankAt = ({ source, offset, end }: Cursor): boolean => {
  const code = source.charCodeAt(offset);
  return offset < end && (code === SPACE || code === TAB);
};
