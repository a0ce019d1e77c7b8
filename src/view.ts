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
