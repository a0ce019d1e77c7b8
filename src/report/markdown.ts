import { advice, compareFindings, SEVERITIES, type Finding, type Report } from './finding.ts';
import { printable } from './printable.ts';
import { severityWords, skippedLines, summaryLine } from './summary.ts';

export interface MarkdownOptions {
  /** Bytes that the page may have: hosts refuse longer ones as a whole. What does not fit is counted. */
  readonly limit: number;
  /** Rows that are shown at most. Default: as many as fit. */
  readonly rows?: number;
  /** Without the heading's name, for instance which job it was. */
  readonly title?: string;
}

const RESERVE = 400; // bytes for what is said behind the table
const COMMIT = 12; // characters of a commit's name

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const html = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITY[character] ?? character);

const plain = (text: string): string => text.replace(/[\\`*_{}[\]|~]/g, (one) => `&#${one.charCodeAt(0)};`);

/** Text in which nothing is markup, and nobody is mentioned: inside `code` hosts look for neither names nor issues. */
const code = (text: string): string => `<code>${plain(html(printable(text)))}</code>`;

/** The same for a sentence. An empty comment keeps `@name` and `#1` from being a mention. */
const words = (text: string): string => plain(html(printable(text)).replace(/[@#](?=\w)/g, (one) => `${one}<!-- -->`));

const placeOf = ({ path, line, commit }: Finding): string => {
  const at = commit?.slice(0, COMMIT);
  if (path === undefined) return at === undefined ? 'a message' : `message of commit ${code(at)}`;
  const place = code(line === undefined ? path : `${path}:${line}`);
  return at === undefined ? place : `${place} in commit ${code(at)}`;
};

const row = (finding: Finding): string => {
  const told = [words(finding.message), ...advice(finding).map(code), ...(finding.hint?.includes(finding.fingerprint) ? [] : [code(finding.fingerprint)])]; // prettier-ignore
  return `| ${finding.severity} | ${placeOf(finding)} | ${told.join('<br>')} | ${code(finding.rule)} |\n`;
};

const worstFirst = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || compareFindings(a, b);

const bytes = (text: string): number => Buffer.byteLength(text);

/** What was not looked at, as a list; cut where it would be too long. */
const skippedPart = (report: Report, limit: number): string => {
  let part = '';
  for (const { kind, text } of skippedLines(report)) {
    const line = kind === 'failed' ? `* **${words(text)}**\n` : `* ${words(text)}\n`;
    if (bytes(part) + bytes(line) > limit) return `${part}* …\n`;
    part += line;
  }
  return part === '' ? '' : `\n${part}`;
};

/** A page for people, for a job's summary or a comment: a table of findings, the worst first, and what was not looked at. */
export const renderMarkdown = (report: Report, { limit, rows = Number.POSITIVE_INFINITY, title = 'kei-git' }: MarkdownOptions): string => {
  const sorted = report.findings.toSorted(worstFirst);
  const head = `### ${words(title)}: ${sorted.length === 0 ? 'nothing found' : severityWords(sorted)}\n\n${words(summaryLine(report))}\n`;
  const skipped = skippedPart(report, Math.floor(limit / 4));
  let room = limit - bytes(head) - bytes(skipped) - RESERVE;
  let table = '';
  let shown = 0;
  for (const finding of sorted.slice(0, rows)) {
    const line = row(finding);
    if (bytes(line) > room) break;
    room -= bytes(line);
    table += line;
    shown += 1;
  }
  const left = sorted.slice(shown);
  const more = left.length === 0 ? '' : `\n${left.length} more not shown here: ${severityWords(left)}\n`;
  const whole = table === '' ? '' : `\n| | where | what | rule |\n|---|---|---|---|\n${table}`;
  return `${head}${whole}${more}${skipped}`;
};

/** The page of a run that has no report. */
export const renderMarkdownError = (message: string, hint: string | undefined): string =>
  `### kei-git: nothing was judged\n\n${words(message)}\n${hint === undefined ? '' : `\n${hint.split('\n').map(code).join('<br>')}\n`}`;
