import type { Check } from '../check.ts';

/** A row of the table of checks; nothing is loaded before its check runs. */
export interface CheckEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly check: Check }>;
}

/** Every guard that a gate can run, by id. */
export const CHECKS: ReadonlyMap<string, CheckEntry> = new Map<string, CheckEntry>([
  ['leak', { summary: 'credentials and other content that must not leave', load: () => import('../leak/gate.ts') }],
]);
