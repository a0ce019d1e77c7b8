import { BOTH, type Rule } from '../lint/rule.ts';
import { spanWithin } from '../lint/spans.ts';

const COMMANDS = /::(set-output|save-state|set-env)\s+name=[A-Za-z_][\w-]*::|::(add-path)::/g;

interface Successor {
  readonly file: string;
  /** The runner does no longer act on it. */
  readonly isGone: boolean;
}

const SUCCESSORS: Readonly<Record<string, Successor>> = {
  'set-output': { file: 'GITHUB_OUTPUT', isGone: false },
  'save-state': { file: 'GITHUB_STATE', isGone: false },
  'set-env': { file: 'GITHUB_ENV', isGone: true },
  'add-path': { file: 'GITHUB_PATH', isGone: true },
};

export const deprecatedCommand: Rule = {
  id: 'deprecated-command',
  severity: 'warning',
  summary: 'a script speaks to the runner by a command that is no more, or soon will be',
  kinds: BOTH,
  check: ({ steps, tree }, report) => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      for (const match of run.text.matchAll(COMMANDS)) {
        const name = match[1] ?? match[2] ?? '';
        const successor = SUCCESSORS[name];
        if (successor === undefined) continue;
        report(
          spanWithin(tree.text, run, match.index, match.index + match[0].length),
          successor.isGone ? `the runner no longer acts on ::${name}` : `::${name} is deprecated`,
          {
            ...(successor.isGone ? { severity: 'error' } : {}),
            hint: name === 'add-path' ? `echo "DIR" >> "$${successor.file}"` : `echo "NAME=VALUE" >> "$${successor.file}"`,
          },
        );
      }
    }
  },
};
