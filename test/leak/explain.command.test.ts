import { beforeAll, expect, test } from 'vitest';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { GITLAB, run } from './commands.ts';

let repo: TestRepo;
beforeAll(async () => {
  repo = await makeRepo();
  await repo.write('conf/a.env', `TOKEN=${GITLAB}\n`);
});

const fingerprint = async (where: TestRepo): Promise<string> => {
  const { out } = await run(where, ['leak', 'scan', '--format', 'json']);
  return /kei1:[a-z2-7]{26}/.exec(out)?.[0] ?? 'none';
};

test('leak explain of a rule says what it is about, and never its expression', async () => {
  const { code, out, err } = await run(await makeFolder(), ['leak', 'explain', 'leak/gitlab-access-token']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^leak\/gitlab-access-token: GitLab personal, .*\n {2}why {7}.+\n {2}effect {4}a finding is an error and stops a commit\n {2}sure {6}\d+ %\n {2}format {4}documented: https:\/\/docs\.gitlab\.com\/\S+\n {2}do {8}.+\n {2}ignore {4}.*kei:allow gitlab-access-token REASON\n {2}from {6}built-in\n$/,
  );
  expect(out).not.toContain('glpat');
});

test('gitleaks names are understood', async () => {
  const { out } = await run(repo, ['leak', 'explain', 'gitlab-pat', '--format', 'json']);
  expect(JSON.parse(out)).toMatchObject({
    rules: [{ rule: 'leak/gitlab-access-token', category: 'secret', on: true, origin: 'built-in' }],
  });
});

test.for([
  ['gitlab-acces-token', 'no rule "gitlab-acces-token"\n  hint: did you mean "gitlab-access-token"?'],
  ['freemius-secret-key', '"freemius-secret-key" is a rule of gitleaks for which there is none here'],
  ['kei1:abc', 'leak explain: that is no fingerprint\n  hint: reports show it: kei1: or kei1c: and 26 letters and digits'],
  [
    `kei1:${'a'.repeat(26)}`,
    `kei1:${'a'.repeat(26)} is not found in what is staged or in the worktree\n  hint: it may be in the history: kei-git leak scan --history`,
  ],
] as const)('%s is not known', async ([name, wanted]) => {
  expect(await run(repo, ['leak', 'explain', name])).toEqual({ code: 2, out: '', err: `kei-git: ${wanted}\n` });
});

test('leak explain of a fingerprint says where it stands, and who let it stay', async () => {
  const known = await fingerprint(repo);
  const open = await run(repo, ['leak', 'explain', known]);
  expect(open).toMatchObject({ code: 0, err: '' });
  expect(open.out).toMatch(/^conf\/a\.env:1:7 {2}error {2}GitLab personal, .* \[leak\/gitlab-access-token\]\n/);
  expect(open.out).toContain(`\n  ignore    kei-git leak ignore ${known} --reason "…"\n`);
  await run(repo, ['leak', 'ignore', known, '--reason', 'revoked', '--until', '2031-01-01']);
  const ignored = await run(repo, ['leak', 'explain', known]);
  expect(ignored.out).toMatch(/^conf\/a\.env:1:7 {2}note {2}/);
  expect(ignored.out).toContain('\n  stays     ignored until 2031-01-01, .kei/ignores.toml:1: revoked\n');
  expect(open.out + ignored.out).not.toContain(GITLAB);
});

test('what is staged no longer hides what is only in the worktree', async () => {
  const other = await makeRepo();
  await other.write('a.env', `TOKEN=${GITLAB}\n`);
  const known = await fingerprint(other);
  await other.write('b.txt', 'x\n');
  await other.git('add', 'b.txt');
  expect((await run(other, ['leak', 'explain', known])).out).toMatch(/^a\.env:1:7 /);
});
