import {
  compareFindings,
  compareSkipped,
  reaches,
  type Finding,
  type Report,
  type Skipped,
  type Stats,
  type TargetSummary,
} from './finding.ts';

const STRICT_EVENTS: readonly string[] = ['ci', 'pre-push'];
const SHARD = /,?\s*\bshard (\d+)\/(\d+)\b/;

const same = (values: readonly string[]): string | undefined => (new Set(values).size === 1 ? values[0] : undefined);

/** The strictest event wins: what failed in one shard of a CI run fails the merged one. */
const mergeTargets = (targets: readonly TargetSummary[]): TargetSummary => {
  const events = targets.map(({ event }) => event);
  const descriptions = targets.map(({ description }) => description.replace(SHARD, ''));
  return {
    event: STRICT_EVENTS.find((event) => events.includes(event)) ?? same(events) ?? 'check',
    kind: same(targets.map(({ kind }) => kind)) ?? 'merged',
    description: same(descriptions) ?? `${targets.length} reports`,
  };
};

const findingKey = ({ fingerprint, commit, path, start }: Finding): string => JSON.stringify([fingerprint, commit, path, start]);
const skippedKey = ({ path, reason, kind }: Skipped): string => JSON.stringify([path, reason, kind]);

const mergeFindings = (findings: readonly Finding[]): readonly Finding[] => {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const key = findingKey(finding);
    const before = kept.get(key);
    if (before === undefined || !reaches(before.severity, finding.severity)) kept.set(key, finding);
  }
  return [...kept.values()].sort(compareFindings);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const mergeStats = (all: readonly Stats[]): Stats => {
  const elapsed = all.flatMap(({ elapsedMs }) => (elapsedMs === undefined ? [] : [elapsedMs]));
  const extra: Record<string, number> = {};
  for (const stats of all) {
    for (const [key, value] of Object.entries(stats.extra ?? {})) extra[key] = (extra[key] ?? 0) + value;
  }
  return {
    files: sum(all.map(({ files }) => files)),
    bytes: sum(all.map(({ bytes }) => bytes)),
    ...(elapsed.length === 0 ? {} : { elapsedMs: sum(elapsed) }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
};

/** A shard whose report was not given was not looked at, which must not pass for clean. */
const missingShards = (targets: readonly TargetSummary[]): readonly Skipped[] => {
  const shards = targets.flatMap(({ description }) => {
    const found = SHARD.exec(description);
    return found === null ? [] : [{ index: Number(found[1]), of: Number(found[2]) }];
  });
  const given = new Set(shards.map(({ index, of }) => `${index}/${of}`));
  return [...new Set(shards.map(({ of }) => of))]
    .filter((of) => of <= 10_000)
    .flatMap((of) => Array.from({ length: of }, (_, i) => `${i + 1}/${of}`))
    .filter((shard) => !given.has(shard))
    .map((shard) => ({ kind: 'failed', reason: `shard ${shard} is not among the merged reports` }));
};

/**
 * One report from those of shards: a finding that several have (same fingerprint, commit, path and start) comes once, with the
 * worst severity; stats are added up. Shards are told by `shard 3/16` in their target's description; one that is missing is
 * `skipped` of kind failed.
 */
export const mergeReports = (reports: readonly Report[]): Report => {
  const targets = reports.map(({ target }) => target);
  const skipped = [...reports.flatMap((report) => report.skipped), ...missingShards(targets)];
  return {
    kind: 'report',
    target: mergeTargets(targets),
    findings: mergeFindings(reports.flatMap(({ findings }) => findings)),
    skipped: [...new Map(skipped.map((item) => [skippedKey(item), item] as const)).values()].sort(compareSkipped),
    stats: mergeStats(reports.map(({ stats }) => stats)),
  };
};
