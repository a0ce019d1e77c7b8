import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Context } from '../command.ts';
import { GitError } from '../errors.ts';
import { findProgram } from '../sys/program.ts';

/**
 * The git program, from a folder of PATH outside the worktrees around `cwd`.
 * @throws {GitError} when there is none
 */
export function findGit(cwd: string, env: Context['env']): string {
  const program = findProgram('git', { env, outside: worktreesAround(cwd, env['GIT_WORK_TREE']) });
  if (program !== undefined) return program;
  throw new GitError('git was not found', {
    hint: 'install git in a folder of PATH that lies outside this worktree (relative folders and node_modules are not searched)',
  });
}

/** The worktrees whose programs must not be run, found without git: the one around `cwd` and those that share its repository. */
function worktreesAround(cwd: string, named: string | undefined): readonly string[] {
  const roots = named === undefined ? [] : [resolve(cwd, named)];
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    const dotGit = join(dir, '.git');
    if (existsSync(dotGit)) {
      roots.push(dir, ...siblings(dotGit));
      return roots;
    }
    if (dirname(dir) === dir) return roots;
  }
}

function siblings(dotGit: string): readonly string[] {
  try {
    const common = statSync(dotGit).isDirectory() ? dotGit : commonDir(dotGit);
    const worktrees = join(common, 'worktrees');
    const linked = existsSync(worktrees)
      ? readdirSync(worktrees).map((name) => dirname(readFileSync(join(worktrees, name, 'gitdir'), 'utf8').trim()))
      : [];
    return [dirname(common), ...linked].filter((dir) => isAbsolute(dir));
  } catch {
    return []; // Half-made or foreign: git itself will say what is wrong.
  }
}

function commonDir(gitFile: string): string {
  const gitDir = resolve(
    dirname(gitFile),
    readFileSync(gitFile, 'utf8')
      .replace(/^gitdir:/, '')
      .trim(),
  );
  const pointer = join(gitDir, 'commondir');
  return existsSync(pointer) ? resolve(gitDir, readFileSync(pointer, 'utf8').trim()) : gitDir;
}
