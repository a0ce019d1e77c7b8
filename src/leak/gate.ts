import type { Check, CheckContext } from '../check.ts';
import type { RuleSource } from './combine.ts';
import { scanTarget, type LeakOptions } from './check.ts';

/** Reading rule files is not loaded where there are none. */
const sourcesOf = async (context: CheckContext): Promise<readonly RuleSource[]> => {
  const { ruleFiles } = context.policy;
  if (ruleFiles.length === 0) return [];
  const { loadSources } = await import('./rule-sources.ts');
  return loadSources(ruleFiles, (path) => context.readPolicyFile(path), context.now());
};

/** What a scan does when only the settings speak. */
export const settledOptions = async (context: CheckContext): Promise<LeakOptions> => {
  const { leak } = context.policy.config;
  return {
    choice: {
      sources: await sourcesOf(context),
      useBuiltin: leak.builtin,
      categories: leak.categories,
      honourInline: leak['honour-inline'],
    },
    plan: { decode: leak.decode, maxFileSize: leak['max-file-size'] },
    jobs: leak.jobs,
    useCache: true,
  };
};

export const check: Check = {
  id: 'leak',
  summary: 'credentials and other content that must not leave',
  applies: () => true,
  run: async (target, context) => scanTarget(target, await settledOptions(context), context),
};
