import { compileExpression, type FindingTest } from './expression.ts';
import type { RuleSet } from './rule.ts';

/** Per rule the expressions that drop its findings: its own and the set's. @throws {ExpressionError} */
export const compileFilters = ({ rules, filter }: RuleSet): readonly (FindingTest | undefined)[] => {
  const every = filter === undefined ? undefined : compileExpression(filter);
  return rules.map((rule) => {
    const own = rule.filter === undefined ? undefined : compileExpression(rule.filter);
    if (own === undefined || every === undefined) return own ?? every;
    return (input) => every(input) || own(input);
  });
};

/** True for paths that are not looked at; undefined when the set has no such expression. @throws {ExpressionError} */
export const compilePrefilter = ({ prefilter }: RuleSet): ((path: string) => boolean) | undefined => {
  if (prefilter === undefined) return undefined;
  const test = compileExpression(prefilter);
  return (path) => test({ secret: '', match: '', line: '', path });
};
