import { expect, test } from 'vitest';
import { createTrial, type Trial } from '../../src/leak/trial.ts';
import type { Problem } from '../../src/report/problem.ts';
import { combineRules, type Combined } from '../../src/rules/combine.ts';
import { convertGitleaks } from '../../src/rules/gitleaks-text.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';
import { loadSources } from '../../src/rules/rule-sources.ts';

const show = ({ line, column, severity, code, message }: Problem): string => `${line}:${column} ${severity} ${code}: ${message}`;
const BUILTIN = parseRuleFile(
  `schema = "leak-matrix/1"
[[rules]]
id = "github-pat-classic"
regex = '''ghx_[a-z]{6}'''
noise = false
[[rules]]
id = "generic-key-value"
regex = '''(?i)key = ([a-z]{6})'''
noise = false
`,
  'built-in',
  { origin: 'built-in' },
);
const { set: builtin } = combineRules({ sources: [{ file: BUILTIN, imports: [], mayLoosen: true }] });

const combined = async (files: Readonly<Record<string, string>>): Promise<Combined> => {
  const sources = await loadSources(
    [{ path: 'a.toml', bytes: Buffer.from(files['a.toml'] ?? ''), mayLoosen: true }],
    (path) => Promise.resolve(files[path] === undefined ? undefined : Buffer.from(files[path])),
    new Date('2027-01-15T12:00:00Z'),
  );
  return combineRules({ builtin, sources });
};

const found = (trial: Trial, text: string, path: string): readonly string[] =>
  trial.find(text, path).map(({ rule, start, end, line, column, severity }) => `${rule} ${start}-${end} ${line}:${column} ${severity}`);

const CASES: Readonly<Record<string, string>> = {
  'rules alone': `[[rules]]\nid = "a"\nregex = '''acme_([a-z]{4,})'''\n[[rules]]\nid = "b"\nregex = '''acme_[a-z]+'''\n`,
  'overlapping, one of them generic': `[[rules]]\nid = "x-generic"\nregex = '''key = (\\w+)'''\n[[rules]]\nid = "b"\nregex = '''acme_[a-z]+'''\n`,
  'a match over lines': `[[rules]]\nid = "a"\nregex = '''(?s)key.{1,4}(acme_[a-z]+)'''\n`,
  'the built-in ones beside them': `[extend]\nuseDefault = true\n[[rules]]\nid = "b"\nregex = '''acme_[a-z]+'''\n`,
  'a built-in one changed by its other name': `[extend]\nuseDefault = true\n[[rules]]\nid = "github-pat"\n[[rules.allowlists]]\npaths = ["^test/"]\n`,
  'a built-in one replaced': `[extend]\nuseDefault = true\n[[rules]]\nid = "github-pat"\nregex = '''ghx_abc'''\n`,
  'a built-in one disabled': `[extend]\nuseDefault = true\ndisabledRules = ["github-pat"]\n`,
  'entropy, keywords, path': `[[rules]]\nid = "a"\nregex = '''acme_[a-z]+'''\nentropy = 3.2\nkeywords = ["KEY"]\npath = '''\\.txt$'''\n`,
  'a rule about the path': `[[rules]]\nid = "a"\npath = '''\\.txt$'''\n`,
  'allowlists of each kind': `[[rules]]\nid = "a/b"\nregex = '''acme_([a-z]+)'''\n[[rules.allowlists]]\ncondition = "AND"\nregexTarget = "line"\nregexes = ["^key"]\npaths = ["^test/"]\n[[rules.allowlists]]\nstopwords = ["abcd"]\n[[allowlists]]\ntargetRules = ["a/b"]\nregexTarget = "match"\nregexes = ["acme_z"]\n[[allowlists]]\npaths = ["vendor"]\n`,
  'an old allowlist': `[allowlist]\ndescription = "x"\nregexes = "abcd"\n[[rules]]\nid = "a"\nregex = '''acme_([a-z]+)'''\n[rules.allowlist]\npaths = ["^test/"]\n`,
  'twice the same id': `[[rules]]\nid = "a"\nregex = '''ghx_'''\n[[rules]]\nid = "a"\nregex = '''acme_'''\n`,
  'a neighbour': `[[rules]]\nid = "a b"\nregex = '''ghx_'''\nskipReport = true\n[[rules]]\nid = "c"\nregex = '''acme_'''\n[[rules.required]]\nid = "a b"\nwithinLines = 1\n`,
  'filters of betterleaks': `prefilter = '''attributes["path"] matches "vendor"'''\nfilter = '''containsAny(finding["secret"], ["abcd"])'''\n[[rules]]\nid = "a"\nregex = '''acme_([a-z]+)'''\nfilter = '''\nlen(finding["secret"]) > 10\n'''\n`,
  'an expression with quotes of all kinds': `[[rules]]\nid = "a"\nregex = "key = '''?\\"?acme_\\\\w+"\n[[rules]]\nid = "b"\nregex = "acme_[^']+'?'"\n`,
  'what matches nothing, too': `[[rules]]\nid = "a"\nregex = '''(?:acme_[a-z]+)?'''\n`,
};

const TEXTS = [
  'KEY = qwertz\n',
  'key = acme_abcdefgh\n',
  'x\nkey =\n acme_zyxwvut\n',
  "key = '''acme_abcdef'\n",
  'ghx_abcdef acme_qwertzuiop\n\n\nacme_abcd',
  'key = ghx_abcdef # gitleaks:allow\nacme_zzz # betterleaks:allow\n',
  '',
];
const PATHS = ['src/a.txt', 'test/a.txt', 'vendor/a.js', ''];

test.for(Object.entries(CASES))('the made file finds the same: %s', async ([, source]) => {
  const made = convertGitleaks(source, 'a.toml');
  const direct = await combined({ 'a.toml': source });
  const ours = await combined({ 'a.toml': made.toml });
  expect(ours.problems.filter(({ severity }) => severity === 'error').map(show)).toEqual([]);
  const trials = [createTrial(direct.set, 0), createTrial(ours.set, 0)] as const;
  for (const text of TEXTS)
    for (const path of PATHS) {
      const wanted = found(trials[0], text, path).map((one) => one.replace('leak/a/b', 'leak/a-b').replace('leak/a b', 'leak/a-b'));
      expect([path, text, ...found(trials[1], text, path)]).toEqual([path, text, ...wanted]);
    }
});

test.for(Object.entries(CASES))('that case finds something: %s', async ([, source]) => {
  const trial = createTrial((await combined({ 'a.toml': source })).set, 0);
  expect(TEXTS.flatMap((text) => PATHS.flatMap((path) => found(trial, text, path)))).not.toEqual([]);
});

test('a file that goes on from another does so from the made file', async () => {
  const base = `[[rules]]\nid = "a"\nregex = '''acme_[a-z]+'''\n[[rules]]\nid = "b"\nregex = '''key'''\n`;
  const source = `[extend]\npath = "base.toml"\ndisabledRules = ["b"]\n[[rules]]\nid = "a"\nentropy = 3\n`;
  const made = convertGitleaks(source, 'a.toml');
  expect(made.problems.map(show)).toContain('2:1 note not-carried: the file that it goes on from is read as it is');
  const direct = await combined({ 'a.toml': source, 'base.toml': base });
  for (const other of [base, convertGitleaks(base, 'base.toml').toml]) {
    const ours = await combined({ 'a.toml': made.toml, 'base.toml': other });
    expect(ours.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const plain = ({ set }: Combined): unknown => set.rules.map(({ id, regex, entropy, origin }) => ({ id, regex, entropy, origin }));
    expect(plain(ours)).toEqual(plain(direct));
  }
});

test('comments above rules stay; what cannot be carried over stands there too', () => {
  const { toml, problems, rules } = convertGitleaks(
    `title = "Acme"
[extend]
url = "https://example.com/x.toml"
# Ask Jo.
#and Kim
[[rules]]
id = "Acme key/1"
description = "a \\"key\\""
regex = '''acme_[a-z]{24}'''
specificity = 2
validate = "x"

[[rules]]
id = "bad"
regex = '''(?=x)'''
`,
    'my.toml',
  );
  expect(rules).toBe(1);
  expect(problems.map(show).sort()).toEqual([
    '10:1 note not-carried: specificity is not known here',
    '11:1 note ignored-key: validate is not run: kei-git asks no provider',
    '15:14 error bad-regex: expression cannot be compiled: RE2 has no lookaround',
    '3:1 note not-carried: what url names is not fetched',
    '6:1 note renamed: rule "Acme key/1" is called "Acme-key-1" here: ids are of letters, digits, -, _ and dots',
  ]);
  expect(toml).toBe(`# made by kei-git leak import gitleaks of my.toml

schema = "leak-matrix/1"
semantics = "gitleaks"
title = "Acme"

# kei-git: what url names is not fetched
[extend]
# as for gitleaks, these rules are all there is; true: the built-in ones stand beside them
useDefault = false

# Ask Jo.
#and Kim
# kei-git: rule "Acme key/1" is called "Acme-key-1" here: ids are of letters, digits, -, _ and dots
# kei-git: specificity is not known here
# kei-git: validate is not run: kei-git asks no provider
[[rules]]
id = "Acme-key-1"
description = "a \\"key\\""
regex = '''acme_[a-z]{24}'''

# kei-git: expression cannot be compiled: RE2 has no lookaround (the dialect is RE2: https://github.com/google/re2/wiki/Syntax)
# left out: "bad"
`);
});

test('a file of ours is no file of theirs', () => {
  expect(() => convertGitleaks('schema = "leak-matrix/1"\n', 'a.toml')).toThrow(/^a\.toml:1:1: this is a file of our own schema already$/);
  expect(() => convertGitleaks('[[rules', 'a.toml')).toThrow(/^a\.toml:1:/);
});
