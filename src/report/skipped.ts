import type { Skipped } from './finding.ts';

/** All that was left out for one reason. */
export interface SkippedGroup {
  readonly kind: Skipped['kind'];
  readonly reason: string;
  /** How many, with and without a path. */
  readonly count: number;
  readonly paths: readonly string[];
}

/** By kind and reason: failures first, then the largest groups. */
export const groupSkipped = (skipped: readonly Skipped[]): readonly SkippedGroup[] => {
  const groups = new Map<string, { kind: Skipped['kind']; reason: string; count: number; paths: string[] }>();
  for (const { kind, reason, path } of skipped) {
    const key = `${kind}\0${reason}`;
    const group = groups.get(key) ?? { kind, reason, count: 0, paths: [] };
    group.count += 1;
    if (path !== undefined) group.paths.push(path);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) => Number(b.kind === 'failed') - Number(a.kind === 'failed') || b.count - a.count || (a.reason < b.reason ? -1 : 1),
  );
};
