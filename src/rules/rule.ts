import type { Category } from '../config/categories.ts';
import type { Prepared } from '../regex/match.ts';
import type { Severity } from '../report/finding.ts';
import type { FoldCode } from '../terms/fold.ts';

export const ACTIONS = ['block', 'warn', 'substitute', 'exclude'] as const;
export type Action = (typeof ACTIONS)[number];
export const SCOPES = ['write', 'message', 'push', 'mirror', 'agent'] as const;
export type Scope = (typeof SCOPES)[number];
/** `inferred`: the page is the provider's, the shape is general knowledge and not written there. */
export const SOURCE_KINDS = ['documented', 'sdk', 'issued-sample', 'standard', 'inferred'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What lets a match pass. Empty lists ask nothing; a list with several entries asks for one of them. */
export interface Allowlist {
  readonly condition: 'AND' | 'OR';
  readonly paths: readonly string[];
  readonly regexes: readonly string[];
  readonly regexTarget: 'secret' | 'match' | 'line';
  readonly stopwords: readonly string[];
  /** Full or abbreviated object names of commits whose findings pass. */
  readonly commits: readonly string[];
  /** Global lists only: the rules it is for; empty for all. */
  readonly targetRules: readonly string[];
  readonly reason?: string;
  readonly owner?: string;
  /** Last day, YYYY-MM-DD, on which it holds. */
  readonly until?: string;
  /** Of `paths` and `regexes`, in their order; only in lists that were compiled and shipped. */
  readonly prepared?: { readonly paths: readonly Prepared[]; readonly regexes: readonly Prepared[] };
}

/** A match of another rule that must stand nearby, or with `not` must not. */
export interface Neighbour {
  readonly id: string;
  readonly withinLines?: number;
  readonly withinColumns?: number;
  readonly not: boolean;
  /** Where the neighbour must stand; undefined: on either side. */
  readonly order?: 'before' | 'after';
}

export interface RuleTest {
  readonly text: string;
  readonly expect: 'hit' | 'miss';
  readonly secret?: string;
  readonly path?: string;
}

export const REPLACE_MODES = ['token', 'mask', 'value'] as const;
/** What stands in the place of a secret. `token`: named by the rule and by a keyed hash of the secret; `mask`: stars, always as many. */
export type Replacement = { readonly mode: 'token' | 'mask' } | { readonly mode: 'value'; readonly value: string };

/** The terms that one table of a rule file gives. They are never written anywhere: who keeps a rule keeps where they stand. */
export interface TermList {
  readonly file: string;
  /** Place of the table among the `rules` of the file. */
  readonly index: number;
  readonly code: FoldCode;
  /** Some stand there in clear: that file is not where they would be a finding. */
  readonly clear: boolean;
  readonly plain: readonly string[];
  readonly hashed: readonly string[];
}

export interface Rule {
  readonly id: string;
  readonly description: string;
  readonly kind: 'pattern' | 'term' | 'file';
  /** RE2 dialect; absent: the rule is about the path alone. */
  readonly regex?: string;
  /** Only of kind `term`. */
  readonly terms?: readonly TermList[];
  /** RE2 dialect; only files whose path matches. */
  readonly path?: string;
  /** Capture that is the secret; 0: the first that is not empty, else the whole match. */
  readonly secretGroup: number;
  /** Shannon bits per byte that the secret must exceed; 0: not asked. */
  readonly entropy: number;
  /** Lower case; one of them must occur in the file. */
  readonly keywords: readonly string[];
  readonly tags: readonly string[];
  readonly allowlists: readonly Allowlist[];
  readonly required: readonly Neighbour[];
  /** Serves as a neighbour only. */
  readonly skipReport: boolean;
  readonly category: Category;
  readonly action: Action;
  readonly scope: readonly Scope[];
  /** undefined: a token. */
  readonly replace?: Replacement;
  readonly severity?: Severity;
  /** 0 to 1; below 0.5 an error becomes a warning. */
  readonly confidence: number;
  /** Name out of src/values/checksums.ts. */
  readonly checksum?: string;
  /** Expression that is true for what is not a finding. */
  readonly filter?: string;
  /** Drop documented placeholders, templates and fakes. */
  readonly noise: boolean;
  readonly rationale?: string;
  readonly source?: { readonly kind: SourceKind; readonly url: string };
  readonly added?: string;
  readonly tests: readonly RuleTest[];
  /** Of `regex`; only in rules that were compiled and shipped. */
  readonly prepared?: Prepared;
  /** The same of `path`. */
  readonly preparedPath?: Prepared;
  /** What `secretBits` says of the secret; only in rules that were compiled and shipped. */
  readonly bits?: number;
  /** Where it was written: `built-in`, or the rule file's path. */
  readonly origin: string;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly allowlists: readonly Allowlist[];
  /** Expressions over all rules (betterleaks): `prefilter` about a file, `filter` about a finding; true drops. */
  readonly prefilter?: string;
  readonly filter?: string;
  /** Tokens of other tools that silence a line, `gitleaks:allow`. */
  readonly allowTokens: readonly string[];
  readonly maxWindow: number;
}

export const DEFAULT_MAX_WINDOW = 65_536;
