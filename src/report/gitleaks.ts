import { type Finding } from './finding.ts';
import { printableJson } from './printable.ts';

/** A finding with what gitleaks says beside it. No secret and nothing of its line is among it. */
export interface Leak {
  readonly finding: Finding;
  /** As gitleaks would write it: from where it was started. */
  readonly file: string;
  /** Shannon bits per character of the secret; 0 where it is not told. */
  readonly entropy: number;
  readonly author: string;
  readonly email: string;
  readonly date: string;
  readonly message: string;
  readonly tags: readonly string[];
}

const REDACTED = 'REDACTED';

const idOf = ({ rule }: Finding): string => rule.replace(/^leak\//, '');

const fingerprintOf = ({ finding, file }: Leak): string =>
  `${finding.commit === undefined ? '' : `${finding.commit}:`}${file}:${idOf(finding)}:${finding.line ?? 0}`;

// Names and order of gitleaks 8's JSON report, as its README shows it. Its columns count the last character in, ours the one after.
const fieldsOf = (leak: Leak) => {
  const { finding, file, entropy, author, email, date, message, tags } = leak;
  return {
    RuleID: idOf(finding),
    Description: finding.message,
    StartLine: finding.line ?? 0,
    EndLine: finding.endLine ?? finding.line ?? 0,
    StartColumn: finding.column ?? 0,
    EndColumn: Math.max(0, (finding.endColumn ?? 1) - 1),
    Match: REDACTED,
    Secret: REDACTED,
    File: file,
    SymlinkFile: '',
    Commit: finding.commit ?? '',
    Entropy: Number(entropy.toPrecision(6)),
    Author: author,
    Email: email,
    Date: date,
    Message: message,
    Tags: tags,
    Fingerprint: fingerprintOf(leak),
  };
};

/** gitleaks' JSON report: an array, `[]` when there is nothing. */
export const renderGitleaksJson = (leaks: readonly Leak[]): string =>
  `${printableJson(JSON.stringify(leaks.map(fieldsOf), undefined, 1))}\n`;

const COLUMNS = [
  'RuleID',
  'Commit',
  'File',
  'SymlinkFile',
  'Secret',
  'Match',
  'StartLine',
  'EndLine',
  'StartColumn',
  'EndColumn',
  'Author',
  'Message',
  'Date',
  'Email',
  'Fingerprint',
  'Tags',
] as const;

/** RFC 4180; a cell that a spreadsheet would take for a formula is made text. */
const cell = (value: string | number): string => {
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** gitleaks' CSV report; nothing when there is nothing. */
export const renderGitleaksCsv = (leaks: readonly Leak[]): string => {
  if (leaks.length === 0) return '';
  const rows = leaks.map((leak) => {
    const { Tags, ...fields } = fieldsOf(leak);
    return COLUMNS.map((name) => cell(name === 'Tags' ? Tags.join(' ') : fields[name])).join(',');
  });
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`;
};
