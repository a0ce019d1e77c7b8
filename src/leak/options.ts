import type { ScanPlan } from '../engine/open.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';

/** What a scan is asked beside its target. */
export interface LeakOptions {
  readonly choice: RuleChoice;
  readonly plan: ScanPlan;
  /** 0: as many as the work is worth. */
  readonly jobs: number;
  readonly useCache: boolean;
}
