/** Events of git that kei-git knows, in the order in which a commit meets them. */
export const HOOK_EVENT_NAMES = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-merge-commit',
  'pre-rebase',
  'pre-push',
  'post-checkout',
  'post-merge',
  'post-rewrite',
  'reference-transaction',
] as const;
export type HookEventName = (typeof HOOK_EVENT_NAMES)[number];

/** Those that `install` puts the guard on where nothing else is said. */
export const DEFAULT_HOOK_EVENTS: readonly HookEventName[] = [
  'pre-commit',
  'pre-merge-commit',
  'commit-msg',
  'pre-push',
  'post-checkout',
  'post-merge',
  'post-rewrite',
];
