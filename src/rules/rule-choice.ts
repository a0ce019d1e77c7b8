import type { Category } from '../config/categories.ts';
import type { ReadRules, SourceFile } from './rule-sources.ts';

/** What rules a run uses. */
export interface RuleChoice {
  /** Rule files beside the built-in rules. */
  readonly files: readonly SourceFile[];
  /** Reads what these go on from. */
  readonly read: ReadRules;
  readonly useBuiltin: boolean;
  readonly categories: readonly Category[];
  /** Tokens of other tools that allow a line. */
  readonly honourInline: readonly string[];
  /** Only these rules, by id or by gitleaks' name; undefined: all. */
  readonly only?: readonly string[];
}
