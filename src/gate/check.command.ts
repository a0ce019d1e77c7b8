import { choice, defineCommand, flag, rest, text } from '../command.ts';
import { doors } from '../git/doors.ts';
import { settleFirst } from '../git/unsettled.ts';
import { SEVERITIES } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { eventChoice } from './event-choice.ts';
import { openGate } from './open.ts';
import { runGate } from './run.ts';

export const command = defineCommand({
  args: { paths: rest('files and folders to look at', { completes: 'file' }) },
  options: {
    staged: flag('what is staged'),
    all: flag('the whole worktree, also when something is staged'),
    range: text('A..B', 'each commit of a range, and their messages', { completes: 'ref' }),
    commit: text('COMMIT', 'one commit', { completes: 'ref' }),
    event: flag('the commits that the event of this CI run brings'),
    deepen: flag('with --event: fetch what a shallow clone lacks (in CI it is fetched anyway)'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Runs every check that concerns the target. Without options: what is staged if anything is, else the worktree (tracked files and untracked ones that are not ignored); outside a repository the folder.',
  examples: [
    { command: 'kei-git check', does: 'look at what is about to be committed, or at everything' },
    { command: 'kei-git check --range origin/main..HEAD', does: 'look at each commit of a branch' },
    { command: 'kei-git check --event', does: 'in CI: look at each commit of the pull request or push' },
    { command: 'kei-git check --format sarif --output kei.sarif', does: 'write a report for a code scanning page' },
  ],
  run: async ({ args, options }, context) => {
    const { staged, all, range, commit } = options;
    await settleFirst(context);
    const asked = { paths: args.paths, staged, all, range, commit, ...(await eventChoice(options, context, doors.readIfThere)) };
    const event = staged ? 'pre-commit' : context.ci || options.event ? 'ci' : 'check';
    const given = options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] };
    const opened = await openGate(asked, event, given, context, doors);
    try {
      return await runGate(opened, { failOn: ({ check }) => check['fail-on'] });
    } finally {
      await opened.close();
    }
  },
});
