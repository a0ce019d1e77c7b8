import type { HistoryCount } from './config/count-forms.ts';

// What counters ask of git and of programs. Apart from the room `counts`: git/ and sys/ answer it.

export interface HistoryQuestion {
  readonly what: HistoryCount;
  /** Where history begins; undefined: HEAD, and of tags all. */
  readonly ref: string | undefined;
}

export type HistoryAnswer =
  | { readonly kind: 'number'; readonly number: number }
  /** Tags, or contributors as `NAME <ADDRESS>`, each once. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** There is no such commit. */
  | { readonly kind: 'absent' }
  /** This clone has only a part of it. */
  | { readonly kind: 'partial'; readonly reason: string; readonly hint: string };

export type AskHistory = (question: HistoryQuestion) => Promise<HistoryAnswer>;

/** What a program wrote to standard output, or why there is nothing. */
export type Printed = { readonly kind: 'printed'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

/** Runs a program of kei.toml at the root of the worktree. Whether it may is for the caller to know. */
export type RunCounter = (argv: readonly string[], timeoutMs: number) => Promise<Printed>;
