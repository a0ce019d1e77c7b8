import { choice, defineCommand, flag, rest, text, type Context, type Result } from '../command.ts';
import { isExpired } from '../config/ignores.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { Exit } from '../errors.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { SEVERITIES, type Report } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { packageFolder } from '../sys/package-folder.ts';
import { readIfThere } from '../sys/files.ts';
import { lintRules } from './lint.ts';
import { openRules, type OpenedRules } from './open-rules.ts';
import { problemFindings, throwFirst, type Problem } from '../report/problem.ts';
import type { RuleFile } from '../rules/rule-file.ts';
import type { RuleSource } from '../rules/combine.ts';
import { openKey } from '../config/leak-key.ts';
import { readPrivate } from '../sys/private.ts';
import { termKeys, type TermKeys } from '../terms/hashed.ts';
import { parseKey } from '../values/key.ts';
import { createTrial } from './trial.ts';
import { readStdin } from '../stdin.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere, packageFolder };
const DECODE = 3;

const filesOf = (source: RuleSource): readonly RuleFile[] => [
  ...(source.base === undefined ? [] : filesOf(source.base)),
  source.file,
  ...source.imports,
];

const expiredIgnores = ({ policy }: OpenedRules, now: Date): readonly Problem[] =>
  policy.ignores
    .filter((entry) => isExpired(entry, now))
    .map(({ until = '', position }) => ({
      code: 'expired',
      severity: 'error',
      file: IGNORES_FILE,
      line: position.line,
      column: position.column,
      message: `the exception held until ${until} and does nothing now`,
      hint: 'take it out, or set a later date',
    }));

const keysOf = ({ combined, policy }: OpenedRules, env: Context['env']): TermKeys | undefined => {
  if (!combined.set.rules.some(({ terms }) => terms?.some(({ hashed }) => hashed.length > 0) === true)) return undefined;
  const answer = openKey(policy.config.leak.key, { env, readPrivate, parseKey });
  return answer.kind === 'key' ? termKeys(answer.key) : undefined;
};

// A scan goes on without an exception that has run out; whoever lints wants to know.
const strict = (problem: Problem): Problem => (problem.code === 'expired' ? { ...problem, severity: 'error' } : problem);

const judge = (opened: OpenedRules, ofBuiltin: boolean, costs: boolean, { env, now }: Context): readonly Problem[] => {
  const { combined, sources } = ofBuiltin ? { combined: opened.builtin, sources: opened.builtin.sources } : opened;
  const files = sources.flatMap(filesOf);
  const failed = new Set(combined.problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const fine = files.filter(({ file }) => !failed.has(file)).flatMap(({ set }) => set.rules);
  const known = new Set(combined.set.rules);
  const tried = lintRules(
    ofBuiltin
      ? fine
      : fine.filter(({ rule, override }) => override || known.has(rule) || combined.set.rules.some(({ id }) => id === rule.id)),
    combined.set,
    { costs, needsTests: ofBuiltin, keys: keysOf(opened, env) },
  );
  const own = ofBuiltin ? [] : [...opened.broken, ...expiredIgnores(opened, now())];
  return [...own, ...combined.problems, ...tried].map(strict);
};

const inFileOrder = (a: Problem, b: Problem): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;

const report = (problems: readonly Problem[], files: readonly RuleFile[], ofBuiltin: boolean): Report => {
  const rules = files.reduce((sum, { set }) => sum + set.rules.length, 0);
  const tests = files.reduce((sum, { set }) => sum + set.rules.reduce((all, { rule }) => all + rule.tests.length, 0), 0);
  const what = ofBuiltin
    ? 'the built-in rules'
    : files.length === 0
      ? 'no rule files'
      : files.map(({ file }) => printable(file)).join(', ');
  return {
    kind: 'report',
    target: {
      event: 'check',
      kind: 'rules',
      description: files.length === 0 ? what : `${what}: ${count(rules, 'rule')}, ${count(tests, 'test')}`,
    },
    findings: problemFindings([...problems].sort(inFileOrder)),
    skipped: [],
    stats: { files: files.length, bytes: 0, extra: { rules, tests } },
  };
};

const covers = (opened: OpenedRules, ofBuiltin: boolean, bytes: Uint8Array, keys: TermKeys | undefined): Result => {
  const { set, problems } = ofBuiltin ? opened.builtin : opened.combined;
  throwFirst([...opened.broken, ...problems]);
  const on = new Set<string>(opened.policy.config.leak.categories);
  const found = createTrial(set, DECODE, keys).find(bytes);
  const rules = found.map(({ rule, line, column, message, extra }) => ({
    rule,
    line,
    column,
    description: message,
    category: String(extra?.['category']),
    on: on.has(String(extra?.['category'])),
  }));
  const text = rules
    .map(
      ({ rule, line, column, description, category, on: isOn }) =>
        `${line ?? 1}:${column ?? 1}: covered by ${rule}: ${printable(description)}${isOn ? '' : ` (category ${category} is off)`}\n`,
    )
    .join('');
  return {
    kind: 'answer',
    text: text === '' ? 'not covered by any rule\n' : text,
    value: { covered: rules.length > 0, rules },
    exitCode: rules.length > 0 ? Exit.clean : Exit.found,
  };
};

export const command = defineCommand({
  args: { files: rest('rule files; default: those that the settings name, or leak-matrix/*.toml', { completes: 'file' }) },
  options: {
    builtin: flag('judge the built-in rules'),
    covers: flag('read a text from standard input and say which rule covers it already'),
    costs: flag('tell of each rule what it costs'),
    format: choice(FORMATS, 'how to print the report', { default: 'text', short: 'f' }),
    output: text('FILE', 'write the report there instead of to standard output', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'exit with 1 from this severity on', { default: 'error' }),
  },
  details:
    'Reads rule files strictly, tells what is wrong with file, line and column, runs the tests that stand in them, and names what is slow.\n\n' +
    'With --covers nothing is judged: the text is tried on all rules, and the exit code is 0 when one covers it, else 1. The text is never shown.',
  examples: [
    { command: 'kei-git leak lint', does: 'judges the rule files of this repository' },
    { command: 'kei-git leak lint .gitleaks.toml --costs', does: 'judges a file of gitleaks, with what its rules cost' },
    { command: 'pbpaste | kei-git leak lint --covers', does: 'says whether a token would be found' },
  ],
  run: async ({ args, options }, context) => {
    const opened = await openRules(context, DOORS, { files: args.files, useBuiltin: true });
    if (options.covers) return covers(opened, options.builtin, await readStdin(context), keysOf(opened, context.env));
    const problems = judge(opened, options.builtin, options.costs, context);
    const sources = options.builtin ? opened.builtin.sources : opened.sources;
    return report(problems, sources.flatMap(filesOf), options.builtin);
  },
});
