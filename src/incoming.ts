// What an event of a CI system brings. gate/ reads it from the payload, git/ finds the commits.

/** Commits that are to be looked at, as far as the payload tells. Object names are full. */
export interface Incoming {
  readonly kind: 'commits';
  /**
   * `proposal`: they want to land on a branch. `update`: a ref goes on from `base`, or was moved away from it. `new-branch`, `tag`: the ref is new
   * (a tag may also have been moved from `base`).
   */
  readonly as: 'proposal' | 'update' | 'new-branch' | 'tag';
  /** For people: `pull request 7`. */
  readonly what: string;
  /** The last commit; of a tag what the ref names, which may be an annotated tag or a file. */
  readonly head: string;
  /** What it goes on from, or stood there before; undefined: the payload does not say. */
  readonly base: string | undefined;
  /** The branch that it goes to; of a push the default branch, undefined where that is the pushed one. */
  readonly onto: string | undefined;
  /** The ref that was pushed. */
  readonly ref: string | undefined;
  /** What the system checked out, if that merges `head` with where it goes to. */
  readonly merge: string | undefined;
  /** The payload speaks of so many commits; fewer would mean that some were not looked at. */
  readonly atLeast: number;
  /** Commits that the payload calls new to the whole repository; undefined: it does not say which are. */
  readonly fresh: readonly string[] | undefined;
}

/** What is to be looked at. */
export type EventPlan =
  | Incoming
  /** The whole worktree. `because`: why, where that is not what the event asks for. `trusted`: a commit whose policy may be asked for. */
  | { readonly kind: 'all'; readonly what: string; readonly because?: string; readonly trusted?: string }
  | { readonly kind: 'nothing'; readonly what: string };
