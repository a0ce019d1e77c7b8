export const SEVERITIES = ['note', 'warning', 'error'] as const;
/** Ascending: `error` stops a commit by default. */
export type Severity = (typeof SEVERITIES)[number];

/** One replacement of bytes `start` to `end` (end exclusive) of the raw file. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** What every guard says. It never holds the matched secret, in no field. */
export interface Finding {
  /** Room and id, for example `leak/github-pat`. Stable: never renamed in a minor release. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to do or type about it. */
  readonly hint?: string;
  /** UTF-8 with `/`, invalid bytes as %XX and % as %25; a member of an archive is `a.zip!/b`. */
  readonly path?: string;
  /** Full object name of the commit that brought it in. */
  readonly commit?: string;
  /** 1-based; columns in UTF-16 units; `endColumn` is the column after the last unit. */
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** Bytes of the secret in the raw file, end exclusive; of the encoded text when it was decoded. */
  readonly start?: number;
  readonly end?: number;
  readonly fingerprint: string;
  readonly fix?: Fix;
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
}

/** Why a finding may stay, where somebody said so: `ignored until 2027-06-30: revoked`. It has no hint then. */
export const allowedBy = ({ extra }: Finding): string | undefined => {
  const allowed = extra?.['allowed'];
  return typeof allowed === 'string' ? allowed : undefined;
};

/** The file that holds what was found, where that is a member of an archive; its lines and bytes are of the member. */
export const archiveOf = ({ extra }: Finding): string | undefined => {
  const archive = extra?.['archive'];
  return typeof archive === 'string' ? archive : undefined;
};

/** What to do about a finding, line by line, or why nothing need be done. */
export const advice = (finding: Finding): readonly string[] => {
  const allowed = allowedBy(finding);
  if (allowed !== undefined) return [`stays: ${allowed}`];
  return finding.hint === undefined ? [] : finding.hint.split('\n');
};

/** Something that was not looked at. `failed` means it should have been: exit 3 in ci and pre-push. */
export interface Skipped {
  readonly path?: string;
  readonly reason: string;
  readonly kind: 'policy' | 'failed';
}

/** What a run looked at, in words and as data for the report. */
export interface TargetSummary {
  readonly event: string;
  /** For example `index`, `worktree`, `commit`, `range`, `history`, `directory`, `stdin`. */
  readonly kind: string;
  readonly description: string;
}

export interface Stats {
  readonly files: number;
  readonly bytes: number;
  readonly elapsedMs?: number;
  readonly extra?: Readonly<Record<string, number>>;
}

/** Findings of one run and what was left out of it. */
export interface Report {
  readonly kind: 'report';
  readonly target: TargetSummary;
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly stats: Stats;
  /** The mildest finding that fails where the command line names none. Not written: it is of the run, not of what was found. */
  readonly failOn?: Severity;
  /** Not written either: what could not be looked at fails on every occasion. */
  readonly strict?: boolean;
  /** Nor this: something found must be mended before anything can be said of the rest, which is exit 2. */
  readonly unusable?: boolean;
  /** Lines about what was looked at, whatever was found: for people, so only the text has them. */
  readonly overview?: readonly string[];
}

/** True when `severity` is at or above `threshold`. */
export const reaches = (severity: Severity, threshold: Severity): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);

const compareBytes = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
};

/** The order of findings in every report: bytes of commit, path, then start (line and column where there is none), rule, fingerprint. */
export const compareFindings = (a: Finding, b: Finding): number =>
  compareBytes(a.commit, b.commit) ||
  compareBytes(a.path, b.path) ||
  (a.start ?? -1) - (b.start ?? -1) ||
  (a.line ?? 0) - (b.line ?? 0) ||
  (a.column ?? 0) - (b.column ?? 0) ||
  compareBytes(a.rule, b.rule) ||
  compareBytes(a.fingerprint, b.fingerprint);

export const compareSkipped = (a: Skipped, b: Skipped): number => compareBytes(a.path, b.path) || compareBytes(a.reason, b.reason);
