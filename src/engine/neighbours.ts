import type { Rule } from '../rules/rule.ts';

export type Lines = readonly [first: number, last: number];

/** A match as far as its neighbours are concerned. */
export interface Neighbour {
  /** Of its rule. */
  readonly index: number;
  readonly match: string;
  readonly matchStart: number;
  /** Line feeds before it. */
  row(): number;
  /** The lines it stands on. */
  line(): string;
}

const columnOf = (one: Neighbour): number => Math.max(0, one.line().indexOf(one.match));

const linesOf = ({ row, match }: Neighbour): Lines => [row() + 1, row() + match.split('\n').length];

const MOST = 32;

/** Ranges in order, those that touch as one; past so many the last one reaches over all that are left. */
const joined = (ranges: readonly Lines[]): Lines[] => {
  const out: Lines[] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before === undefined || (first > before[1] + 1 && out.length < MOST)) out.push([first, last]);
    else out[out.length - 1] = [before[0], Math.max(before[1], last)];
  }
  return out;
};

/**
 * Lines (1-based) of the neighbours that the rule of a match requires; undefined when one is not there, or one is that must not be.
 * @param indexOf the rule of an id
 */
export const neighboursOf = (
  one: Neighbour & { readonly rule: Rule },
  all: readonly Neighbour[],
  indexOf: (id: string) => number | undefined,
): readonly Lines[] | undefined => {
  const near: Lines[] = [];
  for (const { id, withinLines, withinColumns, order, not } of one.rule.required) {
    const index = indexOf(id);
    const found = all.filter(
      (other) =>
        other.index === index &&
        other !== one &&
        (withinLines === undefined || Math.abs(other.row() - one.row()) <= withinLines) &&
        (withinColumns === undefined || Math.abs(columnOf(other) - columnOf(one)) <= withinColumns) &&
        (order === undefined || (order === 'before' ? other.matchStart < one.matchStart : other.matchStart > one.matchStart)),
    );
    if (found.length > 0 === not) return undefined;
    near.push(...found.map(linesOf));
  }
  return joined(near);
};
