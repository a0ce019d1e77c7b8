import { posix } from 'node:path';
import type { CheckContext, CheckPolicy } from '../check.ts';
import type { CacheStore } from '../command.ts';

/**
 * What holds for a mirror. An ignore of a secret says that it is revoked or none, which is true everywhere; one of anything else says that it may stand in
 * this repository. An entry of the baseline, or a place that .gitleaksignore names, says only that nobody has looked yet.
 */
const mirrorPolicy = (policy: CheckPolicy): CheckPolicy => ({
  ...policy,
  places: [],
  ignores: policy.ignores.filter(({ kind }) => kind !== 'baseline').map((entry) => ({ ...entry, category: 'secret' })),
});

/** What the run itself wrote is there though nothing may be read that others did: rules are compiled once for making and for proving. */
const runCache = (cache: CacheStore | undefined): CacheStore => {
  const own = new Map<string, Uint8Array>();
  return {
    read: (name) => own.get(name) ?? cache?.read(name),
    write: (name, bytes) => {
      own.set(name, bytes);
      cache?.write(name, bytes);
    },
  };
};

/** The world of a run that makes a mirror. */
export const mirrorContext = (context: CheckContext): CheckContext => ({
  ...context,
  policy: mirrorPolicy(context.policy),
  cache: runCache(context.cache),
});

const OWN = 'it says what may stay';
const RULES = 'it says what is looked for';
const MODULES = 'it names submodules';

/** Why a path is not for a mirror, whatever is in it; undefined where it is. */
export const leftOut = ({ config, ruleFiles }: Pick<CheckPolicy, 'config' | 'ruleFiles'>): ((path: string) => string | undefined) => {
  const rules = new Set(ruleFiles.map(({ path }) => posix.normalize(path.replaceAll('%', '%25'))));
  const everyRule = config.leak.rules === undefined;
  return (path) => {
    if (path === '.gitmodules') return MODULES;
    if (path === '.gitleaksignore' || path === '.kei' || path.startsWith('.kei/')) return OWN;
    return rules.has(path) || (everyRule && /^leak-matrix\/.*\.toml$/.test(path)) ? RULES : undefined;
  };
};
