import { advice, compareFindings, compareSkipped, reaches, type Finding, type Report, type Severity, type Skipped } from './finding.ts';
import { printable } from './printable.ts';

export interface JunitOptions {
  /** Findings at or above it are failures; the others are passed cases with output. Default error. */
  readonly failOn?: Severity;
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// `printable` leaves no control character and no lone surrogate; these two are what XML 1.0 forbids besides.
const xml = (text: string): string =>
  printable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITY[character] ?? '');

const attributes = (pairs: Readonly<Record<string, string | number>>): string =>
  Object.entries(pairs)
    .map(([key, value]) => ` ${key}="${xml(String(value))}"`)
    .join('');

const findingCase = (finding: Finding, threshold: Severity): string => {
  const { rule, path, line, column, severity, message, commit, fingerprint } = finding;
  const at = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  const head = attributes({
    classname: path ?? 'message',
    name: `${rule}${at === '' ? '' : ` at ${at.slice(1)}`}`,
    ...(path === undefined ? {} : { file: path }),
    ...(line === undefined ? {} : { line }),
  });
  const body = [
    xml(`${path ?? ''}${at}: ${severity}: ${message}`),
    ...(commit === undefined ? [] : [xml(`commit ${commit}`)]),
    ...advice(finding).map(xml),
    xml(fingerprint),
  ].join('\n');
  const inner = reaches(severity, threshold)
    ? `<failure${attributes({ message, type: severity })}>${body}</failure>`
    : `<system-out>${body}</system-out>`;
  return `    <testcase${head}>${inner}</testcase>`;
};

const skippedCase = ({ path, reason, kind }: Skipped): string => {
  const inner =
    kind === 'failed'
      ? `<error${attributes({ message: reason, type: 'not looked at' })}/>`
      : `<skipped${attributes({ message: reason })}/>`;
  return `    <testcase${attributes({ classname: path ?? 'run', name: 'look' })}>${inner}</testcase>`;
};

/** JUnit XML: a test case for each finding and for each thing left out; one that passes when there is neither. */
export const renderJunit = (report: Report, { failOn = 'error' }: JunitOptions = {}): string => {
  const findings = report.findings.toSorted(compareFindings);
  const cases = [...findings.map((finding) => findingCase(finding, failOn)), ...report.skipped.toSorted(compareSkipped).map(skippedCase)];
  if (cases.length === 0) cases.push(`    <testcase${attributes({ classname: report.target.kind, name: 'nothing found' })}/>`);
  const failed = report.skipped.filter(({ kind }) => kind === 'failed').length;
  const counts = attributes({
    tests: cases.length,
    failures: findings.filter(({ severity }) => reaches(severity, failOn)).length,
    errors: failed,
    skipped: report.skipped.length - failed,
    time: ((report.stats.elapsedMs ?? 0) / 1000).toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'kei-git' })}${counts}>`,
    `  <testsuite${attributes({ name: `kei-git ${report.target.event}` })}${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};
