import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { parseIgnores } from '../src/config/ignores.ts';
import { parseConfig } from '../src/config/layer.ts';
import { ConfigError } from '../src/errors.ts';
import { builtinRules, loadRules, scanBytes, type Rules } from '../src/leak/api.ts';
import { createMatcher } from '../src/regex/match.ts';
import { parsePattern, PatternError } from '../src/regex/parse.ts';
import { ProgramTooLong } from '../src/regex/program.ts';
import { githubToken } from './leak/tokens.ts';

const RUNS = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;
const SLOW_MS = 5_000; // what a loaded machine may take for one input; a hang takes longer

/** Runs it; only the errors of `known` kinds may come, and it must end. */
const bounded = <T>(work: () => T, known: readonly (new (...args: never[]) => Error)[]): T | undefined => {
  const begun = performance.now();
  try {
    return work();
  } catch (error) {
    if (!known.some((kind) => error instanceof kind)) throw error;
    return undefined;
  } finally {
    expect(performance.now() - begun).toBeLessThan(SLOW_MS);
  }
};

const cut = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(text.length),
      fc.constantFrom('', '"', "'''", '[[', ']]', '=', '\n', '\u0000', '\ud800', '\\', '{', '#', '\u{1f600}'),
    )
    .map(([a, b, more]) => text.slice(0, Math.min(a, b)) + more + text.slice(Math.max(a, b)));

const PIECES = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{2,3}',
  '{1000}',
  '{99999}',
  '*',
  '+',
  '?',
  '|',
  '^',
  '$',
  '.',
  '\\',
  '\\b',
  '\\w',
  '\\W',
  '\\pL',
  '\\p{',
  '\\x{110000}',
  '\\Q',
  '\\E',
  '(?i)',
  '(?:',
  '(?P<n>',
  '(?<',
  '(?=',
  '(?#',
  '(?x) ',
  '[^',
  '[[:alpha:]',
  '-',
  'a',
  'k',
  '\u212a',
  '\u{1f600}',
  '\ud800',
  '\0',
  '\n',
  '#',
  '0',
  '\\1',
  '[]a]',
  '(a+)+',
  '(.*)*',
  '(|a)*',
];
const expression = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const scalar = fc.oneof(
  expression,
  fc.boolean(),
  fc.integer({ min: -5, max: 2_000_000 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(
    'github',
    'secret',
    'block',
    'match',
    'AND',
    'OR',
    'before',
    'leak-matrix/1',
    'entropy(secret) > 3',
    'matchesAny(secret, [`a`',
    '2020-01-01',
    '../x',
    '/etc/passwd',
  ),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(expression, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('id', 'not', 'text', 'secret', 'until', 'regexes'), scalar, { maxKeys: 3 }) },
);
const RULE_KEYS = [
  'id',
  'description',
  'regex',
  'path',
  'entropy',
  'secretGroup',
  'keywords',
  'tags',
  'allowlists',
  'allowlist',
  'required',
  'skipReport',
  'filter',
  'checksum',
  'category',
  'action',
  'scope',
  'severity',
  'confidence',
  'rationale',
  'added',
  'kind',
  'source',
  'tests',
  'override',
  'noise',
  'patern',
  '__proto__',
  'constructor',
];
const LIST_KEYS = [
  'description',
  'reason',
  'condition',
  'regexTarget',
  'regexes',
  'paths',
  'commits',
  'stopwords',
  'targetRules',
  'until',
  'owner',
];
const list = fc.dictionary(fc.constantFrom(...LIST_KEYS), value, { maxKeys: 4 });
const rule = fc
  .record({ id: fc.constantFrom('a', 'b', 'c.1', ''), description: fc.constant('x'), regex: expression }, { requiredKeys: ['regex'] })
  .chain((base) =>
    fc
      .record({
        more: fc.dictionary(fc.constantFrom(...RULE_KEYS), value, { maxKeys: 4 }),
        lists: fc.option(fc.array(list, { maxLength: 2 }), { nil: undefined }),
      })
      .map(({ more, lists }) => ({ ...base, ...more, ...(lists === undefined ? {} : { allowlists: lists }) })),
  );
const ruleDocument = fc
  .record(
    {
      schema: fc.constantFrom('leak-matrix/1', 'leak-matrix/2', 'x', 3),
      title: value,
      extend: fc.dictionary(fc.constantFrom('useDefault', 'path', 'disabledRules', 'imports', 'url'), value, { maxKeys: 2 }),
      limits: fc.dictionary(fc.constantFrom('decode', 'max-window', 'maxWindow', 'x'), value, { maxKeys: 2 }),
      allowlist: list,
      rules: fc.array(rule, { maxLength: 3 }),
    },
    { requiredKeys: ['rules'] },
  )
  .map((document) => {
    try {
      return stringify(document);
    } catch {
      return ''; // half of a surrogate pair, and the like: no TOML holds it
    }
  });

const OURS = readFileSync(join(import.meta.dirname, '../leak-matrix/agents.toml'), 'utf8').slice(0, 6000);

test('rule files: a set of rules that scans, or an error that says where', () => {
  let loaded = 0;
  const sample = Buffer.from(`k = "${githubToken('fuzz')}" aaa kkk \u212a\u{1f600}\n`.repeat(4));
  fc.assert(
    fc.property(
      fc.oneof(
        { weight: 4, arbitrary: ruleDocument },
        { weight: 1, arbitrary: cut(OURS) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
      ),
      (text) => {
        const rules = bounded(() => loadRules([{ file: 'rules.toml', text }]), [ConfigError]);
        if (rules === undefined) return;
        loaded++;
        bounded(() => scanBytes(rules, sample, 'a/b.txt'), []);
      },
    ),
    { numRuns: RUNS },
  );
  expect(loaded).toBeGreaterThan(RUNS / 50);
});

let rules: Rules | undefined;
const builtin = (): Rules => (rules ??= builtinRules(readFileSync(join(import.meta.dirname, '../dist/rules.bin'))));

const TOKEN = githubToken('fuzz bytes');
const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      TOKEN,
      TOKEN.slice(0, 20),
      'password = "',
      '"\n',
      '-----BEGIN RSA PRIVATE KEY-----\n',
      '-----END',
      'eyJhbGciOiJIUzI1NiJ9.',
      'AKIA',
      'postgres://u:p@h/',
      '%41%',
      '\\u0041\\x',
      '\ufeff',
      '\u{1f600}',
      '\r\n',
      'kei:allow',
      '&#x41;',
      '='.repeat(9),
      'A'.repeat(300),
    )
    .map((text) => Buffer.from(text)),
  fc.constant(TOKEN).map((text) => Buffer.from(text).swap16()),
  fc.constant(`x ${TOKEN}`).map((text) => Buffer.from(text, 'utf16le')),
  fc.constant(TOKEN).map((text) => Buffer.from(Buffer.from(Buffer.from(text).toString('base64')).toString('base64'))),
  fc.constant(TOKEN).map((text) => Buffer.from(Buffer.from(text).toString('hex'))),
  fc.constant(Buffer.alloc(64)),
);

test('file content: findings lie within it and come out the same each time', () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 12 }).map((parts) => Buffer.concat(parts)),
      fc.nat(4),
      (bytes, decode) => {
        const once = bounded(() => scanBytes(builtin(), bytes, 'a.txt', { decode }), []) ?? [];
        for (const { start = -1, end = -1, line = 0, column = 0, endLine = 0 } of once) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(bytes.length);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(endLine).toBeGreaterThanOrEqual(line);
        }
        found += once.length;
        expect(JSON.stringify(once)).not.toContain(TOKEN);
        expect(scanBytes(builtin(), bytes, 'a.txt', { decode })).toEqual(once);
      },
    ),
    { numRuns: RUNS },
  );
  expect(found).toBeGreaterThan(RUNS / 10);
});

test('a secret is found whatever stands around it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (before, after) => {
      const head = Buffer.concat([before, Buffer.from('\n')]);
      const bytes = Buffer.concat([head, Buffer.from(TOKEN), Buffer.from('\n'), after]);
      const places = scanBytes(builtin(), bytes, 'a.txt').map(({ rule: id, start, end }) => [id, start, end]);
      expect(places).toContainEqual(['leak/github-pat-classic', head.length, head.length + TOKEN.length]);
    }),
    { numRuns: RUNS },
  );
});

const SETTINGS =
  '[check]\nfail-on = "warning"\nskip = ["leak"]\n[leak]\ncategories = ["secret"]\ndecode = 2\nmax-file-size = "50M"\njobs = 0\nbuiltin = true\nhonour-inline = ["gitleaks:allow"]\n';
const IGNORES =
  '[[ignore]]\nrule = "leak/*"\nmatch = "docs/**"\nreason = "x"\nuntil = 2027-01-01\n[[baseline]]\nfingerprint = "kei1:abcdefghijklmnopqrstuvwxyz"\n';
const anyToml = fc
  .dictionary(
    fc.constantFrom('check', 'leak', 'ignore', 'baseline', 'hook', 'x'),
    fc.oneof(
      value,
      fc.dictionary(
        fc.constantFrom('decode', 'jobs', 'skip', 'fail-on', 'categories', 'rules', 'max-file-size', 'match', 'reason', 'until'),
        value,
      ),
    ),
    { maxKeys: 3 },
  )
  .map((document) => {
    try {
      return stringify(document);
    } catch {
      return '';
    }
  });

test.for([
  ['kei.toml', SETTINGS, parseConfig],
  ['.kei/ignores.toml', IGNORES, parseIgnores],
] as const)('%s: settings, or an error that says where', ([file, sample, parse]) => {
  expect(() => parse(sample, file)).not.toThrow();
  fc.assert(
    fc.property(fc.oneof(cut(sample), anyToml, fc.string({ unit: 'binary', maxLength: 80 }), fc.uint8Array({ maxLength: 80 })), (text) => {
      bounded(() => parse(text, file), [ConfigError]);
    }),
    { numRuns: RUNS },
  );
});

test('expressions: refused with a place, or matched in bounded time', () => {
  let parsed = 0;
  fc.assert(
    fc.property(expression, fc.string({ unit: 'binary', maxLength: 60 }), (source, text) => {
      const pattern = bounded(() => parsePattern(source), [PatternError]);
      if (pattern === undefined) return;
      parsed++;
      bounded(() => {
        const matcher = createMatcher(pattern);
        const long = `${text}${'a'.repeat(400)}!${text}`;
        for (const input of [text, long]) {
          const found = matcher.exec(input, 0, Infinity);
          const [whole] = matcher.spans(input);
          expect(whole === undefined ? undefined : [whole[0], whole[1]]).toEqual(
            found === undefined ? undefined : [found.index, found.end],
          );
        }
      }, [ProgramTooLong]);
    }),
    { numRuns: RUNS },
  );
  expect(parsed).toBeGreaterThan(RUNS / 10);
});
