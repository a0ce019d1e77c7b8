import type { Mask } from '../leak/mask.ts';
import type { Finding } from '../report/finding.ts';
import { secretFingerprint } from '../report/fingerprint.ts';

/** A file or folder that the mirror does not have. */
export interface Dropped {
  readonly path: string;
  readonly why: string;
  readonly rule?: string;
}

/** What a mirror did with what it was made of. */
export interface Journal {
  /** Something stands in the place of these. */
  replaced(findings: readonly Finding[]): void;
  /** These stand where nothing can take their place: the mirror must not be written. */
  stands(findings: readonly Finding[], path?: string): void;
  /** Nobody can say what is in it. */
  unproven(path: string, reason: string): void;
  dropped(path: string, why: string, findings?: readonly Finding[]): void;
  renamed(): void;
  unsigned(): void;
  file(): void;
  commit(): void;
  left(): Left;
}

export interface Left {
  readonly commits: number;
  /** Different contents at different paths. */
  readonly files: number;
  readonly renamed: number;
  /** Signatures that the new commits and tags cannot have. */
  readonly signatures: number;
  /** By rule, the most first. */
  readonly replaced: readonly (readonly [rule: string, count: number])[];
  readonly dropped: readonly Dropped[];
  readonly failures: readonly Finding[];
}

const UNPROVEN = 'mirror/unproven';

/** A finding about what could not be looked at. */
export const unprovenFinding = (path: string | undefined, reason: string): Finding => ({
  rule: UNPROVEN,
  severity: 'error',
  message: `nobody can say what is in it: ${reason}`,
  hint: 'leave it out by a rule with path and action = "exclude"',
  ...(path === undefined ? {} : { path }),
  fingerprint: secretFingerprint(UNPROVEN, `${path ?? ''}\0${reason}`),
});

/** A path as it may be shown. */
export const shownPath = (path: string, mask: Mask): string => mask.skipped({ path, reason: '', kind: 'policy' }).path ?? '';

export const createJournal = (mask: Mask): Journal => {
  const replaced = new Map<string, number>();
  const dropped = new Map<string, Dropped>();
  const failures = new Map<string, Finding>();
  const counts = { commits: 0, files: 0, renamed: 0, signatures: 0 };
  const fail = (finding: Finding): void => {
    const { commit, path, rule, start, fingerprint } = finding;
    failures.set(JSON.stringify([commit, path, rule, start, fingerprint]), finding);
  };
  return {
    replaced: (findings) => {
      for (const { rule } of findings) replaced.set(rule, (replaced.get(rule) ?? 0) + 1);
    },
    stands: (findings, path) => {
      for (const finding of findings) fail(mask.finding(path === undefined ? finding : { ...finding, path }));
    },
    unproven: (path, reason) => fail(unprovenFinding(shownPath(path, mask), reason)),
    dropped: (path, why, findings = []) => {
      const rule = findings[0]?.rule;
      dropped.set(`${path}\0${why}`, { path: shownPath(path, mask), why, ...(rule === undefined ? {} : { rule }) });
    },
    renamed: () => void counts.renamed++,
    unsigned: () => void counts.signatures++,
    file: () => void counts.files++,
    commit: () => void counts.commits++,
    left: () => ({
      ...counts,
      replaced: [...replaced].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
      dropped: [...dropped.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      failures: [...failures.values()],
    }),
  };
};
