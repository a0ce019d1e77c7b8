import type { Check, CheckContext } from '../check.ts';
import type { RuleSet } from '../rules/rule.ts';
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

/** gitleaks' names for them too: its files may use those. */
const builtinRules: Check['builtinRules'] = async (asset) => {
  const { ALIASED } = await import('../rules/aliases.ts');
  const bytes = asset('rules.json');
  if (bytes === undefined) return ALIASED;
  const { rules } = JSON.parse(Buffer.from(bytes).toString('utf8')) as RuleSet; // made by scripts/rules.mjs
  return [...rules.map(({ id }) => id), ...ALIASED];
};

export const check: Check = {
  id: 'leak',
  builtinRules,
  summary: 'credentials and other content that must not leave',
  applies: () => true,
  run: async (target, context) => scanTarget(target, settledOptions(context), context),
};
