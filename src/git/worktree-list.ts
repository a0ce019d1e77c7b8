import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { elsewhere, here, run } from './run.ts';

export interface Worktree {
  /** Its folder is the root of the worktree; nothing in its environment leads elsewhere. */
  readonly place: Place;
  /** Absolute, links followed. */
  readonly gitDir: string;
  /** The one that we were asked in. */
  readonly current: boolean;
}

export interface Worktrees {
  /** The git directory that all share, absolute, links followed. */
  readonly commonDir: string;
  /** Nothing is checked out beside the git directory itself. */
  readonly bare: boolean;
  /** Those whose folders are there. */
  readonly worktrees: readonly Worktree[];
  /** Those that git refuses to look at: another user's, damaged. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

const one = async (place: Place, args: readonly string[]): Promise<string> =>
  (await run(place, ['rev-parse', ...args])).stdout.toString('utf8').slice(0, -1);

const rootOf = async (place: Place, args: readonly string[] = []): Promise<string | undefined> => {
  const { code, stdout } = await run(place, [...args, 'rev-parse', '--show-toplevel'], { okCodes: [0, 128] });
  return code === 0 ? stdout.toString('utf8').slice(0, -1) : undefined;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const list = async (place: Place): Promise<readonly (readonly string[])[]> => {
  // -z is of git 2.36.
  const { code, stdout } = await run(place, ['worktree', 'list', '--porcelain', '-z'], { okCodes: [0, 129] });
  const [output, separator] = code === 0 ? [stdout, '\0'] : [(await run(place, ['worktree', 'list', '--porcelain'])).stdout, '\n'];
  return output
    .toString('utf8')
    .split(separator.repeat(2))
    .map((record) => record.split(separator));
};

/**
 * The worktrees of the repository that we are in.
 * @throws {GitError} where there is no repository
 */
export const listWorktrees = async (context: Pick<Context, 'cwd' | 'env'>): Promise<Worktrees> => {
  const place = here(context);
  const ownDir = realpathSync.native(await one(place, ['--absolute-git-dir']));
  const commonDir = realpathSync.native(resolve(place.cwd, await one(place, ['--git-common-dir'])));
  const ownRoot = await rootOf(place);
  const records = await list(place);
  const worktrees: Worktree[] = [];
  const unreadable: { readonly path: string; readonly reason: string }[] = [];
  for (const record of records) {
    const listed = record.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    if (listed === undefined || record.includes('bare') || !isFolder(listed)) continue;
    // Of a submodule, or a repository whose git directory is not `.git`, git lists the git directory as the first worktree.
    const path =
      realpathSync.native(listed) === commonDir ? await mainRoot(commonDir, ownDir === commonDir ? ownRoot : undefined, context) : listed;
    if (path === undefined) continue;
    const at = elsewhere(path, context.env);
    try {
      const gitDir = realpathSync.native(await one(at, ['--absolute-git-dir']));
      worktrees.push({ place: at, gitDir, current: gitDir === ownDir });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      unreadable.push({ path, reason: error.message });
    }
  }
  return { commonDir, bare: records.some((record) => record.includes('bare')), worktrees, unreadable };
};

const mainRoot = async (commonDir: string, own: string | undefined, { env }: Pick<Context, 'env'>): Promise<string | undefined> =>
  own ?? (await rootOf(elsewhere(commonDir, env), [`--git-dir=${commonDir}`]));
