type Env = Readonly<Record<string, string | undefined>>;

/**
 * Events of GitHub that run with the rights and secrets of the repository while what is checked out may be a stranger's.
 * https://docs.github.com/actions/reference/security/securely-using-pull_request_target
 */
const WITH_RIGHTS: ReadonlySet<string> = new Set(['pull_request_target', 'workflow_run', 'issue_comment', 'issues', 'discussion_comment']);

export interface PermissionAsked {
  readonly trusted: boolean;
  readonly ci: boolean;
  /** By `kei-git hook run`, not by git. */
  readonly byHand: boolean;
  readonly env: Env;
}

/** Whether the commands of kei.toml may run, or why not. */
export type Permission =
  | { readonly kind: 'granted' }
  | { readonly kind: 'not-trusted' }
  | { readonly kind: 'only-by-hand' }
  | { readonly kind: 'strangers'; readonly event: string };

/**
 * On a person's machine by `kei-git trust` only. In CI there is no person: a workflow that calls `kei-git hook run` was agreed on like any other step of it,
 * except where such a step may not run a stranger's words. A variable CI alone, as agents set it on a person's machine, permits nothing.
 */
export const permissionOf = ({ trusted, ci, byHand, env }: PermissionAsked): Permission => {
  if (trusted) return { kind: 'granted' };
  if (!ci) return { kind: 'not-trusted' };
  if (!byHand) return { kind: 'only-by-hand' };
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  return WITH_RIGHTS.has(event) ? { kind: 'strangers', event } : { kind: 'granted' };
};
