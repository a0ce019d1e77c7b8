import { createHash } from 'node:crypto';
import type { CacheStore } from '../command.ts';
import type { Category } from '../config/categories.ts';
import { combineRules, type RuleSource } from './combine.ts';
import { inMemory } from './image.ts';
import { makePack } from './make-pack.ts';
import { engineKey, readPack, writePack, type Pack } from './pack.ts';
import { throwFirst } from './problem.ts';
import type { RuleSet } from './rule.ts';

/** What rules a run uses. */
export interface RuleChoice {
  readonly sources: readonly RuleSource[];
  readonly useBuiltin: boolean;
  readonly categories: readonly Category[];
  /** Tokens of other tools that allow a line. */
  readonly honourInline: readonly string[];
}

const chosen = (set: RuleSet, choice: RuleChoice): RuleSet => ({
  ...set,
  rules: set.rules.filter((rule) => choice.categories.includes(rule.category) || rule.origin !== 'built-in'),
  allowTokens: [...new Set([...set.allowTokens, ...choice.honourInline])],
});

/**
 * Rules other than the shipped ones, from the cache or compiled now.
 * @param builtin the built-in rules of every category, as scripts/rules.mjs wrote them
 * @throws {ConfigError} for the first error in a rule file
 */
export const customPack = (choice: RuleChoice, builtin: Uint8Array, cache: CacheStore | undefined): Pack => {
  const known = JSON.parse(Buffer.from(builtin).toString('utf8')) as RuleSet; // ours
  const combined = combineRules({ builtin: known, useBuiltin: choice.useBuiltin, sources: choice.sources });
  throwFirst(combined.problems.filter(({ severity }) => severity === 'error'));
  const set = chosen(combined.set, choice);
  const name = `rules-${createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex').slice(0, 40)}.pack`;
  const bytes = cache?.read(name);
  const stored = bytes === undefined ? undefined : readPack(inMemory(bytes));
  if (stored !== undefined) return stored;
  const { pack, image } = makePack(set);
  cache?.write(name, writePack(pack, image));
  return pack;
};
