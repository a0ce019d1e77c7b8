import type { Value } from './structure.ts';

/** Where the text stops being JSON. */
export class JsonError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const DEEPEST = 10_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** Past white space and the comments that settings of editors have. */
const skipVoid = (text: string, from: number): number => {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 32 || (code >= 9 && code <= 13)) at++;
    else if (code === 47 && text[at + 1] === '/') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (code === 47 && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) throw new JsonError('a comment without its end', at);
      at = end + 2;
    } else return at;
  }
};

const endOfString = (text: string, at: number): number => {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === '\\') before--;
    if ((end - before) % 2 === 1) return end + 1;
  }
  throw new JsonError('a string without its end', at);
};

const stringAt = (text: string, start: number, end: number): string => {
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    return typeof value === 'string' ? value : '';
  } catch {
    throw new JsonError('a string that is none', start);
  }
};

const endOfScalar = (text: string, at: number): number => {
  if (text[at] === '"') return endOfString(text, at);
  for (const form of [NUMBER, WORD]) {
    form.lastIndex = at;
    if (form.test(text)) return form.lastIndex;
  }
  throw new JsonError(at >= text.length ? 'it ends too early' : 'no value', at);
};

const expect = (text: string, at: number, char: string): number => {
  if (text[at] !== char) throw new JsonError(`no "${char}"`, at);
  return at + 1;
};

/** Past a key and its colon. */
const skipKey = (text: string, at: number): number => {
  if (text[at] !== '"') throw new JsonError('no key in double quotes', at);
  return skipVoid(text, expect(text, skipVoid(text, endOfString(text, at)), ':'));
};

/** Past one value. Nothing is built, and nothing calls itself: a file may be one list of lists of lists. */
const skipValue = (text: string, from: number): number => {
  const open: ('}' | ']')[] = [];
  let at = from;
  for (;;) {
    if (open.at(-1) === '}') at = skipKey(text, at);
    const char = text[at];
    if (char === '{' || char === '[') {
      const end = char === '{' ? '}' : ']';
      open.push(end);
      if (open.length > DEEPEST) throw new JsonError(`nested more than ${DEEPEST} deep`, at);
      at = skipVoid(text, at + 1);
      if (text[at] !== end) continue;
    } else at = endOfScalar(text, at);
    for (;;) {
      const end = open.at(-1);
      if (end === undefined) return at;
      at = skipVoid(text, at);
      if (text[at] === end) {
        open.pop();
        at++;
        continue;
      }
      if (text[at] !== ',') throw new JsonError(`no "," or "${end}"`, at);
      at = skipVoid(text, at + 1);
      if (text[at] !== end) break;
    }
  }
};

/** Where the values in a list or table begin, and the keys. */
function* members(text: string, start: number): Generator<{ readonly key: string; readonly at: number }, void, void> {
  const isTable = text[start] === '{';
  let at = skipVoid(text, start + 1);
  while (text[at] !== '}' && text[at] !== ']') {
    const key = isTable ? stringAt(text, at, endOfString(text, at)) : '';
    if (isTable) at = skipKey(text, at);
    yield { key, at };
    at = skipVoid(text, skipValue(text, at));
    if (text[at] === ',') at = skipVoid(text, at + 1);
  }
}

const listAt = (text: string, start: number): Value => {
  let length = 0;
  for (const _ of members(text, start)) length++;
  return {
    kind: 'list',
    length,
    item: (wanted) => {
      let index = 0;
      for (const { at } of members(text, start)) if (index++ === wanted) return valueAt(text, at);
      return undefined;
    },
  };
};

const tableAt = (text: string, start: number): Value => ({
  kind: 'table',
  get keys() {
    return [...new Set([...members(text, start)].map(({ key }) => key))];
  },
  value: (wanted) => {
    let found: number | undefined; // of a key that stands twice the last one counts, as in JavaScript
    for (const { key, at } of members(text, start)) if (key === wanted) found = at;
    return found === undefined ? undefined : valueAt(text, found);
  },
});

const valueAt = (text: string, start: number): Value => {
  if (text[start] === '[') return listAt(text, start);
  if (text[start] === '{') return tableAt(text, start);
  const end = endOfScalar(text, start);
  const raw = text.slice(start, end);
  if (raw === 'null') return { kind: 'nothing' };
  return { kind: 'scalar', text: raw.startsWith('"') ? stringAt(text, start, end) : raw };
};

/**
 * JSON, with the comments and last commas that settings of editors have. Numbers keep their digits, however many.
 * @throws {JsonError}
 */
export const readJson = (text: string): Value => {
  const start = skipVoid(text, text.startsWith('\ufeff') ? 1 : 0);
  const end = skipVoid(text, skipValue(text, start));
  if (end < text.length) throw new JsonError('something behind the end', end);
  return valueAt(text, start);
};
