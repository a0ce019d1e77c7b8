/** When content is looked at, as settings name it: names of events. */
export const OCCASIONS = ['check', 'pre-commit', 'pre-push', 'ci', 'agent-write', 'mirror'] as const;
