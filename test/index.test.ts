import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as api from '../src/index.ts';
import { combineRules } from '../src/rules/combine.ts';
import { makePack } from '../src/engine/make-pack.ts';
import { writePack } from '../src/engine/pack.ts';
import { parseRuleFile } from '../src/rules/parse.ts';
import { THOROUGH } from '../src/regex/automaton.ts';
import { GITLAB } from './leak/commands.ts';

const { builtinRules, loadRules, scanBytes } = api;
const GITLAB_ID = 'leak/gitlab-access-token';

/** What scripts/rules.mjs makes, of one of the files. */
const builtinSet = async () => {
  const bytes = await readFile(join(import.meta.dirname, '..', 'leak-matrix', 'code-hosting.toml'));
  const personal = await readFile(join(import.meta.dirname, '..', 'leak-matrix', 'personal.toml'));
  const sources = [bytes, personal].map((text, i) => ({
    file: parseRuleFile(text, `${i}.toml`, { origin: 'built-in' }),
    imports: [],
    mayLoosen: true,
  }));
  return combineRules({ sources }).set;
};

const HEAD = 'schema = "leak-matrix/1"\n';
const OWN = `${HEAD}[extend]
useDefault = false
[[rules]]
id = "acme-key"
description = "Acme key"
regex = '''\\bacme_([a-z0-9]{12})\\b'''
[[rules.allowlists]]
reason = "the key of the sandbox is public"
regexes = ['''^sandbox''']
`;
const KEY = 'q7w2e9r4t6z1';

describe('rule files', () => {
  const rules = loadRules([{ file: 'own.toml', text: OWN }]);

  test('ranges are bytes of the secret and columns of an editor', () => {
    const text = `# é 🗝\nkey = "🔑 acme_${KEY}"\n`;
    const bytes = Buffer.from(text);
    const [finding, ...others] = scanBytes(rules, bytes, 'app.conf');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'leak/acme-key', severity: 'error', path: 'app.conf', line: 2, endLine: 2 });
    expect(bytes.toString('utf8', finding?.start, finding?.end)).toBe(KEY);
    const line = text.split('\n')[1] ?? '';
    expect(line.slice((finding?.column ?? 0) - 1, (finding?.endColumn ?? 0) - 1)).toBe(KEY);
    expect(JSON.stringify(finding)).not.toContain(KEY);
  });

  test('encoded text is found where it stands, and not with decode: 0', () => {
    const encoded = Buffer.from(`password acme_${KEY} end`).toString('base64');
    const bytes = Buffer.from(`data: ${encoded}\n`);
    const [finding] = scanBytes(rules, bytes, 'secret.yaml');
    expect(finding?.extra?.['decoded']).toBe('base64');
    expect(bytes.toString('utf8', finding?.start, finding?.end)).toBe(encoded);
    expect(scanBytes(rules, bytes, 'secret.yaml', { decode: 0 })).toEqual([]);
  });

  test('allowlists and inline allows have their say', () => {
    expect(scanBytes(rules, Buffer.from('acme_sandbox12345'), 'a')).toEqual([]);
    const [allowed] = scanBytes(rules, Buffer.from(`acme_${KEY} # kei:allow acme-key test tenant`), 'a');
    expect(allowed).toMatchObject({ severity: 'note', extra: { allowed: 'kei:allow: test tenant' } });
  });

  test('content of one call is not seen by the next', () => {
    expect(scanBytes(rules, Buffer.from(`long long before acme_${KEY}`), 'a')).toHaveLength(1);
    expect(scanBytes(rules, Buffer.from('acme_'), 'a')).toEqual([]);
    expect(scanBytes(rules, new Uint8Array(), 'a')).toEqual([]);
  });

  test('a text can be redacted by the ranges', () => {
    const bytes = Buffer.from(`a acme_${KEY} b acme_${KEY.toUpperCase().toLowerCase()} c`);
    let text = bytes.toString('latin1');
    for (const { start = 0, end = 0 } of scanBytes(rules, bytes, 'log').toReversed()) text = `${text.slice(0, start)}***${text.slice(end)}`;
    expect(text).toBe('a acme_*** b acme_*** c');
  });

  test('the scope of a rule is the occasion', () => {
    const messages = loadRules([{ file: 'm.toml', text: OWN.replace('description', 'scope = ["push"]\ndescription') }]);
    const bytes = Buffer.from(`acme_${KEY}`);
    expect(scanBytes(messages, bytes, 'a')).toEqual([]);
    expect(scanBytes(messages, bytes, 'a', { scope: 'push' })).toHaveLength(1);
  });

  test('a gitleaks file is read as it is', () => {
    const gitleaks = loadRules([
      { file: '.gitleaks.toml', text: `[[rules]]\nid = "k"\nregex = 'acme_([a-z0-9]{12})'\n[allowlist]\npaths = ['^docs/']\n` },
    ]);
    expect(gitleaks.ids()).toEqual(['k']);
    expect(scanBytes(gitleaks, Buffer.from(`acme_${KEY}`), 'a').map(({ rule }) => rule)).toEqual(['leak/k']);
    expect(scanBytes(gitleaks, Buffer.from(`acme_${KEY}`), 'docs/a')).toEqual([]);
  });

  test.for([
    { name: 'not TOML', text: 'a = [', message: /^bad\.toml:1:\d+: / },
    {
      name: 'a key that is not known',
      text: 'schema = "leak-matrix/1"\n[[rules]]\nid = "a"\nregx = "b"\nregex = "c"\n',
      message: /^bad\.toml:4:1: /,
    },
    { name: 'another file', text: '[extend]\npath = "base.toml"\n', message: /^bad\.toml:2:\d+: other files are not read here/ },
  ])('$name is refused with its place', ({ text, message }) => {
    expect(() => loadRules([{ file: 'bad.toml', text }])).toThrow(api.ConfigError);
    expect(() => loadRules([{ file: 'bad.toml', text }])).toThrow(message);
  });

  test('rules that nobody made are refused', () => {
    expect(() => scanBytes({ ...rules }, Buffer.from('a'), 'a')).toThrow(api.UsageError);
  });

  test.for([-1, 9, 1.5, Number.NaN])('decode: %s is refused', (decode) => {
    expect(() => scanBytes(rules, Buffer.from('a'), 'a', { decode })).toThrow(api.UsageError);
  });
});

describe('built-in rules', () => {
  let pack: Uint8Array;
  let json: Uint8Array;
  beforeAll(async () => {
    const set = await builtinSet();
    json = Buffer.from(JSON.stringify(set));
    const made = makePack({ ...set, rules: set.rules.filter(({ category }) => category === 'secret') });
    pack = writePack(made.pack, made.image);
  });

  test('of both forms', () => {
    const bytes = Buffer.from(`token = ${GITLAB}\n`);
    for (const rules of [builtinRules(pack), builtinRules(json)])
      expect(scanBytes(rules, bytes, 'a').map(({ rule }) => rule)).toEqual([GITLAB_ID]);
  });

  test('personal data is there when it is asked for', () => {
    expect(builtinRules(json).ids()).not.toContain('iban');
    expect(builtinRules(json, ['personal']).ids()).toContain('iban');
  });

  test('a file of ours goes on from them, one of gitleaks only if it says so', () => {
    const builtin = builtinRules(pack);
    const ours = loadRules([{ file: 'own.toml', text: OWN.replace('[extend]\nuseDefault = false\n', '') }], { builtin });
    expect(scanBytes(ours, Buffer.from(`${GITLAB} acme_${KEY}`), 'a').map(({ rule }) => rule)).toEqual([GITLAB_ID, 'leak/acme-key']);
    const theirs = (head: string) =>
      loadRules([{ file: 'g.toml', text: `${head}[[rules]]\nid = "k"\nregex = 'acme_([a-z0-9]{12})'\n` }], { builtin });
    expect(theirs('').ids()).toEqual(['k']);
    expect(theirs('[extend]\nuseDefault = true\n').ids()).toContain('gitlab-access-token');
  });

  test('what was prepared for them does not hold for a rule that was changed', () => {
    const RULE = "[[rules]]\nid = 'r'\n";
    const text = `${HEAD}${RULE}description = 'r'\nregex = '([a-z]{4})_([a-z0-9]{40})'\nsecretGroup = 2\nconfidence = 0.9\n`;
    const file = parseRuleFile(text, 'r.toml', { origin: 'built-in' });
    const made = makePack(combineRules({ useBuiltin: false, sources: [{ file, imports: [], mayLoosen: true }] }).set, THOROUGH);
    const builtin = builtinRules(writePack(made.pack, made.image));
    const changed = loadRules([{ file: 'own.toml', text: `${HEAD}${RULE}override = true\nsecretGroup = 1\n` }], { builtin });
    const content = Buffer.from(`acme_${KEY.repeat(4).slice(0, 40)}\n`);
    // A secret that could be guessed gets the fingerprint of its place.
    expect([builtin, changed].map((rules) => scanBytes(rules, content, 'a').map(({ fingerprint }) => fingerprint.split(':')[0]))).toEqual([
      ['kei1'],
      ['kei1c'],
    ]);
  });

  test.for(['', 'keiR', '{', 'PK\u0003\u0004'])('bytes that are none (%j) are refused', (text) => {
    expect(() => builtinRules(Buffer.from(text))).toThrow(api.UsageError);
  });
});

test('findings become a report in every format', async () => {
  const findings = scanBytes(loadRules([{ file: 'own.toml', text: OWN }]), Buffer.from(`acme_${KEY}\n`), 'a.conf');
  const report: api.Report = {
    kind: 'report',
    target: { event: 'check', kind: 'stdin', description: 'a.conf' },
    findings,
    skipped: [],
    stats: { files: 1, bytes: 18 },
  };
  for (const format of api.FORMATS) {
    const text = await api.render(report, format, { colour: false, columns: 80, version: '0.0.0' });
    expect(text).toContain('acme-key');
    expect(text).not.toContain(KEY);
  }
  const json = await api.render(report, 'json', { colour: false, columns: 80, version: '0.0.0' });
  expect(api.mergeReports([api.parseReport(json, 'a.json'), api.parseReport(json, 'b.json')]).findings).toHaveLength(1);
});
