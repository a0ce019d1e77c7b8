import { resolve } from 'node:path';
import type { Snapshot } from '../check.ts';
import { choice, defineCommand, flag, rest, text, type Context, type Result } from '../command.ts';
import type { OptionValues } from '../config/merge.ts';
import { UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { SEVERITIES } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { obstacle, replaceFile } from '../sys/replace.ts';
import { afterFixes, requireWritable, writeAll } from './mending.ts';

interface Wishes {
  readonly upgrade: boolean;
  readonly major: boolean;
  readonly 'min-age': string | undefined;
}

const requireSense = ({ upgrade, major, 'min-age': minAge }: Wishes): void => {
  if (!upgrade && (major || minAge !== undefined)) throw new UsageError('--major and --min-age go with --upgrade');
};

/** The folder that paths of a snapshot are relative to. */
const rootOf = async (after: Snapshot, context: Context): Promise<string> => {
  const source = after.source?.();
  if (source?.kind === 'directory') return source.root;
  return (await findRepository(here(context), context.env))?.root ?? context.cwd;
};

export const command = defineCommand({
  args: { paths: rest('files and folders to look at', { completes: 'file' }) },
  options: {
    staged: flag('what is staged'),
    all: flag('the whole worktree, also when something is staged'),
    range: text('A..B', 'what the commits of a range add', { completes: 'ref' }),
    commit: text('COMMIT', 'what one commit adds', { completes: 'ref' }),
    offline: flag('ask no server: answer from what is known, and say of when that is'),
    'strict-network': flag('exit with 3 where a server gave no answer'),
    'no-follow': flag('do not look into the actions and workflows that are referred to'),
    fix: flag('write what is right: the commit of a tag, a commit or a comment that is wrong'),
    diff: flag('print that as a patch and write nothing'),
    upgrade: flag('to the newest release of the same major version; with --fix or --diff'),
    major: flag('with --upgrade: also over the major version'),
    'min-age': text('AGE', 'with --upgrade: releases at least so old (default: what [workflow.pins] says, else 7d)'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Proves over git that each commit which workflows, actions and pre-commit hooks are pinned to exists, belongs to its repository and is what its comment says. ' +
    'Needs no token. Answers are kept, and asked for again when they are older than max-age of [workflow.pins].\n\n' +
    'Without options: what is staged if that is something, else the worktree. Composite actions and reusable workflows are followed into their repositories.',
  examples: [
    { command: 'kei-git workflow pins', does: 'prove what workflows are pinned to' },
    { command: 'kei-git workflow pins --diff', does: 'show what would be mended' },
    { command: 'kei-git workflow pins --upgrade --fix', does: 'go to the newest releases that are a week old' },
  ],
  run: async ({ args, options }, context): Promise<Result> => {
    requireWritable(options);
    requireSense(options);
    const { staged, range, commit, fix, diff } = options;
    const event = staged ? 'pre-commit' : context.ci ? 'ci' : 'check';
    const given: OptionValues = {
      ...(options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] }),
      ...(options.offline ? { 'workflow.pins.offline': true } : {}),
      ...(options['strict-network'] ? { 'workflow.pins.strict-network': true } : {}),
      ...(options['min-age'] === undefined ? {} : { 'workflow.pins.min-age': options['min-age'] }),
    };
    const all = options.all || ((fix || diff) && args.paths.length === 0);
    const opened = await openGate({ paths: args.paths, staged, all, range, commit }, event, given, context, doors);
    try {
      const { lookAtPins } = await import('./pins.ts');
      const { upgrading } = await import('./pins-upgrade.ts');
      const { mendAll, patchOf } = await import('./pins-fix.ts');
      let sources: Awaited<ReturnType<typeof lookAtPins>>['sources'] = [];
      const report = await runGate(opened, {
        failOn: ({ check }) => check['fail-on'],
        look: async (inside) => {
          const more = options.upgrade ? { more: upgrading(inside, options.major) } : {};
          const outcome = await lookAtPins(opened.target, { offline: false, follow: !options['no-follow'], brief: false, ...more }, inside);
          sources = outcome.sources;
          return outcome;
        },
      });
      if (!fix && !diff) return report;
      const mended = mendAll(sources, report.findings);
      if (diff) return { kind: 'answer', text: '', bytes: patchOf(mended), value: {}, beside: { ...report, overview: [] } };
      const root = await rootOf(opened.target.after, context);
      return afterFixes(report, writeAll(mended, { placeOf: (path) => resolve(root, path), obstacle, replaceFile }), mended.length);
    } finally {
      await opened.close();
    }
  },
});
