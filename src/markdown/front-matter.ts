const MARK = /\u00ef\u00bb\u00bf/y; // a byte order mark, as latin1
const BEGIN = /(---|\+\+\+)[ \t]*(?:\r\n?|\n)/y;
/** What a mapping of YAML or TOML, or nothing at all, begins with; else the first line is a thematic break. */
const FIELD = /(?:[ \t]*#[^\r\n]*(?:\r\n?|\n))*(?:["'\w][^:=\r\n]*[:=](?:[ \t\r\n]|$)|\[|---|\.\.\.|\+\+\+)/y;

/**
 * Where Markdown begins: behind a byte order mark and front matter, which CommonMark does not know and nearly every generator of pages does.
 * @param source latin1
 */
export const frontMatterEnd = (source: string): number => {
  MARK.lastIndex = 0;
  const begin = MARK.test(source) ? MARK.lastIndex : 0;
  BEGIN.lastIndex = begin;
  const [, fence = ''] = BEGIN.exec(source) ?? [];
  if (fence === '') return begin;
  FIELD.lastIndex = BEGIN.lastIndex;
  if (!FIELD.test(source)) return begin;
  const end = fence === '---' ? /^(?:---|\.\.\.)[ \t]*$/gm : /^\+\+\+[ \t]*$/gm;
  end.lastIndex = BEGIN.lastIndex;
  return end.test(source) ? end.lastIndex : begin;
};
