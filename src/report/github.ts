import { advice, archiveOf, compareFindings, SEVERITIES, type Finding, type Report, type Severity } from './finding.ts';
import { printable } from './printable.ts';
import { memberPlace, severityWords, skippedLines, summaryLine } from './summary.ts';

const SHOWN = 10; // GitHub shows ten annotations of a kind for each step and drops the rest without a word
const COMMAND: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

// Workflow commands end at a newline, so these escapes keep a message from starting a second command.
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const worstFirst = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || compareFindings(a, b);

// GitHub wants the name itself, in which a per cent sign is one character.
const file = (path: string | undefined): string | undefined => (path === undefined ? undefined : printable(path.replaceAll('%25', '%')));

const annotation = (finding: Finding): string => {
  const { path, line, endLine, column, endColumn, commit } = finding;
  const archive = archiveOf(finding);
  const places: readonly (readonly [string, string | number | undefined])[] = [
    ['file', file(path)],
    ['line', line],
    ['endLine', endLine],
    ['col', column],
    ['endColumn', endLine === undefined || endLine === line ? endColumn : undefined],
  ];
  const properties = [
    ...(archive === undefined ? places : [['file', file(archive)] as const]),
    ['title', printable(finding.rule)] as const,
  ];
  const written = properties.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${property(String(value))}`]));
  const message = [
    printable(finding.message),
    ...(archive === undefined ? [] : [memberPlace(finding)]),
    ...(commit === undefined ? [] : [`commit ${printable(commit)}`]),
    ...advice(finding).map(printable),
    printable(finding.fingerprint),
  ].join('\n');
  return `::${COMMAND[finding.severity]} ${written.join(',')}::${data(message)}`;
};

/** What of the sorted findings is shown when the host shows so many of a kind. */
const shownOf = (sorted: readonly Finding[], room: Readonly<Record<Severity, number>>): ReadonlySet<Finding> =>
  new Set(SEVERITIES.flatMap((severity) => sorted.filter((finding) => finding.severity === severity).slice(0, room[severity])));

/** GitHub workflow commands: the worst findings as far as the host shows them, how many more there are, what was not looked at. */
export const renderGithub = (report: Report): string => {
  const sorted = report.findings.toSorted(worstFirst);
  const skipped = skippedLines(report);
  const failed = skipped.filter(({ kind }) => kind === 'failed').map(({ text }) => text);
  const room = { error: SHOWN - (failed.length === 0 ? 0 : 1), warning: SHOWN, note: SHOWN };
  const all = shownOf(sorted, room);
  // Where something is left out, a notice says so.
  const shown = all.size === sorted.length ? all : shownOf(sorted, { ...room, note: SHOWN - 1 });
  const left = sorted.filter((finding) => !shown.has(finding));
  const lines = [
    ...(failed.length === 0 ? [] : [`::error title=kei-git::${data(failed.join('\n'))}`]),
    ...sorted.filter((finding) => shown.has(finding)).map(annotation),
    ...(left.length === 0 ? [] : [`::notice title=kei-git::${data(`${left.length} more not shown here: ${severityWords(left)}`)}`]),
    ...skipped.filter(({ kind }) => kind !== 'failed').map(({ text }) => `kei-git: ${text}`),
    `kei-git: ${summaryLine(report)}`,
  ];
  return `${lines.join('\n')}\n`;
};

/** An error that ended the run before there was a report, as an annotation. */
export const githubError = (message: string): string => `::error title=kei-git::${data(message)}\n`;

export const githubWarning = (message: string): string => `::warning title=kei-git::${data(message)}\n`;
