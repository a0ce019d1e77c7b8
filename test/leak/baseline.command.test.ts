import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../repo.ts';
import { GITLAB, run } from './commands.ts';

const OTHER = ['glpat', 'Zr5TyUw3Vbx8Kd02mLq9'].join('-');
const ignores = (repo: TestRepo): Promise<string> => readFile(join(repo.dir, '.kei/ignores.toml'), 'utf8');

test('leak baseline lets what is there stay: only new findings fail', async () => {
  const repo = await makeRepo();
  await repo.write('a.env', `TOKEN=${GITLAB}\n`);
  await repo.write('b.env', `OTHER=${GITLAB}\n`);
  await repo.write('sub/x', '');
  expect((await run(repo, ['leak', 'scan'])).code).toBe(1);
  const done = await run(repo, ['leak', 'baseline', '--reason', 'older than us', '--until', '2031-01-01']);
  expect(done).toEqual({
    code: 0,
    err: '',
    out: '.kei/ignores.toml: 1 finding recorded; commit the file, so that it holds for everybody\n',
  });
  expect(await ignores(repo)).toMatch(
    /^\[\[baseline\]\]\nrule = "leak\/gitlab-access-token"\nfingerprint = "kei1:[a-z2-7]{26}"\nreason = "older than us"\nuntil = 2031-01-01\n$/,
  );
  expect((await run(repo, ['leak', 'scan'])).code).toBe(0);
  expect((await run(repo, ['leak', 'baseline'])).out).toBe('.kei/ignores.toml: nothing to add\n');
  await repo.write('c.env', `TOKEN=${OTHER}\n`);
  const after = await run(repo, ['leak', 'scan']);
  expect(after.code).toBe(1);
  expect(after.out).toMatch(/c\.env:1:7 {2}error/);
  expect(await ignores(repo)).not.toContain('glpat');
});

test('in a subfolder the whole worktree is recorded', async () => {
  const repo = await makeRepo();
  await repo.write('a.env', `TOKEN=${GITLAB}\n`);
  await repo.write('sub/x', '');
  const { out } = await run({ ...repo, dir: join(repo.dir, 'sub') }, ['leak', 'baseline']);
  expect(out).toContain('1 finding recorded');
  expect(await ignores(repo)).toContain('reason = "there when the baseline was made"');
});

test('a clean worktree needs no file; wrong dates are refused', async () => {
  const repo = await makeRepo();
  await repo.write('a.txt', 'nothing\n');
  expect((await run(repo, ['leak', 'baseline'])).out).toBe('.kei/ignores.toml: nothing to add\n');
  expect(await run(repo, ['leak', 'baseline', '--until', '2029-01-01'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--until is in the past'),
  });
  expect(await repo.git('status', '--porcelain')).toBe('?? a.txt');
  const bare = await makeRepo({ bare: true });
  expect((await run(bare, ['leak', 'baseline'])).code).toBe(2);
});
