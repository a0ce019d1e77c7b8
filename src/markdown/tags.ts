// HTML tags as CommonMark has them: https://spec.commonmark.org/0.31.2/#raw-html

const NAME = /[A-Za-z][A-Za-z0-9-]*/y;
const SPACE = /[ \t]*(?:\r\n?|\n)?[ \t]*/y; // up to one line ending
const ATTRIBUTE = /[A-Za-z_:][A-Za-z0-9:._-]*/y;
const BARE = /[^ \t\r\n"'=<>`]+/y;

/** Where a match of a sticky expression ends; -1: none here. */
const past = (expression: RegExp, text: string, at: number): number => {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
};

/** Behind an attribute's value, from its `=` on; -1: there is none. */
const valueEnd = (text: string, at: number): number => {
  const begin = past(SPACE, text, at + 1);
  const quote = text[begin];
  if (quote !== '"' && quote !== "'") return past(BARE, text, begin);
  const end = text.indexOf(quote, begin + 1);
  return end < 0 ? -1 : end + 1;
};

/** Behind the open or closing tag that begins with the `<` at `at`; -1: there is none. */
export const tagEnd = (text: string, at: number): number => {
  const isClosing = text[at + 1] === '/';
  let to = past(NAME, text, at + (isClosing ? 2 : 1));
  if (to < 0) return -1;
  for (;;) {
    const space = past(SPACE, text, to);
    if (text[space] === '>') return space + 1;
    if (isClosing) return -1;
    if (text[space] === '/') return text[space + 1] === '>' ? space + 2 : -1;
    const name = space === to ? -1 : past(ATTRIBUTE, text, space);
    if (name < 0) return -1;
    const equals = past(SPACE, text, name);
    to = text[equals] === '=' ? valueEnd(text, equals) : name;
    if (to < 0) return -1;
  }
};

/** Finds what comes next without looking at a stretch of text twice: a text full of beginnings and without an end costs one pass. */
export const finderOf = (text: string): ((what: string, from: number) => number) => {
  const missing = new Set<string>();
  return (what, from) => {
    if (missing.has(what)) return -1;
    const found = text.indexOf(what, from);
    if (found < 0) missing.add(what);
    return found;
  };
};

/** What begins with `<!` or `<?` and is no tag; undefined: nothing of the kind. A comment ends with `-->`. */
export const specialOf = (
  text: string,
  at: number,
  find: (what: string, from: number) => number,
): { readonly isComment: boolean; readonly end: number } | undefined => {
  if (text.startsWith('<!--', at)) {
    if (text[at + 4] === '>') return { isComment: true, end: at + 5 };
    if (text.startsWith('->', at + 4)) return { isComment: true, end: at + 6 };
    return { isComment: true, end: ending(find('-->', at + 4), 3) };
  }
  if (text[at + 1] === '?') return { isComment: false, end: ending(find('?>', at + 2), 2) };
  if (text.startsWith('<![CDATA[', at)) return { isComment: false, end: ending(find(']]>', at + 9), 3) };
  if (text[at + 1] === '!' && /[A-Za-z]/.test(text[at + 2] ?? '')) return { isComment: false, end: ending(find('>', at + 2), 1) };
  return undefined;
};

const ending = (found: number, length: number): number => (found < 0 ? -1 : found + length);
