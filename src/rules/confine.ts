import type { FileAllowlist, FileRule, RuleParts } from './rule-file.ts';

/** One filter expression that is true where one of several is. */
export const anyExpression = (...expressions: readonly (string | undefined)[]): string | undefined => {
  const some = expressions.filter((expression) => expression !== undefined);
  return some.length > 1 ? some.map((expression) => `(${expression}\n)`).join(' || ') : some[0];
};

/** What a file says about all rules, said about its own only. */
export const confined = (parts: RuleParts): RuleParts => {
  const ids = new Set(parts.rules.map(({ rule }) => rule.id));
  const filter = anyExpression(parts.prefilter, parts.filter);
  const rules = parts.rules.map((one): FileRule => {
    const own = anyExpression(filter, one.rule.filter);
    return own === undefined ? one : { ...one, rule: { ...one.rule, filter: own } };
  });
  const allowlists = parts.allowlists.flatMap((one): FileAllowlist[] => {
    const targets = one.list.targetRules.length === 0 ? [...ids] : one.list.targetRules.filter((id) => ids.has(id));
    return targets.length === 0 ? [] : [{ ...one, list: { ...one.list, targetRules: targets } }];
  });
  return { rules, allowlists, allowTokens: [] };
};
