import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { parseToml, type Position, type TomlPath } from '../src/toml.ts';
import { documents, table } from './toml-documents.ts';

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
};

const refusal = (source: string | Uint8Array, file = 'kei.toml'): ConfigError => {
  try {
    parseToml(source, file);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

/** The rest of the text from a place on. */
const textAt = (text: string, at: Position | undefined): string => {
  if (at === undefined) return '<nowhere>';
  const lines = text.split('\n');
  return [lines[at.line - 1]?.slice(at.column - 1), ...lines.slice(at.line)].join('\n');
};

/** Every path of a parsed value. */
const pathsOf = (value: unknown, path: TomlPath = []): TomlPath[] => {
  if (value instanceof Date || typeof value !== 'object' || value === null) return [path];
  const own = path.length > 0 ? [path] : [];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item, i) => pathsOf(item, [...path, i]))];
  return [...own, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
};

const atPath = (value: unknown, path: TomlPath): unknown =>
  path.reduce<unknown>((v, step) => (v as Record<string | number, unknown>)[step], value);

const expectPlaces = (source: string): number => {
  const document = parseToml(source, 'x.toml');
  const paths = pathsOf(document.value);
  for (const path of paths) {
    const rest = textAt(document.text, document.locate(path));
    const last = path.at(-1);
    if (typeof last === 'string') {
      // What stands there reads as this key, with whatever is dotted to it or behind it.
      const key = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)/.exec(rest)?.[0];
      expect(key === undefined ? undefined : Object.keys(parse(`${key} = 0`))).toEqual([last]);
    }
    const value = atPath(document.value, path);
    const there = textAt(document.text, document.locate(path, 'value'));
    if (typeof value === 'number' || typeof value === 'boolean') expect(there.startsWith(String(value))).toBe(true);
    if (typeof value === 'string') expect(parse(`v = ${stringUpTo(there)}`)['v']).toBe(value);
    if (Array.isArray(value) && typeof last === 'number') expect(there).toMatch(/^\[/);
  }
  return paths.length;
};
const stringUpTo = (rest: string): string =>
  /^(?:"""(?:[^"\\]|\\[^]|"(?!""))*"{3,5}|'''(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')/.exec(rest)?.[0] ?? '<no string>';

describe('locate', () => {
  test('finds every key and value of documents in all spellings', () => {
    let seen = 0;
    fc.assert(
      fc.property(documents, ({ value, text }) => {
        expect(JSON.parse(JSON.stringify(parseToml(text, 'x.toml').value))).toEqual(JSON.parse(JSON.stringify(value)));
        seen += expectPlaces(text);
      }),
      { numRuns: 400 },
    );
    expect(seen).toBeGreaterThan(400);
  });

  test('finds every key of what smol-toml writes', () => {
    fc.assert(
      fc.property(table, (value) => {
        expectPlaces(stringify(value));
      }),
      { numRuns: 200 },
    );
  });

  test.for<[string, string, TomlPath, 'key' | 'value', Position | undefined]>([
    ['a pair', 'a = 1\nb = 2', ['b'], 'key', { line: 2, column: 1 }],
    ['its value', 'a = 1\nb =  2', ['b'], 'value', { line: 2, column: 6 }],
    ['after CRLF', '[t]\r\n  a = 1\r\n', ['t', 'a'], 'key', { line: 2, column: 3 }],
    ['a table header', '\n[ x . "y" ]\n', ['x', 'y'], 'key', { line: 2, column: 7 }],
    ['the second of [[tables]]', '[[r]]\na=1\n[[r]]\na=2', ['r', 1], 'key', { line: 3, column: 1 }],
    ['a key in it', '[[r]]\na=1\n[[r]]\na=2', ['r', 1, 'a'], 'key', { line: 4, column: 1 }],
    ['a sub-table in it', '[[r]]\n[[r]]\n[[r.s]]\n[[r.s]]\nk=1', ['r', 1, 's', 1, 'k'], 'key', { line: 5, column: 1 }],
    ['an element of an array', 'a = [\n 1, # ]\n 2]', ['a', 1], 'key', { line: 3, column: 2 }],
    ['a date with a space, then an element', 'a = [1979-05-27 07:32:00, 2]', ['a', 1], 'key', { line: 1, column: 27 }],
    ['a dotted key in an inline table', 'a = { b.c = 1, b.d = "}" }', ['a', 'b', 'd'], 'key', { line: 1, column: 18 }],
    ['behind a string that ends in its own quotes', 'a = """x"""""\nb = 1', ['b'], 'key', { line: 2, column: 1 }],
    ['columns in UTF-16 units', '"🜁" . b = 1', ['🜁', 'b'], 'key', { line: 1, column: 8 }],
    ['not a byte order mark', '\ufeffa = 1', ['a'], 'key', { line: 1, column: 1 }],
    ['no such key', 'a = 1', ['b'], 'key', undefined],
    ['no such element', 'a = [1]', ['a', 1], 'key', undefined],
    ['nothing inside a number', 'a = 1', ['a', 'b'], 'key', undefined],
  ])('%s', ([, text, path, of, expected]) => {
    expect(parseToml(text, 'x.toml').locate(path, of)).toEqual(expected);
  });
});

describe('refusals', () => {
  test.for<[string, string | Uint8Array, string]>([
    ['a broken line', 'a = 1\nb = hunter2hunter2\n', 'kei.toml:2:5: invalid value'],
    ['an open string', 'a = "hunter2', 'kei.toml:1:5: unfinished string'],
    ['NUL', 'a = "hunter2\0"', 'kei.toml:1:13: control characters are not allowed in strings'],
    ['NUL as a key', '\0', 'kei.toml:1:1: illegal character in key'],
    ['a key twice', 'k = 1\nk = 2', 'kei.toml:2:1: trying to redefine an already defined table or value'],
    ['behind a byte order mark', '\ufeffa = ', 'kei.toml:1:5: invalid value'],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x0a, 0x23, 0x20, 0xff, 0x0a]), 'kei.toml:2:3: not UTF-8'],
    ['the same behind a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x23, 0xc3]), 'kei.toml:1:2: not UTF-8'],
    ['UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0]), 'kei.toml: this is UTF-16, TOML is UTF-8'],
  ])('%s', ([, source, message]) => {
    const error = refusal(source);
    expect(error.message).toBe(message);
    // Node prints causes and own fields of an error as well.
    expect(`${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain('hunter2');
  });

  test('a file name cannot steer the terminal', () => {
    expect(refusal('=', 'leak-matrix/\u001b[2J\n.toml').message).toBe('leak-matrix/\\x1b[2J\\n.toml:1:1: unexpected end of key');
  });

  test('no bytes make it throw anything but a ConfigError, or hang', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '[[',
      '{',
      '}',
      '"',
      "'",
      '"""',
      "'''",
      '=',
      '.',
      ',',
      '#',
      '\\',
      '\n',
      '\r',
      '\0',
      'a',
      '1',
      ' ',
      '\ud800',
    );
    const sources = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(sources, (source) => {
        const error = thrownBy(() => {
          const document = parseToml(source, 'x.toml');
          for (const path of pathsOf(document.value)) document.locate(path);
        });
        expect(error === undefined || error instanceof ConfigError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('error() stands at the key, or at what encloses a missing one', () => {
    const document = parseToml('[leak]\n\ndecode = 9\n', 'kei.toml');
    expect(document.error(['leak', 'decode'], 'too many').message).toBe('kei.toml:3:1: too many');
    expect(document.error(['leak', 'decode'], 'too many', { of: 'value' }).message).toBe('kei.toml:3:10: too many');
    expect(document.error(['leak', 'jobs', 0], 'missing').message).toBe('kei.toml:1:2: missing');
    expect(document.error(['nowhere'], 'missing', { hint: 'h' })).toMatchObject({ message: 'kei.toml:1:1: missing', hint: 'h' });
  });
});

describe('large files', () => {
  const tables = Array.from(
    { length: 60_000 },
    (_, i) => `[[rules]]\nid = "rule-${i}"\nregex = '''[a-z]{${i}}'''\nkeywords = ["a", "b"]\n`,
  ).join('');
  test.for([
    { name: 'tables', text: tables, path: ['rules', 59_999, 'keywords', 1] as TomlPath, line: 239_999 + 1 },
    { name: 'one array', text: `a = [\n${'1,'.repeat(2_500_000)}\n7]`, path: ['a', 2_500_000] as TomlPath, line: 3 },
  ])('5 MB of $name are read and a place is found in time', ({ text, path, line }) => {
    expect(text.length).toBeGreaterThan(4_500_000);
    const bytes = Buffer.from(text);
    const started = process.cpuUsage();
    const document = parseToml(bytes, 'x.toml');
    const { user } = process.cpuUsage(started);
    expect(document.locate(path)?.line).toBe(line);
    expect(user / 1000).toBeLessThan(1000);
  });
});
