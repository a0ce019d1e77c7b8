import type { Place } from '../command.ts';
import type { Conversions } from './filters.ts';
import type { IndexEntry } from './index-entries.ts';
import type { Linked } from './view-links.ts';

/** Where a view is opened. */
export interface ViewPlace {
  /** `here` of the hook: GIT_INDEX_FILE names the index of the commit. */
  readonly place: Place;
  /** Absolute path of the worktree. */
  readonly root: string;
  /** Absolute path of this worktree's git directory. */
  readonly gitDir: string;
  /**
   * How the keeper is started, the worktree's git directory comes last: `[node, hook.cjs, 'fix-keeper']`. undefined: nobody waits for the end of
   * git, and what is taken is rolled back by the next kei-git.
   */
  readonly keeper?: readonly string[];
  /** False: no commit is being made, and what is taken stays. Default: whether GIT_INDEX_FILE is set, which git does for the hooks of a commit. */
  readonly isHook?: boolean;
}

/** What was put into a view, and what is needed to say what became of it. */
export interface Opened extends ViewPlace {
  /** Absolute path of what is beside the tree. */
  readonly base: string;
  /** The view itself. */
  readonly tree: string;
  /** Absolute path of the index of the commit. */
  readonly index: string;
  /** A copy of it, in which files are as they stand in the tree. */
  readonly copy: string;
  readonly converts: Conversions;
  /** The files as they are staged. */
  readonly entries: ReadonlyMap<string, IndexEntry>;
  readonly linked: readonly Linked[];
}
