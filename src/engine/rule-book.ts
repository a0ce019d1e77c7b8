import type { Rule, RuleSet } from '../rules/rule.ts';

/** What has to be known of all rules before one is read. */
export interface RuleContents extends Omit<RuleSet, 'rules'> {
  readonly count: number;
  /** Rules that are about paths alone and are reported. */
  readonly aboutPaths: readonly number[];
  /** Rules with allowlists of their own, in order, and how many they have. */
  readonly ownLists: readonly (readonly [rule: number, lists: number])[];
  /** Where the rules are that others ask to stand nearby. */
  readonly neighbours: readonly (readonly [id: string, rule: number])[];
  /** Rules of kind `term`. */
  readonly termRules: readonly number[];
  /** Some filter looks at the path. */
  readonly asksPath: boolean;
}

/** A rule set of which a scan reads only the rules that it comes upon. */
export interface RuleBook extends RuleContents {
  rule(index: number): Rule | undefined;
}

export const contentsOf = ({ rules, ...rest }: RuleSet): RuleContents => {
  const ids = new Map(rules.map(({ id }, index) => [id, index]));
  const wanted = new Set(rules.flatMap(({ required }) => required.map(({ id }) => id)));
  return {
    ...rest,
    count: rules.length,
    aboutPaths: rules.flatMap(({ regex, terms, path, skipReport }, index) =>
      regex === undefined && terms === undefined && path !== undefined && !skipReport ? [index] : [],
    ),
    ownLists: rules.flatMap(({ allowlists }, index) => (allowlists.length === 0 ? [] : [[index, allowlists.length] as const])),
    neighbours: [...wanted].flatMap((id) => {
      const index = ids.get(id);
      return index === undefined ? [] : [[id, index] as const];
    }),
    termRules: rules.flatMap(({ terms }, index) => (terms === undefined ? [] : [index])),
    asksPath: [rest.filter, ...rules.map(({ filter }) => filter)].some((filter) => filter?.includes('path') === true),
  };
};

/** The book of rules that are in memory. */
export const bookOf = (set: RuleSet): RuleBook => ({ ...contentsOf(set), rule: (index) => set.rules[index] });

/** All rules of a book. */
export const setOf = ({
  count,
  rule,
  aboutPaths: _paths,
  ownLists: _lists,
  neighbours: _near,
  termRules: _terms,
  asksPath: _asks,
  ...rest
}: RuleBook): RuleSet => ({
  ...rest,
  rules: Array.from({ length: count }, (_, index) => rule(index)).filter((one) => one !== undefined),
});

/** The same values for a rule whenever it is asked for, each made the first time. */
export const perRule = <T>(make: (rule: number) => T): ((rule: number) => T) => {
  const made = new Map<number, T>();
  return (rule) => {
    const known = made.get(rule);
    if (known !== undefined || made.has(rule)) return known as T; // it is what was put there
    const value = make(rule);
    made.set(rule, value);
    return value;
  };
};
