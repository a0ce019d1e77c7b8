import { resolve } from 'node:path';
import type { CheckContext } from '../check.ts';
import { choice, defineCommand, flag, list, number, rest, text } from '../command.ts';
import { UsageError } from '../errors.ts';
import { eventChoice } from '../gate/event-choice.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { SEVERITIES, type Report } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { scanTarget } from './check.ts';
import { chosenOptions, EVENT_OF } from './gate.ts';
import type { LeakOptions } from './options.ts';
import { CATEGORIES } from '../config/categories.ts';
import { SCOPES } from '../rules/rule.ts';
import { readStdin } from '../stdin.ts';

export const command = defineCommand({
  args: { paths: rest('a folder, or files and folders of this repository', { completes: 'file' }) },
  options: {
    staged: flag('what is staged'),
    all: flag('the whole worktree, also when something is staged'),
    range: text('A..B', 'each commit of a range, and their messages', { completes: 'ref' }),
    commit: text('COMMIT', 'one commit', { completes: 'ref' }),
    event: flag('the commits that the event of this CI run brings'),
    deepen: flag('with --event: fetch what a shallow clone lacks (in CI it is fetched anyway)'),
    history: flag('every file that any commit reaches, and all messages'),
    shard: text('N/M', 'with --history: one of M parts, the same on every machine'),
    push: flag('what git tells a pre-push hook on standard input'),
    stdin: flag('standard input'),
    message: text('FILE', 'a commit message, as git gives it to a commit-msg hook', { completes: 'file' }),
    'stdin-path': text('PATH', 'with --stdin: the path its content is judged by'),
    rules: list('FILE', 'rule files, in place of those of the settings', { completes: 'file' }),
    'no-builtin': flag('without the built-in rules'),
    category: list('NAME', `kinds of rules, in place of those of the settings: ${CATEGORIES.join(', ')}`),
    scope: choice(SCOPES, 'judge as for this occasion'),
    decode: number('N', 'how deep encoded text is decoded; 0: not at all', { min: 0, max: 8 }),
    archives: number('N', 'how deep archives are opened; 0: not at all', { min: 0, max: 8 }),
    'max-file-size': number('BYTES', 'leave larger files out', { min: 1, max: Number.MAX_SAFE_INTEGER, bytes: true }),
    jobs: number('N', 'threads; 0: as many as the work is worth', { min: 0, max: 256 }),
    'no-cache': flag('look at everything anew'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [leak] says, else error)'),
  },
  details:
    'Looks for credentials, and for what the rules of this repository name. Without options: what is staged if anything is, else the worktree; outside a repository the folder. Nothing that is found is ever printed.\n\ngit, dir, stdin, detect or protect in the first place: the rest is a command line of gitleaks (docs/migrating-from-gitleaks.md).',
  examples: [
    { command: 'kei-git leak scan', does: 'look at what is staged, or at the worktree' },
    { command: 'kei-git leak scan --history', does: 'look at everything that was ever committed' },
    { command: 'kei-git leak scan --format json ~/project', does: 'look at a folder, write JSON' },
  ],
  run: async ({ args, options }, context): Promise<Report> => {
    if (options.push && options.stdin) throw new UsageError('--push and --stdin both read standard input');
    const input = options.stdin ? { input: { path: options['stdin-path'] ?? 'stdin', bytes: await readStdin(context) } } : {};
    const [remote = 'origin', url = remote] = options.push ? args.paths : [];
    const push = options.push ? { push: { lines: (await readStdin(context)).toString('utf8'), remote, url } } : {};
    const message =
      options.message === undefined ? {} : { message: Buffer.from(messageFile(resolve(context.cwd, options.message))).toString('utf8') };
    const { staged, all, range, commit, history, shard } = options;
    const ofEvent = await eventChoice(options, context, doors.readIfThere);
    const asked = {
      paths: options.push ? [] : args.paths,
      staged,
      all,
      range,
      commit,
      history,
      shard,
      ...input,
      ...push,
      ...message,
      ...ofEvent,
    };
    const event =
      options.scope !== undefined
        ? EVENT_OF[options.scope]
        : options.push
          ? 'pre-push'
          : options.message !== undefined
            ? 'commit-msg'
            : context.ci || options.event
              ? 'ci'
              : staged
                ? 'pre-commit'
                : 'check';
    const opened = await openGate(asked, event, {}, context, doors);
    try {
      const wanted = (inside: CheckContext): LeakOptions => chosenOptions(options, inside, doors.readIfThere, opened.target.event);
      return await runGate(opened, {
        failOn: ({ leak }) => leak['fail-on'],
        look: (inside) => scanTarget(opened.target, wanted(inside), inside),
      });
    } finally {
      await opened.close();
    }
  },
});

const messageFile = (path: string): Uint8Array => {
  const bytes = doors.readIfThere(path);
  if (bytes === undefined) throw new UsageError(`no message file ${path}`);
  return bytes;
};
