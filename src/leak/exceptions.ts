import type { CheckPolicy, Snapshot } from '../check.ts';
import { allowed } from '../config/exceptions.ts';
import { isExpired } from '../config/ignores.ts';
import { globTest } from '../glob.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import type { Finisher } from './finish.ts';
import type { Scanner } from '../engine/scanner.ts';

/** Where every finding of these guards is ignored, nothing fails that could not be looked at. */
export const letStay = (skipped: Skipped, policy: CheckPolicy, now: Date): Skipped => {
  const { path, kind, reason } = skipped;
  if (kind !== 'failed' || path === undefined) return skipped;
  const entry = policy.ignores.find(
    ({ rule, match, path: only, ...rest }) =>
      rule === 'leak/*' && match !== undefined && !isExpired(rest, now) && (only === undefined || only === path) && globTest(match)(path),
  );
  if (entry === undefined) return skipped;
  return { path, kind: 'policy', reason: entry.reason === undefined ? `${reason} (ignored)` : `${reason} (ignored: ${entry.reason})` };
};

/** A note where .gitleaksignore lets the finding stay. */
export const withPlaces = async (findings: readonly Finding[], places: CheckPolicy['places']): Promise<readonly Finding[]> => {
  if (places.length === 0 || findings.length === 0) return findings;
  // gitleaks' names for rules are not loaded where nobody uses them.
  const { placeTest } = await import('./places.ts');
  const placeOf = placeTest(places);
  return findings.map((finding) => {
    const place = placeOf(finding);
    return place === undefined ? finding : allowed(finding, `ignored by ${place.file}:${place.position.line}`);
  });
};

const REFUSED = 'what allows it on its line is part of the change and does not count here';

/** Decides about inline allows by the file before the change: one that stands there already counts, one of the change itself does not. */
export const createLanded = (
  before: Pick<Snapshot, 'read'>,
  scanner: Scanner,
  finisher: Finisher,
): ((finding: Finding) => Promise<Finding>) => {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  const claims = async (path: string): Promise<ReadonlySet<string>> => {
    const bytes = await before.read(path);
    if (bytes === undefined) return new Set();
    scanner.buffer(bytes.length).set(bytes);
    const findings = finisher.finish(scanner.scan(bytes.length, path), { path });
    return new Set(findings.filter(({ extra }) => extra?.['claimed'] !== undefined).map(({ fingerprint }) => fingerprint));
  };
  return async (finding) => {
    if (finding.extra?.['claimed'] === undefined) return finding;
    const { claimed, ...extra } = finding.extra;
    const { path } = finding;
    if (path !== undefined) {
      const there = known.get(path) ?? claims(path);
      known.set(path, there);
      if ((await there).has(finding.fingerprint)) return allowed({ ...finding, extra }, String(claimed));
    }
    return { ...finding, extra, hint: finding.hint === undefined ? REFUSED : `${finding.hint}\n${REFUSED}` };
  };
};
