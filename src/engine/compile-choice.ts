import { combineRules } from '../rules/combine.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';
import { extendPack, makePack, type MadePack } from './make-pack.ts';
import type { Pack } from './pack.ts';
import { UsageError } from '../errors.ts';
import { throwFirst } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { resolveName } from '../rules/rule-names.ts';
import { loadSources } from '../rules/rule-sources.ts';

const withCategories = ({ rules }: RuleSet, { categories }: RuleChoice): readonly Rule[] =>
  rules.filter((rule) => categories.includes(rule.category) || rule.origin !== 'built-in');

/** The rules of these names, and as neighbours those that they require. @throws {UsageError} */
const named = (rules: readonly Rule[], names: readonly string[]): readonly Rule[] => {
  const known = new Set(rules.map(({ id }) => id));
  const wanted = new Set(
    names.flatMap((name) => {
      const { ids, unmapped, hint } = resolveName(name, known, true);
      if (ids.length > 0 || unmapped) return ids;
      throw new UsageError(`no rule ${quoted(name)}`, { hint: hint ?? 'kei-git leak list shows the rules' });
    }),
  );
  const near = new Set(rules.flatMap(({ id, required }) => (wanted.has(id) ? required.map((neighbour) => neighbour.id) : [])));
  return rules.flatMap((rule) => (wanted.has(rule.id) ? [rule] : near.has(rule.id) ? [{ ...rule, skipReport: true }] : []));
};

const chosen = (set: RuleSet, choice: RuleChoice): RuleSet => {
  const rules = withCategories(set, choice);
  const allowTokens = [...new Set([...set.allowTokens, ...choice.honourInline])];
  return { ...set, rules: choice.only === undefined ? rules : named(rules, choice.only), allowTokens };
};

/** What takes longest is there already where only terms and allowlists are added to the rules that came compiled. */
const onShipped = (set: RuleSet, known: readonly Rule[], shipped: Pack | undefined): MadePack | undefined => {
  if (shipped === undefined) return undefined;
  const { rules } = shipped.rules();
  const byId = new Map(known.map((rule) => [rule.id, rule]));
  const isKnown = (rule: Rule | undefined, id: string): boolean =>
    rule?.id === id && (rule === byId.get(id) || JSON.stringify(rule) === JSON.stringify(byId.get(id)));
  const isSame = rules.every(({ id }, index) => isKnown(set.rules[index], id));
  const others = set.rules.slice(rules.length);
  return isSame && others.every(({ kind, path }) => kind === 'term' && path === undefined)
    ? extendPack({ ...set, rules: [...rules, ...others] }, shipped)
    : undefined;
};

/**
 * Reads the rule files of a choice, puts them together with the built-in rules and compiles them.
 * @param shipped those that came compiled
 * @throws {ConfigError} for the first error
 */
export const compileChoice = async (choice: RuleChoice, builtin: Uint8Array, now: Date, shipped?: Pack): Promise<MadePack> => {
  const sources = await loadSources(choice.files, choice.read, now);
  const known = JSON.parse(Buffer.from(builtin).toString('utf8')) as RuleSet; // ours
  const combined = combineRules({ builtin: known, useBuiltin: choice.useBuiltin, sources });
  throwFirst(combined.problems.filter(({ severity }) => severity === 'error'));
  const set = chosen(combined.set, choice);
  return onShipped(set, known.rules, shipped) ?? makePack(set);
};
