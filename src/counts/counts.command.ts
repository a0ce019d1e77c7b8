import { relative, resolve, sep } from 'node:path';
import type { CheckContext, Entry, Outcome, Snapshot } from '../check.ts';
import { choice, defineCommand, flag, rest, text, type Answer, type Context, type Result } from '../command.ts';
import type { Config } from '../config/schema.ts';
import { Exit, UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { unifiedDiff } from '../pins/diff.ts';
import type { Report, Skipped } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { replaceAll, type Replacement } from '../sys/replace-all.ts';
import { permissionOf } from '../jobs/trusted.ts';
import { formOf } from './forms.ts';
import { judgeFile, readMarked, wantedCounts, type JudgedFile } from './look.ts';
import { frozenTest, markerFiles } from './marker-files.ts';
import { countWorld } from './open-world.ts';
import { ownSettings } from './own-settings.ts';
import { computeCounts } from './sources.ts';
import { toldOf } from './told.ts';
import type { CountWorld } from './world.ts';

interface Wishes {
  readonly check: boolean;
  readonly diff: boolean;
  readonly staged: boolean;
  readonly explain: boolean;
  readonly format: string;
}

const requireSense = ({ check, diff, staged, format }: Wishes): void => {
  if (check && diff) throw new UsageError('--check says what is stale and --diff shows it: one of them');
  if (staged && !check) throw new UsageError('--staged goes with --check', { hint: 'only the worktree is written' });
  if (!check && format !== 'text' && format !== 'json') throw new UsageError(`--format ${format} goes with --check`);
};

/** The folder that paths of a snapshot are relative to. */
const rootOf = async (after: Snapshot, context: Context): Promise<string> => {
  const source = after.source?.();
  if (source?.kind === 'directory') return source.root;
  return (await findRepository(here(context), context.env))?.root ?? context.cwd;
};

/** Those of the entries that were named, whatever the settings say of them; all marker files where none was. */
const chosen = async (
  named: readonly string[],
  entries: readonly Entry[],
  markers: Config['markers'],
  { cwd }: CheckContext,
  root: () => Promise<string>,
): Promise<readonly Entry[]> => {
  if (named.length === 0) return markerFiles(entries, markers);
  const isFrozen = frozenTest(markers);
  const from = await root();
  return named.flatMap((name) => {
    const path = relative(from, resolve(cwd, name)).split(sep).join('/').replaceAll('%', '%25');
    const below = entries.filter((entry) => path === '' || entry.path.startsWith(`${path}/`));
    if (below.length > 0) return markerFiles(below, markers);
    const entry = entries.find((one) => one.path === path);
    if (entry === undefined)
      throw new UsageError(`no such file: ${printable(name)}`, { hint: 'a file that git tracks, or does not ignore' });
    if (isFrozen(path))
      throw new UsageError(`${printable(name)} is a record: its numbers stay`, { hint: 'see markers.frozen in kei.toml' });
    if (formOf(path) === undefined) throw new UsageError(`${printable(name)}: nobody knows how comments are written in such a file`);
    return markerFiles([entry], { files: [path.replaceAll('%25', '%')], frozen: [] });
  });
};

/** In CI a workflow that calls this was agreed on like any other step of it, except where a stranger's words could be what runs. */
const worldByHand = (after: Snapshot, context: CheckContext): CountWorld => {
  const { policy, ci, env } = context;
  const mayRun = permissionOf({ trusted: policy.mayRun, ci, byHand: true, env }).kind === 'granted';
  return countWorld(after, context, false, mayRun);
};

interface Looked {
  readonly outcome: Outcome;
  readonly files: readonly JudgedFile[];
  readonly numbers: number;
}

const look = async (after: Snapshot, named: readonly string[], context: CheckContext, root: () => Promise<string>): Promise<Looked> => {
  const { counts, markers, document } = await ownSettings(after, context);
  const entries = await chosen(named, await after.list(), markers, context, root);
  const reading = await readMarked(entries, after, context);
  const counted = await computeCounts(counts, worldByHand(after, context), wantedCounts(reading.files, counts));
  const told = toldOf(counted, document);
  const files = reading.files.map((file) => judgeFile(file, { formats: counts, counted }));
  const findings = [...told.findings, ...files.flatMap(({ judgement }) => judgement.findings)];
  const skipped = [...reading.skipped, ...told.skipped];
  return {
    outcome: { findings, skipped, files: entries.length, bytes: reading.bytes, strict: true },
    files,
    numbers: files.reduce((sum, { read }) => sum + read.markers.length, 0),
  };
};

const isBroken = ({ findings }: Pick<Report, 'findings'>): boolean => findings.some(({ rule }) => rule === 'counts/broken');

const replacementsOf = ({ files }: Looked): readonly Replacement[] =>
  files.flatMap(({ path, bytes, after }) => (after === undefined ? [] : [{ path: path.replaceAll('%25', '%'), before: bytes, after }]));

/** What was done, number by number. */
const told = ({ files, numbers }: Looked, explain: boolean, skipped: readonly Skipped[]): Answer => {
  const all = files.flatMap(({ path, judgement }) => judgement.changes.map((change) => ({ path, ...change })));
  const lines = all.map(({ path, line, column, name, before, after, derivation }) => {
    const was = before === '' ? 'was not there' : `was ${printable(before)}`;
    const how = explain ? `\n    ${after} = ${printable(derivation)}` : '';
    return `${printable(path)}:${line}:${column}: ${name} is ${after}, ${was}${how}\n`;
  });
  const nothing = `nothing to change: ${count(numbers, 'number')} in ${count(files.length, 'file')}\n`;
  return {
    kind: 'answer',
    text: lines.length === 0 ? nothing : lines.join(''),
    note: skipped.map(({ path = '', reason }) => `${printable(`${path}: ${reason}`)}\n`).join(''),
    value: { changes: all.map(({ edits: _edits, ...change }) => change), numbers, files: files.length, skipped },
    exitCode: skipped.some(({ kind }) => kind === 'failed') ? Exit.failed : Exit.clean,
  };
};

export const command = defineCommand({
  args: { paths: rest('files and folders to look at', { completes: 'file' }) },
  options: {
    check: flag('change nothing; exit 1 where a number is stale, 2 where a marker or a source is broken'),
    diff: flag('print what would change as a patch, and change nothing'),
    staged: flag('with --check: what is staged'),
    explain: flag('say how each number came about'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
  },
  details:
    'Numbers between the comments count:NAME and /count:NAME are computed again from the sources that kei.toml gives under [counts.NAME]. ' +
    'All files are written or none. What stands in code, in CHANGELOG.md and in other records stays.',
  examples: [
    { command: 'kei-git counts', does: 'make every number true' },
    { command: 'kei-git counts --check', does: 'say which are not, for CI' },
    { command: 'kei-git counts --diff README.md', does: 'show what would become of one file' },
  ],
  run: async ({ args, options }, context): Promise<Result> => {
    requireSense(options);
    const event = options.staged ? 'pre-commit' : context.ci ? 'ci' : 'check';
    const opened = await openGate({ paths: [], staged: options.staged, all: !options.staged }, event, {}, context, doors);
    try {
      const { after } = opened.target;
      const root = (): Promise<string> => rootOf(after, context);
      let looked: Looked | undefined;
      const report = await runGate(opened, {
        failOn: () => 'error',
        look: async (inside) => (looked = await look(after, args.paths, inside, root)).outcome,
      });
      if (isBroken(report)) return { ...report, unusable: true };
      if (options.check || looked === undefined) return report;
      const replacements = replacementsOf(looked);
      if (options.diff) return patch(replacements);
      replaceAll(await root(), replacements);
      return told(looked, options.explain, report.skipped);
    } finally {
      await opened.close();
    }
  },
});

const patch = (replacements: readonly Replacement[]): Answer => ({
  kind: 'answer',
  text: '',
  bytes: Buffer.concat(replacements.map(({ path, before, after }) => unifiedDiff(path, before, after))),
  value: {},
  exitCode: replacements.length === 0 ? Exit.clean : Exit.found,
});
