import { ConfigError } from '../errors.ts';
import type { Finding, Severity } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import { printable } from '../report/printable.ts';
import type { Position, TomlDocument, TomlPath } from '../toml.ts';

/** Something about a rule file. No text of it repeats a value: that may be what must not be shown. */
export interface Problem extends Position {
  /** `unknown-key`, `bad-regex`, … */
  readonly code: string;
  readonly severity: Severity;
  readonly file: string;
  readonly message: string;
  readonly hint?: string;
}

export interface Told {
  readonly message: string;
  readonly hint?: string;
  /** Default error. */
  readonly severity?: Severity;
  /** What the place is that of. Default the value. */
  readonly of?: 'key' | 'value';
}

/** Where something stands in a file, or what encloses it. */
export const placeOf = (document: TomlDocument, path: TomlPath, of: 'key' | 'value' = 'key'): Position => {
  for (let known = path.length; known > 0; known--) {
    const place = document.locate(path.slice(0, known), known === path.length ? of : 'key');
    if (place !== undefined) return place;
  }
  return { line: 1, column: 1 };
};

const offsetOf = (text: string, { line, column }: Position): number => {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
};

/** Where unit `at` of a string value stands; its beginning where escapes make the way back unsure. */
export const placeInside = (document: TomlDocument, path: TomlPath, value: string, at: number): Position => {
  const start = placeOf(document, path, 'value');
  const from = offsetOf(document.text, start);
  const quote = /^(?:'''\r?\n?|"""\r?\n?|'|")/.exec(document.text.slice(from, from + 5))?.[0].length ?? 0;
  if (quote === 0 || !document.text.startsWith(value, from + quote)) return start;
  const before = document.text.slice(from, from + quote + Math.min(at, value.length));
  const feeds = before.split('\n').length - 1;
  return feeds === 0
    ? { line: start.line, column: start.column + before.length }
    : { line: start.line + feeds, column: before.length - before.lastIndexOf('\n') };
};

/** As findings of a report: rules `leak-lint/CODE`. */
export const problemFindings = (problems: readonly Problem[]): readonly Finding[] => {
  const seen = new Map<string, number>();
  return problems.map(({ code, severity, file, line, column, message, hint }) => {
    const rule = `leak-lint/${code}`;
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
