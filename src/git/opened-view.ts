import type { Place } from '../command.ts';
import type { Conversions } from './filters.ts';
import type { IndexEntry } from './index-entries.ts';
import type { Linked } from './view-links.ts';

/** A folder in the git directory in which commands run as if it were the worktree. */
export interface View {
  /** Absolute path; its root is that of the worktree. */
  readonly folder: string;
  /** Removes it. What was taken stays taken. */
  close(): Promise<void>;
}

/** A view whose changed files can become part of the commit. */
export interface FixView extends View {
  /**
   * What commands changed in these files becomes part of index and worktree: all of it, or none when a file is in the way of that.
   * Called once, after every command has passed.
   * @param paths as snapshots name them; those that are not in the view as regular files are passed over
   */
  takeFixes(paths: readonly string[]): Promise<FixesTaken>;
}

export interface FixesTaken {
  /** Changed in the index, and in the worktree where the file is there. */
  readonly fixed: readonly string[];
  /** What stands in the way. Not empty: nothing was changed, and the commit should stop. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
  /** What commands changed, made or removed without having been given it. It was not taken. */
  readonly strays: readonly string[];
  /** Absolute path of a patch of what would have been fixed, for `git apply --index`; only where something is left. */
  readonly patch: string | undefined;
}

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
