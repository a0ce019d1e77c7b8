import type { RuleTerms } from '../terms/term-set.ts';
import type { Rule, RuleSet } from './rule.ts';

/** The terms of a set's rules, by the places of the rules. */
export const termsOf = ({ rules }: Pick<RuleSet, 'rules'>): readonly RuleTerms[] =>
  rules.flatMap(({ terms = [] }, rule) => terms.map(({ code, plain, hashed }) => ({ rule, code, plain, hashed })));

const bare = (rule: Rule): Rule =>
  rule.terms === undefined ? rule : { ...rule, tests: [], terms: rule.terms.map((list) => ({ ...list, plain: [], hashed: [] })) };

/** The set as it may be kept: without terms, and without the tests that hold them. */
export const withoutTerms = (set: RuleSet): RuleSet =>
  set.rules.every(({ terms }) => terms === undefined) ? set : { ...set, rules: set.rules.map(bare) };
