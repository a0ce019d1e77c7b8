import { Exit, type ExitCode } from '../errors.ts';
import { allowedBy, reaches, type Finding, type Report, type Skipped } from '../report/finding.ts';

/** What a person may do who is stopped. */
interface Way {
  /** What did not happen. */
  readonly what: string;
  readonly mend: string;
  readonly round: string;
}

const ROUND_COMMIT = 'go round every hook this once: git commit --no-verify';
const WAYS: Readonly<Record<string, Way>> = {
  'pre-commit': { what: 'nothing is committed', mend: 'mend it and `git add` it', round: ROUND_COMMIT },
  'pre-merge-commit': {
    what: 'the merge is not committed',
    mend: 'mend it, `git add` it and `git commit`; or give it up: git merge --abort',
    round: ROUND_COMMIT,
  },
  'commit-msg': { what: 'nothing is committed', mend: 'write another message', round: ROUND_COMMIT },
  'pre-push': {
    what: 'nothing is pushed',
    mend: 'what a commit holds stays in it: rewrite it, by git commit --amend or git rebase -i',
    round: 'go round every hook this once: git push --no-verify (CI looks again)',
  },
};

const isLeak = ({ rule }: Finding): boolean => rule.startsWith('leak/');

/**
 * The end of what a guard says that stops: what did not happen, and what can be done. Empty for other events.
 * @param findings none: what stopped is told already, with what to do about it
 */
export const wayOut = (event: string, findings: readonly Finding[]): string => {
  const way = WAYS[event];
  if (way === undefined) return '';
  const mend = findings.length === 0 ? [] : [way.mend];
  const stay = findings.some(isLeak) ? ['or let it stay, with a reason: kei-git leak ignore ID --reason "…"'] : [];
  return [
    `kei-git: ${way.what} (${event})`,
    ...[...mend, ...stay, `${mend.length === 0 ? 'to' : 'or'} ${way.round}`].map((line) => `  ${line}`),
    '',
  ].join('\n');
};

/** Settings say that these are let be; and who has a submodule knows it. */
const isExpected = ({ kind, reason }: Skipped): boolean =>
  kind === 'policy' && (reason.startsWith('a submodule') || reason.includes('(ignored'));

const matters = (finding: Finding, { failOn = 'error' }: Report, code: ExitCode): boolean => {
  if (allowedBy(finding) !== undefined) return false;
  if (finding.severity !== 'note' || reaches(finding.severity, failOn)) return true;
  // Why a setting does not count helps who is stopped.
  return code !== Exit.clean && finding.rule.startsWith('policy/');
};

/**
 * What of a report a person is told who did not ask for it: what stops, what warns, what nobody looked at.
 * @returns undefined where there is nothing to say
 */
export const worthSaying = (report: Report, code: ExitCode): Report | undefined => {
  const findings = report.findings.filter((finding) => matters(finding, report, code));
  const skipped = report.skipped.filter((one) => !isExpected(one));
  if (findings.length === 0 && skipped.length === 0) return undefined;
  const { files, bytes, extra } = report.stats;
  return { ...report, findings, skipped, stats: { files, bytes, ...(extra === undefined ? {} : { extra }) } };
};
