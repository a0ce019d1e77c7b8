import { nearest } from '../nearest.ts';
import { PatternError } from '../regex/parse.ts';
import { parseExpression } from './parse.ts';
import { ExpressionError, type BinaryOperator, type Tree } from './tree.ts';
import {
  createPatterns,
  equal,
  FUNCTIONS,
  isList,
  isMap,
  numberOf,
  slice,
  textOf,
  textsOf,
  truthOf,
  Unfit,
  type Patterns,
  type Value,
} from './values.ts';

export { ExpressionError } from './tree.ts';

/** What a filter expression can ask about. */
export interface ExpressionInput {
  readonly secret: string;
  readonly match: string;
  /** The whole lines that the match stands on. */
  readonly line: string;
  readonly path: string;
  /** Where in `line` the match begins, in UTF-16 units; default: where it first occurs. */
  readonly at?: number;
}

/** True: not a finding. */
export type FindingTest = (input: ExpressionInput) => boolean;

/** Something in an expression that works otherwise than its author may think. */
export interface ExpressionNote {
  readonly at: number;
  readonly message: string;
}

type Evaluate = (input: ExpressionInput, names: ReadonlyMap<string, Value>) => Value;

const startOf = ({ at, line, match }: ExpressionInput): number => at ?? Math.max(0, line.indexOf(match));

// The fragment is cut to the lines of the match: offsets into it are relative to one another, and filters go no further.
const FINDING: ReadonlyMap<string, (input: ExpressionInput) => Value> = new Map<string, (input: ExpressionInput) => Value>([
  ['secret', ({ secret }) => secret],
  ['match', ({ match }) => match],
  ['line', ({ line }) => line],
  ['fragment_raw', ({ line }) => line],
  ['match_start_idx', startOf],
  ['match_end_idx', (input) => startOf(input) + input.match.length],
  ['match_line_start_idx', () => 0],
  ['match_line_end_idx', ({ line }) => line.length],
]);
const ATTRIBUTES: ReadonlyMap<string, (input: ExpressionInput) => Value> = new Map([['path', ({ path }: ExpressionInput): Value => path]]);
const MAPS = new Map([['finding', FINDING], ['attributes', ATTRIBUTES]]); // prettier-ignore

const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, '||' | 'or' | '&&' | 'and' | '??' | 'matches'>, (a: Value, b: Value) => Value>> =
  {
    '==': equal,
    '!=': (a, b) => !equal(a, b),
    '<': (a, b) => compare(a, b) < 0,
    '>': (a, b) => compare(a, b) > 0,
    '<=': (a, b) => compare(a, b) <= 0,
    '>=': (a, b) => compare(a, b) >= 0,
    in: (a, b) =>
      isList(b) ? b.some((item) => equal(item, a)) : isMap(b) && typeof a === 'string' ? b.has(a) : textsOf(b).includes(textOf(a)),
    contains: (a, b) => textOf(a).includes(textOf(b)),
    startsWith: (a, b) => textOf(a).startsWith(textOf(b)),
    endsWith: (a, b) => textOf(a).endsWith(textOf(b)),
    '+': (a, b) => (typeof a === 'string' ? a + textOf(b) : numberOf(a) + numberOf(b)),
    '-': (a, b) => numberOf(a) - numberOf(b),
    '*': (a, b) => numberOf(a) * numberOf(b),
    '/': (a, b) => numberOf(a) / numberOf(b),
    '%': (a, b) => numberOf(a) % numberOf(b),
  };

const compare = (a: Value, b: Value): number => {
  if (typeof a === 'string') return a < textOf(b) ? -1 : a === b ? 0 : 1;
  return numberOf(a) - numberOf(b);
};

const memberOf = (value: Value, key: Value): Value => {
  if (isMap(value)) return value.get(textOf(key));
  return isList(value) || typeof value === 'string' ? value.at(numberOf(key)) : undefined;
};

class Compiler {
  readonly notes: ExpressionNote[] = [];
  private readonly patterns: Patterns;

  constructor() {
    this.patterns = createPatterns();
  }

  compile(tree: Tree, names: ReadonlySet<string>): Evaluate {
    switch (tree.kind) {
      case 'literal':
        return () => tree.value;
      case 'list': {
        const items = tree.items.map((item) => this.compile(item, names));
        if (!tree.items.every(({ kind }) => kind === 'literal')) return (input, bound) => items.map((item) => item(input, bound));
        const values = tree.items.map((item): Value => (item.kind === 'literal' ? item.value : undefined));
        return () => values;
      }
      case 'name':
        return this.name(tree.name, tree.at, names);
      case 'member':
        return this.member(tree, names);
      case 'slice': {
        const [of, from, to] = [tree.of, tree.from, tree.to].map((part) =>
          part === undefined ? () => undefined : this.compile(part, names),
        );
        return (input, bound) => slice(of?.(input, bound), from?.(input, bound), to?.(input, bound));
      }
      case 'call':
        return this.call(tree, names);
      case 'unary': {
        const operand = this.compile(tree.operand, names);
        return tree.operator === 'not'
          ? (input, bound) => !truthOf(operand(input, bound))
          : (input, bound) => -numberOf(operand(input, bound));
      }
      case 'binary':
        return this.binary(tree, names);
      case 'choose': {
        const [test, yes, no] = [this.compile(tree.test, names), this.compile(tree.yes, names), this.compile(tree.no, names)];
        return (input, bound) => (truthOf(test(input, bound)) ? yes(input, bound) : no(input, bound));
      }
      case 'let': {
        const value = this.compile(tree.value, names);
        const body = this.compile(tree.body, new Set([...names, tree.name]));
        return (input, bound) => body(input, new Map([...bound, [tree.name, value(input, bound)]]));
      }
    }
  }

  private name(name: string, at: number, names: ReadonlySet<string>): Evaluate {
    if (names.has(name)) return (_, bound) => bound.get(name);
    const map = MAPS.get(name);
    if (map !== undefined) return (input) => new Map([...map].map(([key, get]) => [key, get(input)]));
    const near = nearest(name, [...MAPS.keys(), ...names]);
    throw new ExpressionError(`no ${name} is known`, at, near === undefined ? undefined : `did you mean ${near}?`);
  }

  private member(tree: Extract<Tree, { kind: 'member' }>, names: ReadonlySet<string>): Evaluate {
    const { of, key } = tree;
    const map = of.kind === 'name' && !names.has(of.name) ? MAPS.get(of.name) : undefined;
    if (of.kind === 'name' && map !== undefined && key.kind === 'literal' && typeof key.value === 'string') {
      const get = map.get(key.value);
      if (get === undefined) this.notes.push({ at: key.at, message: `${of.name} has no ${key.value} here: it reads as nothing` });
      return get ?? (() => undefined);
    }
    const [object, index] = [this.compile(of, names), this.compile(key, names)];
    return (input, bound) => memberOf(object(input, bound), index(input, bound));
  }

  private call({ name, args, at }: Extract<Tree, { kind: 'call' }>, names: ReadonlySet<string>): Evaluate {
    const known = FUNCTIONS.get(name);
    if (known === undefined) {
      const near = nearest(name, [...FUNCTIONS.keys()]);
      throw new ExpressionError(
        `no function ${name} is known`,
        at,
        near === undefined ? `known are ${[...FUNCTIONS.keys()].join(', ')}` : `did you mean ${near}?`,
      );
    }
    if (args.length < known.least || args.length > known.most)
      throw new ExpressionError(
        `${name} takes ${known.least === known.most ? known.least : `${known.least} to ${known.most}`} ${known.most === 1 ? 'argument' : 'arguments'}`,
        at,
      );
    if (name === 'failsTokenEfficiency')
      this.notes.push({ at, message: 'failsTokenEfficiency needs a table that kei-git does not carry: it is false here' });
    if (known.patterns !== undefined) this.addPatterns(args[known.patterns]);
    const values = args.map((arg) => this.compile(arg, names));
    const { patterns } = this;
    return (input, bound) => known.call(values.map((value) => value(input, bound)), patterns); // prettier-ignore
  }

  /** Compiles the regular expressions that stand there as texts, so that a wrong one is told before a scan. */
  private addPatterns(tree: Tree | undefined): void {
    if (tree?.kind === 'list') for (const item of tree.items) this.addPatterns(item);
    if (tree?.kind !== 'literal' || typeof tree.value !== 'string') return;
    try {
      this.patterns.add(tree.value);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new ExpressionError(`regular expression: ${error.message}`, tree.at);
    }
  }

  private binary({ operator, left, right }: Extract<Tree, { kind: 'binary' }>, names: ReadonlySet<string>): Evaluate {
    if (operator === 'matches') this.addPatterns(right);
    const [a, b] = [this.compile(left, names), this.compile(right, names)];
    const { patterns } = this;
    switch (operator) {
      case '||':
      case 'or':
        return (input, bound) => truthOf(a(input, bound)) || truthOf(b(input, bound));
      case '&&':
      case 'and':
        return (input, bound) => truthOf(a(input, bound)) && truthOf(b(input, bound));
      case '??':
        return (input, bound) => a(input, bound) ?? b(input, bound);
      case 'matches':
        return (input, bound) => patterns.find(textOf(b(input, bound)), textOf(a(input, bound))) !== undefined;
      default: {
        const apply = OPERATIONS[operator];
        return (input, bound) => apply(a(input, bound), b(input, bound));
      }
    }
  }
}

const NOTHING: ReadonlyMap<string, Value> = new Map();

/**
 * Compiles a filter expression of betterleaks' (a subset of Expr). One that has no answer, because a value is of another kind than it asks
 * for, drops nothing.
 * @throws {ExpressionError}
 */
export const compileExpression = (source: string): FindingTest => {
  const evaluate = new Compiler().compile(parseExpression(source), new Set());
  return (input) => {
    try {
      return evaluate(input, NOTHING) === true;
    } catch (error) {
      if (error instanceof Unfit) return false;
      throw error;
    }
  };
};

/** What lint tells about an expression that compiles. @throws {ExpressionError} when it does not */
export const expressionNotes = (source: string): readonly ExpressionNote[] => {
  const compiler = new Compiler();
  compiler.compile(parseExpression(source), new Set());
  return compiler.notes;
};
