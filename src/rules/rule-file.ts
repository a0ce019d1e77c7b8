import type { Position } from '../toml.ts';
import type { Problem } from './problem.ts';
import type { Allowlist, Rule } from './rule.ts';

/** A rule as one file gives it. */
export interface FileRule {
  readonly rule: Rule;
  /** The keys that the file sets; the others of `rule` are defaults. */
  readonly given: ReadonlySet<string>;
  /** Takes the place of a rule of that id, or without an expression of its own changes it. */
  readonly override: boolean;
  readonly file: string;
  readonly position: Position;
  /** Where each of the rule's tests stands. */
  readonly testPlaces: readonly Position[];
}

export interface FileAllowlist {
  readonly list: Allowlist;
  readonly file: string;
  readonly position: Position;
}

/** An id that a file names, and where. */
export interface NamedRule {
  readonly id: string;
  readonly position: Position;
}

/** Of files of other tools. */
export const IMPORT_FORMATS = ['gitleaks', 'betterleaks', 'kingfisher', 'kei-leak-matrix'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface Import {
  readonly format: ImportFormat;
  /** Relative to the file that names it. */
  readonly path: string;
  readonly position: Position;
}

export interface Extension {
  /** undefined: the file does not say. */
  readonly useDefault?: boolean;
  /** A rule file that this one goes on from; relative to it. */
  readonly path?: string;
  readonly pathPosition?: Position;
  readonly disabledRules: readonly NamedRule[];
  readonly imports: readonly Import[];
}

export interface RuleParts {
  readonly rules: readonly FileRule[];
  /** Those for all rules, or for the rules they name. */
  readonly allowlists: readonly FileAllowlist[];
  readonly prefilter?: string;
  readonly filter?: string;
  readonly allowTokens: readonly string[];
  readonly maxWindow?: number;
}

/** How a file goes together with others; `gitleaks` also for one of our schema that has gitleaks' semantics. */
export type RuleSchema = 'gitleaks' | 'leak-matrix/1';

export interface RuleFile {
  readonly file: string;
  readonly schema: RuleSchema;
  readonly set: RuleParts;
  readonly extend: Extension;
  /** In the order they were found; a file with an error is not to be scanned with. */
  readonly problems: readonly Problem[];
}
