import { createBacktracker, type RawMatch } from '../regex/backtrack.ts';
import { createMatcher } from '../regex/match.ts';
import { PatternError } from '../regex/parse.ts';
import { mayBeTooLong } from '../regex/program.ts';
import { backtracking } from '../regex/risk.ts';
import { lengths, type Node, type Pattern } from '../regex/tree.ts';
import { usablePattern } from '../regex/usable.ts';

/** An expression that is looked for in lines. */
export interface Expression {
  /** Matches in a line, one after the other; undefined: the line is too long for this expression. */
  count(line: string): number | undefined;
  /** What the group holds, of each match; an undefined text: the group took no part. */
  captured(line: string): readonly (string | undefined)[] | undefined;
}

export type Refusal = { readonly key: 'regex' | 'capture'; readonly reason: string; readonly hint?: string };

/** Up to here V8's matcher may start anew at each character: at worst 125 steps for each. */
const SHORT = 250;
/** Steps at one place that V8's matcher may take on a line of any length. */
const CHEAP = 64;
/** Steps of the linear matcher for one line: a second or two. */
const MOST_WORK = 200_000_000;

const groupOf = (tree: Node, name: string): number | undefined => {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return undefined;
    case 'capture':
      return tree.name === name ? tree.index : groupOf(tree.node, name);
    case 'repeat':
      return groupOf(tree.node, name);
    case 'cat':
    case 'alt':
      return tree.items.map((item) => groupOf(item, name)).find((index) => index !== undefined);
  }
};

const sizeOf = (tree: Node): number => {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return 1;
    case 'capture':
      return sizeOf(tree.node) + 2;
    case 'repeat':
      return (sizeOf(tree.node) + 1) * Math.max(1, tree.max === Infinity ? tree.min + 1 : tree.max);
    case 'cat':
    case 'alt':
      return tree.items.reduce((sum, item) => sum + sizeOf(item) + 2, 0);
  }
};

type Find = (line: string, from: number) => RawMatch | undefined;

/**
 * All matches of a line, as Go's FindAll takes them: none that is empty right behind another.
 * @returns false: it was too much work
 */
const eachMatch = (line: string, find: Find, cost: number, take: (match: RawMatch) => void): boolean => {
  let work = 0;
  let last = -1;
  for (let from = 0; from <= line.length;) {
    work += (line.length - from + 1) * cost;
    if (work > MOST_WORK) return false;
    const match = find(line, from);
    if (match === undefined) break;
    const isEmpty = match.end === match.index;
    if (!isEmpty || match.index !== last) take(match);
    last = match.end;
    from = isEmpty ? match.end + ((line.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1) : match.end;
  }
  return true;
};

const expressionOf = (pattern: Pattern, group: number): Expression => {
  const { tree } = pattern;
  const fast = createMatcher(pattern);
  const work = backtracking(tree);
  const isBounded = lengths(tree)[1] <= SHORT && work <= CHEAP;
  let linear: ReturnType<typeof createBacktracker> | undefined;
  const slowly: Find = (line, from) => (linear ??= createBacktracker(pattern))(line, from, Infinity);
  const quickly: Find = (line, from) => fast.exec(line, from, Infinity);
  const size = sizeOf(tree);
  const isQuick = (line: string): boolean => isBounded || line.length <= SHORT;
  return {
    count: (line) => {
      let matches = 0;
      const take = (): void => void matches++;
      return eachMatch(line, isQuick(line) ? quickly : slowly, isQuick(line) ? 0 : size, take) ? matches : undefined;
    },
    captured: (line) => {
      const texts: (string | undefined)[] = [];
      if (isQuick(line) && quickly(line, 0) === undefined) return texts;
      const take = ({ spans }: RawMatch): void => {
        const span = spans[group];
        texts.push(span === undefined ? undefined : line.slice(span[0], span[1]));
      };
      return eachMatch(line, slowly, size, take) ? texts : undefined;
    },
  };
};

/** @param capture number or name of the group that is wanted; undefined: matches are counted */
export const readExpression = (source: string, capture: number | string | undefined): Expression | Refusal => {
  let pattern: Pattern;
  try {
    pattern = usablePattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { key: 'regex', reason: `not an expression of RE2: ${error.message}` };
  }
  // Long lines are the linear matcher's, whatever the expression.
  if (mayBeTooLong(pattern.tree)) return { key: 'regex', reason: 'the expression is too long once its repeats are written out' };
  const group = typeof capture === 'string' ? groupOf(pattern.tree, capture) : (capture ?? 0);
  if (group === undefined || group > pattern.captures)
    return {
      key: 'capture',
      reason: typeof capture === 'string' ? 'the expression has no group of that name' : `the expression has ${pattern.captures} groups`,
    };
  return expressionOf(pattern, group);
};
