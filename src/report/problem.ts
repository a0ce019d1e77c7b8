import { ConfigError } from '../errors.ts';
import type { Finding, Severity } from './finding.ts';
import { placeFingerprint } from './fingerprint.ts';
import { printable } from './printable.ts';

/** Something about a file of rules. No text of it repeats a value: that may be what must not be shown. */
export interface Problem {
  /** `unknown-key`, `bad-regex`, … */
  readonly code: string;
  readonly severity: Severity;
  readonly file: string;
  /** 1-based; the column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** As findings of a report. @param room what their rules begin with: `leak-lint/CODE` */
export const problemFindings = (problems: readonly Problem[], room = 'leak-lint'): readonly Finding[] => {
  const seen = new Map<string, number>();
  return problems.map(({ code, severity, file, line, column, message, hint }) => {
    const rule = `${room}/${code}`;
    const key = `${rule}\0${file}\0${message}`;
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return {
      rule,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      path: file,
      line,
      column,
      fingerprint: placeFingerprint(rule, file, message, ordinal),
    };
  });
};

/** For a scan, which cannot go on with rules that are in error. @throws {ConfigError} for the first error */
export const throwFirst = (problems: readonly Problem[]): void => {
  const first = problems.find(({ severity }) => severity === 'error');
  if (first === undefined) return;
  const details = first.hint === undefined ? {} : { hint: first.hint };
  throw new ConfigError(`${printable(first.file)}:${first.line}:${first.column}: ${first.message}`, details);
};
