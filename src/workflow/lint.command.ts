import { resolve } from 'node:path';
import { choice, defineCommand, flag, rest, text, type Result } from '../command.ts';
import { Exit } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { SEVERITIES } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { lintOptions } from './lint-options.ts';
import { lintTarget } from './lint.ts';
import { RULES } from './lint-rules.ts';

const listed = (): Result => {
  const width = Math.max(...RULES.map(({ id }) => id.length)) + 'workflow/'.length;
  return {
    kind: 'answer',
    text: RULES.map(({ id, severity, summary }) => `${`workflow/${id}`.padEnd(width)}  ${severity.padEnd(7)}  ${summary}\n`).join(''),
    value: { rules: RULES.map(({ id, severity, summary }) => ({ id: `workflow/${id}`, severity, summary })) },
    exitCode: Exit.clean,
  };
};

export const command = defineCommand({
  args: { paths: rest('files and folders to look at', { completes: 'file' }) },
  options: {
    staged: flag('what is staged'),
    all: flag('the whole worktree, also when something is staged'),
    range: text('A..B', 'what the commits of a range change', { completes: 'ref' }),
    commit: text('COMMIT', 'what one commit changes', { completes: 'ref' }),
    list: flag('show the rules'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Judges workflows, reusable ones among them, and actions: their syntax, what would not run as it reads, and what somebody else could make them run.',
  examples: [
    { command: 'kei-git workflow lint', does: 'judges what is staged, or every workflow of the worktree' },
    { command: 'kei-git workflow lint --list', does: 'shows the rules' },
  ],
  run: async ({ args, options }, context) => {
    if (options.list) return listed();
    const { staged, all, range, commit } = options;
    const event = staged ? 'pre-commit' : context.ci ? 'ci' : 'check';
    const given = options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] };
    const opened = await openGate({ paths: args.paths, staged, all, range, commit }, event, given, context, doors);
    try {
      return await runGate(opened, {
        failOn: ({ check }) => check['fail-on'],
        look: (inside) => lintTarget(opened.target, lintOptions(inside, named(args.paths, inside.cwd, opened.target.paths))),
      });
    } finally {
      await opened.close();
    }
  },
});

/** Files that the command line names, by the paths that the target has for them. */
const named = (paths: readonly string[], cwd: string, specs: readonly string[] = []): readonly string[] => [
  ...specs.map((spec) => spec.replace(/^:\(literal\)/, '')),
  ...paths.map((path) => resolve(cwd, path).split(/[\\/]/).at(-1) ?? ''),
];
