import type { CheckContext, Target } from '../check.ts';
import { compareFindings, compareSkipped, type Finding, type Report, type Skipped, type TargetSummary } from '../report/finding.ts';
import { CHECKS } from './table.ts';

/** Runs the table of checks on a target, those left out that the settings skip. */
export const runChecks = async (
  target: Target,
  summary: TargetSummary,
  context: CheckContext,
  before: readonly Finding[] = [],
): Promise<Report> => {
  const begun = performance.now();
  const findings: Finding[] = [...before];
  const skipped: Skipped[] = [];
  let files = 0;
  let bytes = 0;
  for (const [id, entry] of CHECKS) {
    if (context.policy.config.check.skip.includes(id)) continue;
    const { check } = await entry.load();
    if (!check.applies(target)) continue;
    const outcome = await check.run(target, context);
    findings.push(...outcome.findings);
    skipped.push(...outcome.skipped);
    files = Math.max(files, outcome.files);
    bytes = Math.max(bytes, outcome.bytes);
  }
  return {
    kind: 'report',
    target: summary,
    findings: findings.toSorted(compareFindings),
    skipped: skipped.toSorted(compareSkipped),
    stats: { files, bytes, elapsedMs: Math.round(performance.now() - begun) },
  };
};
