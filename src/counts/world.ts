import type { Snapshot } from '../check.ts';
import type { Config } from '../config/schema.ts';
import type { AskHistory, RunCounter } from '../counting.ts';

export type Counter = Config['counts'][string];

/** Why no command runs. */
export interface NotRun {
  readonly reason: string;
  readonly hint?: string;
}

/** What counters are computed from. */
export interface CountWorld {
  readonly snapshot: Snapshot;
  /** undefined: this is no repository. */
  readonly history: AskHistory | undefined;
  readonly run: RunCounter | NotRun;
  /** A hook waits: only commands with `at-commit` run. */
  readonly isHook: boolean;
  readonly signal: AbortSignal;
}
