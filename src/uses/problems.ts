import type { Offsets } from './offsets.ts';
import type { UseProblem } from './use.ts';

/** Something to say of a place in a text. */
export interface Told {
  /** UTF-16 units. */
  readonly offset: number;
  readonly message: string;
}

const MOST = 100;

/** As problems, in order of their places; what is too many is counted. */
export const toProblems = (told: readonly Told[], offsets: Offsets): readonly UseProblem[] => {
  const all = told.toSorted((a, b) => a.offset - b.offset);
  const shown = all.slice(0, MOST).map(({ offset, message }) => ({ ...offsets.spotOf(offset), message }));
  const next = all[MOST];
  return next === undefined ? shown : [...shown, { ...offsets.spotOf(next.offset), message: `${all.length - MOST} problems more` }];
};
