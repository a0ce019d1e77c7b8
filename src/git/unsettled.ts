import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../command.ts';

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The git directory around a folder, as far as files say it; undefined: there is none. */
export const gitDirAround = ({ cwd, env }: Pick<Context, 'cwd' | 'env'>): string | undefined => {
  const named = env['GIT_DIR'];
  if (named !== undefined) return resolve(cwd, named);
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const dotGit = join(folder, '.git');
    const stat = lstatSync(dotGit, { throwIfNoEntry: false });
    if (stat?.isFile() === true)
      return resolve(
        folder,
        readFileSync(dotGit, 'utf8')
          .replace(/^gitdir: /, '')
          .trimEnd(),
      );
    if (stat !== undefined) return dotGit;
    if (dirname(folder) === folder) return undefined;
  }
};

/**
 * Ends what a commit with fixers has left behind, before anything else is done; costs a look for two files where there is nothing.
 * @throws {GitError} {FileError} when it cannot be ended now: index and worktree may be half of what they should be
 */
export const settleFirst = async (context: Pick<Context, 'cwd' | 'env' | 'stderr'>): Promise<void> => {
  const gitDir = gitDirAround(context);
  if (gitDir === undefined || !['fix-journal', 'fix-notes'].some((name) => isThere(join(gitDir, 'kei', name)))) return;
  const [{ settleJournal }, { here }] = await Promise.all([import('./fix-settle.ts'), import('./run.ts')]);
  for (const note of (await settleJournal(here(context), gitDir)).notes) context.stderr.write(`kei-git: ${note}\n`);
};
