import { allowedBy, compareFindings, type Finding, type Report, type Severity } from './finding.ts';
import { printable } from './printable.ts';
import { skippedLines, summaryLine } from './summary.ts';
import { wrap } from './wrap.ts';

export interface TextOptions {
  readonly colour: boolean;
  /** Explanations are wrapped to this width; what one would copy is not. */
  readonly columns: number;
}

const SGR = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Paint = (style: keyof typeof SGR, text: string) => string;
const STYLE_OF: Readonly<Record<Severity, keyof typeof SGR>> = { error: 'red', warning: 'yellow', note: 'cyan' };
const LABEL = 10;

const position = ({ line, column, start }: Finding): string => {
  if (line !== undefined) return column === undefined ? `:${line}` : `:${line}:${column}`;
  return start === undefined ? '' : ` at byte ${start}`;
};

// GitHub takes a line that begins with `::` for a command.
const atLineStart = (path: string): string => (path.startsWith('::') ? `./${path}` : path);

const place = (finding: Finding, report: Report): string => {
  if (finding.path !== undefined) return atLineStart(printable(finding.path));
  if (finding.commit !== undefined) return `commit ${finding.commit.slice(0, 12)}`;
  return report.target.event === 'commit-msg' ? 'commit message' : printable(report.target.description);
};

const why = ({ extra }: Finding): string | undefined => (typeof extra?.['why'] === 'string' ? extra['why'] : undefined);

const block = (finding: Finding, report: Report, paint: Paint, columns: number): string => {
  const { severity, message, hint, rule, commit, path, fix, fingerprint } = finding;
  const detail = (label: string, lines: readonly string[]): string =>
    lines.map((line, i) => `    ${paint('dim', (i === 0 ? label : '').padEnd(LABEL - 4))}${line}`).join('\n');
  const reason = why(finding);
  const allowed = allowedBy(finding);
  const lines = [
    `${paint('bold', place(finding, report) + position(finding))}  ${paint(STYLE_OF[severity], severity)}  ${printable(message)} ${paint('dim', `[${printable(rule)}]`)}`,
    ...(commit !== undefined && path !== undefined ? [detail('in', [`commit ${printable(commit.slice(0, 12))}`])] : []),
    ...(reason === undefined ? [] : [detail('why', wrap(printable(reason), Math.max(columns - LABEL, 30)))]),
    ...(allowed === undefined ? [] : [detail('stays', wrap(printable(allowed), Math.max(columns - LABEL, 30)))]),
    ...(hint === undefined ? [] : [detail('do', hint.split('\n').map(printable))]),
    ...(fix === undefined ? [] : [detail('fix', [printable(fix.title)])]),
    ...(hint?.includes(fingerprint) ? [] : [detail('id', [printable(fingerprint)])]),
  ];
  return lines.join('\n');
};

/** For people: a block for each finding, files apart, then what was looked at and what was not. */
export const renderText = (report: Report, { colour, columns }: TextOptions): string => {
  const paint: Paint = (style, text) => (colour && text !== '' ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text);
  const out: string[] = (report.overview ?? []).map(printable);
  if (out.length > 0) out.push('');
  let previous: Finding | undefined;
  for (const finding of report.findings.toSorted(compareFindings)) {
    const newFile = previous !== undefined && (previous.path !== finding.path || previous.commit !== finding.commit);
    out.push((newFile ? '\n' : '') + block(finding, report, paint, columns));
    previous = finding;
  }
  const found = report.findings.length > 0;
  out.push((found ? '\n' : '') + paint(found ? 'bold' : 'green', summaryLine(report)));
  for (const { kind, text } of skippedLines(report)) out.push(paint(kind === 'failed' ? 'red' : 'dim', text));
  return `${out.join('\n')}\n`;
};
