import type { Context } from '../command.ts';
import { DEFAULT_HOOK_EVENTS, HOOK_EVENT_NAMES, type HookEventName } from '../config/hook-events.ts';

export interface HookEvent {
  readonly name: HookEventName;
  /** A guard stops what git is about to do when it exits with another code than 0; an observer comes too late for that. */
  readonly guard: boolean;
  /** git gives it lines on standard input. */
  readonly stdin: boolean;
  /** Whether `install` puts it there unless `[hook] events` says otherwise. */
  readonly byDefault: boolean;
  /** When git starts it. */
  readonly summary: string;
}

/** What somebody asked for who starts a hook by hand, or in CI. */
export interface ByHand {
  /** Every file there is, in place of those that the event is about. */
  readonly all: boolean;
  /** `A..B`: what these commits change. */
  readonly range: string | undefined;
}

export interface HookCall {
  readonly event: string;
  /** What git gave behind the event's name; what it gives on standard input is `context.stdin`. */
  readonly args: readonly string[];
  /** undefined: git started it. */
  readonly byHand?: ByHand;
}

/** Answers an event; the number is the exit code. */
export type HookHandler = (call: HookCall, context: Context) => Promise<number>;

const SUMMARIES: Readonly<Record<HookEventName, string>> = {
  'pre-commit': 'a commit is about to be made',
  'prepare-commit-msg': 'a message is about to be edited',
  'commit-msg': 'a message is written',
  'post-commit': 'a commit is made',
  'pre-merge-commit': 'a merge without conflicts is about to be committed',
  'pre-rebase': 'a branch is about to be rebased',
  'pre-push': 'commits are about to be pushed',
  'post-checkout': 'another commit, or a file of one, is in the worktree',
  'post-merge': 'a merge is done',
  'post-rewrite': 'commits were rewritten by --amend or rebase',
  'reference-transaction': 'branches or tags are about to change',
};
const WITH_STDIN: readonly HookEventName[] = ['pre-push', 'post-rewrite', 'reference-transaction'];

/** The events of githooks(5) that kei-git knows. */
export const EVENTS: readonly HookEvent[] = HOOK_EVENT_NAMES.map((name) => ({
  name,
  guard: !name.startsWith('post-'),
  stdin: WITH_STDIN.includes(name),
  byDefault: DEFAULT_HOOK_EVENTS.includes(name),
  summary: SUMMARIES[name],
}));

export const eventOf = (name: string): HookEvent | undefined => EVENTS.find((event) => event.name === name);
