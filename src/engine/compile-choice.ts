import { combineRules } from '../rules/combine.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';
import { makePack, type MadePack } from './make-pack.ts';
import { throwFirst } from '../rules/problem.ts';
import type { RuleSet } from '../rules/rule.ts';
import { loadSources } from '../rules/rule-sources.ts';

const chosen = (set: RuleSet, choice: RuleChoice): RuleSet => ({
  ...set,
  rules: set.rules.filter((rule) => choice.categories.includes(rule.category) || rule.origin !== 'built-in'),
  allowTokens: [...new Set([...set.allowTokens, ...choice.honourInline])],
});

/** Reads the rule files of a choice, puts them together with the built-in rules and compiles them. @throws {ConfigError} for the first error */
export const compileChoice = async (choice: RuleChoice, builtin: Uint8Array, now: Date): Promise<MadePack> => {
  const sources = await loadSources(choice.files, choice.read, now);
  const known = JSON.parse(Buffer.from(builtin).toString('utf8')) as RuleSet; // ours
  const combined = combineRules({ builtin: known, useBuiltin: choice.useBuiltin, sources });
  throwFirst(combined.problems.filter(({ severity }) => severity === 'error'));
  return makePack(chosen(combined.set, choice));
};
