import type { Context } from '../command.ts';

export interface HookEvent {
  readonly name: string;
  /** A guard stops what git is about to do when it exits with another code than 0; an observer comes too late for that. */
  readonly guard: boolean;
  /** git gives it lines on standard input. */
  readonly stdin: boolean;
  /** Whether `install` puts it there unless `[hook] events` says otherwise. */
  readonly byDefault: boolean;
  readonly summary: string;
}

export interface HookCall {
  readonly event: string;
  /** What git gave behind the event's name; what it gives on standard input is `context.stdin`. */
  readonly args: readonly string[];
}

/** Answers an event; the number is the exit code. */
export type HookHandler = (call: HookCall, context: Context) => Promise<number>;

const guard = (name: string, summary: string, more: Partial<HookEvent> = {}): HookEvent => ({
  name,
  guard: true,
  stdin: false,
  byDefault: false,
  summary,
  ...more,
});
const observer = (name: string, summary: string, more: Partial<HookEvent> = {}): HookEvent =>
  guard(name, summary, { guard: false, ...more });

/**
 * The events of githooks(5) that git has where people work, of git 2.55. Those of servers are left out, and those that replace something of git
 * (fsmonitor-watchman, proc-receive, push-to-checkout).
 */
export const EVENTS: readonly HookEvent[] = [
  guard('applypatch-msg', 'git am has a message'),
  guard('pre-applypatch', 'git am has applied a patch and is about to commit it'),
  observer('post-applypatch', 'git am has committed a patch'),
  guard('pre-commit', 'a commit is about to be made', { byDefault: true }),
  guard('pre-merge-commit', 'a merge without conflicts is about to be committed'),
  guard('prepare-commit-msg', 'a message is about to be edited'),
  guard('commit-msg', 'a message is written', { byDefault: true }),
  observer('post-commit', 'a commit is made'),
  guard('pre-rebase', 'a branch is about to be rebased'),
  observer('post-checkout', 'another commit, or a file of one, is in the worktree', { byDefault: true }),
  observer('post-merge', 'a merge is done', { byDefault: true }),
  guard('pre-push', 'commits are about to be pushed', { stdin: true, byDefault: true }),
  guard('reference-transaction', 'branches or tags are about to change', { stdin: true }),
  observer('post-rewrite', 'commits were rewritten by --amend or rebase', { stdin: true, byDefault: true }),
  guard('pre-auto-gc', 'git is about to clean up'),
  guard('sendemail-validate', 'a patch is about to be sent by mail'),
];

export const eventOf = (name: string): HookEvent | undefined => EVENTS.find((event) => event.name === name);
