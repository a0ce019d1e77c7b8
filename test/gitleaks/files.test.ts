import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePlaceIgnores } from '../../src/config/gitleaks-ignore.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { memoryCache, run } from '../leak/commands.ts';
import { drawn, GITHUB_RULE, githubToken, placesOf, scan as scanPlain } from '../leak/tokens.ts';

const A = githubToken('files a');
const B = githubToken('files b');
const line = (token: string): string => `token = "${token}"\n`;
const ACME = `acme_${drawn('acme', 24)}`;
const RULE = `[[rules]]\nid = "acme"\ndescription = "Acme key"\nregex = '''acme_[A-Za-z0-9]{24}'''\n`;
const cache = memoryCache();
const scan: typeof scanPlain = (where, argv, overrides) => scanPlain(where, argv, { cache, ...overrides });
const rulesOf = ({ findings }: Awaited<ReturnType<typeof scan>>): string[] => findings.map(({ rule, path }) => `${rule} ${path}`);

/** Settings of the person, whom a repository may not loosen. */
const floor = async (repo: TestRepo, text = '[leak]\ndecode = 4\n'): Promise<void> => {
  const folder = join(repo.env['XDG_CONFIG_HOME'] ?? '', 'kei-git');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.toml'), text);
};

describe('rule files of other tools that lie in a repository', () => {
  const planted = async (files: Readonly<Record<string, string>>): Promise<TestRepo> => {
    const repo = await makeRepo();
    for (const [path, text] of Object.entries(files)) await repo.write(path, text);
    await repo.write('a.txt', line(A));
    await repo.write('docs/b.txt', line(B) + ACME);
    await repo.commit();
    return repo;
  };
  const BOTH = [`${GITHUB_RULE} a.txt`, `${GITHUB_RULE} docs/b.txt`];
  const WITH_ACME = [...BOTH, 'leak/acme docs/b.txt'];

  test.for([
    { name: 'none', files: {}, found: BOTH },
    { name: 'one of gitleaks: beside the built-in rules', files: { '.gitleaks.toml': RULE }, found: WITH_ACME },
    { name: 'one of betterleaks', files: { '.betterleaks.toml': RULE }, found: WITH_ACME },
    { name: 'both: that of betterleaks', files: { '.betterleaks.toml': '# none\n', '.gitleaks.toml': RULE }, found: BOTH },
    {
      name: 'beside leak-matrix: not read',
      files: { '.gitleaks.toml': RULE, 'leak-matrix/a.toml': 'schema = "leak-matrix/1"\n' },
      found: BOTH,
    },
    { name: 'beside [leak] rules: not read', files: { '.gitleaks.toml': RULE, 'kei.toml': '[leak]\nrules = []\n' }, found: BOTH },
    {
      name: 'named, it is all there is',
      files: { '.gitleaks.toml': RULE, 'kei.toml': '[leak]\nrules = [".gitleaks.toml"]\n' },
      found: ['leak/acme docs/b.txt'],
    },
    { name: 'its allowlists count', files: { '.gitleaks.toml': `${RULE}[[allowlists]]\npaths = ['^docs/']\n` }, found: [BOTH[0]] },
    {
      name: 'what it disables is off, by the name of gitleaks',
      files: { '.gitleaks.toml': `${RULE}[extend]\nuseDefault = true\ndisabledRules = ["github-pat", "unverified-token"]\n` },
      found: ['leak/acme docs/b.txt'],
    },
  ])('$name', { timeout: 60_000 }, async ({ files, found }) => {
    const repo = await planted(files);
    expect(rulesOf(await scan(repo, ['--all']))).toEqual(found);
    expect((await run(repo, ['check', '--all'])).code).toBe(1);
  });

  test('a repository without trust tightens and does not loosen; trusted, it does', { timeout: 120_000 }, async () => {
    const repo = await planted({
      '.gitleaks.toml': `${RULE}[extend]\nuseDefault = true\ndisabledRules = ["github-pat", "unverified-token"]\n[[allowlists]]\npaths = ['^docs/']\n`,
    });
    await floor(repo);
    // The list concerns the file's own rule: that one is its own to tame.
    expect(rulesOf(await scan(repo, ['--all']))).toEqual(BOTH);
    await run(repo, ['trust', '--yes']);
    expect(rulesOf(await scan(repo, ['--all']))).toEqual([]);
  });

  test('one that is broken stops the scan with its place, trusted or not', async () => {
    const repo = await planted({ '.gitleaks.toml': '[[rules]]\nid = "a"\nregex = "(" \nbroken' });
    for (const trusted of [false, true]) {
      if (!trusted) await floor(repo);
      const { code, err, out } = await run(repo, ['leak', 'scan', '--all']);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^kei-git: \.gitleaks\.toml:4:\d+: /);
    }
  });

  test('one that a change brings in is said', async () => {
    const repo = await planted({});
    await repo.write('.gitleaks.toml', `[[allowlists]]\npaths = ['^docs/']\n`);
    await repo.write('.gitleaksignore', 'a.txt:github-pat:1\n');
    await repo.git('add', '.');
    const { findings } = await scan(repo, ['--staged']);
    expect(findings.map(({ rule, severity, path }) => [rule, severity, path])).toEqual([
      ['policy/changed', 'warning', '.gitleaks.toml'],
      ['policy/changed', 'warning', '.gitleaksignore'],
    ]);
  });
});

describe('a folder that is looked at from outside', () => {
  test('its own rules hold, and loosen nothing', async () => {
    const other = await makeRepo();
    await other.write('leak-matrix/a.toml', `schema = "leak-matrix/1"\n${RULE}[[allowlists]]\npaths = ['^docs/']\n`);
    await other.write('.kei/ignores.toml', `[[ignore]]\nrule = "${GITHUB_RULE}"\nmatch = "**"\nreason = "no"\n`);
    await other.write('.gitleaksignore', 'a.txt:github-pat:1\n');
    await other.write('a.txt', line(A) + ACME);
    const mine = await makeRepo();
    const folder = await makeFolder();
    for (const from of [mine, folder]) {
      const { findings, code } = await scan(from, [other.dir], { env: other.env });
      expect(code).toBe(1);
      expect(findings.map(({ rule, severity, path }) => `${severity} ${rule} ${path}`)).toEqual([
        'note policy/refused .gitleaksignore',
        'note policy/refused .kei/ignores.toml',
        `error ${GITHUB_RULE} a.txt`,
        'error leak/acme a.txt',
      ]);
    }
    await run(other, ['trust', '--yes']);
    const trusted = await scan(mine, [other.dir], { env: other.env });
    expect(trusted.findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([`note ${GITHUB_RULE}`, 'error leak/acme']);
  });

  test('a broken file there stops the scan with its place', async () => {
    const other = await makeRepo();
    await other.write('.betterleaks.toml', '[[rules]\n');
    const { code, err } = await run(await makeRepo(), ['leak', 'scan', other.dir]);
    expect(code).toBe(2);
    expect(err).toMatch(/^kei-git: \.betterleaks\.toml:1:\d+: /);
  });

  test('a repository where a hook runs does not lend it its index', async () => {
    const other = await makeRepo();
    await other.write('.gitleaks.toml', RULE);
    await other.write('a.txt', ACME);
    const mine = await makeRepo();
    const { findings } = await scan(mine, [other.dir], { env: { GIT_DIR: join(mine.dir, '.git') } });
    expect(placesOf(findings)).toEqual(['a.txt:1']);
  });
});

describe('.gitleaksignore', () => {
  test('lines', () => {
    const commit = 'a'.repeat(40);
    const text = `# a comment\n\n${commit}:src/a:b.txt:github-pat:12\r\n./x y.txt:jwt:3 # why\n  b.txt:acme.1:1  \nno line\na.txt:jwt:x\n${'b'.repeat(64)}:c:d:1\n`;
    const { entries, unread } = parsePlaceIgnores(Buffer.from(text));
    expect(entries.map(({ commit: in_, path, rule, line: at, position }) => [position.line, in_?.[0], path, rule, at])).toEqual([
      [3, 'a', 'src/a:b.txt', 'github-pat', 12],
      [4, undefined, 'x y.txt', 'jwt', 3],
      [5, undefined, 'b.txt', 'acme.1', 1],
      [8, 'b', 'c', 'd', 1],
    ]);
    expect(unread.map(({ line: at }) => at)).toEqual([6, 7]);
  });

  test('what it names is a note, by our name and by gitleaks’, in the commit that it names', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.write('b.txt', line(B));
    const commit = await repo.commit();
    const last = await repo.git('rev-parse', 'HEAD');
    await repo.write('.gitleaksignore', `${commit}:a.txt:github-pat:1\nb.txt:${GITHUB_RULE.slice(5)}:1\nb.txt:github-pat:2\nb.txt:jwt:1\n`);
    await repo.commit();
    const said = ({ findings }: Awaited<ReturnType<typeof scan>>): unknown[] =>
      findings.map(({ path, severity, extra, hint }) => [path, severity, extra?.['allowed'], hint === undefined]);
    expect(said(await scan(repo, ['--all']))).toEqual([
      ['a.txt', 'error', undefined, false],
      ['b.txt', 'note', 'ignored by .gitleaksignore:2', true],
    ]);
    expect(said(await scan(repo, ['--commit', last]))).toEqual([
      ['a.txt', 'note', 'ignored by .gitleaksignore:1', true],
      ['b.txt', 'note', 'ignored by .gitleaksignore:2', true],
    ]);
    await floor(repo);
    const { code, findings } = await scan(repo, ['--all']);
    expect(code).toBe(1);
    expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'policy/refused .gitleaksignore',
      `${GITHUB_RULE} a.txt`,
      `${GITHUB_RULE} b.txt`,
    ]);
  });
});
