import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Overrides } from '../captured.ts';
import { base, floor, git, home, root, RULES, run, write } from './person.ts';

test('trust: shows, records with 0600, ends with a change', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nbuiltin = false\n');
  write('.gitleaks.toml', '[[allowlists]]\npaths = ["x"]\n');
  floor('leak.decode = 6');
  expect(await run('trust --check')).toEqual({ code: 1, err: '', out: '<base>/repo is not trusted\n' });
  const { code, out } = await run('trust --yes');
  expect([code, out]).toEqual([
    0,
    `<base>/repo says in these files what its guards do:
  .gitleaks.toml
  kei.toml

Trusted, they loosen:
  kei.toml:2: builtin in [leak] goes from true to false
  .gitleaks.toml:1: a new or changed allowlist for all rules

They name no command that would run.
Each change to them asks again; a command that stays as it is goes on to run.

<base>/repo: trusted
`,
  ]);
  const trusted = join(home, '.config/kei-git/trust.toml');
  expect(statSync(trusted).mode & 0o777).toBe(0o600);
  expect(readFileSync(trusted, 'utf8')).toContain(`repository = "${root}/.git"`);
  expect((await run('trust --check')).code).toBe(0);
  expect((await run('trust --yes')).out).toContain('is trusted already');
  expect((await run('config')).out).toContain('builtin = false  # kei.toml:2');
  // Every file of policy counts, and nothing else.
  write('README.md', 'x');
  expect((await run('trust --check')).code).toBe(0);
  for (const [path, text] of [
    ['kei.toml', '[leak]\nbuiltin = true\n'],
    ['.gitleaks.toml', ''],
    ['.betterleaks.toml', RULES],
    ['.gitleaksignore', 'a.txt:jwt:1\n'],
    ['leak-matrix/n.toml', RULES],
    ['.kei/ignores.toml', '# x\n'],
  ] as const) {
    await run('trust --yes');
    expect((await run('trust --check')).code).toBe(0);
    write(path, text);
    expect((await run('trust --check')).code).toBe(1);
  }
});

test('trust: every command that would run is shown, as it is', async () => {
  git('init', '-q');
  write(
    'kei.toml',
    `[[hook.run]]
name = "format"
run = ["prettier", "--write", "{files}"]
files = ["*.ts"]
[[hook.run]]
name = "sneaky"
on = ["post-checkout", "post-merge"]
run = ["sh", "-c", "echo 'it''s $HOME' \\u001b[2K | sh", "", "${'x'.repeat(2500)}"]
[counts.pages]
command = ["./count.sh"]
`,
  );
  const { out } = await run('trust --yes');
  expect(out).toContain(`
Trusted, these commands run:
  kei.toml:3: format (pre-commit): prettier --write {files}
  kei.toml:8: sneaky (post-checkout, post-merge): sh -c "echo 'it''s $HOME' \\u001b[2K | sh" "" ${'x'.repeat(1955)}… (545 characters more)
  kei.toml:10: counts.pages: ./count.sh
Each change to them asks again; a command that stays as it is goes on to run.
`);
  const { runs } = JSON.parse((await run('trust --check --format json')).out) as { runs: readonly { what: string; line: number }[] };
  expect(runs.map(({ what, line }) => `${line} ${what}`)).toEqual([
    '3 format (pre-commit)',
    '8 sneaky (post-checkout, post-merge)',
    '10 counts.pages',
  ]);
});

test('trust: a rule file that kei.toml names elsewhere is part of it', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nrules = ["etc/r.toml"]\n');
  write('etc/r.toml', RULES);
  await run('trust --yes');
  write('etc/r.toml', `${RULES}# changed\n`);
  expect((await run('trust --check')).code).toBe(1);
});

test('trust: files that rule files go on from are part of it, however deep they are followed', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nrules = [".gitleaks.toml", "etc/ours.toml"]\n');
  write('.gitleaks.toml', "[extend]\npath = 'etc/first.toml'\n");
  write('etc/first.toml', '[extend]\npath = "second.toml"\n');
  write('etc/second.toml', `[[allowlists]]\npaths = ["x"]\n${RULES}`);
  write('etc/ours.toml', 'schema = "leak-matrix/1"\n[[extend.imports]]\nformat = "gitleaks"\npath = "imported.toml"\n');
  write('etc/imported.toml', RULES);
  write('etc/other.toml', RULES);
  const { out } = await run('trust --yes');
  expect(out).toContain('  etc/first.toml\n  etc/imported.toml\n  etc/ours.toml\n  etc/second.toml\n  kei.toml\n');
  expect(out).toContain('  etc/second.toml:1: a new or changed allowlist for all rules\n');
  for (const path of ['etc/first.toml', 'etc/second.toml', 'etc/imported.toml']) {
    const before = readFileSync(join(root, path), 'utf8');
    write(path, `${before}# changed\n`);
    expect([path, (await run('trust --check')).code]).toEqual([path, 1]);
    write(path, before);
    expect((await run('trust --check')).code).toBe(0);
  }
  write('etc/other.toml', '');
  expect((await run('trust --check')).code).toBe(0);
});

test.for(['"/etc/hostname"', '"../out.toml"', '"missing.toml"', '"loop.toml"', '3', '""'])(
  'trust: what path = %s leads to',
  async (path) => {
    git('init', '-q');
    write('kei.toml', '[leak]\nrules = ["loop.toml"]\n');
    write('loop.toml', `[extend]\npath = ${path}\n`);
    write('out.toml', RULES, base);
    const { code, out } = await run('trust --yes');
    expect([code, out.split('\n').filter((line) => /^ {2}\S+$/.test(line))]).toEqual([0, ['  kei.toml', '  loop.toml']]);
  },
);

test('trust: holds in every worktree, not in a copy', async () => {
  git('init', '-q');
  write('kei.toml', '');
  git('add', '.');
  git('commit', '-qm', 'x');
  await run('trust --yes');
  const [tree, copy] = [join(base, 'tree'), join(base, 'copy')];
  git('worktree', 'add', '-q', tree);
  git('clone', '-q', '.', copy);
  expect((await run('trust --check', {}, tree)).code).toBe(0);
  expect((await run('trust --check', {}, copy)).code).toBe(1);
});

test.for<[string, Overrides, number, RegExp]>([
  ['y', { isTTY: true, stdin: 'y\n' }, 0, /: trusted\n$/],
  ['YES', { isTTY: true, stdin: 'YES\r\n' }, 0, /: trusted\n$/],
  ['n', { isTTY: true, stdin: 'n\n' }, 1, /: not trusted\n$/],
  ['nothing', { isTTY: true }, 1, /: not trusted\n$/],
  ['no terminal', { stdin: 'y\n' }, 2, /^$/],
  ['CI', { ci: true, isTTY: true, stdin: 'y\n' }, 3, /^$/],
])('trust: the answer is %s', async ([, overrides, code, out]) => {
  git('init', '-q');
  write('kei.toml', '');
  const answer = await run('trust', overrides);
  expect(answer.code).toBe(code);
  expect(answer.out).toMatch(out);
  expect(answer.err).toMatch(code < 2 ? /They loosen nothing\.\n[^]*Trust it\? \[y\/N\] $/ : /^kei-git: [^\n]+\n {2}hint: [^\n]+\n$/);
  expect((await run('trust --check')).code).toBe(code === 0 ? 0 : 1);
});

test('trust: revoked, nothing to trust, two options at once, a damaged file', async () => {
  git('init', '-q');
  expect((await run('trust --yes')).out).toMatch(/there is nothing to trust\n$/);
  write('kei.toml', '');
  await run('trust --yes');
  expect((await run('trust --revoke')).out).toMatch(/no longer trusted\n$/);
  expect((await run('trust --revoke')).out).toMatch(/it was not trusted\n$/);
  expect((await run('trust --check')).code).toBe(1);
  expect((await run('trust --yes --revoke')).code).toBe(2);
  write('.config/kei-git/trust.toml', '[[trust]]\n', home);
  expect((await run('trust --check')).err).toMatch(/trust\.toml:1:1: \[\[trust\]\] has no repository/);
});

test('trust: what cannot be recorded is not said to be trusted', async () => {
  git('init', '-q');
  write('kei.toml', '');
  write('.config/kei-git', 'a file where the folder should be', home);
  const { code, out, err } = await run('trust --yes');
  expect([code, out]).toEqual([3, '']);
  expect(err).toMatch(/^kei-git: cannot make the folder <base>\/home\/\.config\/kei-git: /);
});
