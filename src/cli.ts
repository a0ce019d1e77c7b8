import type { CommandEntry, Context, Input } from './command.ts';
import { Exit, KeiError, type ExitCode } from './errors.ts';
import { VERSION } from './version.ts';

type Table = ReadonlyMap<string, CommandEntry>;

/** The whole program: what can be asked for, and where it is. Nothing is loaded before it is asked for. */
export const COMMANDS: Table = new Map<string, CommandEntry>([
  ['check', { summary: 'run every check on what is staged, or on the worktree', load: () => import('./gate/check.command.ts') }],
  ['leak scan', { summary: 'look for credentials and what else must not leave', load: () => import('./leak/scan.command.ts') }],
  ...(['git', 'dir', 'directory', 'file', 'files', 'stdin', 'detect', 'protect'] as const).map((word): readonly [string, CommandEntry] => [
    `leak scan ${word}`,
    {
      summary: `as gitleaks ${word} does`,
      load: async () => ({ command: (await import('./gitleaks/scan.command.ts')).asGitleaks(word) }),
      hidden: true,
    },
  ]),
  ['leak lint', { summary: 'judge rule files and run their tests', load: () => import('./leak/lint.command.ts') }],
  ['leak substitute', { summary: 'write tokens in the place of secrets', load: () => import('./leak/substitute.command.ts') }],
  ['leak import', { summary: "make a rule file of another tool's", load: () => import('./leak/import.command.ts') }],
  ['leak list', { summary: 'show the rules that hold here', load: () => import('./leak/list.command.ts') }],
  ['leak explain', { summary: 'say what a rule or a finding is about', load: () => import('./leak/explain.command.ts') }],
  ['leak ignore', { summary: 'let a finding stay, with a reason', load: () => import('./leak/ignore.command.ts') }],
  [
    'leak baseline',
    { summary: 'let what is there already stay, so that only new findings count', load: () => import('./leak/baseline.command.ts') },
  ],
  ['leak term', { summary: 'keep terms that must not leave, and ask for them', load: () => import('./leak/term.command.ts') }],
  ['leak key', { summary: 'show or make the key that hashed terms and tokens hang on', load: () => import('./leak/key.command.ts') }],
  ['leak mirror', { summary: 'make a copy that may be published', load: () => import('./mirror/mirror.command.ts') }],
  ['workflow uses', { summary: 'list what workflows, actions and hooks refer to', load: () => import('./workflow/uses.command.ts') }],
  ['workflow pins', { summary: 'prove what workflows are pinned to', load: () => import('./workflow/pins.command.ts') }],
  ['workflow lint', { summary: 'judge workflows and actions', load: () => import('./workflow/lint.command.ts') }],
  [
    'workflow lock verify',
    { summary: 'judge actions.lock, and prove its commits', load: () => import('./workflow/lock-verify.command.ts') },
  ],
  [
    'workflow lock write',
    { summary: 'bring the commits of actions.lock up to date', load: () => import('./workflow/lock-write.command.ts') },
  ],
  ['counts', { summary: 'make the numbers in prose true', load: () => import('./counts/counts.command.ts') }],
  ['counts list', { summary: 'show every counter, its source and where it is used', load: () => import('./counts/list.command.ts') }],
  ['counts claims', { summary: 'find numbers in prose that no marker keeps true', load: () => import('./counts/claims.command.ts') }],
  ['install', { summary: "put the guard into the repository's git hooks", load: () => import('./hook/install.command.ts') }],
  ['uninstall', { summary: 'take it out again, to the byte', load: () => import('./hook/uninstall.command.ts') }],
  ['doctor', { summary: 'say what git really runs at each event, and mend it', load: () => import('./hook/doctor.command.ts') }],
  ['hook run', { summary: "do what the hook of git's event does", load: () => import('./hook/run.command.ts') }],
  ['config', { summary: 'show the settings and where they come from', load: () => import('./config/config.command.ts') }],
  ['trust', { summary: 'let a repository loosen your own settings', load: () => import('./config/trust.command.ts') }],
  ['report merge', { summary: 'join the reports of shards to one', load: () => import('./report/merge.command.ts') }],
  [
    'completion',
    {
      summary: 'print a completion script for bash, zsh or fish',
      load: async () => ({ command: (await import('./face/completion.command.ts')).completionOf(COMMANDS) }),
    },
  ],
]);

/**
 * Runs one command line and shows what comes of it. Does not throw; the number is the exit code.
 * @param argv without the program's name
 */
export const main = async (argv: readonly string[], context: Context, table: Table = COMMANDS): Promise<number> => {
  let code: number;
  try {
    code = await dispatch(argv, context, table);
  } catch (error) {
    context.progress.stop();
    code = await explain(error, context);
  }
  return context.signal.aborted ? Exit.interrupted : code;
};

/** The longest name of the table that the words begin with. */
const find = (words: readonly string[], table: Table): readonly [name: string, entry: CommandEntry] | undefined => {
  for (const length of [3, 2, 1]) {
    const name = words.slice(0, length).join(' ');
    const entry = table.get(name);
    if (entry !== undefined) return [name, entry];
  }
  return undefined;
};

const isGroup = (word: string, table: Table): boolean => [...table.keys()].some((name) => name.startsWith(`${word} `));

const isHelp = (word: string): boolean => word === '--help' || word === '-h';
const asksHelp = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).some(isHelp);
};

const dispatch = async (argv: readonly string[], context: Context, table: Table): Promise<number> => {
  const [first = ''] = argv;
  if (first === '--version') {
    context.stdout.write(`${VERSION}\n`);
    return Exit.clean;
  }
  if (first === 'help')
    return help(
      argv.slice(1).filter((word) => !isHelp(word)),
      context,
      table,
    );
  const found = find(argv, table);
  if (found !== undefined) {
    const [name, entry] = found;
    const words = argv.slice(name.split(' ').length);
    return asksHelp(words) ? help(name.split(' '), context, table) : run(name, entry, words, context, table);
  }
  if (asksHelp(argv))
    return help(
      argv.filter((word) => !word.startsWith('-')),
      context,
      table,
    );
  await help(argv, context, table);
  // Nothing was asked for. In a script that is a variable which was not set, and must not pass for a clean run.
  return Exit.usage;
};

const run = async (name: string, entry: CommandEntry, words: readonly string[], context: Context, table: Table): Promise<number> => {
  const [{ loadCommand }, { parseInput }] = await Promise.all([import('./face/loaded.ts'), import('./face/parse.ts')]);
  const command = await loadCommand(entry);
  let input: Input;
  try {
    input = parseInput(name, command, words);
  } catch (error) {
    // `leak scan -v stdin`: options may stand before the word that says which command it is.
    const at = words.findIndex((word) => table.has(`${name} ${word}`));
    const longer = `${name} ${words[at] ?? ''}`;
    const inner = table.get(longer);
    if (inner === undefined) throw error;
    return run(longer, inner, words.toSpliced(at, 1), context, table);
  }
  const result = await command.run(input, context);
  context.progress.stop();
  const { show } = await import('./face/show.ts');
  return show(result, command, input, (path, text) => writeFile(path, text, context), context);
};

const writeFile = async (path: string, text: string, { cwd }: Context): Promise<void> => {
  const [{ resolve }, { writeWhole }] = await Promise.all([import('node:path'), import('./sys/files.ts')]);
  writeWhole(resolve(cwd, path), Buffer.from(text));
};

/** Help of the program, of a group (`leak`) or of a command. From the table alone unless it is of a command. */
const help = async (words: readonly string[], { stdout }: Context, table: Table): Promise<ExitCode> => {
  const [first = ''] = words;
  const found = find(words, table);
  if (found === undefined && words.length > 0 && !(words.length === 1 && isGroup(first, table))) {
    throw (await import('./face/unknown.ts')).unknownCommand(words, table, isGroup(first, table));
  }
  const { commandHelp, groupHelp, programHelp } = await import('./face/help.ts');
  if (found !== undefined) {
    const [name, entry] = found;
    const { loadCommand } = await import('./face/loaded.ts');
    stdout.write(commandHelp(name, entry.summary, await loadCommand(entry), stdout.columns));
  } else stdout.write(words.length === 0 ? programHelp(table, stdout.columns) : groupHelp(table, first, stdout.columns));
  return Exit.clean;
};

const explain = async (error: unknown, { stderr, signal }: Context): Promise<ExitCode> => {
  if (signal.aborted) {
    stderr.write('kei-git: interrupted\n');
    return Exit.interrupted;
  }
  if (error instanceof KeiError) {
    const { printable } = await import('./report/printable.ts');
    const hints = (error.hint ?? '').split('\n').filter((line) => line !== '');
    stderr.write(`kei-git: ${printable(error.message)}\n${hints.map((line) => `  hint: ${printable(line)}\n`).join('')}`);
    return error.exitCode;
  }
  stderr.write((await import('./face/bug.ts')).bugReport(error));
  return Exit.failed;
};
