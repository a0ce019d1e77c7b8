import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';
import { OPERATORS } from './tree.ts';
import type { Expression, ExpressionProblem, Literal, Operator } from './tree.ts';

export type Parsed =
  | { readonly kind: 'tree'; readonly tree: Expression }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem };

/** GitHub's own limits: actions/expressions, parser.ts and the runner's ExpressionConstants. */
const MAX_DEPTH = 50;
const MAX_LENGTH = 21_000;

const LOOSEST_FIRST: readonly (readonly Operator[])[] = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']];
const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);

class Refused extends Error {
  readonly problem: ExpressionProblem;
  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const isOperator = (text: string): text is Operator => OPERATORS.some((operator) => operator === text);

/** A text is not shown: it may be a secret. */
const shown = ({ kind, text }: Token): string => (kind === 'end' ? 'the end' : kind === 'text' ? 'a text' : text);

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const peek = ({ tokens, at }: Cursor): Token => tokens[at] ?? { kind: 'end', text: '', at: 0, end: 0 };
const refuse = (token: Token, wanted: string): Refused =>
  new Refused({ at: token.at, end: token.end, message: `${wanted} expected, not ${shown(token)}` });

const isSign = (token: Token, text: string): boolean => token.kind === 'sign' && token.text === text;

function take(cursor: Cursor, sign: string): boolean {
  if (!isSign(peek(cursor), sign)) return false;
  cursor.at++;
  return true;
}

function must(cursor: Cursor, sign: string, wanted = sign): Token {
  const token = peek(cursor);
  if (!isSign(token, sign)) throw refuse(token, wanted);
  cursor.at++;
  return token;
}

function nested<T>(cursor: Cursor, read: () => T): T {
  const { at, end } = peek(cursor);
  if (++cursor.depth > MAX_DEPTH) throw new Refused({ at, end, message: `expression of more than ${MAX_DEPTH} levels` });
  const value = read();
  cursor.depth--;
  return value;
}

function readOperations(cursor: Cursor, level: number): Expression {
  const operators = LOOSEST_FIRST[level];
  if (operators === undefined) return readNot(cursor);
  let left = readOperations(cursor, level + 1);
  for (;;) {
    const { kind, text } = peek(cursor);
    if (kind !== 'sign' || !isOperator(text) || !operators.includes(text)) return left;
    cursor.at++;
    const right = readOperations(cursor, level + 1);
    left = { kind: 'operation', operator: text, left, right, at: left.at, end: right.end };
  }
}

function readNot(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  if (!take(cursor, '!')) return readPath(cursor);
  const of = nested(cursor, () => readNot(cursor));
  return { kind: 'not', of, at, end: of.end };
}

const readWhole = (cursor: Cursor): Expression => nested(cursor, () => readOperations(cursor, 0));

function readStep(cursor: Cursor, of: Expression): Expression | undefined {
  if (take(cursor, '.')) {
    const token = peek(cursor);
    cursor.at++;
    if (isSign(token, '*')) return { kind: 'every', of, at: of.at, end: token.end };
    if (token.kind !== 'word') throw refuse(token, 'a name or * behind the point');
    return { kind: 'property', of, name: token.text.toLowerCase(), nameAt: token.at, at: of.at, end: token.end };
  }
  if (!take(cursor, '[')) return undefined;
  if (take(cursor, '*')) return { kind: 'every', of, at: of.at, end: must(cursor, ']').end };
  const index = readWhole(cursor);
  return { kind: 'index', of, index, at: of.at, end: must(cursor, ']').end };
}

function readPath(cursor: Cursor): Expression {
  let tree = readPrimary(cursor);
  if (tree.kind === 'literal') return tree;
  for (let steps = 0; ; steps++) {
    const next = readStep(cursor, tree);
    if (next === undefined) return tree;
    if (steps > MAX_DEPTH) throw new Refused({ at: next.at, end: next.end, message: `path of more than ${MAX_DEPTH} names` });
    tree = next;
  }
}

function readArguments(cursor: Cursor): readonly Expression[] {
  const args: Expression[] = [];
  if (isSign(peek(cursor), ')')) return args;
  do args.push(readWhole(cursor));
  while (take(cursor, ','));
  return args;
}

function readPrimary(cursor: Cursor): Expression {
  const token = peek(cursor);
  const { kind, text, at, end } = token;
  cursor.at++;
  if (kind === 'text') return { kind: 'literal', value: text, at, end };
  if (kind === 'number') return { kind: 'literal', value: Number(text), at, end };
  if (kind === 'sign' && text === '(') {
    const tree = readWhole(cursor);
    return { ...tree, at, end: must(cursor, ')').end };
  }
  if (kind !== 'word') throw refuse(token, 'a value');
  if (take(cursor, '(')) {
    const args = readArguments(cursor);
    return { kind: 'call', name: text.toLowerCase(), written: text, args, at, end: must(cursor, ')', ') or ,').end };
  }
  const value = WORDS.get(text);
  return value === undefined ? { kind: 'context', name: text.toLowerCase(), at, end } : { kind: 'literal', value, at, end };
}

/**
 * Reads what stands between `${{` and `}}`, or an `if` without them.
 * Grammar: docs.github.com, "Evaluate expressions in workflows and actions"; precedence as in actions/expressions 0.3.61.
 */
export function parseExpression(source: string): Parsed {
  const refused = (problem: ExpressionProblem): Parsed => ({ kind: 'problem', problem });
  if (source.length > MAX_LENGTH)
    return refused({ at: 0, end: source.length, message: `expression of more than ${MAX_LENGTH} characters` });
  const tokens = tokenize(source);
  if ('message' in tokens) return refused(tokens);
  if (tokens.length === 1) return refused({ at: 0, end: source.length, message: 'expression without anything in it' });
  const cursor: Cursor = { tokens, at: 0, depth: 0 };
  try {
    const tree = readWhole(cursor);
    const rest = peek(cursor);
    return rest.kind === 'end' ? { kind: 'tree', tree } : refused(refuse(rest, 'an operator or the end').problem);
  } catch (error) {
    if (error instanceof Refused) return refused(error.problem);
    throw error;
  }
}
