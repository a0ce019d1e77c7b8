import type { Check, CheckContext } from '../check.ts';
import { scanTarget, type LeakOptions } from './check.ts';

/** What a scan does when only the settings speak. */
export const settledOptions = (context: CheckContext): LeakOptions => {
  const { config, ruleFiles } = context.policy;
  const { leak } = config;
  return {
    choice: {
      files: ruleFiles,
      read: (path) => context.readPolicyFile(path),
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
  run: async (target, context) => scanTarget(target, settledOptions(context), context),
};
