import type { HookHandler } from './event.ts';

/** Gives the handler of an event. */
export type LoadHandler = () => Promise<{ readonly handler: HookHandler }>;

/** What answers which event. Nothing is loaded before its event; for one that is not here there is nothing to do. */
export const HANDLERS: ReadonlyMap<string, LoadHandler> = new Map<string, LoadHandler>([
  ['pre-commit', () => import('./pre-commit.command.ts')],
  ['pre-merge-commit', () => import('./pre-commit.command.ts')],
  ['prepare-commit-msg', () => import('./commands-only.command.ts')],
  ['commit-msg', () => import('./commit-msg.command.ts')],
  ['reference-transaction', () => import('./reference-transaction.command.ts')],
  ['post-commit', () => import('./commands-only.command.ts')],
  ['pre-rebase', () => import('./commands-only.command.ts')],
  ['pre-push', () => import('./pre-push.command.ts')],
  ['post-checkout', () => import('./observe.command.ts')],
  ['post-merge', () => import('./observe.command.ts')],
  ['post-rewrite', () => import('./observe.command.ts')],
  ['fix-keeper', () => import('./fix-keeper.command.ts')],
]);
