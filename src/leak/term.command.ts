import { isUtf8 } from 'node:buffer';
import { dirname, join, resolve } from 'node:path';
import type { KeyAnswer } from '../check.ts';
import { choice, defineCommand, flag, one, text, type Answer, type Context } from '../command.ts';
import { openKey } from '../config/leak-key.ts';
import { Exit, FileError, UsageError } from '../errors.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { quoted } from '../report/quoted.ts';
import { addTerms, termRulesOf, type TermRule } from '../rules/add-terms.ts';
import { throwFirst } from '../report/problem.ts';
import { makeFolder, readIfThere, writeWhole } from '../sys/files.ts';
import { packageFolder } from '../sys/package-folder.ts';
import { readPrivate } from '../sys/private.ts';
import { ALL_FOLDS, normalForm, problemText, termProblem } from '../terms/fold.ts';
import { hashTerm, termKeys, type TermKeys } from '../terms/hashed.ts';
import { parseKey } from '../values/key.ts';
import { settledKeyName } from './key-name.ts';
import { openRules } from './open-rules.ts';
import { whyNot } from './terms.ts';
import { createTrial } from './trial.ts';
import { readStdin } from '../stdin.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere, packageFolder };
const FILE = 'leak-matrix/terms.toml';
const RULE = 'private-terms';
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const readText = async (context: Context): Promise<string> => {
  const bytes = await readStdin(context);
  if (!isUtf8(bytes)) throw new UsageError('standard input is not UTF-8');
  return bytes.toString().replace(/^\ufeff/, '');
};

interface Line {
  readonly number: number;
  readonly term: string;
}

/** The terms of a text, one a line. @throws {UsageError} for the first that is none */
const termsOf = (given: string): readonly Line[] => {
  const lines = given.split('\n').flatMap((raw, i): Line[] => (raw.trim() === '' ? [] : [{ number: i + 1, term: raw.trim() }]));
  for (const { number, term } of lines) {
    const problem = termProblem(term);
    if (problem !== undefined) throw new UsageError(`leak term add: line ${number} ${problemText(problem)}; nothing was written`);
  }
  if (lines.length === 0)
    throw new UsageError('leak term add: standard input holds no term', { hint: 'give them one a line; so they are in no shell history' });
  return lines;
};

const keysOf = (answer: KeyAnswer): TermKeys => {
  if (answer.kind === 'unusable') throw new FileError(answer.reason, { hint: answer.hint });
  if (answer.kind === 'absent')
    throw new UsageError('leak term add: there is no key to hash terms with', {
      hint: 'kei-git leak key --new makes one, kei-git leak key --import takes over that of your team; --plain writes terms in clear',
    });
  return termKeys(answer.key);
};

const ruleOf = (asked: string | undefined, rules: readonly TermRule[], file: string): string => {
  if (asked !== undefined && !ID.test(asked)) throw new UsageError('--rule: an id is letters, digits, -, _ and dots');
  if (asked !== undefined) return asked;
  if (rules.length > 1)
    throw new UsageError(`leak term add: ${printable(file)} has several rules of terms`, {
      hint: `--rule ID: one of ${rules.map(({ id }) => printable(id)).join(', ')}`,
    });
  return rules[0]?.id ?? RULE;
};

interface Asked {
  readonly rule: string | undefined;
  readonly file: string | undefined;
  readonly plain: boolean;
}

const add = async ({ rule, file: named, plain }: Asked, context: Context, key: () => KeyAnswer): Promise<Answer> => {
  const repository = await findRepository(here(context));
  if (named === undefined && repository !== undefined && repository.root === undefined)
    throw new UsageError('leak term add: a bare repository has no files to write into', { hint: 'run it in a clone, or name a --file' });
  const path = named === undefined ? join(repository?.root ?? context.cwd, FILE) : resolve(context.cwd, named);
  const file = named ?? FILE;
  const bytes = readIfThere(path);
  if (bytes !== undefined && !isUtf8(bytes)) throw new UsageError(`${printable(file)} is not UTF-8`, { hint: 'save the file as UTF-8' });
  const before = bytes?.toString();
  const rules = before === undefined ? [] : termRulesOf(before, file);
  const id = ruleOf(rule, rules, file);
  const known = rules.find((one) => one.id === id);
  const code = known?.code ?? ALL_FOLDS;
  const lines = termsOf(await readText(context));
  const keys = plain ? undefined : keysOf(key());
  const there = new Set([...(known?.hashed ?? []), ...(known?.plain ?? []).map((term) => normalForm(term, code))]);
  const entries: string[] = [];
  const repeated: number[] = [];
  for (const { number, term } of lines) {
    const form = normalForm(term, code);
    const entry = keys === undefined ? term : hashTerm(term, code, keys);
    if (there.has(form) || there.has(entry)) repeated.push(number);
    else entries.push(entry);
    there.add(form).add(entry);
  }
  if (entries.length > 0) {
    const after = addTerms(before, file, id, plain ? 'terms' : 'termsHashed', entries);
    makeFolder(dirname(path));
    writeWhole(path, after);
  }
  const how = keys === undefined ? 'in clear' : `hashed with key ${keys.id}`;
  const said = entries.length === 0 ? 'nothing new' : `${count(entries.length, 'term')} ${how} added to rule ${quoted(id)}`;
  const told = repeated.map((number) => `line ${number} is there already\n`).join('');
  const next = entries.length === 0 ? '' : 'commit the file, so that it holds for everybody\n';
  return {
    kind: 'answer',
    text: `${printable(file)}: ${said}\n${told}${next}`,
    value: { file, rule: `leak/${id}`, added: entries.length, repeated, ...(keys === undefined ? {} : { key: keys.id }) },
  };
};

const check = async (file: string | undefined, context: Context, open: (name: string) => KeyAnswer): Promise<Answer> => {
  const opened = await openRules(context, DOORS, { files: file === undefined ? [] : [file], useBuiltin: false });
  const { set, problems } = opened.combined;
  throwFirst([...opened.broken, ...problems]);
  const rules = set.rules.filter(({ kind }) => kind === 'term');
  const answer = open(opened.policy.config.leak.key);
  const trial = createTrial({ ...set, rules }, 0, answer.kind === 'key' ? termKeys(answer.key) : undefined);
  const known = trial.find(await readText(context));
  const unlooked = trial.unopened.map((one) => whyNot(one, rules[one.rule]?.id ?? '', answer));
  const found = known.map(({ rule, line = 1, column = 1 }) => ({ rule, line, column }));
  const lines = found.map(({ rule, line, column }) => `${line}:${column}: a term of ${printable(rule)}\n`);
  const none = rules.length === 0 ? 'there are no rules of terms here\n' : found.length === 0 ? 'no known term\n' : '';
  return {
    kind: 'answer',
    text: [...lines, none, ...unlooked.map((reason) => `${printable(reason)}\n`)].join(''),
    value: { found, unlooked },
    exitCode: found.length > 0 ? Exit.found : unlooked.length > 0 ? Exit.failed : Exit.clean,
  };
};

export const command = defineCommand({
  args: { what: one('add: keep terms in a rule file; check: say where known terms stand', { values: ['add', 'check'] }) },
  options: {
    rule: text('ID', `with add: the rule that gets them; made where there is none (default: the one of the file, or ${RULE})`),
    file: text('FILE', `the rule file; default: with add ${FILE}, with check those of the settings`, { completes: 'file' }),
    plain: flag('with add: write them in clear'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Terms are names that must not leave: of products, customers, places. Both read standard input, so that no term gets into a shell history, and neither prints one.\n\n' +
    'add takes one term a line and writes keyed hashes of them, which say nothing to whoever has no key (kei-git leak key). check takes any text and is exit code 1 when a known term stands in it, 3 when there are hashed ones that it could not look for.',
  examples: [
    { command: 'kei-git leak term add < names.txt', does: 'hash the names in a file and keep them in leak-matrix/terms.toml' },
    { command: 'pbpaste | kei-git leak term check', does: 'ask whether a text may be sent' },
  ],
  run: async ({ args, options }, context): Promise<Answer> => {
    const open = (name: string): KeyAnswer => openKey(name, { env: context.env, readPrivate, parseKey });
    if (args.what === 'check') {
      if (options.plain || options.rule !== undefined) throw new UsageError('leak term check takes neither --rule nor --plain');
      return check(options.file, context, open);
    }
    const name = await settledKeyName(context, DOORS);
    return add({ rule: options.rule, file: options.file, plain: options.plain }, context, () => open(name));
  },
});
