import { finderOf, specialOf } from './tags.ts';

/** Elements whose content is shown as it stands, or not at all: no comment is one in there, and what `pre` shows is somebody's output. */
const VERBATIM = /^(?:script|style|textarea|title|xmp|iframe|noembed|noframes|plaintext|pre)$/i;

const NAME = /<[A-Za-z][^ \t\r\n\f/>]*/y;
/** Behind the tag whose name ends at `at`, as browsers see it: https://html.spec.whatwg.org/#tag-open-state; the end of the text where it has none. */
const browserTagEnd = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '>') return at + 1;
    if (text[at] !== '=') continue;
    while (' \t\r\n\f'.includes(text[at + 1] ?? '=')) at++;
    const quote = text[at + 1];
    if (quote !== '"' && quote !== "'") continue;
    const end = text.indexOf(quote, at + 2);
    if (end < 0) return text.length;
    at = end;
  }
  return text.length;
};

/** Behind the end tag of an element whose content is verbatim; the end of the text where it has none. */
const verbatimEnd = (text: string, from: number, name: string): number => {
  const close = new RegExp(`</${name}(?=[ \\t\\r\\n\\f/>])[^>]*>?`, 'gi');
  close.lastIndex = from;
  return close.test(text) ? close.lastIndex : text.length;
};

/**
 * Walks over the comments of a piece of HTML, in order.
 * @param visit `end` is -1 for one that has no end
 */
export const walkComments = (text: string, visit: (start: number, end: number) => void): void => {
  const find = finderOf(text);
  for (let at = find('<', 0); at >= 0;) {
    let end = at + 1;
    NAME.lastIndex = at;
    const special = specialOf(text, at, find);
    if (special !== undefined) {
      if (special.isComment) visit(at, special.end);
      if (special.end < 0) return;
      ({ end } = special);
    } else if (text[at + 1] === '/') end = browserTagEnd(text, at + 2);
    else if (NAME.test(text)) {
      const name = text.slice(at + 1, NAME.lastIndex);
      end = browserTagEnd(text, NAME.lastIndex);
      if (VERBATIM.test(name) && text[end - 2] !== '/') end = verbatimEnd(text, end, name);
    }
    at = find('<', end);
  }
};
