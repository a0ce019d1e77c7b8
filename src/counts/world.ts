import type { Snapshot } from '../check.ts';
import type { Config } from '../config/schema.ts';
import type { HistoryCount } from '../config/count-forms.ts';

export type Counter = Config['counts'][string];

/** What is asked of a repository's history. */
export interface HistoryQuestion {
  readonly what: HistoryCount;
  /** Where history begins; undefined: HEAD, and all tags. */
  readonly ref: string | undefined;
}

export type HistoryAnswer =
  | { readonly kind: 'number'; readonly number: number }
  /** Tags, or contributors as `NAME <ADDRESS>`, each once. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'absent' }
  /** This clone has only a part of it. */
  | { readonly kind: 'partial'; readonly reason: string; readonly hint: string };

export type Printed = { readonly kind: 'printed'; readonly stdout: string } | { readonly kind: 'failed'; readonly reason: string };

/** What counters are computed from. */
export interface CountWorld {
  readonly snapshot: Snapshot;
  /** undefined: this is no repository. */
  readonly history: ((question: HistoryQuestion) => Promise<HistoryAnswer>) | undefined;
  /** Runs a program of kei.toml; a text says why none runs. */
  readonly run: ((argv: readonly string[], timeoutMs: number) => Promise<Printed>) | string;
  readonly signal: AbortSignal;
}
