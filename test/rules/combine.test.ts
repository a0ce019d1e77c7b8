import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ALIASED, aliasesOf } from '../../src/rules/aliases.ts';
import { readBuiltin } from '../../src/rules/builtin-source.ts';
import { combineRules, type Combined, type RuleSources } from '../../src/rules/combine.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { loadSources } from '../../src/rules/rule-sources.ts';

const now = new Date('2027-01-15T00:00:00Z');
const text = (value: string): Uint8Array => Buffer.from(value);

const BUILTIN = `schema = "leak-matrix/1"
[[rules]]
id = "gitlab-access-token"
regex = '''\\b(glpat-[\\w-]{20})\\b'''
entropy = 3
[[rules]]
id = "generic-quoted-secret"
regex = '''secret = "([a-z]{20})"'''
[[rules]]
id = "generic-key-value"
regex = '''key = ([a-z]{20})'''
[[rules]]
id = "jwt"
regex = '''(eyJ[a-z]{20})'''
[[allowlists]]
paths = ['''\\.png$''']
`;
const builtin = combineRules({
  sources: await loadSources([{ path: 'built-in.toml', bytes: text(BUILTIN), mayLoosen: true }], () => Promise.resolve(undefined), now),
}).set;

interface Given {
  readonly mayLoosen?: boolean;
  readonly useBuiltin?: boolean;
  readonly others?: Readonly<Record<string, string>>;
}

const combine = async (
  files: Readonly<Record<string, string>>,
  { mayLoosen = true, useBuiltin, others = {} }: Given = {},
): Promise<Combined> => {
  const named = Object.entries(files).map(([path, value]) => ({ path, bytes: text(value), mayLoosen }));
  const read = (path: string): Promise<Uint8Array | undefined> =>
    Promise.resolve(others[path] === undefined ? undefined : text(others[path]));
  const given: RuleSources = { builtin, sources: await loadSources(named, read, now), ...(useBuiltin === undefined ? {} : { useBuiltin }) };
  return combineRules(given);
};

const ids = ({ set }: Pick<Combined, 'set'>): readonly string[] => set.rules.map(({ id }) => id);
const told = ({ problems }: Combined): readonly string[] =>
  problems.map(({ file, line, column, severity, code, message }) => `${file}:${line}:${column} ${severity} ${code}: ${message}`);
const rule = ({ set }: Combined, id: string): RuleSet['rules'][number] | undefined => set.rules.find((one) => one.id === id);

const ALL = ['gitlab-access-token', 'generic-quoted-secret', 'generic-key-value', 'jwt'];
const OURS = 'schema = "leak-matrix/1"\n';
const ACME = '[[rules]]\nid = "acme"\nregex = "acme_[a-z]{9}"\n';

describe('which rules', () => {
  test('without files the built-in set itself', async () => {
    const combined = await combine({});
    expect(combined).toEqual({ set: builtin, builtin: true, problems: [] });
    expect(combined.set).toBe(builtin);
  });

  test.for([
    ['our files come over the built-in rules', { 'a.toml': OURS + ACME }, [...ALL, 'acme'], true],
    ['unless they say no', { 'a.toml': `${OURS}[extend]\nuseDefault = false\n${ACME}` }, ['acme'], false],
    ['those of gitleaks stand alone', { 'a.toml': ACME }, ['acme'], false],
    ['unless they say otherwise', { 'a.toml': `[extend]\nuseDefault = true\n${ACME}` }, [...ALL, 'acme'], true],
    ['or one of ours is there as well', { 'a.toml': ACME, 'b.toml': OURS }, [...ALL, 'acme'], true],
  ] as const)('%s', async ([, files, wanted, usesBuiltin]) => {
    const combined = await combine(files);
    expect(told(combined)).toEqual([]);
    expect([ids(combined), combined.builtin]).toEqual([wanted, usesBuiltin]);
  });

  test('switched off by the settings: their ids are known all the same', async () => {
    const combined = await combine(
      { 'a.toml': `${OURS}[extend]\ndisabledRules = ["jwt"]\n${ACME}[[allowlists]]\npaths = ["x"]\ntargetRules = ["jwt"]\n` },
      { useBuiltin: false },
    );
    expect([ids(combined), told(combined), combined.set.allowlists]).toEqual([['acme'], [], []]);
  });
});

describe('gitleaks names', () => {
  test('disabled rules are ours, by the table', async () => {
    const combined = await combine({
      'a.toml': '[extend]\nuseDefault = true\ndisabledRules = ["generic-api-key", "freshbooks-access-token", "nonsense"]\n',
    });
    expect(ids(combined)).toEqual(['gitlab-access-token', 'jwt']);
    expect(told(combined)).toEqual([
      'a.toml:3:37 warning unmapped-id: no built-in rule for what gitleaks calls "freshbooks-access-token": there is nothing to disable',
      'a.toml:3:64 warning unknown-target: no rule "nonsense" to disable',
    ]);
  });

  test('target rules are ours, by the table', async () => {
    const combined = await combine({
      'a.toml':
        '[extend]\nuseDefault = true\n[[allowlists]]\ntargetRules = ["gitlab-pat", "generic-api-key", "freemius-secret-key"]\npaths = ["x"]\n',
    });
    expect(combined.set.allowlists[1]?.targetRules).toEqual(['gitlab-access-token', 'generic-quoted-secret', 'generic-key-value']);
    expect(told(combined)).toEqual([
      'a.toml:3:1 warning unmapped-id: no built-in rule for what gitleaks calls "freemius-secret-key": the allowlist does nothing for it',
    ]);
  });

  test('a rule of that id changes ours; with an expression it takes their place', async () => {
    const changed = await combine({
      'a.toml': '[extend]\nuseDefault = true\n[[rules]]\nid = "gitlab-pat"\nentropy = 4\n[[rules.allowlists]]\nstopwords = ["x"]\n',
    });
    expect(ids(changed)).toEqual(ALL);
    expect(rule(changed, 'gitlab-access-token')).toMatchObject({ entropy: 4, allowlists: [{ stopwords: ['x'] }], origin: 'built-in.toml' });
    const replaced = await combine({
      'a.toml': '[extend]\nuseDefault = true\n[[rules]]\nid = "generic-api-key"\nregex = "mine [a-z]{9}"\n',
    });
    expect(ids(replaced)).toEqual(['gitlab-access-token', 'jwt', 'generic-api-key']);
    const nothing = await combine({ 'a.toml': '[extend]\nuseDefault = true\n[[rules]]\nid = "freemius-secret-key"\nentropy = 4\n' });
    expect(told(nothing)).toEqual([
      'a.toml:3:1 warning unmapped-id: no built-in rule for what gitleaks calls "freemius-secret-key": nothing is changed',
    ]);
  });

  test('without useDefault an id that is no rule of the file is an error, as in gitleaks', async () => {
    const combined = await combine({ 'a.toml': `${ACME}[[rules]]\nid = "b"\n[[allowlists]]\ntargetRules = ["zz"]\npaths = ["x"]\n` });
    expect(told(combined)).toEqual([
      'a.toml:4:1 error missing-key: a rule needs regex or path',
      'a.toml:6:1 error unknown-target: no rule "zz" (targetRules)',
    ]);
  });

  test('the table names rules of ours that are there', () => {
    const folder = new URL('../../leak-matrix/', import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith('.toml'));
    const { set, problems } = readBuiltin(names.map((name) => ({ path: name, bytes: readFileSync(new URL(name, folder)) })));
    expect(problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const known = new Set(set.rules.map(({ id }) => id));
    expect(ALIASED.flatMap((id) => (aliasesOf(id) ?? []).filter((ours) => !known.has(ours)))).toEqual([]);
    expect(ALIASED.filter((id) => aliasesOf(id)?.length === 0 && known.has(id))).toEqual([]);
    expect(aliasesOf('no-such-rule')).toBe(undefined);
  });
});

describe('our names', () => {
  test('an id that is there already is an error; override takes its place or changes it', async () => {
    expect(told(await combine({ 'a.toml': `${OURS}[[rules]]\nid = "jwt"\nregex = "abcd"\n` }))).toEqual([
      'a.toml:2:1 error duplicate-id: rule "jwt" is there already (built-in)',
    ]);
    const replaced = await combine({ 'a.toml': `${OURS}[[rules]]\nid = "jwt"\nregex = "abcd"\noverride = true\n` });
    expect([told(replaced), rule(replaced, 'jwt')?.regex, ids(replaced)]).toEqual([[], 'abcd', ALL]);
    const changed = await combine({
      'a.toml': `${OURS}[[rules]]\nid = "jwt"\noverride = true\naction = "warn"\nconfidence = 0.3\n[[rules.allowlists]]\npaths = ["x"]\n`,
    });
    expect(told(changed)).toEqual([]);
    expect(rule(changed, 'jwt')).toMatchObject({
      regex: '(eyJ[a-z]{20})',
      action: 'warn',
      confidence: 0.3,
      allowlists: [{ paths: ['x'] }],
    });
  });

  test('what overrides, disables, requires or allows nothing', async () => {
    const combined = await combine({
      'a.toml': `${OURS}[extend]\ndisabledRules = ["jwd"]\n[[rules]]\nid = "a"\noverride = true\n[[rules]]\nid = "b"\nregex = "abcd"\noverride = true\n[[rules.required]]\nid = "jwx"\n[[allowlists]]\npaths = ["x"]\ntargetRules = ["generic-key-valu"]\n`,
    });
    expect(told(combined)).toEqual([
      'a.toml:3:18 error unknown-target: no rule "jwd" to disable',
      'a.toml:4:1 error unknown-target: no rule "a" to override',
      'a.toml:7:1 warning unknown-target: rule "b" overrides nothing',
      'a.toml:7:1 error unknown-target: rule "b" requires "jwx", which is no rule',
      'a.toml:13:1 error unknown-target: no rule "generic-key-valu" (targetRules)',
    ]);
    expect(combined.problems.map(({ hint }) => hint)).toEqual([
      'did you mean "jwt"?',
      undefined,
      'take override = true out',
      'did you mean "jwt"?',
      'did you mean "generic-key-value"?',
    ]);
  });

  test('filters, tokens and limits come together', async () => {
    const combined = await combine({
      'a.toml': `${OURS}filter = 'finding["secret"] == "a" // one'\n[limits]\nmaxWindow = 512\n`,
      'b.toml': `filter = 'let x = "b"; finding["secret"] == x'\n${ACME}`,
    });
    expect(combined.set).toMatchObject({
      filter: '(finding["secret"] == "a" // one\n) || (let x = "b"; finding["secret"] == x\n)',
      maxWindow: 512,
      allowTokens: ['gitleaks:allow', 'betterleaks:allow'],
    });
  });
});

describe('a file that may not loosen', () => {
  const given = { mayLoosen: false };

  test('adds rules; its allowlists and filters concern those alone', async () => {
    const combined = await combine(
      {
        'a.toml': `${ACME}[[rules]]\nid = "b"\nregex = "bbbb"\n[[allowlists]]\npaths = [".*"]\n[[allowlists]]\nregexes = ["x"]\ntargetRules = ["jwt", "b"]\n`,
        'c.toml': `filter = "true"\n[[rules]]\nid = "c"\nregex = "cccc"\nfilter = "false"\n`,
      },
      given,
    );
    expect(ids(combined)).toEqual([...ALL, 'acme', 'b', 'c']);
    expect(combined.set.allowlists.slice(1).map(({ targetRules }) => targetRules)).toEqual([['acme', 'b'], ['b']]);
    expect(combined.set.filter).toBe(undefined);
    expect(rule(combined, 'c')?.filter).toBe('(true\n) || (false\n)');
    expect(combined.set.allowTokens).toEqual([]);
  });

  test('takes nothing away', async () => {
    const combined = await combine(
      {
        'a.toml': `${OURS}[extend]\nuseDefault = false\ndisabledRules = ["jwt"]\n[[rules]]\nid = "jwt"\nregex = "abcd"\noverride = true\n[limits]\nmaxWindow = 256\n`,
        'b.toml':
          '[extend]\nuseDefault = true\n[[rules]]\nid = "gitlab-pat"\nentropy = 9\n[[rules]]\nid = "generic-api-key"\nregex = "x{9}"\n',
      },
      given,
    );
    expect(combined.set.rules.filter(({ id }) => ALL.includes(id))).toEqual(builtin.rules);
    expect(combined.set.maxWindow).toBe(builtin.maxWindow);
    expect(combined.builtin).toBe(true);
    expect(told(combined).map((line) => line.split(': a repository')[0])).toEqual([
      'a.toml:4:18 note refused: rule "jwt" is not disabled',
      'a.toml:5:1 note refused: rule "jwt" is not overridden',
      'b.toml:3:1 note refused: rule "gitlab-pat" is not changed',
    ]);
  });
});

describe('files that go on from others', () => {
  const base = `[[rules]]\nid = "a"\nregex = "aaaa"\nkeywords = ["a"]\nentropy = 1\n[[rules]]\nid = "b"\nregex = "bbbb"\n[[allowlists]]\npaths = ["base"]\n`;

  test('gitleaks: rules of one id are merged, lists grow, disabled rules stay out', async () => {
    const combined = await combine(
      {
        'conf/a.toml':
          '[extend]\npath = "base.toml"\ndisabledRules = ["b"]\n[[rules]]\nid = "a"\nentropy = 2\nkeywords = ["x"]\n[[rules.allowlists]]\npaths = ["a"]\n',
      },
      { others: { 'conf/base.toml': base } },
    );
    expect(told(combined)).toEqual([]);
    expect(ids(combined)).toEqual(['a']);
    expect(rule(combined, 'a')).toMatchObject({ regex: 'aaaa', entropy: 2, keywords: ['a', 'x'], allowlists: [{ paths: ['a'] }] });
    expect(combined.set.allowlists).toMatchObject([{ paths: ['base'] }]);
  });

  test('the path is relative to the file, or to the root as gitleaks reads it', async () => {
    const combined = await combine({ 'conf/a.toml': '[extend]\npath = "other/base.toml"\n' }, { others: { 'other/base.toml': base } });
    expect(ids(combined)).toEqual(['a', 'b']);
  });

  test('two deep at most, and in no circle', async () => {
    const next = (path: string): string => `[extend]\npath = "${path}"\n`;
    const combined = await combine({ 'a.toml': next('b.toml') }, { others: { 'b.toml': next('c.toml') + ACME, 'c.toml': next('b.toml') } });
    expect(told(combined)).toEqual(['c.toml:2:8 warning too-deep: files go on from one another 2 deep at most: "b.toml" is not read']);
    expect(ids(combined)).toEqual(['acme']);
  });

  test.for([
    ['../up.toml', 'outside: "../up.toml" leaves the repository'],
    ['/etc/passwd', 'outside: "/etc/passwd" leaves the repository'],
    ['C:/x.toml', 'outside: "C:/x.toml" leaves the repository'],
    ['a\\\\b.toml', 'outside: "a\\b.toml" leaves the repository'],
    ['none.toml', 'missing-file: no file "none.toml"'],
  ] as const)('%s is not read', async ([path, wanted]) => {
    const read: string[] = [];
    const sources = await loadSources(
      [{ path: 'a.toml', bytes: text(`[extend]\npath = "${path}"\n`), mayLoosen: true }],
      (asked) => (read.push(asked), Promise.resolve(undefined)),
      now,
    );
    expect(told(combineRules({ sources }))).toEqual([`a.toml:2:8 error ${wanted}`]);
    expect(read).toEqual(wanted.startsWith('outside') ? [] : ['none.toml']);
  });

  test('imports: rules whose name is free, with the exceptions of their file for themselves', async () => {
    const combined = await combine(
      { 'leak-matrix/a.toml': `${OURS}[extend]\nimports = [{ format = "gitleaks", path = ".gitleaks.toml" }]\n` },
      {
        others: {
          '.gitleaks.toml': `[[rules]]\nid = "x.1"\nregex = "xxxx"\n[[rules]]\nid = "jwt"\nregex = "yyyy"\n[[allowlists]]\npaths = ["docs"]\n`,
        },
      },
    );
    expect(ids(combined)).toEqual([...ALL, 'x.1']);
    expect(rule(combined, 'jwt')?.regex).toBe('(eyJ[a-z]{20})');
    expect(combined.set.allowlists[1]).toMatchObject({ paths: ['docs'], targetRules: ['x.1'] });
    expect(told(combined)).toEqual(['.gitleaks.toml:4:1 note import-left-out: rule "jwt" is not imported: built-in has one of that id']);
  });

  test('imports of other formats are what is made of them, with the places of their own files', async () => {
    const imports = `[{ format = "kingfisher", path = "k.yml" }, { format = "kei-leak-matrix", path = "m.toml" }]`;
    const combined = await combine(
      { 'leak-matrix/a.toml': `${OURS}[extend]\nimports = ${imports}\n` },
      {
        others: {
          'k.yml': `rules:\n- {name: A, id: k.1, pattern: abcd, validation: {}}\n- {id: jwt, name: B, pattern: abcd}\n`,
          'm.toml': `\n[[rule]]\nid = "m"\npattern = '\\bm\\b'\n[[rule]]\nid = "n"\npattern = '(?=x)'\n`,
        },
      },
    );
    expect(ids(combined)).toEqual([...ALL, 'k.1', 'm']);
    expect(rule(combined, 'k.1')).toMatchObject({ regex: 'abcd', noise: false, origin: 'k.yml' });
    expect(told(combined)).toEqual([
      'k.yml:2:37 note not-carried: validation is not carried over: kei-git asks no provider',
      String.raw`m.toml:4:1 note dialect: \d, \w, \s and \b know ASCII only here, all of Unicode there`,
      'm.toml:7:1 error left-out: the rule is left out: RE2 has no lookaround at character 3',
      'k.yml:3:3 note import-left-out: rule "jwt" is not imported: built-in has one of that id',
    ]);
  });

  test('an import that cannot be read at all is told like any broken file', async () => {
    const broken = combine(
      { 'a.toml': `${OURS}[extend]\nimports = [{ format = "kingfisher", path = "k.yml" }]\n` },
      { others: { 'k.yml': 'rules: [' } },
    );
    await expect(broken).rejects.toThrow(/^k\.yml:1:\d+: not YAML: /);
  });

  test('an import of a file of ours is an error', async () => {
    const combined = await combine(
      { 'a.toml': `${OURS}[extend]\nimports = [{ format = "gitleaks", path = "b.toml" }]\n` },
      { others: { 'b.toml': OURS } },
    );
    expect(told(combined)).toEqual(['a.toml:3:42 error bad-value: "b.toml" is no file of gitleaks']);
  });
});
