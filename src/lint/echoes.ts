import type { Span } from './tree.ts';

interface Placed {
  readonly rule: string;
  readonly where: Span;
}

/** The first of the ascending numbers that is not below `value`. */
const firstFrom = (numbers: readonly number[], value: number): number | undefined => {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return numbers[low];
};

/** Without what the schema says of a value in which a rule for expressions found what is wrong: it is the same in other words. */
export const withoutEchoes = <T extends Placed>(said: readonly T[]): readonly T[] => {
  const starts = said
    .filter(({ rule }) => rule.startsWith('workflow/expression-'))
    .map(({ where }) => where.start)
    .sort((a, b) => a - b);
  if (starts.length === 0) return said;
  const isEcho = ({ rule, where }: T): boolean => rule === 'workflow/syntax' && (firstFrom(starts, where.start) ?? Infinity) <= where.end;
  return said.filter((one) => !isEcho(one));
};
