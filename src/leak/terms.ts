import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { CheckContext, Event, KeyAnswer } from '../check.ts';
import type { CacheStore } from '../command.ts';
import type { Pack } from '../engine/pack.ts';
import { TERMS_WASM } from '../engine/terms-wasm.ts';
import type { Skipped } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { termKeys } from '../terms/hashed.ts';
import { openTerms, type RuleTerms, type TermSet, type Unopened } from '../terms/term-set.ts';

/** The terms of a run. */
export interface RunTerms {
  readonly set: TermSet | undefined;
  /** Hashed ones that cannot be looked for. */
  readonly skipped: readonly Skipped[];
  /** Names what verdicts depend on; undefined: no name is safe, so none are kept. */
  readonly name: string | undefined;
}

const why = (keyId: string, answer: KeyAnswer): string => {
  const hashed = `hashed with key ${keyId}`;
  if (answer.kind === 'key') return `${hashed}, and here is key ${answer.key.id}`;
  return answer.kind === 'absent'
    ? `${hashed}, and there is no key here (kei-git leak key --import)`
    : `${hashed}, and ${answer.reason} (${answer.hint})`;
};

/** Why hashed terms of a rule are not looked for. */
export const whyNot = ({ count: terms, keyId }: Unopened, id: string, answer: KeyAnswer): string =>
  `${count(terms, 'term')} of leak/${id} ${why(keyId, answer)}`;

const SALT = 'terms.salt';
const SALT_BYTES = 32;

/** A secret of the person's cache folder: names of what is kept elsewhere hang on it. */
const saltOf = (cache: CacheStore): Uint8Array | undefined => {
  const read = (): Uint8Array | undefined => {
    const kept = cache.read(SALT);
    return kept?.length === SALT_BYTES ? kept : undefined;
  };
  const before = read();
  if (before !== undefined) return before;
  cache.write(SALT, randomBytes(SALT_BYTES));
  return read();
};

/** Hashed terms may stand in a hash as they stand in their file; plain ones could be tried until one fits. */
const nameOf = (terms: readonly RuleTerms[], keyId: string, cache: CacheStore | undefined): string | undefined => {
  const text = JSON.stringify([createHash('sha256').update(TERMS_WASM).digest('hex'), keyId, terms]);
  if (terms.every(({ plain }) => plain.length === 0)) return createHash('sha256').update(text).digest('hex');
  const salt = cache === undefined ? undefined : saltOf(cache);
  return salt === undefined ? undefined : createHmac('sha256', salt).update(text).digest('hex');
};

/** Opens the terms of a pack with the key of the run, which is asked for where some are hashed. */
export const openRunTerms = (pack: Pack, event: Event, context: Pick<CheckContext, 'key' | 'cache' | 'ci'>): RunTerms => {
  const asked = pack.terms.some(({ hashed }) => hashed.length > 0) ? context.key() : undefined;
  const keys = asked?.kind === 'key' ? termKeys(asked.key) : undefined;
  const { set, unopened } = openTerms(pack.terms, keys);
  const kind = context.ci || event === 'ci' || event === 'pre-push' ? 'failed' : 'policy';
  const tell = ({ rule, count: terms, keyId }: Unopened): Skipped[] => {
    if (asked === undefined) return [];
    const id = pack.book().rule(rule)?.id ?? '';
    return [{ kind, reason: whyNot({ rule, count: terms, keyId }, id, asked) }];
  };
  return { set, skipped: unopened.flatMap(tell), name: nameOf(pack.terms, keys?.id ?? '', context.cache) };
};
