import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyLayer, parseConfig, parseLayer, positionOf, requireKnownChecks, splitKey } from '../../src/config/layer.ts';
import { DEFAULTS, KEYS } from '../../src/config/keys.ts';
import { parseAge, parseSize, writeAge } from '../../src/config/units.ts';
import { ConfigError } from '../../src/errors.ts';

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** What is said, hint behind an arrow. */
const complaint = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message + (error.hint === undefined ? '' : ` -> ${error.hint}`);
    throw error;
  }
  return 'accepted';
};

test('an empty file is all defaults', () => {
  expect(parseConfig('', 'kei.toml')).toEqual({
    leak: {
      categories: ['secret'],
      builtin: true,
      decode: 3,
      'max-file-size': 104_857_600,
      jobs: 0,
      'fail-on': 'error',
      'honour-inline': [],
      archives: 0,
      'archives-at': ['pre-push', 'ci', 'mirror'],
      key: 'default',
    },
    check: { skip: [], 'fail-on': 'error' },
    policy: { 'head-ignores': false },
    workflow: {
      hosts: [],
      pins: { 'max-age': 86_400_000, offline: false, 'strict-network': false, 'require-comment': false, 'min-age': 604_800_000 },
      policy: {},
      lint: { skip: [], mute: [], 'runner-labels': [], actionlint: true },
    },
    hook: {
      events: ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push', 'post-checkout', 'post-merge', 'post-rewrite'],
      seal: false,
      prefixes: [],
      jobs: 0,
      timeout: 300_000,
      run: [],
    },
    counts: {},
    markers: { files: ['**/*.md'], frozen: ['CHANGELOG.md'], claims: ['**/*.md'] },
  });
  expect(DEFAULTS).toEqual(parseConfig('', 'kei.toml'));
  expect(emptyLayer('kei.toml').config).toEqual(DEFAULTS);
});

test('every key of the schema is in the table of strictness', () => {
  const namesIn = (schema: JsonSchema, path: string): readonly string[] =>
    schema.properties === undefined
      ? [path.slice(1)]
      : Object.entries(schema.properties).flatMap(([name, inner]) => namesIn(inner, `${path}.${name}`));
  const schema: JsonSchema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/kei.schema.json'), 'utf8'));
  expect(KEYS.toSorted()).toEqual(namesIn(schema, '').toSorted());
});

test('all keys at once', () => {
  const text = `[leak]
archives = 8
archives-at = ["check"]
key = "acme-2"
categories = ["secret", "patent-ip"]
rules = ["a.toml"]
builtin = false
decode = 0
max-file-size = "50M"
jobs = 4
fail-on = "note"
honour-inline = ["gitleaks:allow", "pragma: allowlist secret"]
[check]
skip = ["workflow-pins"]
fail-on = "warning"
[policy]
head-ignores = true
[workflow]
forge = "https://git.example.com/code"
actions-url = "http://actions.example:3000"
hosts = ["git.example.org:8443"]
[workflow.pins]
max-age = "0m"
offline = true
strict-network = true
require-comment = true
min-age = "2w"
[workflow.policy]
own = "sha"
"acme/*" = "ref"
"git.example.com/acme/tool" = "any"
[workflow.lint]
skip = ["workflow/script-injection"]
mute = ["is unknown"]
runner-labels = ["gpu-*"]
actionlint = false
[hook]
events = ["pre-push"]
seal = true
prefixes = ["feat", "fix"]
jobs = 2
timeout = "90s"
[[hook.run]]
name = "prettier"
run = ["prettier", "--write"]
files = ["*.ts"]
stage-fixed = true
timeout = "500ms"
[counts.pages]
glob = ["docs/*.md"]
[markers]
files = ["*.md"]
frozen = []
claims = ["README.md"]
`;
  const layer = parseLayer(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'kei.toml');
  expect(layer.config).toEqual({
    leak: {
      archives: 8,
      'archives-at': ['check'],
      key: 'acme-2',
      categories: ['secret', 'patent-ip'],
      rules: ['a.toml'],
      builtin: false,
      decode: 0,
      'max-file-size': 52_428_800,
      jobs: 4,
      'fail-on': 'note',
      'honour-inline': ['gitleaks:allow', 'pragma: allowlist secret'],
    },
    check: { skip: ['workflow-pins'], 'fail-on': 'warning' },
    policy: { 'head-ignores': true },
    workflow: {
      forge: 'https://git.example.com/code',
      'actions-url': 'http://actions.example:3000',
      hosts: ['git.example.org:8443'],
      pins: { 'max-age': 0, offline: true, 'strict-network': true, 'require-comment': true, 'min-age': 1_209_600_000 },
      policy: { own: 'sha', 'acme/*': 'ref', 'git.example.com/acme/tool': 'any' },
      lint: { skip: ['workflow/script-injection'], mute: ['is unknown'], 'runner-labels': ['gpu-*'], actionlint: false },
    },
    hook: {
      events: ['pre-push'],
      seal: true,
      prefixes: ['feat', 'fix'],
      jobs: 2,
      timeout: 90_000,
      run: [
        {
          name: 'prettier',
          on: ['pre-commit'],
          run: ['prettier', '--write'],
          files: ['*.ts'],
          exclude: [],
          'pass-files': true,
          'stage-fixed': true,
          view: 'staged',
          'skip-on': [],
          timeout: '500ms',
          env: {},
          ci: true,
          alone: false,
        },
      ],
    },
    counts: { pages: { glob: ['docs/*.md'], of: 'value', 'at-commit': false, blank: true, zero: false, nouns: [] } },
    markers: { files: ['*.md'], frozen: [], claims: ['README.md'] },
  });
  expect([...layer.set].toSorted()).toEqual(KEYS.toSorted());
  expect(positionOf(layer, 'leak.fail-on')).toEqual({ line: 11, column: 1 });
  expect(positionOf(layer, 'workflow.pins.offline')).toEqual({ line: 24, column: 1 });
  expect(positionOf(layer, 'workflow.policy')).toEqual({ line: 28, column: 11 });
});

test.for<[string, string, string]>([
  [
    'a key of a table under a name of the person',
    '[counts.pages]\nglobs = "*.md"',
    'kei.toml:2:1: unknown key "globs" in [counts.pages] -> did you mean "glob"?',
  ],
  [
    'a name that is none',
    '[counts."Ab c"]\nglob = "*.md"',
    'kei.toml:1:9: "Ab c" in [counts] must be a name of lower-case letters, digits and hyphens, and not "frozen"',
  ],
  [
    'a counter without a source',
    '[counts.pages]\nnouns = ["page"]',
    'kei.toml:1:9: [counts.pages] has no source: one of glob, lines, regex, toml, json, yaml, git, command',
  ],
  [
    'a counter with two sources',
    '[counts.pages]\nglob = "*.md"\njson = "a.json"',
    'kei.toml:3:1: json in [counts.pages] is a second source beside glob: a counter has one',
  ],
  [
    'a key of another source',
    '[counts.pages]\nglob = "*.md"\npath = "a.b"',
    'kei.toml:3:1: path in [counts.pages] goes with toml, json, yaml, not with glob',
  ],
  ['an expression without files', '[counts.pages]\nregex = "x"', 'kei.toml:2:1: regex in [counts.pages] needs files: where to look'],
  [
    'a pattern of no tags',
    '[counts.pages]\ngit = "commits"\npattern = "v*"',
    'kei.toml:3:1: pattern in [counts.pages] goes with git = "tags"',
  ],
  [
    'commits left out',
    '[counts.pages]\ngit = "commits"\nexclude = "v*"',
    'kei.toml:3:1: exclude in [counts.pages] goes with tags and contributors, not with commits',
  ],
  [
    'a total without percent',
    '[counts.pages]\nglob = "*.md"\nof-total = "all"',
    'kei.toml:3:1: of-total in [counts.pages] goes with format = "percent"',
  ],
  [
    'a total that is no counter',
    '[counts.pages]\nglob = "*.md"\nformat = "percent"\nof-total = "all"',
    'kei.toml:4:1: of-total in [counts.pages] names no counter: there is no [counts.all]',
  ],
  [
    'an unknown format',
    '[counts.pages]\nglob = "*.md"\nformat = "thousand"',
    'kei.toml:3:10: format in [counts.pages] must be one of plain, thousands, words, Words, percent, compact -> did you mean "thousands"?',
  ],
  [
    'a step of nothing',
    '[counts.pages]\nglob = "*.md"\nround = 0',
    'kei.toml:3:9: round in [counts.pages] must be a number like 100 or 0.1',
  ],
  ['no table under a name', '[counts]\npages = 3', 'kei.toml:2:1: [counts.pages] must be a table'],
  ['a table without what it needs', '[[hook.run]]\nname = "a"', 'kei.toml:1:1: [[hook.run]] has no run'],
  [
    'a duration',
    '[hook]\ntimeout = "5 minutes"',
    'kei.toml:2:11: timeout in [hook] must be a duration like "500ms", "90s" or "5m"; "0s": none',
  ],
  ['unknown key', '[leak]\n\nruels = []', 'kei.toml:3:1: unknown key "ruels" in [leak] -> did you mean "rules"?'],
  ['unknown table', '[leek]', 'kei.toml:1:2: unknown key "leek" -> did you mean "leak"?'],
  ['key of another table', 'decode = 3', 'kei.toml:1:1: unknown key "decode" -> decode belongs into [leak]'],
  ['underscores', '[leak]\nmax_file_size = 1', 'kei.toml:2:1: unknown key "max_file_size" in [leak] -> did you mean "max-file-size"?'],
  ['nothing near', '[leak]\nxyzzy-plugh = 1', 'kei.toml:2:1: unknown key "xyzzy-plugh" in [leak]'],
  ['a key of Object', '[leak]\nconstructor = 1', 'kei.toml:2:1: unknown key "constructor" in [leak]'],
  ['__proto__', '[__proto__]\nleak = 1', 'kei.toml:1:2: unknown key "__proto__"'],
  ['a key that steers terminals', '"\\u001b[2J\\u202e" = 1', 'kei.toml:1:1: unknown key "\\x1b[2J\\u{202e}"'],
  ['a long key', `${'k'.repeat(500)} = 1`, `kei.toml:1:1: unknown key "${'k'.repeat(40)}…"`],
  ['no table', 'leak = 3', 'kei.toml:1:1: [leak] must be a table'],
  ['an empty array', 'leak = []', 'kei.toml:1:1: [leak] must be a table'],
  ['a date', 'check = 2027-01-01', 'kei.toml:1:1: [check] must be a table'],
  ['[[leak]]', '[[leak]]', 'kei.toml:1:3: [leak] must be a table'],
  [
    'wrong word',
    '[leak]\nfail-on = "warn"',
    'kei.toml:2:11: fail-on in [leak] must be one of note, warning, error -> did you mean "warning"?',
  ],
  [
    'wrong item',
    'leak.categories = [\n  "secret",\n  "pattent-ip",\n]',
    'kei.toml:3:3: item 2 of categories in [leak] must be one of secret, personal, patent-ip, internal-infra, private-project -> did you mean "patent-ip"?',
  ],
  ['one for many', '[leak]\ncategories = "secret"', 'kei.toml:2:14: categories in [leak] must be an array'],
  ['too many', 'leak = { decode = 9 }', 'kei.toml:1:19: decode in [leak] must be a whole number from 0 to 8'],
  ['no whole number', '[leak]\ndecode = 1.5', 'kei.toml:2:10: decode in [leak] must be a whole number from 0 to 8'],
  ['no number', '[leak]\njobs = nan', 'kei.toml:2:8: jobs in [leak] must be a whole number from 0 to 256'],
  ['a size', '[leak]\nmax-file-size = "50X"', 'kei.toml:2:17: max-file-size in [leak] must be a number of bytes or a size like "50M"'],
  ['size 0', '[leak]\nmax-file-size = 0', 'kei.toml:2:17: max-file-size in [leak] must be a number of bytes or a size like "50M"'],
  ['"true"', '[leak]\nbuiltin = "true"', 'kei.toml:2:11: builtin in [leak] must be true or false'],
  ['a date', '[policy]\nhead-ignores = 2027-01-01', 'kei.toml:2:16: head-ignores in [policy] must be true or false'],
  ['no path', '[leak]\nrules = [""]', 'kei.toml:2:10: item 1 of rules in [leak] must be a path'],
  ['no id', '[check]\nskip = ["Leak!"]', 'kei.toml:2:9: item 1 of skip in [check] must be the id of a check, like "leak"'],
  [
    'a token that allows too much',
    '[leak]\nhonour-inline = ["a"]',
    'kei.toml:2:18: item 1 of honour-inline in [leak] must be one line of at least four characters',
  ],
  ['the first of two', '[check]\nfail-on = 1\n[leak]\nx = 1', 'kei.toml:2:11: fail-on in [check] must be one of note, warning, error'],
  [
    'a key of an inner table',
    '[workflow]\noffline = true',
    'kei.toml:2:1: unknown key "offline" in [workflow] -> offline belongs into [workflow.pins]',
  ],
  ['an inner key', '[workflow.pins]\nmax_age = 1', 'kei.toml:2:1: unknown key "max_age" in [workflow.pins] -> did you mean "max-age"?'],
  ['no inner table', '[workflow]\npins = []', 'kei.toml:2:1: [workflow.pins] must be a table'],
  ['no age', '[workflow.pins]\nmax-age = "1y"', 'kei.toml:2:11: max-age in [workflow.pins] must be an age like "30m", "12h" or "7d"'],
  [
    'a number for an age',
    '[workflow.pins]\nmax-age = 7',
    'kei.toml:2:11: max-age in [workflow.pins] must be an age like "30m", "12h" or "7d"',
  ],
  [
    'a URL with a password',
    '[workflow]\nforge = "https://a:b@git.example.com"',
    'kei.toml:2:9: forge in [workflow] must be a URL like "https://git.example.com", without a name or password in it',
  ],
  [
    'another transport',
    '[workflow]\nforge = "ext::sh -c id"',
    'kei.toml:2:9: forge in [workflow] must be a URL like "https://git.example.com", without a name or password in it',
  ],
  [
    'a URL for a host',
    '[workflow]\nhosts = ["ssh://x"]',
    'kei.toml:2:10: item 1 of hosts in [workflow] must be a host like "git.example.com" or "git.example.com:8443", or "http://git.lan:3000"',
  ],
  ['no demand', '[workflow.policy]\n"acme/*" = "tag"', 'kei.toml:2:12: "acme/*" in [workflow.policy] must be one of any, ref, sha'],
  [
    'nearly a demand',
    '[workflow.policy]\nown = "shaa"',
    'kei.toml:2:7: own in [workflow.policy] must be one of any, ref, sha -> did you mean "sha"?',
  ],
  [
    'no pattern',
    '[workflow.policy]\n"acme" = "ref"',
    'kei.toml:2:1: acme in [workflow.policy] is no pattern: "OWNER/*", "OWNER/REPO", either behind "HOST/", "own", "hooks" or "*"',
  ],
  [
    'a pattern that steers terminals',
    '[workflow.policy]\n"\\u001b" = "ref"',
    'kei.toml:2:1: "\\x1b" in [workflow.policy] is no pattern: "OWNER/*", "OWNER/REPO", either behind "HOST/", "own", "hooks" or "*"',
  ],
  ['a list of policies', '[[workflow.policy]]', 'kei.toml:1:12: [workflow.policy] must be a table'],
  [
    'no rule',
    '[workflow.lint]\nskip = ["x"]',
    'kei.toml:2:9: item 1 of skip in [workflow.lint] must be the id of a rule, like "workflow/script-injection"',
  ],
  ['syntax', '[leak]\ndecode =', 'kei.toml:2:9: invalid value'],
])('%s', ([, text, expected]) => {
  expect(complaint(() => parseConfig(text, 'kei.toml'))).toBe(expected);
});

test('a value is never repeated', () => {
  const secret = 'planted-0000-0000-0001';
  let refused = 0;
  for (const key of KEYS) {
    const [table, name] = splitKey(key);
    for (const value of [`"${secret}!"`, `["${secret}\\u0000"]`, `{ a = "${secret}" }`]) {
      const said = complaint(() => parseConfig(`[${table}]\n${name} = ${value}`, 'kei.toml'));
      expect(said).not.toContain(secret);
      refused += said === 'accepted' ? 0 : 1;
    }
  }
  expect(refused).toBe(3 * KEYS.length);
});

test.for<[string, number | undefined]>([
  ['512', 512],
  ['10k', 10_240],
  ['50M', 52_428_800],
  ['1G', 1_073_741_824],
  ['999999G', 999_999 * 1024 ** 3],
  ['0', undefined],
  ['1.5M', undefined],
  ['-1', undefined],
  ['50 M', undefined],
  ['1000000G', undefined],
  ['', undefined],
])('size %s', ([text, bytes]) => {
  expect(parseSize(text)).toBe(bytes);
});

test.for<[string, number | undefined, string?]>([
  ['0m', 0],
  ['90m', 5_400_000],
  ['60m', 3_600_000, '1h'],
  ['48h', 172_800_000, '2d'],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000, '14d'],
  ['1.5d', undefined],
  ['-1d', undefined],
  ['7', undefined],
  ['', undefined],
])('age %s', ([text, ms, again = text]) => {
  expect(parseAge(text)).toBe(ms);
  if (ms !== undefined) expect(writeAge(ms)).toBe(again);
});

test('checks that nobody knows', () => {
  const layer = parseLayer('[check]\nskip = ["leak", "workflow-pin"]', 'kei.toml');
  const known = ['leak', 'workflow-pins'];
  expect(complaint(() => requireKnownChecks(layer, known))).toBe(
    'kei.toml:2:17: no check "workflow-pin" (skip in [check]) -> did you mean "workflow-pins"?',
  );
  expect(complaint(() => requireKnownChecks(parseLayer('[check]\nskip = ["leak"]', 'kei.toml'), known))).toBe('accepted');
});

test('any input: a config or a ConfigError', () => {
  const values = fc.constantFrom(
    '1',
    '-1',
    '"a"',
    '[]',
    '[1]',
    '[[]]',
    '{}',
    'true',
    '1.5',
    'inf',
    '2027-01-01',
    '[{}]',
    '"50M"',
    '"error"',
    "['secret']",
  );
  const names = fc.oneof(fc.constantFrom(...KEYS), fc.constantFrom('leak', 'check', 'policy', 'x', '__proto__', 'toString.x'));
  const texts = fc
    .array(fc.tuple(names, values), { maxLength: 4 })
    .map((pairs) => pairs.map(([name, value]) => `${name} = ${value}\n`).join(''));
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(texts, fc.string()), (text) => {
      const said = complaint(() => parseConfig(text, 'kei.toml'));
      expect(said).toMatch(/^(?:accepted|kei\.toml:\d+:\d+: [^\n]+)$/);
      accepted += said === 'accepted' ? 1 : 0;
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(20);
});
