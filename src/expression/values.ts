import { createMatcher, type Matcher } from '../regex/match.ts';
import { PatternError } from '../regex/parse.ts';
import { entropy } from '../values/entropy.ts';
import { usablePattern } from '../regex/usable.ts';

export type Value = string | number | boolean | undefined | readonly Value[] | ReadonlyMap<string, Value>;

/** A value of another kind than was asked for: the expression has no answer, and the finding stays. */
export class Unfit extends Error {}

const fail = (): never => {
  throw new Unfit();
};
export const textOf = (value: Value): string => (typeof value === 'string' ? value : fail());
export const numberOf = (value: Value): number => (typeof value === 'number' ? value : fail());
export const truthOf = (value: Value): boolean => (typeof value === 'boolean' ? value : fail());
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value): value is ReadonlyMap<string, Value> => value instanceof Map;
export const textsOf = (value: Value): readonly string[] => (isList(value) ? value.map(textOf) : fail());

export const equal = (a: Value, b: Value): boolean =>
  isList(a) && isList(b) ? a.length === b.length && a.every((item, index) => equal(item, b[index])) : a === b;

export const slice = (value: Value, from: Value, to: Value): Value => {
  if (typeof value !== 'string' && !isList(value)) return fail();
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + value.length : at, 0), value.length);
  const start = from === undefined ? 0 : clamp(numberOf(from));
  const end = to === undefined ? value.length : clamp(numberOf(to));
  return value.slice(start, Math.max(start, end));
};

/** Regular expressions by source, each compiled once. */
export interface Patterns {
  /** @throws {PatternError} */
  add(source: string): void;
  find(source: string, text: string): string | undefined;
}

export const createPatterns = (): Patterns => {
  const known = new Map<string, Matcher>();
  const add = (source: string): Matcher => {
    const matcher = known.get(source) ?? createMatcher(usablePattern(source));
    known.set(source, matcher);
    return matcher;
  };
  const made = (source: string): Matcher => {
    try {
      return add(source);
    } catch (error) {
      if (error instanceof PatternError) return fail();
      throw error;
    }
  };
  return {
    add: (source) => void add(source),
    find: (source, text) => {
      const match = made(source).exec(text, 0, Infinity);
      return match === undefined ? undefined : text.slice(match.index, match.end);
    },
  };
};

export interface Callable {
  readonly least: number;
  readonly most: number;
  /** The argument that holds regular expressions. */
  readonly patterns?: number;
  readonly call: (args: readonly Value[], patterns: Patterns) => Value;
}

const lengthOf = (value: Value): number => (typeof value === 'string' || isList(value) ? value.length : isMap(value) ? value.size : fail());
const numbers = (args: readonly Value[]): readonly number[] => args.flatMap((arg) => (isList(arg) ? arg.map(numberOf) : [numberOf(arg)]));

const getIn = ([from, key, fallback]: readonly Value[]): Value => {
  if (isMap(from)) return from.get(textOf(key)) ?? fallback;
  return isList(from) ? (from.at(numberOf(key)) ?? fallback) : fallback;
};

/** What an expression may call, also by `filter.NAME`. */
export const FUNCTIONS: ReadonlyMap<string, Callable> = new Map<string, Callable>([
  ['entropy', { least: 1, most: 1, call: ([text]) => entropy(textOf(text)) }],
  ['matchesAny', { least: 2, most: 2, patterns: 1, call: ([text, list], patterns) => textsOf(list).some((source) => patterns.find(source, textOf(text)) !== undefined) }],
  ['containsAny', {
    least: 2,
    most: 2,
    call: ([text, list]) => {
      const lower = textOf(text).toLowerCase();
      return textsOf(list).some((word) => lower.includes(word.toLowerCase()));
    },
  }],
  ['findMatch', { least: 2, most: 2, patterns: 1, call: ([text, source], patterns) => patterns.find(textOf(source), textOf(text)) ?? '' }],
  // Asks for a table of byte pairs as language models use them, which kei-git does not carry.
  ['failsTokenEfficiency', { least: 1, most: 1, call: () => false }],
  ['get', { least: 2, most: 3, call: getIn }],
  ['len', { least: 1, most: 1, call: ([value]) => lengthOf(value) }],
  ['lower', { least: 1, most: 1, call: ([text]) => textOf(text).toLowerCase() }],
  ['upper', { least: 1, most: 1, call: ([text]) => textOf(text).toUpperCase() }],
  ['trim', { least: 1, most: 1, call: ([text]) => textOf(text).trim() }],
  ['hasPrefix', { least: 2, most: 2, call: ([text, word]) => textOf(text).startsWith(textOf(word)) }],
  ['hasSuffix', { least: 2, most: 2, call: ([text, word]) => textOf(text).endsWith(textOf(word)) }],
  ['min', { least: 1, most: 100, call: (args) => Math.min(...numbers(args)) }],
  ['max', { least: 1, most: 100, call: (args) => Math.max(...numbers(args)) }],
]); // prettier-ignore
