import { expect, test } from 'vitest';
import type { Problem } from '../../src/rules/problem.ts';
import type { RuleFile } from '../../src/rules/rule-file.ts';
import { SCOPES, type Rule } from '../../src/rules/rule.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';

const now = new Date('2027-01-15T12:00:00Z');
const read = (text: string, file = 'a.toml'): RuleFile => parseRuleFile(text, file, { origin: file, now });
const strict = (text: string): RuleFile => read(`schema = "leak-matrix/1"\n${text}`);
const show = ({ line, column, severity, code, message, hint }: Problem): string =>
  `${line}:${column} ${severity} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
const problems = (file: RuleFile): readonly string[] => file.problems.map(show);
const only = (file: RuleFile): Rule => {
  const [first, ...more] = file.set.rules;
  if (first === undefined || more.length > 0) throw new Error(`${file.set.rules.length} rules`);
  return first.rule;
};

test('a file of gitleaks, with all it may say', () => {
  const file = read(`title = "acme"
minVersion = "v8.25.0"
[extend]
path = "base.toml"
disabledRules = ["generic-api-key"]
[[rules]]
id = "Acme.Key"
description = "a key"
regex = '''(acme)_([a-z]+)'''
secretGroup = 2
path = '''\\.env$'''
entropy = 3
keywords = ["ACME_", "x"]
tags = ["t"]
skipReport = true
[[rules.allowlists]]
condition = "&&"
regexTarget = "line"
regexes = ["^#"]
paths = ["^docs/"]
stopwords = ["EXAMPLE"]
commits = ["ABCDEF"]
[[rules.required]]
id = "other"
withinLines = 3
withinColumns = 0
[[rules]]
id = "files"
path = "key$"
[[allowlists]]
description = "why"
targetRules = ["Acme.Key"]
regexes = ["x"]
regexTarget = ""
`);
  expect(problems(file)).toEqual([]);
  expect(file).toMatchObject({
    schema: 'gitleaks',
    extend: { path: 'base.toml', disabledRules: [{ id: 'generic-api-key', position: { line: 5, column: 18 } }] },
    set: {
      allowTokens: ['gitleaks:allow'],
      allowlists: [
        {
          position: { line: 30, column: 1 },
          list: { reason: 'why', targetRules: ['Acme.Key'], regexes: ['x'], regexTarget: 'secret', condition: 'OR' },
        },
      ],
    },
  });
  expect(file.set.rules[0]?.rule).toEqual({
    id: 'Acme.Key',
    description: 'a key',
    kind: 'pattern',
    regex: '(acme)_([a-z]+)',
    path: '\\.env$',
    secretGroup: 2,
    entropy: 3,
    keywords: ['acme_', 'x'],
    tags: ['t'],
    allowlists: [
      {
        condition: 'AND',
        paths: ['^docs/'],
        regexes: ['^#'],
        regexTarget: 'line',
        stopwords: ['EXAMPLE'],
        commits: ['abcdef'],
        targetRules: [],
      },
    ],
    required: [{ id: 'other', withinLines: 3, withinColumns: 0, not: false }],
    skipReport: true,
    category: 'secret',
    action: 'block',
    scope: SCOPES,
    confidence: 1,
    noise: false,
    tests: [],
    origin: 'gitleaks',
  });
  expect(file.set.rules[1]?.rule).toMatchObject({ id: 'files', kind: 'file', path: 'key$' });
});

test('gitleaks reads keys in any letter case, quoted numbers and a text for a list', () => {
  const file = read(`[[Rules]]\nID = "a"\nRegex = "(a)b"\nsecretgroup = "1"\nkeywords = "A"\n[Allowlist]\nPaths = ["x"]\n`);
  expect(problems(file)).toEqual([]);
  expect(only(file)).toMatchObject({ id: 'a', regex: '(a)b', secretGroup: 1, keywords: ['a'] });
  expect(file.set.allowlists[0]?.list.paths).toEqual(['x']);
});

test("a file of ours with gitleaks' semantics: its defaults and its ways together, read strictly, and our keys as well", () => {
  const file = strict(`semantics = "gitleaks"
[[rules]]
id = "a"
regex = "abcd"
[[rules]]
id = "b"
regex = "a*"
confidence = 0.5
noise = true
action = "warn"
`);
  expect(problems(file)).toEqual(['8:9 warning empty-match: expression matches the empty text']);
  expect(file).toMatchObject({ schema: 'gitleaks', set: { allowTokens: ['gitleaks:allow'] } });
  expect(file.set.rules.map(({ rule }) => rule)).toMatchObject([
    { confidence: 1, noise: false, action: 'block', origin: 'gitleaks' },
    { confidence: 0.5, noise: true, action: 'warn', origin: 'gitleaks' },
  ]);
  expect(strict('semantics = "betterleaks"\n').set.allowTokens).toEqual(['gitleaks:allow', 'betterleaks:allow']);
  expect(problems(strict('semantics = "gitleaks"\n[[rules]]\nid = "a"\nregx = "abcd"\n'))).toHaveLength(2);
});

test('our keys say nothing in a file without schema, and lint notes it', () => {
  const file = read(
    `[[rules]]\nid = "a"\nregex = "abcd"\naction = "warn"\nmatchCondition = "AND"\n[[allowlists]]\npaths = ["x"]\nregex = ["a"]\n`,
  );
  expect(only(file)).toMatchObject({ action: 'block', confidence: 1 });
  expect(problems(file)).toEqual([
    '4:1 note unknown-key: key "action" says nothing here',
    '5:1 note unknown-key: key "matchCondition" says nothing here',
    '8:1 note unknown-key: key "regex" says nothing here',
  ]);
});

test('of two rules of one id gitleaks takes the last', () => {
  const file = read(`[[rules]]\nid = "a"\nregex = "abcd"\n[[rules]]\nid = "a"\nregex = "efgh"\n`);
  expect(only(file).regex).toBe('efgh');
  expect(problems(file)).toEqual(['4:1 warning duplicate-id: rule "a" is there already, in line 1 (this one counts, as in gitleaks)']);
});

test('what gitleaks refuses', () => {
  expect(
    problems(
      read(`[[rules]]
description = "no id"
regex = "a"
[[rules]]
id = "a"
regex = '''x(y'''
[[rules]]
id = "b"
regex = "(a)"
secretGroup = 2
[rules.allowlist]
regexes = ["["]
[[rules.allowlists]]
paths = ["a"]
[[allowlists]]
condition = "XOR"
regexTarget = "matches"
paths = ["a"]
[[allowlists]]
description = "nothing"
`),
    ),
  ).toEqual([
    '1:1 error missing-key: a rule needs an id',
    '6:15 error bad-regex: expression cannot be compiled: missing ) (the dialect is RE2: https://github.com/google/re2/wiki/Syntax)',
    '10:15 error bad-value: secretGroup is 2, but the expression has 1 group',
    '11:8 error bad-value: allowlist cannot stand beside allowlists (write both as [[allowlists]])',
    '17:15 error bad-value: regexTarget must be one of secret, match, line (did you mean "match"?)',
    '16:13 error bad-value: condition must be AND or OR',
    '19:1 warning empty-allowlist: an allowlist needs one of paths, regexes, stopwords, commits',
  ]);
});

test('betterleaks: filters are compiled, validations are not run', () => {
  const file = read(`betterleaksMinVersion = "v1"
prefilter = 'matchesAny(get(attributes, "path", ""), ["\\\\.png$"])'
filter = '''
containsAny(finding["secret"], ["example"])
'''
[[rules]]
id = "a"
regex = "abcd"
filter = "entropy(finding['secret']) < 3"
validate = "http.get()"
specificity = 2
`);
  expect(problems(file)).toEqual(['10:1 note ignored-key: validate is not run: kei-git asks no provider']);
  expect(file.set).toMatchObject({
    prefilter: expect.stringContaining('png'),
    filter: expect.stringContaining('example'),
    allowTokens: ['gitleaks:allow', 'betterleaks:allow'],
  });
  expect(only(file).filter).toBe("entropy(finding['secret']) < 3");
});

const FULL = `title = "acme"
[extend]
useDefault = false
imports = [{ format = "gitleaks", path = ".gitleaks.toml" }]

[[rules]]
id = "acme-pat"
description = "Acme token"
regex = '''\\b(acme_[0-9A-Za-z]{30})\\b'''
category = "internal-infra"
action = "substitute"
scope = ["all-writes", "commit-msg", "github-push", "public-mirror", "agent", "write"]
severity = "note"
confidence = 0.9
checksum = "github"
noise = false
rationale = "why"
source = { kind = "documented", url = "https://example.com/tokens" }
added = 2026-11-21
filter = 'len(finding["secret"]) < 3'
[rules.replace]
mode = "value"
value = "acme_xxx"
[[rules.required]]
id = "acme-host"
not = true
order = "before"
[[rules.tests]]
text = "acme_{{base62:30}}"
secret = "acme_{{base62:30}}"
path = "a.env"
expect = "hit"

[[rules]]
id = "acme-host"
regex = "acme[.]example"
category = "personal"

[[allowlists]]
paths = ["^docs/"]
owner = "docs team"
reason = "published examples"
until = 2027-01-15

[limits]
maxWindow = 4096
`;

test('a file of our schema, with all it may say', () => {
  const file = strict(FULL);
  expect(problems(file)).toEqual([]);
  expect(file.schema).toBe('leak-matrix/1');
  expect(file.extend).toMatchObject({
    useDefault: false,
    imports: [{ format: 'gitleaks', path: '.gitleaks.toml', position: { line: 5, column: 42 } }],
  });
  expect(file.set).toMatchObject({
    allowTokens: [],
    maxWindow: 4096,
    allowlists: [{ list: { owner: 'docs team', reason: 'published examples', until: '2027-01-15' } }],
  });
  expect(file.set.rules[0]).toMatchObject({
    override: false,
    testPlaces: [{ line: 29, column: 1 }],
    rule: {
      replace: { mode: 'value', value: 'acme_xxx' },
      category: 'internal-infra',
      action: 'substitute',
      scope: ['write', 'message', 'push', 'mirror', 'agent'],
      severity: 'note',
      confidence: 0.9,
      checksum: 'github',
      noise: false,
      rationale: 'why',
      source: { kind: 'documented', url: 'https://example.com/tokens' },
      added: '2026-11-21',
      filter: 'len(finding["secret"]) < 3',
      required: [{ id: 'acme-host', not: true, order: 'before' }],
      tests: [{ text: 'acme_{{base62:30}}', secret: 'acme_{{base62:30}}', path: 'a.env', expect: 'hit' }],
      origin: 'a.toml',
    },
  });
  expect(file.set.rules[1]?.rule).toMatchObject({ action: 'warn', confidence: 0.8, noise: true, scope: SCOPES });
});

test.for([
  ['titel = "x"', '2:1 error unknown-key: unknown key "titel" (did you mean "title"?)'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nkeyword = []', '5:1 error unknown-key: unknown key "keyword" (did you mean "keywords"?)'],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\naction = "blok"',
    '5:10 error bad-value: action must be one of block, warn, substitute, exclude (did you mean "block"?)',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\nscope = ["wirte"]',
    '5:10 error bad-value: scope must be of write, message, push, mirror, agent (did you mean "write"?)',
  ],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nconfidence = 2', '5:14 error wrong-type: confidence must be a number from 0 to 1'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nconfidence = "0.5"', '5:14 error wrong-type: confidence must be a number from 0 to 1'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nsecretGroup = 0.5', '5:15 error wrong-type: secretGroup must be a whole number'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nkeywords = "a"', '5:12 error wrong-type: keywords must be a list of texts'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nkeywords = ["a", 1]', '5:18 error wrong-type: item 2 of keywords must be a text'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nchecksum = "githob"', '5:12 error bad-value: no checksum "githob" (did you mean "github"?)'],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\nadded = "2026-01-01"',
    '5:9 error wrong-type: added must be a date like 2027-06-30, without quotes',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\nadded = 2026-01-01T00:00:00Z',
    '5:9 error wrong-type: added must be a date like 2027-06-30, without quotes',
  ],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nskipReport = 1', '5:14 error wrong-type: skipReport must be true or false'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\nsource = { kind = "documented" }', '5:10 error missing-key: source needs url'],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\nsource = { kind = "sdk", url = "x" }',
    '5:32 error bad-value: url must be a link that begins with https://',
  ],
  ['[[rules]]\nid = "a"\nregex = "a*"', '4:9 error empty-match: expression matches the empty text'],
  [
    '[[rules]]\nid = "a"\nregex = """\nab\ncd(?=x)"""',
    '6:5 error bad-regex: expression cannot be compiled: RE2 has no lookaround (the dialect is RE2: https://github.com/google/re2/wiki/Syntax)',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "a\\\\d(b"',
    '4:9 error bad-regex: expression cannot be compiled: missing ) (the dialect is RE2: https://github.com/google/re2/wiki/Syntax)',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\nfilter = \'entropi("a") < 1\'',
    '5:11 error bad-expression: filter cannot be compiled: no function entropi is known (did you mean entropy?)',
  ],
  ['[[rules]]\nid = "a b"\nregex = "abcd"', '3:6 error bad-value: id must be of letters, digits, -, _ and dots'],
  ['[[rules]]\nid = "a"', '2:1 error missing-key: a rule needs regex or path (to change a rule that is there already: override = true)'],
  [
    '[[rules]]\nid = "a"\nkind = "file"\nregex = "abcd"\npath = "x"',
    '4:8 error bad-value: a rule of kind "file" looks at the path alone and has no regex',
  ],
  ['[[rules]]\nid = "a"\nregex = "abcd"\n[[rules.required]]\nwithinLines = 3', '5:1 error missing-key: a required rule needs its id'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\n[[rules.tests]]\ntext = "x"', '5:1 error missing-key: a test needs expect'],
  ['[[rules]]\nid = "a"\nregex = "abcd"\n[rules.replace]\nmode = "value"', '5:8 error missing-key: mode "value" needs value'],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\n[rules.replace]\nmode = "value"\nvalue = "xabcdx"',
    '7:9 error bad-value: value is what the rule looks for: it would be found again',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\n[rules.replace]\nmode = "value"\nvalue = "a\\nb"',
    '7:9 error bad-value: value must be of one line, without control characters',
  ],
  [
    '[[rules]]\nid = "a"\nregex = "abcd"\n[rules.replace]\nmode = "mask"\nvalue = "x"',
    '7:9 error bad-value: value goes with mode "value", not with "mask"',
  ],
  ['[rules]\nid = "a"', '2:2 error wrong-type: rules must be written as [[rules]]'],
  ['rules = [1]', '2:10 error wrong-type: item 1 of rules must be a table'],
  ['[allowlist]\npaths = ["a"]', '2:2 error unknown-key: unknown key "allowlist" (write it as a list: [[allowlists]])'],
  ['[[allowlists]]\nreason = "x"', '2:1 error empty-allowlist: an allowlist needs one of paths, regexes, stopwords, commits'],
  [
    '[[allowlists]]\npaths = ["a"]\nuntil = 2027-01-14',
    '4:9 warning expired: allowlist held until 2027-01-14 and does nothing now (take it out, or set a later date)',
  ],
  [
    '[extend]\nimports = [{ format = "trufflehog", path = "x" }]',
    '3:23 error bad-value: format must be one of gitleaks, betterleaks, kingfisher, kei-leak-matrix',
  ],
  [
    '[extend]\nimports = [{ format = "detect-secrets", path = "x.json" }]',
    '3:23 error not-supported: a baseline of detect-secrets has no rules, only what may stay (kei-git leak import detect-secrets "x.json")',
  ],
  ['semantics = "gitleak"', '2:13 error bad-value: semantics must be one of gitleaks, betterleaks (did you mean "gitleaks"?)'],
  ['[limits]\nmaxWindow = 10', '3:13 error wrong-type: maxWindow must be a number from 256 to 1048576'],
] as const)('%s', ([text, wanted]) => {
  expect(
    problems(strict(text)).filter((line) => !line.includes('needs regex or path') || wanted.includes('needs regex or path')),
  ).toContain(wanted);
});

test('an unknown schema is an error, and the file is judged strictly all the same', () => {
  expect(problems(read('schema = "leak-matrix/2"\nfoo = 1\n'))).toEqual([
    '1:10 error bad-value: schema must be "leak-matrix/1" (did you mean "leak-matrix/1"?)',
    '2:1 error unknown-key: unknown key "foo"',
  ]);
});

test('two rules of one id are an error, unless the second says that it overrides', () => {
  const rule = '[[rules]]\nid = "a"\nregex = "abcd"\n';
  expect(problems(strict(rule + rule))).toEqual([
    '5:1 error duplicate-id: rule "a" is there already, in line 2 (give it another id, or override = true)',
  ]);
  expect(problems(strict(`${rule}${rule}override = true\n`))).toEqual([]);
});

test('an expired allowlist, and one that lost its condition to a mistake, allow nothing', () => {
  const file = strict(
    '[[allowlists]]\npaths = ["a"]\nuntil = 2027-01-14\n[[allowlists]]\ncondition = "AND"\npaths = ["("]\nstopwords = ["x"]\n',
  );
  expect(file.set.allowlists).toEqual([]);
});

test('no message repeats a value', () => {
  const secret = 'hunter2hunter2';
  const file = strict(
    `[[rules]]\nid = "a"\nregex = "${secret}("\naction = "${secret}"\nsource = { kind = "${secret}", url = "${secret}" }\nadded = "${secret}"\n[[allowlists]]\nregexes = ["${secret}["]\ncondition = "${secret}"\n`,
  );
  expect(file.problems.length).toBeGreaterThan(5);
  expect(JSON.stringify(file.problems)).not.toContain(secret);
});

test('what is not TOML is an error at its place', () => {
  expect(() => read('a = \n')).toThrow(/^a\.toml:1:5: /);
});
