import type { Severity } from '../report/finding.ts';
import type { Position, TomlDocument, TomlPath } from '../toml.ts';

export type { Problem } from '../report/problem.ts';

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
