import { basename, join } from 'node:path';
import { forgetUse, removeUnusedCopies, settleUse } from './copy-uses.ts';
import { dataFolder, openDataFolder } from './data-folder.ts';
import { isFolder } from './files.ts';
import { HOOK_FILE, installCopy, plannedCopy } from './installed-copy.ts';
import { nodeForHooks } from './own-node.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface HookPrograms {
  /** Absolute paths. */
  readonly node: string;
  readonly hook: string;
  /** To be said once the blocks of the repository start them: what no repository runs any more is removed. */
  settle(): void;
}

export interface ForRepository {
  /** The git directory that all its worktrees share. */
  readonly repository: string;
  /** The roots of its worktrees: nothing in them is ever run. */
  readonly outside: readonly string[];
  /** Nothing is copied; the paths are those that there would be. */
  readonly dryRun?: boolean;
}

/** Puts what hooks run where no branch can replace it, and says with which node. @throws {FileError} */
export const installPrograms = (env: Env, { repository, outside, dryRun = false }: ForRepository): HookPrograms => {
  const node = nodeForHooks({ env, outside });
  if (dryRun) return { node: node.path, hook: join(dataFolder(env), plannedCopy(node), HOOK_FILE), settle: () => {} };
  const data = openDataFolder(env, outside);
  const { folder, hook } = installCopy(data, node, repository);
  return {
    node: node.path,
    hook,
    settle: () => {
      settleUse(data, repository, basename(folder));
      removeUnusedCopies(data);
    },
  };
};

/** The hooks of a repository run nothing of ours any more. @throws {FileError} */
export const forgetPrograms = (env: Env, repository: string): void => {
  const data = dataFolder(env);
  if (!isFolder(data)) return;
  forgetUse(data, repository);
  removeUnusedCopies(data);
};
