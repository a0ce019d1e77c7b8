import { ConfigError } from '../errors.ts';
import type { Finding } from '../report/finding.ts';
import { secretFingerprint } from '../report/fingerprint.ts';
import { REPORT_SCHEMA } from '../report/json.ts';
import { parseReport } from '../report/parse.ts';
import { printable } from '../report/printable.ts';
import type { Evidence } from './evidence.ts';
import { isNamed, plainPath } from '../leak/places.ts';

/** One finding of a report of gitleaks. `secret` is as clear as the report has it: only to be compared with. */
interface Known {
  readonly rule: string;
  readonly file: string;
  readonly commit: string;
  readonly lines: readonly [first: number, last: number];
  /** Bytes of the match in its line, from 1. */
  readonly columns: readonly [first: number, last: number];
  /** undefined: taken out. */
  readonly secret: string | undefined;
}

/** Findings that somebody knows of already. */
export type Baseline = (finding: Finding, file: string, evidence: Evidence | undefined) => boolean;

const LEAST = 8; // characters: what is shorter may stand anywhere
const MOST_BYTES = 256 * 2 ** 20;
const HINT = 'give a JSON report of gitleaks or kei-git';

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

const normal = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');

// What gitleaks writes with --redact, and with --redact=N.
const isRedacted = (secret: string): boolean => secret === '' || secret === 'REDACTED' || secret.endsWith('...');

const entryOf = (value: unknown, at: number, file: string): Known => {
  const fail = (what: string): never => {
    throw new ConfigError(`${printable(file)}: [${at}]${what}`, { hint: HINT });
  };
  if (!isMembers(value)) return fail(' is not an object');
  const text = (name: string): string => {
    const member = value[name] ?? '';
    return typeof member === 'string' ? member : fail(`.${name} is not a text`);
  };
  const whole = (name: string): number => {
    const member = value[name] ?? 0;
    return typeof member === 'number' && Number.isSafeInteger(member) ? member : fail(`.${name} is not a whole number`);
  };
  if (text('RuleID') === '') return fail('.RuleID is missing');
  const secret = text('Secret');
  const first = whole('StartLine');
  return {
    rule: text('RuleID'),
    file: normal(text('File')),
    commit: text('Commit'),
    lines: [first, Math.max(first, whole('EndLine'))],
    columns: [whole('StartColumn'), whole('EndColumn')],
    secret: isRedacted(secret) ? undefined : secret,
  };
};

const parseJson = (bytes: Uint8Array, file: string): unknown => {
  try {
    return JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
  } catch {
    // The parser's own message quotes the text, and that may hold secrets.
    throw new ConfigError(`${printable(file)}: not valid JSON`, { hint: HINT });
  }
};

const isSame = (known: Known, finding: Finding, evidence: Evidence | undefined): boolean => {
  const { secret, rule } = known;
  if (secret !== undefined) {
    if (evidence !== undefined && (evidence.secret === secret || (evidence.secret.length >= LEAST && secret.includes(evidence.secret))))
      return true;
    return finding.fingerprint === secretFingerprint(finding.rule, secret);
  }
  if (!isNamed(rule, finding) || known.commit !== (finding.commit ?? '')) return false;
  const { line = 0, column = 0, endColumn = column + 1 } = finding;
  const [first, last] = known.lines;
  if (line < first || line > last) return false;
  if (first !== last) return true;
  // gitleaks counts bytes, and one more after the first line of a piece.
  const [from, to] = evidence === undefined ? [column, endColumn - 1] : [evidence.firstByte, evidence.lastByte];
  return from <= known.columns[1] && to >= known.columns[0] - 1;
};

const ofGitleaks = (entries: readonly unknown[], file: string): Baseline => {
  const byFile = new Map<string, Known[]>();
  for (const [at, value] of entries.entries()) {
    const known = entryOf(value, at, file);
    byFile.set(known.file, [...(byFile.get(known.file) ?? []), known]);
  }
  return (finding, path, evidence) =>
    [...new Set([normal(path), plainPath(finding.path)])].some((name) =>
      byFile.get(name)?.some((known) => isSame(known, finding, evidence)),
    );
};

/**
 * A report of an earlier run, of gitleaks or of kei-git: JSON.
 * @throws {ConfigError} when it is something else; nothing of it is quoted
 */
export const parseBaseline = (bytes: Uint8Array, file: string): Baseline => {
  if (bytes.length > MOST_BYTES) throw new ConfigError(`${printable(file)}: larger than 256 MiB`, { hint: HINT });
  const value = parseJson(bytes, file);
  if (Array.isArray(value)) return ofGitleaks(value, file);
  if (!isMembers(value) || value['schema'] !== REPORT_SCHEMA)
    throw new ConfigError(`${printable(file)}: neither a report of gitleaks nor of kei-git`, { hint: HINT });
  const known = new Set(parseReport(Buffer.from(bytes).toString('utf8'), file).findings.map(({ fingerprint }) => fingerprint));
  return (finding) => known.has(finding.fingerprint);
};
