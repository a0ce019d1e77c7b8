export interface Repository {
  /** Absolute path of the worktree; undefined in a bare repository and inside a git directory. */
  readonly root: string | undefined;
  /** Absolute path of this worktree's git directory. */
  readonly gitDir: string;
  /** Absolute path of what all worktrees share. */
  readonly commonDir: string;
  readonly bare: boolean;
  /** History ends somewhere: older commits were not fetched. */
  readonly shallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Full name of the commit that is checked out; undefined before the first one. */
  readonly head: string | undefined;
}
