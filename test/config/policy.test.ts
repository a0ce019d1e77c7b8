import { describe, expect, test } from 'vitest';
import { EVENTS } from '../../src/check.ts';
import { parseIgnores } from '../../src/config/ignores.ts';
import { parseLayer } from '../../src/config/layer.ts';
import { judgedIgnoresCount, policySide, weakeningFindings, weakenings, type PolicyState } from '../../src/config/policy.ts';
import { outlineRules } from '../../src/config/rules.ts';

interface Texts {
  readonly config?: string;
  readonly ignores?: string;
  readonly rules?: Readonly<Record<string, string>>;
}
const GITLEAKS_ONLY = { '.gitleaks.toml': '[[rules]]\nid = "acme"\nregex = "a"\n' };
/** Of our schema, so that the built-in rules stay on beside those of gitleaks' form. */
const OURS = { 'leak-matrix/zz.toml': 'schema = "leak-matrix/1"\n' };
const state = ({ config = '', ignores = '', rules = {} }: Texts): PolicyState => ({
  layer: parseLayer(config, 'kei.toml'),
  ignores: parseIgnores(ignores),
  places: [],
  rules: outlineRules(
    Object.entries(rules === GITLEAKS_ONLY ? rules : { ...rules, ...OURS }).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  ),
});
const said = (before: Texts, after: Texts, builtin?: readonly string[]): string[] =>
  weakenings(state(before), state(after), builtin).map(
    ({ file, position, sentence }) => `${file}${position ? `:${position.line}:${position.column}` : ''} ${sentence}`,
  );

const FP = `kei1:${'a'.repeat(26)}`;
const RULE = '[[rules]]\nid = "acme"\nregex = "acme_[a-z]+"\n';
const acme = (text: string): Texts => ({ rules: { 'leak-matrix/acme.toml': text } });

test.for<[string, Texts, Texts, string[]]>([
  ['nothing', {}, {}, []],
  [
    'a threshold raised',
    { config: '[leak]\nfail-on = "note"' },
    { config: '[leak]\n\nfail-on = "warning"' },
    ['kei.toml:3:1 fail-on in [leak] goes from "note" to "warning"'],
  ],
  ['a threshold lowered', {}, { config: '[leak]\nfail-on = "note"' }, []],
  ['kei.toml deleted', { config: '[leak]\nmax-file-size = "1G"' }, {}, ['kei.toml max-file-size in [leak] goes from "1G" to "100M"']],
  [
    'a category gone',
    { config: 'leak.categories = ["secret", "personal"]' },
    { config: 'leak.categories = ["personal"]' },
    ['kei.toml:1:6 categories in [leak] goes from ["secret", "personal"] to ["personal"]'],
  ],
  ['a check skipped', {}, { config: 'check.skip = ["leak"]' }, ['kei.toml:1:7 skip in [check] goes from [] to ["leak"]']],
  ['workers', {}, { config: 'leak.jobs = 2' }, []],
  ['a file of gitleaks alone', {}, { rules: GITLEAKS_ONLY }, ['.gitleaks.toml the built-in rules are switched off']],
  [
    'a new ignore',
    {},
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"\nuntil = 2030-01-01` },
    [`.kei/ignores.toml:1:1 findings are ignored that were not: ${FP} in any file until 2030-01-01`],
  ],
  [
    'a rule ignored by glob',
    {},
    { ignores: '[[ignore]]\nrule = "leak/a"\nmatch = "test/**"\nreason = "x"' },
    ['.kei/ignores.toml:1:1 findings are ignored that were not: leak/a in test/**'],
  ],
  [
    'an ignore that ends earlier, of another reason, as baseline',
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"` },
    { ignores: `[[baseline]]\nfingerprint = "${FP}"\nuntil = 2030-01-01` },
    [],
  ],
  [
    'an ignore that lasts longer',
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"\nuntil = 2029-01-01` },
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"` },
    [`.kei/ignores.toml:1:1 findings are ignored that were not: ${FP} in any file`],
  ],
  [
    'an ignore of one file, then of all',
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\npath = "a"\nreason = "x"` },
    { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"` },
    [`.kei/ignores.toml:1:1 findings are ignored that were not: ${FP} in any file`],
  ],
  ['an ignore gone', { ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"` }, {}, []],
  ['a new rule with its own allowlist', {}, acme(`${RULE}[[rules.allowlists]]\nregexes = ["x"]\n`), []],
  ['a rule gone', acme(RULE), acme(''), ['leak-matrix/acme.toml rule acme is gone']],
  [
    'a rule in another file, with words about it',
    acme(RULE),
    { rules: { 'leak-matrix/b.toml': `${RULE}description = "d"\ntags = ["t"]\n[[rules.tests]]\ntext = "x"\n` } },
    [],
  ],
  [
    'another expression',
    acme(RULE),
    acme(RULE.replace('+', '{9}')),
    ['leak-matrix/acme.toml:1:1 rule acme may match less: what it looks for changed'],
  ],
  ['keys in another order', acme(RULE), acme('[[rules]]\nregex = "acme_[a-z]+"\nid = "acme"'), []],
  ['warn only', acme(RULE), acme(`${RULE}action = "warn"`), ['leak-matrix/acme.toml:1:1 rule acme goes from error to warning']],
  ['little confidence', acme(RULE), acme(`${RULE}confidence = 0.4`), ['leak-matrix/acme.toml:1:1 rule acme goes from error to warning']],
  ['warn, but an explicit error', acme(RULE), acme(`${RULE}action = "warn"\nseverity = "error"`), []],
  [
    'only in messages',
    acme(RULE),
    acme(`${RULE}scope = ["message"]`),
    ['leak-matrix/acme.toml:1:1 rule acme no longer looks everywhere it did (scope)'],
  ],
  ['a wider scope', acme(`${RULE}scope = ["message"]`), acme(`${RULE}scope = ["message", "push"]`), []],
  ['the second rule of one id', acme(RULE + RULE), acme(RULE), ['leak-matrix/acme.toml rule acme#2 is gone']],
  [
    'an allowlist of a known rule',
    acme(RULE),
    acme(`${RULE}[[rules.allowlists]]\nregexes = ["x"]\n`),
    ['leak-matrix/acme.toml:4:1 a new or changed allowlist for rule acme'],
  ],
  [
    'the same allowlist, better explained',
    acme(`${RULE}[rules.allowlist]\nregexes = ["x"]\n`),
    acme(`${RULE}[[rules.allowlists]]\nregexes = ["x"]\nreason = "y"\n`),
    [],
  ],
  [
    'an allowlist for all',
    {},
    acme('[[allowlists]]\npaths = [".*"]\n'),
    ['leak-matrix/acme.toml:1:1 a new or changed allowlist for all rules'],
  ],
  [
    'a built-in rule off',
    {},
    acme('[extend]\nuseDefault = true\ndisabledRules = ["jwt"]'),
    ['leak-matrix/acme.toml:3:1 the built-in rule jwt is switched off'],
  ],
  ['all built-in rules off', {}, acme('[extend]\nuseDefault = false'), ['leak-matrix/acme.toml:2:1 the built-in rules are switched off']],
  ['an override', {}, acme(`${RULE}override = true`), ['leak-matrix/acme.toml:1:1 rule acme takes the place of another rule of that id']],
  ['limits', acme('[limits]\nmaxWindow = 10'), acme('[limits]\nmaxWindow = 9'), ['leak-matrix limits of rule files changed']],
  ['rules that are no tables', {}, acme('rules = [1, { id = 2 }]\nallowlists = 3\nextend = 4'), []],
])('%s', ([, before, after, expected]) => {
  expect(said(before, after)).toEqual(expected);
});

test('a rule with the id of a built-in one', () => {
  expect(said({}, acme(RULE), ['acme'])).toEqual(['leak-matrix/acme.toml:1:1 rule acme takes the place of another rule of that id']);
  expect(said(acme(RULE), acme(RULE), ['acme'])).toEqual([]);
});

test('names from the repository cannot steer a terminal', () => {
  const [sentence = ''] = said(acme('[[rules]]\nid = "\\u001b[2J"'), {});
  expect(sentence).toBe('leak-matrix/acme.toml rule \\x1b[2J is gone');
});

test('findings: warnings of policy/changed, each with its own fingerprint', () => {
  const after = state({ config: '[leak]\nfail-on = "error"\ndecode = 1', ignores: `[[ignore]]\nfingerprint = "${FP}"\nreason = "x"` });
  const findings = weakeningFindings(weakenings(state({ config: 'leak.fail-on = "note"' }), after));
  expect(findings.map(({ rule, severity, path, line, column }) => [rule, severity, path, line, column])).toEqual([
    ['policy/changed', 'warning', 'kei.toml', 3, 1],
    ['policy/changed', 'warning', 'kei.toml', 2, 1],
    ['policy/changed', 'warning', '.kei/ignores.toml', 1, 1],
  ]);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
});

describe('who decides', () => {
  test('by event', () => {
    expect(Object.fromEntries(EVENTS.map((event) => [event, policySide(event, 'none')]))).toEqual({
      check: 'target',
      'pre-commit': 'index',
      'commit-msg': 'index',
      'pre-push': 'remote-tip',
      ci: 'target',
      'agent-write': 'head',
      'agent-command': 'head',
      mirror: 'head',
    });
    expect([policySide('ci', 'fork'), policySide('ci', 'same-repository')]).toEqual(['merge-base', 'merge-base']);
  });

  test.for<['ci' | 'pre-commit', 'none' | 'same-repository' | 'fork', boolean, boolean]>([
    ['pre-commit', 'none', false, true],
    ['ci', 'none', false, true],
    ['ci', 'same-repository', false, false],
    ['ci', 'same-repository', true, true],
    ['ci', 'fork', true, false],
  ])('ignores of the judged side: %s, pull request %s, head-ignores %s: %s', ([event, pullRequest, headIgnores, counts]) => {
    expect(judgedIgnoresCount(event, pullRequest, headIgnores)).toBe(counts);
  });
});

test('what it quotes of the files holds nothing that could be a secret', () => {
  const word = ['x9', 'Kd02mLq9Zr5TyUw3Vb7'].join('');
  const ignore = `[[ignore]]\nrule = "leak/a"\nmatch = "nowhere/${word}"\nreason = "x"\n`;
  const rules = {
    [`leak-matrix/${word}.toml`]: `[[rules]]\nid = "${word}"\nregex = "a"\noverride = true\n[[allowlists]]\npaths = ["x"]\n`,
  };
  const found = weakenings(state({}), state({ config: `leak.honour-inline = ["${word}"]`, ignores: ignore, rules }));
  expect(found).toHaveLength(4);
  expect(JSON.stringify(weakeningFindings(found))).not.toContain(word);
  expect(weakeningFindings(found)[0]?.message).toBe('honour-inline in [leak] goes from [] to ["x9Kd…"]');
});
