import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertKeiLeakMatrix } from '../../src/imports/kei-leak-matrix.ts';
import { createTrial } from '../../src/leak/trial.ts';
import type { Problem } from '../../src/report/problem.ts';
import { combineRules } from '../../src/rules/combine.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';
import type { RuleFile } from '../../src/rules/rule-file.ts';

const FIXTURE = readFileSync(new URL('../fixtures/imports/kei-leak-matrix.toml', import.meta.url));
const show = ({ line, column, severity, code, message, hint }: Problem): string =>
  `${line}:${column} ${severity} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
const convert = (text: string): ReturnType<typeof convertKeiLeakMatrix> => convertKeiLeakMatrix(Buffer.from(text), 'm.toml');
const parsed = (toml: string): RuleFile => parseRuleFile(toml, 'made.toml', { origin: 'made.toml' });

/** What Rust's engine takes each pattern for, written down by hand for V8's. */
const REFERENCE: Readonly<Record<string, RegExp>> = {
  'acme-deploy-key': /\bacme_[a-z0-9]{8}\b/g,
  'acme-ticket': /ACME-\d{4,6}/g,
  'internal-host': /\b[a-z0-9-]+\.corp\.acme\.example\b/gi,
  'staging-url': /https?:\/\/staging\.[a-z]+\.example(?:\/[\w./-]*)?/g,
  codename: /\bProject (?:Falcon|Heron|Osprey)\b/g,
  'codename-short': /\bfcn[-_ ]?(?:alpha|beta)\b/gi,
  'draft-claim': /^claim \d+[.:]\s/gim,
  'invention-note': /invention\s+disclosure\s*#\s*\d+/g,
  'staff-id': /\bS-\d{3}-\d{3}\b/g,
  badge: /badge(?:\s+(?:no|number))?[:=]\s*[A-F0-9]{6}/g,
  'home-path': /\/home\/[a-z][a-z0-9_]{2,15}\//g,
  'vpn-range': /\b10\.77\.\d{1,3}\.\d{1,3}\b/g,
  rack: /\brack[ -](?:[A-C]|X{1,3})\d{2}\b/g,
  bucket: /s3:\/\/acme-[a-z0-9-]+/g,
  licence: /LIC(?:-[0-9A-Z]{4}){3}/g,
  pin: /\bpin\s*(?:is|=|:)\s*\d{4}\b/gi,
  customer: /Müller|Łukasz|株式会社アクメ/g,
  'emoji-mark': /\u{1F512}\s?secret/gu,
  'copyright-line': /^\/\/ Confidential.*$/gm,
  'between-quotes': /owner = "[^"]+"/g,
  'literal.dots': /acme\.(?:internal|intern)\b/g,
  lazy: /<acme>.*?<\/acme>/g,
  'multi-line': /BEGIN ACME.{0,60}?END ACME/gs,
  'not-this': /[^\0-\x7f]{3,}-intern/gu, // eslint-disable-line no-control-regex -- as the pattern has it
  defaults: /zz-[0-9]{2}-zz/g,
};

/** Each text, and the rules that a person expects to find something in it. */
const MATRIX: readonly (readonly [text: string, ids: readonly string[]])[] = [
  ['key = acme_ab12cd34 # and acme_zz99yy88', ['acme-deploy-key']],
  ['key = acme_ab12cd345, macme_ab12cd34, ACME_ab12cd34', []],
  ['see ACME-1234 and ACME-1234567', ['acme-ticket']],
  ['see ACME-123', []],
  ['ssh DB-01.Corp.Acme.Example; ping a.corp.acme.example.', ['internal-host']],
  ['corp.acme.example', []],
  ['get https://staging.acme.example/v1/x?y or http://staging.b.example', ['staging-url']],
  ['for Project Falcon and Project Heron', ['codename']],
  ['for project Falcon, Project Falconer', []],
  ['FCN-Alpha, fcn_beta, fcnalpha', ['codename-short']],
  ['xfcn-alpha fcn-gamma', []],
  ['Claim 1. A method\r\nCLAIM 22: of', ['draft-claim']],
  ['the claim 1. a', []],
  ['an invention\n  disclosure # 42', ['invention-note']],
  ['an inventiondisclosure # 42', []],
  ['by S-123-456, S-1234-456', ['staff-id']],
  ['badge no: 00FFAA, badge=123456', ['badge']],
  ['badge no: 00ffaa', []],
  ['cd /home/jane/src && ls /home/x/', ['home-path']],
  ['10.77.1.2 10.77.300.4 110.77.1.2', ['vpn-range']],
  ['rack A01, rack-XXX12, rack D01', ['rack']],
  ['s3://acme-logs-2026/x', ['bucket']],
  ['LIC-0000-AAAA-Z9Z9-ZZZZ', ['licence']],
  ['PIN is 1234; pin:0000; pine = 1234', ['pin']],
  ['Grüße an Müller, Łukasz und 株式会社アクメ', ['customer']],
  ['🔒 secret, 🔒secret, 🔓 secret', ['emoji-mark']],
  ['a\n// Confidential: b\n // Confidential\n', ['copyright-line']],
  ['owner = "Jane Roe"; owner = ""', ['between-quotes']],
  ['acme.internal acme.intern acme.internals', ['literal.dots']],
  ['<acme>a</acme> b </acme> <acme>\n</acme>', ['lazy']],
  ['BEGIN ACME\nx\nEND ACME END ACME', ['multi-line']],
  ['äöü-intern ab-intern', ['not-this']],
  ['zz-12-zz zz-1-zz', ['defaults']],
  ['nothing at all', []],
];

const byteAt = (text: string, unit: number): number => Buffer.byteLength(text.slice(0, unit));

test('the original matrix finds the same here as its patterns do, and what a person expects', () => {
  const { toml, problems, rules } = convertKeiLeakMatrix(FIXTURE, 'leak-matrix.toml');
  expect(rules).toBe(25);
  expect(problems.filter(({ severity }) => severity !== 'note').map(show)).toEqual([
    '72:1 warning not-carried: substitute_with is what the rule looks for: it would be found again; a token takes its place',
    '85:1 warning not-carried: substitute_with is what the rule looks for: it would be found again; a token takes its place',
  ]);
  const file = parsed(toml);
  expect(file.problems).toEqual([]);
  const trial = createTrial(combineRules({ sources: [{ file, imports: [], mayLoosen: true }] }).set, 0);
  for (const [text, ids] of MATRIX) {
    const found = trial.each(text).map(({ rule, start, end }) => `${rule.id} ${start}-${end}`);
    const wanted = Object.entries(REFERENCE).flatMap(([id, pattern]) =>
      [...text.matchAll(pattern)].map(({ 0: match, index }) => `${id} ${byteAt(text, index)}-${byteAt(text, index + match.length)}`),
    );
    expect([text, ...found.sort()]).toEqual([text, ...wanted.sort()]);
    expect([text, ...new Set(found.map((one) => one.split(' ')[0]))]).toEqual([text, ...ids]);
  }
});

test('every key arrives where it belongs', () => {
  const { toml } = convertKeiLeakMatrix(FIXTURE, 'leak-matrix.toml');
  const rules = new Map(parsed(toml).set.rules.map((one) => [one.rule.id, one]));
  expect(rules.get('acme-deploy-key')?.rule).toMatchObject({
    description: 'Whoever has it can deploy',
    category: 'secret',
    action: 'block',
    scope: ['write', 'message', 'push', 'mirror'],
    rationale: 'Whoever has it can deploy.',
    added: '2026-01-05',
    noise: false,
  });
  expect(rules.get('acme-ticket')?.rule).toMatchObject({ action: 'warn', scope: ['mirror'], added: '2026-01-06' });
  expect(rules.get('internal-host')).toMatchObject({
    rule: { action: 'substitute', replace: { mode: 'value', value: 'host.example' } },
  });
  expect(rules.get('between-quotes')?.rule.replace).toEqual({ mode: 'token' });
  expect(rules.get('draft-claim')?.rule).toMatchObject({ action: 'exclude', category: 'patent-ip' });
  expect(rules.get('defaults')?.rule).toMatchObject({
    action: 'block',
    category: 'secret',
    scope: ['write', 'message', 'push', 'mirror', 'agent'],
  });
});

test('the same bytes each time, with and without a byte order mark or carriage returns', () => {
  const { toml } = convertKeiLeakMatrix(FIXTURE, 'm.toml');
  expect(convertKeiLeakMatrix(FIXTURE, 'm.toml').toml).toBe(toml);
  expect(convert(`\ufeff${FIXTURE.toString()}`).toml).toBe(toml);
  const rules = parsed(convert(FIXTURE.toString().replaceAll('\n', '\r\n')).toml).set.rules.map(({ rule }) => [
    rule.id,
    rule.scope,
    rule.action,
  ]);
  expect(rules).toEqual(parsed(toml).set.rules.map(({ rule }) => [rule.id, rule.scope, rule.action]));
  expect(() => convert(toml)).toThrow(/^m\.toml:3:1: this is a file of our own schema already$/);
});

test('what cannot be carried over is told with its place, and stands above the rule', () => {
  const { toml, problems, rules } = convert(`note = 1
[[rule]]
id = "a b"
pattern = '\\w+x'
severety = "warn"
category = "secrets"
severity = "stop"
substitute_with = "x"
scope = ["everywhere", "commit-msg"]
added = "yesterday"
[[rule]]
id = "two"
pattern = '(?=x)y'
[[rule]]
id = "three"
pattern = '[a-z&&[^aeiou]]'
[[rule]]
pattern = 'x'
[[rule]]
id = "four"
pattern = 'a*'
[[rule]]
id = "five"
pattern = '\\b{start}x'
[[rule]]
id = "six"
pattern = 'x(y)'
severity = "substitute"
substitute_with = "$1"
[[rule]]
id = "six"
pattern = 7
`);
  expect(rules).toBe(2);
  expect(problems.map(show)).toEqual([
    '1:1 warning unknown-key: unknown key "note" is not carried over',
    '5:1 warning unknown-key: unknown key "severety" is not carried over (did you mean "severity"?)',
    '3:1 note renamed: rule "a b" is called "a-b" here',
    String.raw`4:1 note dialect: \d, \w, \s and \b know ASCII only here, all of Unicode there`,
    '7:1 warning bad-value: no severity "stop": the rule blocks (known are block, warn, substitute, exclude)',
    '6:1 warning bad-value: no category "secrets": the rule is of private-project, with the word as a tag (did you mean "secret"?)',
    expect.stringMatching(/^9:1 warning bad-value: no scope "everywhere" \(/),
    '10:1 note bad-value: added is no date like 2026-11-21',
    '8:1 note not-carried: substitute_with says nothing where the severity is "block"',
    '13:1 error left-out: the rule is left out: RE2 has no lookaround at character 3',
    '16:1 error left-out: the rule is left out: RE2 has no && between classes (write it without)',
    '17:1 error left-out: the rule is left out: it has no id',
    '21:1 error left-out: the rule is left out: its pattern matches the empty text',
    String.raw`24:1 error left-out: the rule is left out: RE2 has no beginnings and ends of words, only \b (write it without)`,
    '29:1 warning not-carried: groups in substitute_with are not filled in: it is taken as it stands',
    '31:1 note renamed: rule "six" is called "six-2" here (its id is there already)',
    '32:1 error wrong-type: pattern must be a text',
    '32:1 error left-out: the rule is left out: it has no pattern',
  ]);
  expect(toml).toContain('# kei-git: the rule is left out: RE2 has no lookaround at character 3\n# left out: "two"\n');
  expect(parsed(toml).problems).toEqual([]);
});

test.for([
  ['[[rules]]\nid = "a"\n', /^m\.toml:1:1: a leak matrix of the kit has its rules in \[\[rule\]\] tables$/],
  ['', /^m\.toml:1:1: a leak matrix of the kit/],
  ['rule = 1', /^m\.toml:1:1: a leak matrix/],
  ['rule = [', /^m\.toml:1:\d+: /],
] as const)('another file is refused: %j', ([text, message]) => {
  expect(() => convert(text)).toThrow(message);
});
