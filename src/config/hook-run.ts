import type { Config } from './schema.ts';

type Run = Config['hook']['run'][number];

/** What the schema cannot say about commands. `path`: from [hook] on. */
export interface RunProblem {
  readonly path: readonly (string | number)[];
  readonly sentence: string;
  readonly hint?: string;
}

const MESSAGE_EVENTS = ['commit-msg', 'prepare-commit-msg'] as const;
const COMMIT_EVENTS = ['pre-commit', 'pre-merge-commit'] as const;
const KNOWN = ['{files}', '{args}', '{message}'] as const;
const PLACEHOLDER = /\{[a-z_]+\}/g;

const onOf = ({ on = ['pre-commit'] }: Run): readonly string[] => on;
const isOnly = (run: Run, events: readonly string[]): boolean => onOf(run).every((event) => events.includes(event));

/** Of the words in braces: those that nothing stands for, and those that stand where they mean nothing. */
const wordProblem = (run: Run): Omit<RunProblem, 'path'> | undefined => {
  const words = run.run.flatMap((argument) => argument.match(PLACEHOLDER) ?? []);
  const whole = (word: string): number => run.run.slice(1).filter((argument) => argument === word).length;
  const unknown = run.run.find((argument) => /^\{[a-z_]+\}$/.test(argument) && !KNOWN.some((word) => word === argument));
  if (unknown !== undefined) return { sentence: `nothing stands for ${unknown}`, hint: `there is ${KNOWN.join(', ')}` };
  for (const word of ['{files}', '{args}'] as const)
    if (words.filter((one) => one === word).length !== Math.min(1, whole(word)))
      return { sentence: `${word} must be an argument of its own, and stand there once` };
  const takesFiles = run.files !== undefined && run['pass-files'] !== false;
  if (words.includes('{files}') && !takesFiles)
    return { sentence: 'there are no files for {files}', hint: 'say which: files = ["*.ts"], and pass-files = true' };
  if (words.includes('{message}') && !isOnly(run, MESSAGE_EVENTS))
    return { sentence: 'only commit-msg and prepare-commit-msg have a {message}', hint: 'on = ["commit-msg"]' };
  return undefined;
};

const fixProblem = (run: Run): Omit<RunProblem, 'path'> | undefined => {
  if (run['stage-fixed'] !== true) return undefined;
  if (run.files === undefined) return { sentence: 'stage-fixed needs files: only what a command was given becomes part of the commit' };
  if (!onOf(run).some((event) => COMMIT_EVENTS.some((name) => name === event)))
    return { sentence: 'stage-fixed is for commands on pre-commit or pre-merge-commit' };
  if (run.view !== 'worktree') return undefined;
  const hint = 'view = "staged", or "index" where the command needs every file as it is staged';
  return { sentence: 'stage-fixed and view = "worktree" exclude each other: what is not staged would be committed too', hint };
};

/** The first thing that is wrong with the commands of [hook]. */
export const hookRunProblem = (runs: readonly Run[]): RunProblem | undefined => {
  const names = new Set<string>();
  const fixes = new Map<string, string>();
  for (const [at, run] of runs.entries()) {
    const under = (key: string, problem: Omit<RunProblem, 'path'>): RunProblem => ({ path: ['run', at, key], ...problem });
    // The name is free of what could be a secret only where it is one of a kind, and short.
    if (names.has(run.name)) return under('name', { sentence: 'another command has this name' });
    names.add(run.name);
    if (run.name === 'all') return under('name', { sentence: 'KEI_SKIP=all means everything: a command needs another name' });
    const words = wordProblem(run);
    if (words !== undefined) return under('run', words);
    for (const key of ['files', 'exclude'] as const) {
      const negated = run[key]?.findIndex((glob) => glob.startsWith('!')) ?? -1;
      if (negated >= 0) return under(key, { sentence: 'a glob that begins with ! matches no file', hint: 'files to leave out: exclude' });
    }
    const fix = fixProblem(run);
    if (fix !== undefined) return under('stage-fixed', fix);
    if (run['stage-fixed'] !== true) continue;
    for (const event of onOf(run)) {
      const view = run.view ?? 'staged';
      if ((fixes.get(event) ?? view) !== view)
        return under('view', {
          sentence: `commands with stage-fixed must have one view (${event}): each would mend what the other does not see`,
        });
      fixes.set(event, view);
    }
  }
  return undefined;
};
