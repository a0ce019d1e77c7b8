import { Exit, type ExitCode } from '../errors.ts';
import { reaches, type Report, type Severity } from './finding.ts';

/** What the exit code of a printed report is: what could not be looked at counts in CI, before a push, and where the report says so. */
export const exitOf = ({ findings, skipped, target, strict, unusable }: Report, failOn: Severity, ci: boolean): ExitCode => {
  if (unusable === true) return Exit.usage;
  const counts = strict === true || ci || target.event === 'ci' || target.event === 'pre-push';
  if (counts && skipped.some(({ kind }) => kind === 'failed')) return Exit.failed;
  return findings.some(({ severity }) => reaches(severity, failOn)) ? Exit.found : Exit.clean;
};
