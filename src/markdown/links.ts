// Parts of links: https://spec.commonmark.org/0.31.2/#links. Each function gives the place behind the part, or -1.

const LONGEST_LABEL = 999;
const DEEPEST = 32; // parentheses in a destination; the specification asks for three and lets the rest open

const ESCAPABLE = /[!-/:-@[-`{-~]/;

/** True where a backslash makes the next character plain. */
export const isEscape = (text: string, at: number): boolean => text[at] === '\\' && ESCAPABLE.test(text[at + 1] ?? '');

const LABEL = /\[(?:[^\\[\]]|\\[^])*\]/y;

/** @returns -1 also for a label that is longer than labels may be */
export const labelEnd = (text: string, at: number): number => {
  const most = text.slice(at, at + LONGEST_LABEL + 2);
  LABEL.lastIndex = 0;
  return LABEL.test(most) ? at + LABEL.lastIndex : -1;
};

/** A label as labels are compared; empty: it is none. @param label latin1, with its brackets */
export const normalLabel = (label: string): string =>
  Buffer.from(label.slice(1, -1), 'latin1')
    .toString()
    .replace(/[ \t\r\n]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase(); // both: a case fold that maps the sharp s and the like

const GAP = /[ \t]*(?:\r\n?|\n)?[ \t]*/y;

/** Over spaces, tabs and up to one line ending. */
export const gapEnd = (text: string, at: number): number => {
  GAP.lastIndex = at;
  return GAP.test(text) ? GAP.lastIndex : at;
};

const POINTED = /<(?:[^<>\r\n\\]|\\[^\r\n])*>/y;

export const destinationEnd = (text: string, from: number): number => {
  if (text[from] === '<') {
    POINTED.lastIndex = from;
    return POINTED.test(text) ? POINTED.lastIndex : -1;
  }
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) break;
    if (isEscape(text, at)) at++;
    else if (text[at] === '(' && ++depth > DEEPEST) return -1;
    else if (text[at] === ')' && --depth < 0) break;
  }
  return depth > 0 || at === from ? -1 : at;
};

const TITLE = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\((?:[^()\\]|\\[^])*\)/y;

export const titleEnd = (text: string, at: number): number => {
  TITLE.lastIndex = at;
  return TITLE.test(text) ? TITLE.lastIndex : -1;
};

/** Behind `(destination "title")`; -1: the parenthesis is none of a link's. */
export const targetEnd = (text: string, at: number): number => {
  let to = gapEnd(text, at + 1);
  if (text[to] === ')') return to + 1;
  to = destinationEnd(text, to);
  if (to < 0) return -1;
  const gap = gapEnd(text, to);
  const title = gap > to ? titleEnd(text, gap) : -1;
  to = gapEnd(text, title < 0 ? gap : title);
  return text[to] === ')' ? to + 1 : -1;
};
