import type { CheckContext } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import type { LintOptions } from './lint.ts';
import { RULES } from './lint-rules.ts';

/** What the settings say. @param named files that are linted whatever they are called */
export const lintOptions = ({ policy, landed, progress, signal, now }: CheckContext, named: readonly string[] = []): LintOptions => {
  const { skip, mute, 'runner-labels': runnerLabels } = policy.config.workflow.lint;
  return {
    rules: RULES.filter(({ id }) => !skip.includes(`workflow/${id}`)),
    settings: { runnerLabels },
    named,
    mute,
    landed,
    letStay: (finding) => withIgnores(finding, policy, now()),
    progress,
    signal,
  };
};
