import { ExpressionError } from './tree.ts';

export interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign' | 'end';
  /** Of a text its value. */
  readonly text: string;
  readonly at: number;
}

const MAX_LENGTH = 400_000; // a file's word list may stand in one
const BLANK = /(?:\s+|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/)+/y;
const TOKENS = [
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['word', /[A-Za-z_$][A-Za-z0-9_]*/y],
  ['sign', /\|\||&&|\?\?|\?\.|[=!<>]=|[-+*/%<>!?:.,;=()[\]{}|]/y],
] as const;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '0': '\0',
};
const NUMBERED = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})/y;

const readText = (source: string, start: number): readonly [value: string, end: number] => {
  const quote = source.charAt(start);
  if (quote === '`') {
    const end = source.indexOf('`', start + 1);
    if (end < 0) throw new ExpressionError('text without an end', start);
    return [source.slice(start + 1, end), end + 1];
  }
  let value = '';
  for (let at = start + 1; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === quote) return [value, at + 1];
    if (char === '\n') break;
    if (char !== '\\') {
      value += char;
      continue;
    }
    const known = ESCAPES[source.charAt(++at)];
    NUMBERED.lastIndex = at;
    const numbered = known === undefined ? NUMBERED.exec(source) : null;
    const code = numbered === null ? undefined : Number.parseInt(numbered.slice(1).find((digits) => digits !== undefined) ?? '', 16);
    if (known === undefined && (code === undefined || code > 0x10ffff))
      throw new ExpressionError('unknown escape', at - 1, 'write expressions in backticks: `\\d+`');
    value += known ?? String.fromCodePoint(code ?? 0);
    if (numbered !== null) at += numbered[0].length - 1;
  }
  throw new ExpressionError('text without an end', start);
};

/** @throws {ExpressionError} */
export const tokensOf = (source: string): readonly Token[] => {
  if (source.length > MAX_LENGTH) throw new ExpressionError('longer than 400,000 characters', MAX_LENGTH);
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    BLANK.lastIndex = at;
    at += BLANK.exec(source)?.[0].length ?? 0;
    if (at >= source.length) break;
    if ('"\'`'.includes(source.charAt(at))) {
      const [text, end] = readText(source, at);
      tokens.push({ kind: 'text', text, at });
      at = end;
      continue;
    }
    const found = TOKENS.find(([, pattern]) => {
      pattern.lastIndex = at;
      return pattern.test(source);
    });
    if (found === undefined) throw new ExpressionError('unexpected character', at);
    tokens.push({ kind: found[0], text: source.slice(at, found[1].lastIndex), at });
    at = found[1].lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
};
