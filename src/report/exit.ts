import { Exit, type ExitCode } from '../errors.ts';
import { reaches, type Report, type Severity } from './finding.ts';

/** What the exit code of a printed report is: what could not be looked at counts in CI and before a push. */
export const exitOf = ({ findings, skipped, target }: Report, failOn: Severity, ci: boolean): ExitCode => {
  const strict = ci || target.event === 'ci' || target.event === 'pre-push';
  if (strict && skipped.some(({ kind }) => kind === 'failed')) return Exit.failed;
  return findings.some(({ severity }) => reaches(severity, failOn)) ? Exit.found : Exit.clean;
};
