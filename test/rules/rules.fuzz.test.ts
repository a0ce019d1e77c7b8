import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { combineRules } from '../../src/rules/combine.ts';
import { compileExpression, ExpressionError } from '../../src/expression/compile.ts';
import { lintRules } from '../../src/leak/lint.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';

const numRuns = process.env['KEI_LONG'] === undefined ? 1000 : 10_000;
const now = new Date('2027-01-15T00:00:00Z');

const SEEDS = [
  `schema = "leak-matrix/1"
[extend]
disabledRules = ["a"]
imports = [{ format = "gitleaks", path = "x.toml" }]
[[rules]]
id = "acme"
regex = '''\\b(acme_[a-z]{3,9}(?:x|yz)*)\\b'''
secretGroup = 1
scope = ["write", "all-writes"]
confidence = 0.5
checksum = "github"
added = 2026-01-02
filter = 'entropy(finding["secret"]) < 3 || matchesAny(finding["line"], ["a+"])'
source = { kind = "sdk", url = "https://example.com" }
[[rules.required]]
id = "other"
withinLines = 3
[[rules.tests]]
text = "acme_{{lower:5}}"
expect = "hit"
[[rules]]
id = "other"
path = '[.]env$'
[[allowlists]]
paths = ["^docs/"]
until = 2027-06-30
targetRules = ["acme"]
[limits]
maxWindow = 4096
`,
  `title = "x"
[extend]
useDefault = true
[allowlist]
regexes = ["a", "b"]
stopwords = ["c"]
[[rules]]
id = "a"
regex = "(?i)abc[0-9]+"
keywords = ["ABC"]
entropy = 3.5
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ["x"]
`,
] as const;

const PIECES = [
  '"',
  "'''",
  '[',
  ']]',
  '=',
  '\n',
  '(',
  ')',
  '{9999}',
  '*',
  '\\',
  '(?i)',
  '(?=',
  '|',
  '\u0000',
  '\ud800',
  '💥',
  '0',
  '-1',
  '1e999',
  'true',
  '[[rules]]\n',
  'id = 3\n',
  'regex = 1\n',
  'nan',
  'rules',
  '#',
  'a',
  'Zz',
  ' ',
  '9',
  '+',
  '?',
  '.',
  '[a-z]',
];

const edited = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 3 }))
  .map(([seed, edits]) =>
    edits.reduce<string>((text, [at, cut, piece]) => text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut), seed),
  );

test('a rule file may be anything: what is wrong with it is told, and nothing else happens', () => {
  let whole = 0;
  fc.assert(
    fc.property(edited, (text) => {
      try {
        const file = parseRuleFile(text, 'a.toml', { origin: 'a.toml', now });
        const { set, problems } = combineRules({ sources: [{ file, imports: [], mayLoosen: true }] });
        const lines = text.split('\n').length;
        expect(problems.filter(({ line, column }) => line < 1 || column < 1 || line > lines)).toEqual([]);
        if (problems.some(({ severity }) => severity === 'error')) return;
        whole++;
        lintRules(file.set.rules, set, { costs: true, needsTests: false });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns },
  );
  expect(whole).toBeGreaterThan(numRuns / 50);
});

const WORDS = [
  'finding',
  '["secret"]',
  '.line',
  'attributes',
  'entropy(',
  'matchesAny(',
  'containsAny(',
  'len(',
  'get(',
  'let x = ',
  ';',
  'x',
  '(',
  ')',
  '[',
  ']',
  ':',
  ',',
  '?',
  '!',
  'not',
  '&&',
  '||',
  '==',
  '<',
  'in',
  'matches',
  'contains',
  '"a+"',
  '`\\d`',
  '"(a+)+$"',
  '3',
  '0.5',
  '-',
  '+',
  '/',
  'nil',
  'true',
  '??',
  '#',
  '"',
];

test('a filter expression may be anything', () => {
  const input = { secret: `${'a'.repeat(50)}!`, match: 'b', line: 'a b c', path: 'd/e' };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 20 }), (words) => {
      try {
        expect(typeof compileExpression(words.join(' '))(input)).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
    }),
    { numRuns },
  );
});
