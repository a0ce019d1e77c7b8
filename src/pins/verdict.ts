import type { Remotes } from '../remote.ts';

/** What a pin turned out to be, best first; see docs/workflow.md. */
export const VERDICTS = [
  'ok-tip',
  'ok-reachable',
  'branch-only',
  'tag-object',
  'off-repository',
  'not-a-commit',
  'missing',
  'repository-missing',
  'auth-or-missing',
  'no-answer',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];

export interface Verdict {
  readonly kind: VerdictKind;
  /** Branches and tags that point to it or reach it, by full name. */
  readonly refs: readonly string[];
  /** The commit behind a tag object. */
  readonly peeled?: string;
  /** One line for a person. */
  readonly detail?: string;
  /** When the oldest answer that this rests on was given. */
  readonly askedAt?: Date;
}

/** Proves or disproves that a repository has a commit. @param oid full object name, lower case */
export type JudgePin = (remotes: Remotes, url: string, oid: string) => Promise<Verdict>;
