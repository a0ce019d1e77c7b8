import { join } from 'node:path';
import { isThere } from '../sys/files.ts';

/** Each is there while git is in the middle of it; see "git help gitrepository-layout" and wt-status.c of git. */
const SIGNS: Readonly<Record<'merge' | 'rebase', readonly string[]>> = {
  merge: ['MERGE_HEAD'],
  // A rebase picks commits; `git am`, `git cherry-pick` and `git revert` likewise bring changes that were commits before.
  rebase: ['rebase-merge', 'rebase-apply', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'],
};

/** What git is in the middle of in a worktree. */
export const underway = (gitDir: string): ReadonlySet<'merge' | 'rebase'> =>
  new Set((['merge', 'rebase'] as const).filter((name) => SIGNS[name].some((sign) => isThere(join(gitDir, sign)))));
