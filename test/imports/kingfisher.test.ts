import { expect, test } from 'vitest';
import { convertKingfisher } from '../../src/imports/kingfisher.ts';
import { createTrial, type Trial } from '../../src/leak/trial.ts';
import type { Problem } from '../../src/report/problem.ts';
import { combineRules } from '../../src/rules/combine.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';
import type { RuleFile } from '../../src/rules/rule-file.ts';

const show = ({ line, column, severity, code, message, hint }: Problem): string =>
  `${line}:${column} ${severity} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
const clean = { isClean: (): boolean => true };
const convert = (text: string, options = clean): ReturnType<typeof convertKingfisher> =>
  convertKingfisher(Buffer.from(text), 'k.yml', options);
const parsed = (toml: string): RuleFile => parseRuleFile(toml, 'made.toml', { origin: 'made.toml' });
const trialOf = (toml: string): Trial =>
  createTrial(combineRules({ sources: [{ file: parsed(toml), imports: [], mayLoosen: true }] }).set, 0);

// What it holds as examples is no token of anybody's.
const TOKEN = ['acme', 'k3v9x0q2m7c5b8n1z6l4w0ty'].join('_');
const ONE = `rules:
  - name: Acme Key
    id: acme.key.1
    description: What Acme's machines sign in with.
    pattern: |
      (?xi)
      \\b
      (                 # the key itself
        acme_[a-z0-9]{24}
      )
      \\b
    min_entropy: 3.5
    confidence: high
    visible: true
    references: [https://example.com/keys]
    categories: [api, key]
    examples:
      - 'key = ${TOKEN}'
      - "no key at all"
    negative_examples:
      - acme_tooshort
    validation:
      type: Http
      content: {request: {url: 'https://example.com', method: GET}}
`;

test('a rule as a person would write it, with its examples as tests that hold no token', () => {
  const { toml, problems, rules } = convert(ONE);
  expect(rules).toBe(1);
  expect(problems.map(show)).toEqual([
    '22:5 note not-carried: validation is not carried over: kei-git asks no provider',
    '19:9 note no-test: item 2 of examples is no test: the rule does not hit it here',
  ]);
  expect(toml).toBe(`# made by kei-git leak import kingfisher of k.yml

schema = "leak-matrix/1"

# kei-git: validation is not carried over: kei-git asks no provider
# kei-git: item 2 of examples is no test: the rule does not hit it here
# see https://example.com/keys
[[rules]]
id = "acme.key.1"
description = "Acme Key"
regex = '''
(?xi)
\\b
(                 # the key itself
  acme_[a-z0-9]{24}
)
\\b
'''
entropy = 3.5
noise = false
confidence = 0.95
tags = ["api", "key"]
rationale = '''What Acme's machines sign in with.'''
[[rules.tests]]
text = '''key = acme_{{lowernum:24}}'''
expect = "hit"
[[rules.tests]]
text = '''acme_tooshort'''
expect = "miss"
`);
  expect(parsed(toml).problems).toEqual([]);
  expect(
    trialOf(toml)
      .each(`x ${TOKEN}\n`)
      .map(({ start, end }) => [start, end]),
  ).toEqual([[2, 31]]);
});

test('without a scanner to ask there are no tests, and nothing of the examples', () => {
  const { toml } = convertKingfisher(Buffer.from(ONE), 'k.yml');
  expect(toml).not.toContain('tests');
  expect(toml).not.toContain('key = ');
});

test('an example that a scanner takes for a leak in each form is left out', () => {
  const { toml, problems } = convert(ONE, { isClean: () => false });
  expect(toml).not.toContain('k3v9');
  expect(problems.map(show)).toContain(
    '18:9 note no-test: item 1 of examples is no test: it cannot be written without what looks like a secret',
  );
});

const rule = (more: string, pattern = String.raw`pattern: '\b(acme_[a-zA-Z0-9!]{8,24})\b'`): string =>
  `rules:\n  - name: A\n    id: a\n    ${pattern}\n    ${more}\n`;

test.for([
  ['pattern_requirements: {min_digits: 2}', 'acme_abcdef12', 'acme_abcdefg1'],
  ['pattern_requirements: {min_uppercase: 1}', 'acme_abcdEfgh', 'acme_abcdefgh'],
  ['pattern_requirements: {min_lowercase: 6}', 'acme_ABCDEFgh', 'acme_ABCDEFG1'],
  ['pattern_requirements: {min_special_chars: 1}', 'acme_abcd!fgh', 'zcme_abcdefgh'],
  ['pattern_requirements: {min_special_chars: 2, special_chars: "!`"}', 'acme_ab!d!fgh', 'acme_abcd!fgh'],
  ['pattern_requirements: {ignore_if_contains: [" Test ", ""]}', 'acme_abcdefgh', 'acme_abTESTgh'],
] as const)('%s becomes a filter', ([more, hit, miss]) => {
  const { toml, problems } = convert(rule(more));
  expect(problems.map(show)).toEqual([]);
  expect(parsed(toml).problems).toEqual([]);
  const trial = trialOf(toml);
  expect([trial.each(hit).length, trial.each(miss).length]).toEqual([1, 0]);
});

const HOST = `  - name: Host
    id: host
    visible: false
    pattern: '(https://[a-z]+\\.acme\\.example)'
`;

test('a dependency with a window is a neighbour that must be there; one without serves validation', () => {
  const with_ = (within: string): string => rule(`depends_on_rule: [{rule_id: host, variable: H${within}}]`) + HOST;
  const near = convert(with_(', within: 2L'));
  expect(near.problems).toEqual([]);
  expect(near.toml).toContain('[[rules.required]]\nid = "host"\nwithinLines = 1\n');
  const trial = trialOf(near.toml);
  expect(trial.find('acme_abcdefgh\nhttps://a.acme.example').map((one) => one.rule)).toEqual(['leak/a']);
  expect(trial.find('acme_abcdefgh\n\nhttps://a.acme.example')).toEqual([]);
  expect(convert(with_(', within: +3L')).toml).toContain('withinLines = 2\norder = "after"\n');
  const told = (within: string): readonly string[] => convert(with_(within)).problems.map(show);
  expect(told('')).toEqual(['5:23 note not-carried: the dependency on "host" serves validation only: it is not asked for']);
  expect(told(', within: 2L, optional: true')).toEqual([
    '5:23 note not-carried: the dependency on "host" is optional: it is not asked for',
  ]);
  expect(told(', within: 20C')).toEqual(['5:23 warning not-carried: within "20C" is not carried over: the rule finds more']);
  expect(told(', within: "2L,20C"')).toEqual([
    '5:23 warning not-carried: of within, the limit in bytes is not carried over: the rule finds more',
  ]);
  expect(convert(rule('depends_on_rule: [{rule_id: none, variable: H, within: 2L}]')).problems.map(show)).toEqual([
    '5:23 warning not-carried: the dependency on "none" is not carried over: it is no rule of this file',
  ]);
});

test('the secret is the capture without a name', () => {
  const { toml } = convert(rule('confidence: low', String.raw`pattern: '(?P<SITE>[a-z]+):([a-z]{6})'`));
  expect(toml).toContain('secretGroup = 2\n');
  expect(
    trialOf(toml)
      .each('site:abcdef')
      .map(({ start, end }) => [start, end]),
  ).toEqual([[5, 11]]);
});

test('what cannot be read is told with its place; ids stay apart', () => {
  const { toml, problems, rules } = convert(`title: x
rules:
  - id: a
    name: [1]
    pattern: 'a('
  - just text
  - name: no id
    pattern: abc
  - id: a
    patern: abc
  - id: a
    pattern: abcd
    min_entropy: 9
    confidence: sure
    pattern: abcde
    examples: abcde
    pattern_requirements: {min_digits: -1, checksum: {}, other: 1}
  - id: "?"
    pattern: 'x*'
  - id: set
    pattern: '[a-z--[aeiou]]'
`);
  expect(rules).toBe(1);
  expect(problems.map(show)).toEqual([
    '1:1 warning unknown-key: unknown key "title" is not carried over',
    '6:5 error left-out: the rule is left out: it is no map of keys and values',
    '5:14 error left-out: the rule is left out: missing ) at character 3',
    '7:5 error left-out: the rule is left out: it has no id',
    '10:5 warning unknown-key: unknown key "patern" is not carried over (did you mean "pattern"?)',
    '9:5 note renamed: rule "a" is called "a-2" here (its id is there already)',
    '9:5 error left-out: the rule is left out: it has no pattern',
    '15:5 warning duplicate-key: key "pattern" stands there twice: the last one counts',
    '11:5 note renamed: rule "a" is called "a-3" here (its id is there already)',
    '13:18 warning bad-value: min_entropy must be a number from 0 to 8: it is not asked',
    '17:58 warning unknown-key: unknown key "other" is not carried over',
    '17:40 warning bad-value: min_digits must be a number from 0 to 1000',
    '17:44 warning not-carried: the checksum is not carried over: the rule finds more (see whether one of our checksums fits)',
    '14:5 warning bad-value: confidence must be one of low, medium, high: medium is taken',
    '16:15 warning wrong-type: examples must be a list',
    '18:5 note renamed: rule "?" is called "rule" here',
    '19:14 error left-out: the rule is left out: its pattern matches the empty text',
    '21:14 error left-out: the rule is left out: RE2 has no -- between classes',
  ]);
  expect(toml).toContain('# left out: "a-2"\n');
  expect(parsed(toml).set.rules.map((one) => [one.rule.id, one.rule.regex])).toEqual([['a-3', 'abcde']]);
});
