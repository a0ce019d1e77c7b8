import type { Check } from '../check.ts';

export const check: Check = {
  id: 'workflow-lint',
  builtinRules: () => Promise.resolve([]),
  summary: 'workflows and actions that would not run as they read, or run what others say',
  applies: () => true,
  run: async (target, context) => {
    // With the library that reads YAML, and the schema.
    const [{ lintTarget }, { lintOptions }] = await Promise.all([import('./lint.ts'), import('./lint-options.ts')]);
    return lintTarget(target, lintOptions(context));
  },
};
