import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addEntries, addIgnore, isExpired, parseIgnores, type Ignore } from '../../src/config/ignores.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';

const A = `kei1:${'a'.repeat(26)}`;
const B = `kei1c:${'b'.repeat(26)}`;

const complaint = (text: string): string => {
  try {
    parseIgnores(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

test('every field', () => {
  const text = `
[[ignore]]
rule = "leak/github-pat"
fingerprint = "${A}"
path = "docs/a b.md"
reason = "published example"
until = 2027-06-30
by = "ann"

[[ignore]]
rule = "leak/*"
match = "test/fixtures/**"
reason = "made up"

[[baseline]]
fingerprint = "${B}"
`;
  expect(parseIgnores(text)).toEqual([
    {
      kind: 'ignore',
      rule: 'leak/github-pat',
      fingerprint: A,
      path: 'docs/a b.md',
      reason: 'published example',
      until: '2027-06-30',
      by: 'ann',
      position: { line: 2, column: 1 },
    },
    { kind: 'ignore', rule: 'leak/*', match: 'test/fixtures/**', reason: 'made up', position: { line: 10, column: 1 } },
    { kind: 'baseline', fingerprint: B, position: { line: 15, column: 1 } },
  ]);
  expect(parseIgnores('')).toEqual([]);
});

test.for<[string, string, string]>([
  ['no reason', `[[ignore]]\nfingerprint = "${A}"`, '.kei/ignores.toml:1:1: [[ignore]] has no reason'],
  [
    'an empty reason',
    `[[ignore]]\nfingerprint = "${A}"\nreason = " "`,
    '.kei/ignores.toml:3:10: reason in [[ignore]] must be a reason: a line of text',
  ],
  ['neither', '[[ignore]]\nrule = "leak/a"\nreason = "x"', '.kei/ignores.toml:1:1: [[ignore]] needs either fingerprint or match'],
  [
    'both',
    `[[ignore]]\nrule = "leak/a"\nmatch = "*"\nfingerprint = "${A}"\nreason = "x"`,
    '.kei/ignores.toml:1:1: [[ignore]] needs either fingerprint or match',
  ],
  ['match alone', '[[ignore]]\nmatch = "*"\nreason = "x"', '.kei/ignores.toml:1:1: [[ignore]] with match needs a rule as well'],
  [
    'a mistyped fingerprint',
    '[[baseline]]\nfingerprint = "kei1:abc"',
    '.kei/ignores.toml:2:15: fingerprint in [[baseline]] must be a fingerprint, as reports show it',
  ],
  ['a baseline by match', '[[baseline]]\nmatch = "*"', '.kei/ignores.toml:2:1: unknown key "match" in [[baseline]]'],
  [
    'a rule without a room',
    '[[ignore]]\nrule = "github-pat"',
    '.kei/ignores.toml:2:8: rule in [[ignore]] must be the id of a rule, like "leak/github-pat"',
  ],
  [
    'a quoted date',
    `[[ignore]]\nfingerprint = "${A}"\nreason = "x"\nuntil = "2027-01-01"`,
    '.kei/ignores.toml:4:9: until in [[ignore]] must be a date like 2027-06-30, without quotes',
  ],
  [
    'a time',
    `[[ignore]]\nfingerprint = "${A}"\nreason = "x"\nuntil = 2027-01-01T00:00:00Z`,
    '.kei/ignores.toml:4:9: until in [[ignore]] must be a date like 2027-06-30, without quotes',
  ],
  ['unknown key', `[[ignore]]\nfingerprint = "${A}"\nresaon = "x"`, '.kei/ignores.toml:3:1: unknown key "resaon" in [[ignore]]'],
  ['unknown table', '[[ignores]]', '.kei/ignores.toml:1:3: unknown key "ignores"'],
  ['[ignore]', '[ignore]\nreason = "x"', '.kei/ignores.toml:1:2: ignore must be written as [[ignore]]'],
])('refused: %s', ([, text, expected]) => {
  expect(complaint(text)).toBe(expected);
});

test.for<[string | undefined, string, boolean]>([
  ['2027-06-30', '2027-06-30T23:59:59.999Z', false],
  ['2027-06-30', '2027-07-01T00:00:00Z', true],
  [undefined, '2999-01-01T00:00:00Z', false],
])('until %s, at %s', ([until, now, expired]) => {
  expect(isExpired(until === undefined ? {} : { until }, new Date(now))).toBe(expired);
});

describe('addIgnore', () => {
  const entry = { fingerprint: A, reason: 'example' };
  const block = `[[ignore]]\nfingerprint = "${A}"\nreason = "example"\n`;
  const old = `# ours\n[[ignore]] # odd   spacing\nfingerprint='${B}'\nreason   =   "x"`;
  test.for<[string, string, string]>([
    ['into nothing', '', block],
    ['behind a line end', `${old}\n`, `${old}\n\n${block}`],
    ['without a last line end', old, `${old}\n\n${block}`],
    ['CRLF', `${old}\n`.replaceAll('\n', '\r\n'), `${old}\n\n${block}`.replaceAll('\n', '\r\n')],
    ['byte order mark', '\ufeff', `\ufeff${block}`],
    ['a comment alone', '# no entries', `# no entries\n\n${block}`],
  ])('%s', ([, before, after]) => {
    expect(addIgnore(before, entry)).toBe(after);
  });

  test('does not repeat what stands there, but outlives an earlier end', () => {
    const once = addIgnore('', { ...entry, until: '2027-01-01' });
    expect(addIgnore(once, { ...entry, until: '2026-12-31' })).toBe(once);
    expect(parseIgnores(addIgnore(once, { ...entry, until: '2027-01-02' }))).toHaveLength(2);
    expect(addIgnore(block, { ...entry, until: '2027-01-02' })).toBe(block);
    expect(
      addEntries('', [
        { kind: 'ignore', ...entry },
        { kind: 'ignore', ...entry },
      ]),
    ).toBe(block);
  });

  test('refuses what would break the file, and a broken file', () => {
    expect(() => addIgnore('', { fingerprint: A })).toThrow('the new entry does not fit: .kei/ignores.toml:1:1: [[ignore]] has no reason');
    expect(() => addIgnore('', { ...entry, reason: 'two\nlines' })).toThrow('must be a reason: a line of text');
    expect(() => addIgnore('', { ...entry, until: '2027-02-30' })).toThrow(UsageError);
    expect(() => addIgnore('', { ...entry, until: 'soon' })).toThrow('"soon" is not a date');
    expect(() => addIgnore('ignore = []', entry)).toThrow(ConfigError);
    expect(() => addIgnore('[[ignore', entry)).toThrow(ConfigError);
  });

  test('any text comes back as it went in, behind the untouched file', () => {
    const words = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((word) => /^[^\p{Cc}]*[^\s\p{Cc}][^\p{Cc}]*$/u.test(word));
    const entries = fc.array(
      fc.record(
        {
          kind: fc.constantFrom('ignore' as const, 'baseline' as const),
          fingerprint: fc.stringMatching(/^kei1c?:[a-z2-7]{26}$/),
          reason: words,
          path: words,
          by: words,
          until: fc
            .date({ min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
            .map((day) => day.toISOString().slice(0, 10)),
        },
        { requiredKeys: ['kind', 'fingerprint', 'reason'] },
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.constantFrom('', `${old}\n`, `${old}\r\n`, old), entries, (before, added: Ignore[]) => {
        const after = addEntries(before, added);
        expect(after.startsWith(before)).toBe(true);
        const read = parseIgnores(after).map(({ position, ...rest }) => ({ ...rest, at: position.line > 0 }));
        for (const one of added) expect(read).toContainEqual({ ...one, at: true });
      }),
      { numRuns: 200 },
    );
  });
});
