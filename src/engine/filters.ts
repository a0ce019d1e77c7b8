import { compileExpression, type FindingTest } from '../expression/compile.ts';
import { perRule, type RuleBook } from './rule-book.ts';

/** What drops a rule's findings: its own expression and that of all. @throws {ExpressionError} also later, for a rule's own */
export const compileFilters = ({ filter, rule }: RuleBook): ((index: number) => FindingTest | undefined) => {
  const every = filter === undefined ? undefined : compileExpression(filter);
  return perRule((index) => {
    const source = rule(index)?.filter;
    const own = source === undefined ? undefined : compileExpression(source);
    if (own === undefined || every === undefined) return own ?? every;
    return (input) => every(input) || own(input);
  });
};

/** True for paths that are not looked at; undefined when the set has no such expression. @throws {ExpressionError} */
export const compilePrefilter = ({ prefilter }: Pick<RuleBook, 'prefilter'>): ((path: string) => boolean) | undefined => {
  if (prefilter === undefined) return undefined;
  const test = compileExpression(prefilter);
  return (path) => test({ secret: '', match: '', line: '', path });
};
