import type { ExpressionProblem } from './tree.ts';

export interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  /** Of a text its value. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const BLANK = /\s+/y;
const SIGN = /\|\||&&|[=!<>]=|[<>!()[\].,*]/y;
const WORD = /[A-Za-z_][\w-]*/y;
const TEXT = /'(?:[^']|'')*'/y;
/** Up to the next sign: the language reads a number as far as a point reaches. */
const NUMBER = /(?:[-+]|\.?\d)[^\s()[\],!<>=&|]*/y;
const NUMERIC = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0x[\da-fA-F]+|0o[0-7]+|[-+]?Infinity)$/;

const matchAt = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
};

/** What stands where no token can begin. */
function stray(source: string, at: number): ExpressionProblem {
  const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const problem = { at, end: at + char.length };
  if (char === "'") return { ...problem, message: 'text without its closing quote', hint: "a quote in a text is written twice: 'it''s'" };
  if (char === '"' || char === '`') return { ...problem, message: `a text stands in single quotes, not in ${char}`, hint: "write 'text'" };
  const meant = { '=': '==', '&': '&&', '|': '||' }[char];
  if (meant !== undefined) return { ...problem, message: `unexpected ${char}`, hint: `did you mean ${meant}?` };
  const arithmetic = '+-/%'.includes(char) ? 'there is no arithmetic in expressions' : undefined;
  return { ...problem, message: `unexpected ${JSON.stringify(char)}`, ...(arithmetic === undefined ? {} : { hint: arithmetic }) };
}

/** A point before a digit begins a number unless something stands before it that has properties. */
const mayBeginNumber = (previous: Token | undefined): boolean =>
  previous === undefined || !(previous.kind === 'word' || [')', ']', '*', '.'].includes(previous.kind === 'sign' ? previous.text : ''));

function tokenAt(source: string, at: number, previous: Token | undefined): Token | ExpressionProblem {
  const made = (kind: Token['kind'], written: string, text = written): Token => ({ kind, text, at, end: at + written.length });
  const number = mayBeginNumber(previous) ? matchAt(NUMBER, source, at) : undefined;
  if (number !== undefined && NUMERIC.test(number)) return made('number', number);
  if (number !== undefined && /^[-+]?\.?\d/.test(number)) return { at, end: at + number.length, message: `${number} is not a number` };
  const text = matchAt(TEXT, source, at);
  if (text !== undefined) return made('text', text, text.slice(1, -1).replaceAll("''", "'"));
  const word = matchAt(WORD, source, at);
  if (word !== undefined) return made('word', word);
  const sign = matchAt(SIGN, source, at);
  return sign === undefined ? stray(source, at) : made('sign', sign);
}

/** The tokens of an expression, the last one of kind `end`; or the first thing that is none. */
export function tokenize(source: string): readonly Token[] | ExpressionProblem {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    at += matchAt(BLANK, source, at)?.length ?? 0;
    if (at >= source.length) break;
    const token = tokenAt(source, at, tokens.at(-1));
    if (!('kind' in token)) return token;
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: source.length, end: source.length });
  return tokens;
}
