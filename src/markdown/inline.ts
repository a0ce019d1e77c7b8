import { isEscape, labelEnd, normalLabel, targetEnd } from './links.ts';
import { finderOf, specialOf, tagEnd } from './tags.ts';

/**
 * A stretch of a text that is not to be read as words. `target`: of a link, from behind its `]`; `html`: a tag, a declaration, an instruction;
 * `unfinished`: the beginning of a comment without an end, which is words after all.
 */
export type InlineKind = 'code' | 'comment' | 'html' | 'autolink' | 'target' | 'unfinished';

/** Gives the end. */
type PutInline = (kind: InlineKind, start: number, end: number) => number;

const AUTOLINK =
  /<(?:[A-Za-z][A-Za-z0-9.+-]{1,31}:[^<>\x00-\x20]*|[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>/y;

const TICKS = /`+/y;
const runEnd = (text: string, at: number): number => {
  TICKS.lastIndex = at;
  return TICKS.test(text) ? TICKS.lastIndex : at;
};

/** Gives the end of the code span that a run of backticks begins; -1: none. To be asked in order of the text. */
const spansOf = (text: string): ((from: number, to: number) => number) => {
  let runs: Map<number, number[]> | undefined; // by length: where they begin, last first
  return (from, to) => {
    if (runs === undefined) {
      runs = new Map();
      for (let at = text.indexOf('`', to); at >= 0;) {
        const end = runEnd(text, at);
        const same = runs.get(end - at);
        if (same === undefined) runs.set(end - at, [at]);
        else same.push(at);
        at = text.indexOf('`', end);
      }
      for (const same of runs.values()) same.reverse();
    }
    const same = runs.get(to - from) ?? [];
    while ((same.at(-1) ?? to) < to) same.pop();
    const close = same.pop();
    return close === undefined ? -1 : close + to - from;
  };
};

/** Brackets that a link could begin with: each as twice its place, and one more for an image. A text may be nothing but brackets. */
interface Brackets {
  readonly open: number[];
  /** So many of the first ones stand around a link: links hold no links, only images do. */
  spent: number;
}

const isImage = (opener: number): boolean => opener % 2 === 1;

/** Behind the part of a link that follows its `]`; undefined: it is the end of no link. */
const linkEnd = (text: string, close: number, { open, spent }: Brackets, labels: ReadonlySet<string>): number | undefined => {
  const opener = open.at(-1);
  if (opener === undefined || (!isImage(opener) && open.length <= spent)) return undefined;
  const next = close + 1;
  const target = text[next] === '(' ? targetEnd(text, next) : -1;
  if (target >= 0) return target;
  const label = text[next] === '[' ? labelEnd(text, next) : -1;
  if (label > next + 2) return labels.has(normalLabel(text.slice(next, label))) ? label : undefined;
  const at = Math.floor(opener / 2);
  if (labelEnd(text, at) !== next) return undefined; // its text has a bracket in it, or is too long for a label
  return labels.has(normalLabel(text.slice(at, next))) ? Math.max(label, next) : undefined;
};

const closeBracket = (text: string, at: number, brackets: Brackets, labels: ReadonlySet<string>): number | undefined => {
  const end = linkEnd(text, at, brackets, labels);
  const opener = brackets.open.pop();
  const { length } = brackets.open;
  if (end !== undefined && opener !== undefined && !isImage(opener)) brackets.spent = length;
  brackets.spent = Math.min(brackets.spent, length);
  return end;
};

/** What begins with `<`. */
const pointed = (text: string, at: number, find: (what: string, from: number) => number, put: PutInline): number => {
  AUTOLINK.lastIndex = at;
  if (AUTOLINK.test(text)) return put('autolink', at, AUTOLINK.lastIndex);
  const special = specialOf(text, at, find);
  const end = special === undefined ? tagEnd(text, at) : special.end;
  if (special?.isComment === true) return end < 0 ? put('unfinished', at, at + '<!--'.length) : put('comment', at, end);
  return end < 0 ? at + 1 : put('html', at, end);
};

const NEXT = /[\\`<[\]!]/g;

/**
 * Walks over what of a paragraph or a heading is not words, in order, as CommonMark 0.31 has it. Emphasis is not looked for: it takes nothing away.
 * @param labels for which there are link reference definitions
 */
export const walkInlines = (
  text: string,
  labels: ReadonlySet<string>,
  visit: (kind: InlineKind, start: number, end: number) => void,
): void => {
  const brackets: Brackets = { open: [], spent: 0 };
  const find = finderOf(text);
  const spanEnd = spansOf(text);
  const put: PutInline = (kind, start, end) => {
    visit(kind, start, end);
    return end;
  };
  /** Reads one thing and gives the place behind it. */
  const step = (at: number): number => {
    switch (text[at]) {
      case '\\':
        return isEscape(text, at) ? at + 2 : at + 1;
      case '`': {
        const to = runEnd(text, at);
        const end = spanEnd(at, to);
        return end < 0 ? to : put('code', at, end);
      }
      case '<':
        return pointed(text, at, find, put);
      case '[':
        brackets.open.push(2 * at);
        return at + 1;
      case '!':
        if (text[at + 1] !== '[') return at + 1;
        brackets.open.push(2 * (at + 1) + 1);
        return at + 2;
      default: {
        const end = closeBracket(text, at, brackets, labels);
        return end === undefined || end === at + 1 ? at + 1 : put('target', at + 1, end);
      }
    }
  };
  for (let at = 0; ;) {
    NEXT.lastIndex = at;
    const next = NEXT.exec(text);
    if (next === null) return;
    at = step(next.index);
  }
};
