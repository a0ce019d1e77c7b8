import { beforeAll, expect, test } from 'vitest';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { GITLAB, run } from './commands.ts';

let repo: TestRepo;
beforeAll(async () => {
  repo = await makeRepo();
  await repo.write(
    'leak-matrix/acme.toml',
    'schema = "leak-matrix/1"\n[[rules]]\nid = "acme-pat"\ndescription = "Acme token"\nregex = \'\'\'\\b(acme_[a-z]{9})\\b\'\'\'\n',
  );
});

const json = (out: string): { readonly findings: readonly { readonly rule: string; readonly line: number; readonly path: string }[] } =>
  JSON.parse(out) as never;

test('leak lint judges the rule files of the repository', async () => {
  const { code, out, err } = await run(repo, ['leak', 'lint']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^leak-matrix\/acme\.toml:2:1 {2}note {2}rule "acme-pat" has no test that must hit, and none that must miss \[leak-lint\/untested\]\n {4}id {4}kei1c:[a-z2-7]{26}\n\n1 note/,
  );
});

test('what was judged is counted: files, rules, tests; without a mistake too', async () => {
  const other = await makeRepo();
  expect((await run(other, ['leak', 'lint'])).out).toBe('nothing to look at: no rule files\n');
  const rule = (id: string): string =>
    `[[rules]]\nid = "${id}"\ndescription = "a"\nregex = '''\\b(${id}_[a-z]{9})\\b'''\n` +
    `[[rules.tests]]\ntext = '${id}_{{lower:9}}'\nexpect = "hit"\n[[rules.tests]]\ntext = '${id}_'\nexpect = "miss"\n`;
  await other.write('leak-matrix/a.toml', `schema = "leak-matrix/1"\n${rule('acme')}${rule('bcme')}`);
  await other.write('leak-matrix/b.toml', `schema = "leak-matrix/1"\n${rule('ccme')}`);
  expect(await run(other, ['leak', 'lint'])).toMatchObject({
    code: 0,
    out: 'no errors and no warnings in 2 files, 3 rules and 6 tests\n',
  });
  await other.write('leak-matrix/b.toml', `${rule('ccme')}[extend]\nuseDefault = true\ndisabledRules = ["no-such-rule"]\n`);
  const { code, out } = await run(other, ['leak', 'lint']);
  expect([code, out.split('\n').at(-2)]).toEqual([0, '1 warning, 1 note in 2 files, 3 rules and 4 tests']);
});

test('mistakes come in the order of the file, with exit code 1; the other files are judged all the same', async () => {
  const other = await makeRepo();
  await other.write(
    'leak-matrix/a.toml',
    'schema = "leak-matrix/1"\nzzz = 1\n[[rules]]\nid = "b"\nregex = "("\n[[rules]]\nid = "c"\nregex = "cccc"\naction = "x"\n',
  );
  await other.write('leak-matrix/b.toml', 'a = = 2\n');
  await other.write(
    'leak-matrix/c.toml',
    'schema = "leak-matrix/1"\n[[rules]]\nid = "d"\nregex = "dddd"\n[[rules.tests]]\ntext = "x"\nexpect = "hit"\n',
  );
  const { code, out } = await run(other, ['leak', 'lint', '--format', 'json']);
  expect(code).toBe(1);
  expect(json(out).findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`)).toEqual([
    'leak-matrix/a.toml:2 leak-lint/unknown-key',
    'leak-matrix/a.toml:5 leak-lint/bad-regex',
    'leak-matrix/a.toml:9 leak-lint/bad-value',
    'leak-matrix/b.toml:1 leak-lint/not-toml',
    'leak-matrix/c.toml:2 leak-lint/untested',
    'leak-matrix/c.toml:5 leak-lint/failed-test',
  ]);
});

test('files may be named, also outside a repository', async () => {
  const folder = await makeFolder();
  expect(await run(folder, ['leak', 'lint', 'none.toml'])).toEqual({ code: 2, out: '', err: 'kei-git: none.toml does not exist\n' });
  const { code, out } = await run(folder, ['leak', 'lint', `${repo.dir}/leak-matrix/acme.toml`]);
  expect(code).toBe(0);
  expect(out).toContain('[leak-lint/untested]');
});

test('exceptions that have run out are told', async () => {
  const other = await makeRepo();
  await other.write('.kei/ignores.toml', `[[ignore]]\nfingerprint = "kei1:${'a'.repeat(26)}"\nreason = "x"\nuntil = 2029-12-31\n`);
  await other.write('.gitleaks.toml', '[[rules]]\nid = "a"\nregex = "acme_[a-z]{9}"\n');
  await other.write('kei.toml', '[leak]\nrules = [".gitleaks.toml"]\n');
  const { code, out } = await run(other, ['leak', 'lint']);
  expect(code).toBe(1);
  expect(out).toContain('.kei/ignores.toml:1:1  error  the exception held until 2029-12-31 and does nothing now [leak-lint/expired]');
});

test('the built-in rules hold all their tests', { timeout: 120_000 }, async () => {
  const { code, out } = await run(await makeFolder(), ['leak', 'lint', '--builtin', '--format', 'json'], {});
  const { findings } = json(out);
  expect(findings.filter(({ rule }) => !['leak-lint/cost', 'leak-lint/slow-expression'].includes(rule))).toEqual([]);
  expect(code).toBe(0);
});

test('--covers names the rules, and never the text', async () => {
  const covered = await run(repo, ['leak', 'lint', '--covers'], { stdin: `x\ntoken = "${GITLAB}"\n` });
  expect(covered).toEqual({
    code: 0,
    out: '2:10: covered by leak/gitlab-access-token: GitLab personal, project, group or impersonation access token\n',
    err: '',
  });
  expect(await run(repo, ['leak', 'lint', '--covers'], { stdin: 'acme_abcdefghi' })).toMatchObject({
    code: 0,
    out: '1:1: covered by leak/acme-pat: Acme token\n',
  });
  expect(await run(repo, ['leak', 'lint', '--covers'], { stdin: 'nothing at all' })).toEqual({
    code: 1,
    out: 'not covered by any rule\n',
    err: '',
  });
  const mail = await run(repo, ['leak', 'lint', '--covers'], { stdin: 'write to jane.roe@company.test-mail.org' });
  expect(mail.out).toMatch(/covered by leak\/email-address: .* \(category personal is off\)\n$/);
});
