/** A folder in which commands run as if it were the worktree. */
export interface View {
  /** Absolute path. */
  readonly folder: string;
  close(): Promise<void>;
}

/** A view of what is staged. What commands change in it is not in index or worktree until `takeFixes`. */
export interface StagedView extends View {
  /**
   * What commands changed in these files becomes part of index and worktree, where that leaves nothing of either behind.
   * Called once, after every command has passed.
   * @param paths as snapshots name them
   */
  takeFixes(paths: readonly string[]): Promise<FixesTaken>;
}

export interface FixesTaken {
  /** Changed in the index, and in the worktree. */
  readonly fixed: readonly string[];
  /** What stays as it is, and why. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}
