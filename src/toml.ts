import { isUtf8 } from 'node:buffer';
import { parse, TomlError } from 'smol-toml';
import { ConfigError, type ErrorDetails } from './errors.ts';
import { printable } from './report/printable.ts';
import { findPlaces, type TomlPath } from './toml-places.ts';

export type { TomlPath } from './toml-places.ts';
export type TomlTable = Readonly<Record<string, unknown>>;

export const isTable = (value: unknown): value is TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** 1-based; the column counts UTF-16 units, a byte order mark not among them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface TomlDocument {
  readonly file: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly value: TomlTable;
  /** Where a key stands (or an element of an array, or the header of an element of `[[tables]]`); undefined when there is none. */
  locate(path: TomlPath, of?: 'key' | 'value'): Position | undefined;
  /** `file:line:column: message`, at the place of `path` or of what encloses it. */
  error(path: TomlPath, message: string, details?: ErrorDetails & { readonly of?: 'key' | 'value' }): ConfigError;
}

const errorAt = (file: string, at: Position | undefined, message: string, details: ErrorDetails = {}): ConfigError =>
  new ConfigError(`${printable(file)}${at === undefined ? '' : `:${at.line}:${at.column}`}: ${message}`, details);

const positionIn = (text: string): ((offset: number) => Position) => {
  let starts: readonly number[] | undefined;
  const read = (): readonly number[] => {
    const found = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found.push(at + 1);
    return found;
  };
  return (offset) => {
    starts ??= read();
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
};

/** Not by TextDecoder, which costs a millisecond to wake up. */
const decode = (bytes: Uint8Array, file: string): string => {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(raw)) return raw.toString();
  const hint = 'save the file as UTF-8';
  if ((raw[0] === 0xff && raw[1] === 0xfe) || (raw[0] === 0xfe && raw[1] === 0xff)) {
    throw new ConfigError(`${printable(file)}: this is UTF-16, TOML is UTF-8`, { hint });
  }
  // Wrong bytes come back as U+FFFD: the first difference is the place.
  const again = Buffer.from(raw.toString());
  let wrong = 0;
  while (raw[wrong] === again[wrong]) wrong++;
  const before = withoutMark(raw.toString('utf8', 0, wrong));
  throw errorAt(file, positionIn(before)(before.length), 'not UTF-8', { hint });
};

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** smol-toml's message goes on with a block of the file's lines, which may hold a secret: only its first line is told. */
const syntaxMessage = (error: TomlError): string => {
  const [first = ''] = error.message.split('\n', 1);
  return printable(first.replace(/^Invalid TOML document: /, ''));
};

/**
 * @param file as it is to be named in messages
 * @throws {ConfigError} when it is not UTF-8 or not TOML
 */
export const parseToml = (source: string | Uint8Array, file: string): TomlDocument => {
  const text = withoutMark(typeof source === 'string' ? source : decode(source, file));
  let value: TomlTable;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // No cause: it would carry the lines of the file into a printed stack.
    throw errorAt(file, { line: error.line, column: error.column }, syntaxMessage(error));
  }
  const find = findPlaces(text);
  const position = positionIn(text);
  const locate: TomlDocument['locate'] = (path, of = 'key') => {
    if (path.length === 0) return { line: 1, column: 1 };
    const spot = find(path);
    return spot && position(spot[of]);
  };
  const error: TomlDocument['error'] = (path, message, details = {}) => {
    let known = path.length;
    while (known > 0 && locate(path.slice(0, known)) === undefined) known--;
    return errorAt(file, locate(path.slice(0, known), details.of), message, details);
  };
  return { file, text, value, locate, error };
};
