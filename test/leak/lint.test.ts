import { expect, test } from 'vitest';
import { combineRules } from '../../src/rules/combine.ts';
import { lintRules, type LintOptions } from '../../src/leak/lint.ts';
import { loadSources } from '../../src/rules/rule-sources.ts';

const lint = async (text: string, more: Partial<LintOptions> = {}): Promise<readonly string[]> => {
  const sources = await loadSources(
    [{ path: 'a.toml', bytes: Buffer.from(text), mayLoosen: true }],
    () => Promise.resolve(undefined),
    new Date(),
  );
  const { set, problems } = combineRules({ sources });
  expect(problems).toEqual([]);
  const rules = sources.flatMap(({ file }) => file.set.rules);
  return lintRules(rules, set, { costs: false, needsTests: false, ...more }).map(
    ({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code}: ${message}`,
  );
};

const rule = (regex: string, ...tests: readonly string[]): string =>
  `schema = "leak-matrix/1"\n[[rules]]\nid = "acme"\nregex = '''${regex}'''\n${tests.map((body) => `[[rules.tests]]\n${body}\n`).join('')}`;
const HIT = 'expect = "hit"\ntext = "acme_{{lower:9}}"';
const MISS = 'expect = "miss"\ntext = "acme_{{digits:9}}"';

test('a rule whose tests hold', async () => {
  expect(await lint(rule('\\b(acme_[a-z]{9})\\b', `${HIT}\nsecret = "acme_{{lower:9}}"`, MISS))).toEqual([]);
});

test('tests that fail say so at their place, and nothing of their text', async () => {
  const wrong = await lint(
    rule('\\bacme_([0-9]{9})\\b', HIT, MISS, 'expect = "hit"\ntext = "acme_{{digits:9}}"\nsecret = "acme_{{digits:9}}"'),
  );
  expect(wrong).toEqual([
    '5:1 error failed-test: a test of "acme" must hit, but the rule finds nothing',
    '8:1 error failed-test: a test of "acme" must miss, but the rule finds something',
    '11:1 error failed-test: a test of "acme" hits, but what it finds has 9 characters, not the 14 of secret',
  ]);
});

test('a test for which no check digits can be made', async () => {
  expect(await lint(rule('\\b(acme_[a-z]{9})\\b', 'expect = "hit"\ntext = "acme_{{check:uuid4}}"', MISS))).toEqual([
    '5:1 error bad-test: a test of "acme" asks for check digits of "uuid4", which nobody can make',
  ]);
});

test('rules without tests: a note, of built-in rules an error', async () => {
  expect(await lint(rule('\\b(acme_[a-z]{9})\\b', HIT))).toEqual(['2:1 note untested: rule "acme" has no test that must miss']);
  expect(await lint(rule('\\b(acme_[a-z]{9})\\b'), { needsTests: true })).toEqual([
    '2:1 error untested: rule "acme" has no test that must hit, and none that must miss',
  ]);
});

test('neighbours, paths and rules that only serve as neighbours are tried as in a scan', async () => {
  const text = `schema = "leak-matrix/1"
[[rules]]
id = "host"
regex = "host[.]acme"
skipReport = true
[[rules.tests]]
text = "host.acme"
expect = "hit"
[[rules.tests]]
text = "host"
expect = "miss"
[[rules]]
id = "key"
regex = "key_([a-z]{9})"
path = "[.]env$"
noise = false
[[rules.required]]
id = "host"
withinLines = 1
[[rules.tests]]
text = "host.acme\\nkey_{{lower:9}}"
path = ".env"
expect = "hit"
[[rules.tests]]
text = "host.acme\\n\\nkey_{{lower:9}}"
path = ".env"
expect = "miss"
[[rules.tests]]
text = "host.acme key_{{lower:9}}"
path = "a.txt"
expect = "miss"
[[rules]]
id = "file"
path = "[.]p12$"
[[rules.tests]]
text = ""
path = "a.p12"
expect = "hit"
[[rules.tests]]
text = ""
path = "a.txt"
expect = "miss"
`;
  expect(await lint(text)).toEqual([]);
});

const gitleaks = (regex: string, more = ''): string => `[[rules]]\nid = "acme"\nregex = '''${regex}'''\n${more}`;

test('what rules cost', async () => {
  expect(await lint(gitleaks('[a-z]{20}'))).toEqual([
    '1:1 warning cost: rule "acme" is searched in every file as a whole: nothing in it is rare',
  ]);
  expect(await lint(gitleaks('[a-z]{20}', 'keywords = ["acme"]'))).toEqual([
    '1:1 note cost: rule "acme" is searched by its keywords, then in each file that has one as a whole',
  ]);
  expect(await lint(gitleaks('acme_[a-z]{20}'))).toEqual([]);
  expect(await lint(gitleaks('acme_[a-z]{20}'), { costs: true })).toEqual([
    expect.stringMatching(
      /^1:1 note cost: rule "acme" is looked at where a rare part of it stands: (?:none|.* in a million|less than one in a million) positions of ordinary text$/,
    ),
  ]);
});

test('expressions that could run away', async () => {
  expect(await lint(gitleaks('acme_(?:[a-z]+)+!'))).toEqual([
    '1:1 note slow-expression: the expression of "acme" could run away, so it runs on the linear engine, which is slower',
  ]);
  expect(await lint(gitleaks('acme_(?:([a-z])-){3}!'))).toEqual([
    '1:1 note slow-expression: the expression of "acme" repeats a group that it captures, so it runs on the linear engine, which is slower',
  ]);
});

test('what takes a secret’s place must not be found again', async () => {
  const ours = (id: string, regex: string, more = ''): string => `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\n${more}`;
  const value = '[rules.replace]\nmode = "value"\nvalue = "db.lan"\n';
  const text = `schema = "leak-matrix/1"\n${ours('host', '\\b\\w+\\.corp\\b', value)}${ours('lan', '\\b\\w+\\.lan\\b')}${ours('parts', 'os?t|\\*{3}', 'noise = false\n')}`;
  const told = (await lint(text)).filter((line) => !/untested|cost/.test(line));
  expect(told).toEqual([
    '11:1 warning finds-stand-ins: rule "parts" finds what takes a secret\'s place',
    '2:1 error bad-value: the value of "host" is what "lan" finds: it would be replaced again',
  ]);
});
