/** Where something stands in the file: line and column 1-based, columns in UTF-16 units; bytes of the raw file, end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** `owner/repo@ref`: what a lock names a dependency by. There is one for a repository and ref; a folder within it has no key of its own. */
export interface LockKey {
  readonly owner: string;
  readonly repo: string;
  readonly ref: string;
  /** Owner and repository in lower case: what two spellings of one key have in common. */
  readonly id: string;
}

/** A key where it stands in a list. */
export interface Listed {
  readonly key: LockKey;
  readonly place: Place;
}

export interface LockedWorkflow {
  /** From the root of the repository. */
  readonly path: string;
  readonly place: Place;
  readonly pins: readonly Listed[];
}

export interface LockedCommit {
  /** Full object name, lower case. */
  readonly oid: string;
  readonly place: Place;
  /** Bytes of the object name within the value; undefined where they are not written as they are meant (escapes). */
  readonly written: { readonly start: number; readonly end: number } | undefined;
}

export interface LockEntry {
  readonly key: LockKey;
  readonly place: Place;
  /** The tag or branch that the commit was taken from. */
  readonly ref: string | undefined;
  readonly commit: LockedCommit | undefined;
  /** False where the host's numbers of owner or repository are missing: only its own tool knows them. */
  readonly hasIds: boolean;
  readonly uses: readonly Listed[];
}

/** What could be read of `.github/workflows/actions.lock`. */
export interface Lock {
  readonly workflows: readonly LockedWorkflow[];
  readonly entries: readonly LockEntry[];
  /** By the id of their key; the first where it stands twice. */
  readonly byId: ReadonlyMap<string, LockEntry>;
}

export const LOCK_PATH = '.github/workflows/actions.lock';

/** Everything that may be said of a lock, and what it weighs. */
export const LOCK_RULES = {
  'workflow/lock-broken': 'error',
  'workflow/lock-version': 'warning',
  'workflow/lock-documents': 'warning',
  'workflow/lock-missing-entry': 'error',
  'workflow/lock-uncovered': 'error',
  'workflow/lock-unlisted': 'warning',
  'workflow/lock-no-workflow': 'warning',
  'workflow/lock-stale': 'warning',
  'workflow/lock-orphan': 'warning',
  'workflow/lock-case': 'warning',
  'workflow/lock-moved': 'note',
  'workflow/lock-release-moved': 'warning',
  'workflow/lock-ref-gone': 'warning',
  'workflow/lock-not-updated': 'warning',
  'workflow/lock-kept-answer': 'note',
  // What a commit turned out to be: the same words as of a pin in a workflow.
  'workflow/branch-only': 'note',
  'workflow/tag-object': 'error',
  'workflow/off-repository': 'error',
  'workflow/not-a-commit': 'error',
  'workflow/missing': 'error',
  'workflow/repository-missing': 'error',
  'workflow/auth-or-missing': 'warning',
  'workflow/no-answer': 'note',
} as const;
export type LockRule = keyof typeof LOCK_RULES;
