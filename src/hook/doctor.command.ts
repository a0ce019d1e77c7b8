import { join } from 'node:path';
import { choice, defineCommand, flag, type Context } from '../command.ts';
import { Exit, FileError, GitError } from '../errors.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { directorySnapshot } from '../git/directory.ts';
import { settleJournal } from '../git/fix-settle.ts';
import { readHookFile } from '../git/hook-file.ts';
import { changeHooks, holdsHook } from '../git/hook-files.ts';
import { chainFolder, readHookPlaces, type HookPlaces, type WorktreeHooks } from '../git/hook-places.ts';
import { findRepository } from '../git/repository.ts';
import { elsewhere, here } from '../git/run.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { readIfThere } from '../sys/files.ts';
import { installPrograms } from '../sys/hook-programs.ts';
import { tryPrograms } from '../sys/try-programs.ts';
import { VERSION } from '../version.ts';
import { allProblems, diagnose, type Diagnosis } from './diagnosis.ts';
import { diagnosisText, diagnosisValue } from './diagnosis-words.ts';
import { lockedVersion } from './locked.ts';
import { asideOf } from './own-file.ts';
import { putHooks } from './put.ts';
import type { SeenProgram, SeenWorktree } from './seen.ts';
import { eventsHere } from './wanted-events.ts';
import { planText } from './words.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };
const PUT_DOORS = { changeHooks, holdsHook, installPrograms };

/** Ends what a killed commit has left. */
const settle = async ({ path, gitDir }: WorktreeHooks, { env }: Context): Promise<readonly string[]> => {
  try {
    const { kind, notes } = await settleJournal(elsewhere(path, env), gitDir);
    return kind === 'undone' ? ['a commit was killed; what it had fixed is taken back', ...notes] : notes;
  } catch (error) {
    if (error instanceof GitError || error instanceof FileError) return [`what a killed commit left cannot be settled: ${error.message}`];
    throw error;
  }
};

/** What a file of ours would hand over to: what git would have run without us, or what was moved aside. */
const behind = ({ folder, beneath }: WorktreeHooks, events: readonly string[]): SeenWorktree['behind'] =>
  Object.fromEntries(
    events.map((event) => [
      event,
      folder.path === beneath.path ? readHookFile(folder.path, asideOf(event)) : readHookFile(beneath.path, event),
    ]),
  );

const seenWorktree = async (
  worktree: WorktreeHooks,
  { commonDir }: HookPlaces,
  events: readonly string[],
  context: Context,
): Promise<SeenWorktree> => ({
  ...worktree,
  configFiles: worktree.configHooks.some(({ ours }) => ours)
    ? events.map((event) => readHookFile(chainFolder(commonDir, 'local'), event))
    : [],
  behind: behind(worktree, events),
  locked: lockedVersion((file) => readIfThere(join(worktree.path, file))?.toString('utf8')),
  settled: await settle(worktree, context),
});

/** Variables that lead git elsewhere for whatever is started from this shell. */
const misleading = (env: Context['env']): readonly string[] =>
  Object.entries(env).flatMap(([name, value = '']) => {
    if (/^GIT_CONFIG_KEY_\d+$/.test(name) && value.toLowerCase() === 'core.hookspath') return [name];
    return name === 'GIT_CONFIG_PARAMETERS' && value.toLowerCase().includes('core.hookspath') ? [name] : [];
  });

const look = async (places: HookPlaces, events: readonly string[], context: Context): Promise<Diagnosis> => {
  const roots = places.worktrees.map(({ path }) => path);
  const tried = new Map<string, SeenProgram>();
  const program = (node: string, hook: string): SeenProgram => {
    const key = JSON.stringify([node, hook]);
    const seen = tried.get(key) ?? tryPrograms(node, hook, roots);
    tried.set(key, seen);
    return seen;
  };
  const worktrees: SeenWorktree[] = [];
  for (const worktree of places.worktrees) worktrees.push(await seenWorktree(worktree, places, events, context));
  return diagnose({
    git: places.version.join('.'),
    runsConfigHooks: places.runsConfigHooks,
    worktrees,
    unreadable: places.unreadable,
    events,
    environment: misleading(context.env),
    version: VERSION,
    program,
  });
};

const mend = async (places: HookPlaces, events: readonly string[], { cwd, env }: Context): Promise<string> => {
  const inConfig = places.runsConfigHooks && places.worktrees.some(({ configHooks }) => configHooks.some(({ ours }) => ours));
  const plan = await putHooks(places, { events, inConfig, dryRun: false }, env, PUT_DOORS);
  return planText(plan, cwd, false);
};

export const command = defineCommand({
  args: {},
  options: {
    fix: flag('do what install would, where something is wrong'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Says for each worktree and event what git would really run, whether the guard is in it, and what is in its way. The program of the guard is started, with an empty PATH and environment, as an editor with windows would. ' +
    'Exit code 1: something is wrong; each thing is told with what to type.',
  examples: [
    { command: 'kei-git doctor', does: 'says whether every commit is looked at, in every worktree' },
    { command: 'kei-git doctor --fix', does: 'mends what install can mend' },
  ],
  run: async ({ options }, context) => {
    const places = await readHookPlaces(context, []);
    const events = await eventsHere(context, DOORS);
    const first = await look(await readHookPlaces(context, events), events, context);
    const isWrong = allProblems(first).length > 0;
    const mended = options.fix && isWrong && places.worktrees.length > 0 ? await mend(places, events, context) : '';
    const diagnosis = mended === '' ? first : await look(await readHookPlaces(context, events), events, context);
    return {
      kind: 'answer',
      text: mended + diagnosisText(diagnosis, context.cwd),
      value: diagnosisValue(diagnosis),
      exitCode: allProblems(diagnosis).length === 0 ? Exit.clean : Exit.found,
    };
  },
});
