import { resolve } from 'node:path';
import { choice, defineCommand, flag, one, text, type Answer, type Context, type Result } from '../command.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { directorySnapshot } from '../git/directory.ts';
import { doors } from '../git/doors.ts';
import type { Conversion } from '../imports/conversion.ts';
import { SEVERITIES, type Report } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { problemFindings, type Problem } from '../report/problem.ts';
import { IMPORT_FORMATS, type ImportFormat } from '../rules/rule-file.ts';
import { makeFolder, readIfThere, writeWhole } from '../sys/files.ts';
import { packageFolder } from '../sys/package-folder.ts';
import { ignoresFolder, recordedWords, recordIgnores } from './baseline.ts';
import { scanTarget } from './check.ts';
import { settledOptions } from './gate.ts';
import { readStdin } from '../stdin.ts';

const BASELINE = 'detect-secrets';
const DECODE = 3;

/** The file and what it is called. */
const open = async (path: string, context: Context): Promise<{ readonly bytes: Uint8Array; readonly name: string }> => {
  if (path === '-') return { bytes: await readStdin(context), name: 'standard input' };
  const bytes = readIfThere(resolve(context.cwd, path));
  if (bytes === undefined) throw new UsageError(`${printable(path)} does not exist`);
  return { bytes, name: path.replaceAll('\\', '/') };
};

const reportOf = (name: string, problems: readonly Problem[], rules: number): Report => ({
  kind: 'report',
  target: { event: 'check', kind: 'rules', description: name },
  findings: problemFindings(
    [...problems].sort((a, b) => a.line - b.line || a.column - b.column),
    'leak-import',
  ),
  skipped: [],
  stats: { files: 1, bytes: 0, extra: { rules } },
});

/** Whether the built-in rules find nothing in a text: it will stand in a rule file. */
const cleanTest = async ({ progress }: Context): Promise<(text: string) => boolean> => {
  const [{ builtinFiles }, { readBuiltin }, { createTrial }] = await Promise.all([
    import('./open-rules.ts'),
    import('../rules/builtin-source.ts'),
    import('./trial.ts'),
  ]);
  progress.start('making tests of the examples');
  const { set } = readBuiltin(await builtinFiles({ packageFolder, directorySnapshot }));
  const trial = createTrial(set, DECODE);
  return (example) => {
    progress.advance();
    return trial.find(example).length === 0;
  };
};

const convert = async (format: ImportFormat, bytes: Uint8Array, name: string, context: Context): Promise<Conversion> => {
  switch (format) {
    case 'gitleaks':
    case 'betterleaks':
      return (await import('../rules/gitleaks-text.ts')).convertGitleaks(bytes, name);
    case 'kingfisher':
      return (await import('../imports/kingfisher.ts')).convertKingfisher(bytes, name, { isClean: await cleanTest(context) });
    case 'kei-leak-matrix':
      return (await import('../imports/kei-leak-matrix.ts')).convertKeiLeakMatrix(bytes, name);
  }
};

const importRules = async (
  format: ImportFormat,
  path: string,
  output: string | undefined,
  force: boolean,
  context: Context,
): Promise<Answer> => {
  const { bytes, name } = await open(path, context);
  const { toml, problems, rules } = await convert(format, bytes, name, context);
  const before = output === undefined || output === '-' || force ? undefined : readIfThere(resolve(context.cwd, output));
  if (before !== undefined && !before.equals(Buffer.from(toml)))
    throw new UsageError(`--output: ${printable(output ?? '')} is there already`, {
      hint: 'write it over with --force, or take another name',
    });
  return { kind: 'answer', text: toml, value: { toml }, beside: reportOf(name, problems, rules) };
};

const importBaseline = async (path: string, context: Context): Promise<Answer> => {
  const { bytes, name } = await open(path, context);
  const [{ readDetectSecrets }, { matchBaseline }] = await Promise.all([
    import('../imports/detect-secrets.ts'),
    import('./import-baseline.ts'),
  ]);
  const { entries, problems } = readDetectSecrets(bytes, name);
  const repository = await doors.findRepository(doors.here(context));
  const folder = ignoresFolder('leak import', repository, context.cwd);
  const asked = repository === undefined ? { paths: [] } : { paths: [], all: true };
  const opened = await openGate(asked, 'check', {}, { ...context, cwd: folder }, doors);
  try {
    const [{ context: inside }] = opened.views;
    const { findings, skipped } = await scanTarget(opened.target, settledOptions(inside), inside);
    const matched = await matchBaseline(name, entries, findings, (file) => opened.target.after.read(file));
    const added = recordIgnores(folder, matched.ignores, { readIfThere, makeFolder, writeWhole });
    const report = reportOf(name, [...problems, ...matched.problems], 0);
    const { rules: _rules, ...extra } = report.stats.extra ?? {};
    return {
      kind: 'answer',
      text: recordedWords(added),
      value: { file: IGNORES_FILE, added },
      beside: { ...report, skipped, stats: { ...report.stats, extra } },
    };
  } finally {
    await opened.close();
  }
};

export const command = defineCommand({
  args: {
    from: one('whose file it is', { values: [...IMPORT_FORMATS, BASELINE] }),
    file: one('the file; - for standard input', { completes: 'file' }),
  },
  options: {
    output: text('FILE', 'write the rule file there instead of to standard output', { completes: 'file' }),
    force: flag('write over a file that is there'),
    format: choice(FORMATS, 'how to print what could not be carried over', { default: 'text', short: 'f' }),
    'fail-on': choice(SEVERITIES, 'exit with 1 from this severity on', { default: 'error' }),
  },
  details:
    "Makes a rule file of ours of another tool's, to be read, kept and changed. What could not be carried over stands in it as comments, and is told with line and column on standard error, or on standard output where --output names a file. A rule that had to be left out is an error; the file is made all the same.\n\n" +
    `A baseline of detect-secrets becomes exceptions in ${IGNORES_FILE}: of findings of the worktree whose secret has the digest of an entry.`,
  examples: [
    { command: 'kei-git leak import gitleaks .gitleaks.toml --output leak-matrix/acme.toml', does: 'goes over from gitleaks' },
    { command: 'kei-git leak import detect-secrets .secrets.baseline', does: 'lets stay what the baseline let stay' },
  ],
  run: async ({ args: { from, file }, options }, context): Promise<Result> => {
    const format = IMPORT_FORMATS.find((known) => known === from);
    if (format !== undefined) return importRules(format, file, options.output, options.force, context);
    if (options.output !== undefined)
      throw new UsageError(`leak import: --output is not for ${BASELINE}`, { hint: `its exceptions are added to ${IGNORES_FILE}` });
    return importBaseline(file, context);
  },
});
