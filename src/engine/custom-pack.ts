import type { Threads } from '../check.ts';
import type { CacheStore } from '../command.ts';
import { keptName, noting, readKept, writeKept } from './kept-pack.ts';
import type { Pack } from './pack.ts';
import type { Allowlist, RuleSet } from '../rules/rule.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';

/** The last day on which every allowlist holds that holds today; undefined: there is none. */
const lastDay = ({ rules, allowlists }: RuleSet, today: string): string | undefined => {
  const lists: readonly Allowlist[] = [...allowlists, ...rules.flatMap((rule) => rule.allowlists)];
  return lists
    .flatMap(({ until }) => (until === undefined || until < today ? [] : [until]))
    .toSorted()
    .at(0);
};

const MUCH = 10_000; // bytes of rules that take longer to compile than what is said of it

interface World {
  readonly cache: CacheStore | undefined;
  now(): Date;
  readonly threads: Pick<Threads, 'expectWork'> | undefined;
  /** The rules that came compiled, read when something is to be compiled. */
  readonly shipped: () => Pack | undefined;
}

/**
 * Rules other than the shipped ones, from the cache or compiled now.
 * @param builtin the built-in rules of every category, as scripts/rules.mjs wrote them
 * @throws {ConfigError} for the first error in a rule file
 */
export const customPack = async (choice: RuleChoice, builtin: Uint8Array, { cache, now, threads, shipped }: World): Promise<Pack> => {
  const name = cache === undefined ? '' : keptName(choice, builtin);
  const today = now().toISOString().slice(0, 10);
  const entry = cache?.read(name);
  const kept = entry === undefined ? undefined : await readKept(entry, choice.read, today);
  if (kept !== undefined) {
    if (kept.book().termRules.length === 0) return kept;
    const terms = await (await import('./kept-terms.ts')).readTermsOf(kept, choice);
    if (terms !== undefined) return { ...kept, terms };
  }
  // Reading and compiling rules is not loaded where they are kept.
  const { compileChoice } = await import('./compile-choice.ts');
  const { read, reached } = noting(choice.read);
  if (choice.useBuiltin || choice.files.reduce((sum, { bytes }) => sum + bytes.length, 0) >= MUCH) await threads?.expectWork();
  const made = await compileChoice({ ...choice, read }, builtin, now(), shipped());
  const last = lastDay(made.pack.rules(), today);
  cache?.write(name, writeKept(made, { reached, first: today, ...(last === undefined ? {} : { last }) }));
  return made.pack;
};
