import { existsSync, lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Context } from '../command.ts';
import { readIfThere } from '../sys/files.ts';
import { hookProgram } from '../sys/own-program.ts';
import { doors } from './doors.ts';
import type { EventFile } from './event-files.ts';
import type { jobDoors } from './job-doors.ts';

/**
 * The worktree's git directory as git tells it to a hook: it runs hooks at the root, and names what is not `.git` there. Only `git worktree add`
 * names nothing, where `.git` is a file.
 */
export const gitDirOfHook = ({ cwd, env }: Pick<Context, 'cwd' | 'env'>): string => {
  const told = env['GIT_DIR'];
  if (told !== undefined) return resolve(cwd, told);
  const path = join(cwd, '.git');
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return path;
  const [, folder] = /^gitdir: (.+?)\n*$/s.exec(readIfThere(path)?.toString('utf8') ?? '') ?? [];
  return folder === undefined ? path : resolve(cwd, folder);
};

/** Ends what a commit with fixers left that was killed; lines for a person. */
const settle = async (context: Pick<Context, 'cwd' | 'env'>): Promise<readonly string[]> => {
  const gitDir = gitDirOfHook(context);
  if (!existsSync(join(gitDir, 'kei', 'fix-journal')) && !existsSync(join(gitDir, 'kei', 'fix-notes'))) return [];
  const { settleJournal } = await import('./fix-settle.ts');
  return (await settleJournal(doors.here(context), gitDir)).notes;
};

/** What hooks need of the world. Each is loaded when it is first asked for. */
export const hookDoors = {
  gate: doors,
  settle,
  openJobs: async (): Promise<typeof jobDoors> => (await import('./job-doors.ts')).jobDoors,
  /** Of a hook that is started by hand. */
  chosenFiles: async (context: Pick<Context, 'cwd' | 'env'>, range: string | undefined): Promise<readonly EventFile[]> =>
    (await import('./chosen-files.ts')).chosenFiles(doors.here(context), range),
  keeper: (): readonly string[] | undefined => {
    const program = hookProgram();
    return program === undefined ? undefined : [...program, 'fix-keeper'];
  },
};
