import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDetectSecrets } from '../../src/imports/detect-secrets.ts';
import { PLUGIN_RULES } from '../../src/imports/detect-secrets-plugins.ts';
import type { Problem } from '../../src/report/problem.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const show = ({ line, column, severity, code, message, hint }: Problem): string =>
  `${line}:${column} ${severity} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
const read = (value: unknown): ReturnType<typeof readDetectSecrets> =>
  readDetectSecrets(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)), 'b.json');

test('entries with their places, audit and files', () => {
  const { entries, problems } = read({
    version: '1.5.0',
    results: {
      'b.yml': [
        { type: 'Secret Keyword', filename: 'b.yml', hashed_secret: sha1('x'), is_verified: false, line_number: 3 },
        {
          type: 'Secret Keyword',
          filename: 'b.yml',
          hashed_secret: sha1('x').toUpperCase(),
          is_verified: true,
          line_number: 9,
          is_secret: false,
        },
      ],
      '.\\dir\\a.yml': [{ type: 'Base64 High Entropy String', hashed_secret: sha1('y'), is_secret: true }],
    },
  });
  expect(problems).toEqual([]);
  expect(entries).toEqual([
    { path: 'b.yml', sha1: sha1('x'), type: 'Secret Keyword', isSecret: undefined, isVerified: false, at: { line: 8, column: 26 } },
    { path: 'b.yml', sha1: sha1('x'), type: 'Secret Keyword', isSecret: false, isVerified: true, at: { line: 15, column: 26 } },
    {
      path: 'dir/a.yml',
      sha1: sha1('y'),
      type: 'Base64 High Entropy String',
      isSecret: true,
      isVerified: false,
      at: { line: 24, column: 26 },
    },
  ]);
});

test('what the tool was set to is told: our rules for its plugins, what has none, what is set aside', () => {
  const { problems } = read({
    plugins_used: [{ name: 'JwtTokenDetector' }, { name: 'CloudantDetector' }, { name: 'AcmeDetector' }],
    filters_used: [
      { path: 'detect_secrets.filters.heuristic.is_sequential_string' },
      { path: 'detect_secrets.filters.regex.should_exclude_line', pattern: ['x'] },
      { path: 'acme.filter' },
    ],
    results: { 'a.yml': [{ type: 'x' }] },
    resluts: {},
  });
  expect(problems.map(show)).toEqual([
    '34:3 warning unknown-key: unknown key "resluts" is not carried over (did you mean "results"?)',
    '4:15 note plugin: for plugin "JwtTokenDetector" there is leak/jwt, leak/jwt-long',
    '7:15 note no-rule: no rule of ours looks for what plugin "CloudantDetector" does',
    '10:15 warning unknown-plugin: plugin "AcmeDetector" is not known: no rule is known to stand for it',
    '18:15 note not-carried: filter "detect_secrets.filters.regex.should_exclude_line" is not carried over (paths and words that may pass stand in [[allowlists]] of a rule file)',
    '24:15 note not-carried: filter "acme.filter" is not carried over (paths and words that may pass stand in [[allowlists]] of a rule file)',
    expect.stringMatching(/^\d+:\d+ warning left-out: an entry of "a\.yml" has no hashed_secret: it is left out$/),
  ]);
});

test.for([
  ['', /not a baseline of detect-secrets: it must be a JSON object$/],
  ['[]', /it must be a JSON object$/],
  ['{"results": ', /it must be a JSON object$/],
  ['{}', /it has no results$/],
  ['{"results": []}', /it has no results$/],
] as const)('another file is refused: %j', ([text, message]) => {
  expect(() => read(text)).toThrow(message);
});

test('a byte order mark and carriage returns do no harm, and nothing of a broken file is told', () => {
  const text = JSON.stringify({ results: { a: [{ hashed_secret: sha1('x') }] } }, undefined, 2).replaceAll('\n', '\r\n');
  expect(read(`\ufeff${text}`).entries).toHaveLength(1);
  expect(() => read(`{"results": ${['glpat', 'x8Kd02mLq9Zr5TyUw3Vb'].join('-')}}`)).toThrow(/^((?!x8Kd).)*$/s);
});

test('each rule that stands for a plugin is there', () => {
  const folder = new URL('../../leak-matrix/', import.meta.url);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const ids = new Set(texts.flatMap((text) => [...text.matchAll(/^id = "(.+)"$/gm)].map(([, id]) => id)));
  expect(PLUGIN_RULES.filter((id) => !ids.has(id))).toEqual([]);
});
