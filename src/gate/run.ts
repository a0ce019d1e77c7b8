import type { CheckContext, Outcome, Target } from '../check.ts';
import {
  compareFindings,
  compareSkipped,
  type Finding,
  type Report,
  type Skipped,
  type Stats,
  type TargetSummary,
} from '../report/finding.ts';
import { CHECKS } from './table.ts';

/** @param begun of `performance.now()` */
export const statsOf = ({ files, bytes, messages = 0 }: Pick<Outcome, 'files' | 'bytes' | 'messages'>, begun: number): Stats => ({
  files,
  bytes,
  elapsedMs: Math.round(performance.now() - begun),
  ...(messages === 0 ? {} : { extra: { messages } }),
});

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
  let messages = 0;
  for (const [id, entry] of CHECKS) {
    if (context.policy.config.check.skip.includes(id)) continue;
    const { check } = await entry.load();
    if (!check.applies(target)) continue;
    const outcome = await check.run(target, context);
    findings.push(...outcome.findings);
    skipped.push(...outcome.skipped);
    files = Math.max(files, outcome.files);
    bytes = Math.max(bytes, outcome.bytes);
    messages = Math.max(messages, outcome.messages ?? 0);
  }
  return {
    kind: 'report',
    target: summary,
    findings: findings.toSorted(compareFindings),
    skipped: skipped.toSorted(compareSkipped),
    stats: statsOf({ files, bytes, messages }, begun),
  };
};
