import type { Check, CheckContext } from '../check.ts';
import { scanTarget, type LeakOptions } from './check.ts';
import { loadSources } from './rule-sources.ts';

/** What a scan does when only the settings speak. */
export const settledOptions = async (context: CheckContext): Promise<LeakOptions> => {
  const { leak } = context.policy.config;
  return {
    choice: {
      sources: await loadSources(context.policy.ruleFiles, (path) => context.readPolicyFile(path), context.now()),
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
