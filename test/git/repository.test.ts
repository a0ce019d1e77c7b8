import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRepository, resolveCommit, worktreeRoot } from '../../src/git/repository.ts';
import { elsewhere, here } from '../../src/git/run.ts';
import { gitIs, isolatedEnv, makeFolder, makeRepo } from '../repo.ts';

test.for(['sha1', 'sha256'] as const)('%s: root, git directory, head', async (format) => {
  const repo = await makeRepo({ format });
  const place = here({ cwd: repo.dir, env: repo.env });
  const plain = {
    root: repo.dir,
    gitDir: join(repo.dir, '.git'),
    commonDir: join(repo.dir, '.git'),
    bare: false,
    shallow: false,
    objectFormat: format,
  };
  expect(await findRepository(place)).toEqual({ ...plain, head: undefined });
  await repo.write('deep/er/a', '');
  const head = await repo.commit();
  expect(await findRepository(place)).toEqual({ ...plain, head });
  expect(await findRepository(here({ cwd: join(repo.dir, 'deep', 'er'), env: repo.env }))).toEqual({ ...plain, head });
  await repo.git('checkout', '--quiet', '--detach');
  expect(await findRepository(place)).toEqual({ ...plain, head });
});

test('outside there is none', async () => {
  const dir = await makeFolder();
  const place = here({ cwd: dir, env: isolatedEnv(dir) });
  expect(await findRepository(place)).toBeUndefined();
  await expect(worktreeRoot(place)).rejects.toThrow(/^.* is not in a git repository$/);
});

test('a bare repository and the inside of a git directory have no worktree', async () => {
  const bare = await makeRepo({ bare: true });
  const place = here({ cwd: bare.dir, env: bare.env });
  expect(await findRepository(place)).toMatchObject({ root: undefined, gitDir: bare.dir, bare: true });
  await expect(worktreeRoot(place)).rejects.toThrow(/bare/);
  const repo = await makeRepo();
  expect(await findRepository(here({ cwd: join(repo.dir, '.git'), env: repo.env }))).toMatchObject({ root: undefined, bare: false });
});

test('a worktree shares the common directory, also when its name has a newline', async () => {
  const repo = await makeRepo();
  const head = await repo.commit();
  const dir = join(repo.dir, '..', 'work\ntree');
  await repo.git('worktree', 'add', '--quiet', '--detach', dir);
  const found = await findRepository(here({ cwd: dir, env: repo.env }));
  expect(found).toEqual({
    root: dir,
    gitDir: expect.stringMatching(/\.git\/worktrees\/[^/]+$/) as string,
    commonDir: join(repo.dir, '.git'),
    bare: false,
    shallow: false,
    objectFormat: 'sha1',
    head,
  });
});

test('`here` follows GIT_DIR, `elsewhere` drops it', async () => {
  const users = await makeRepo();
  const other = await makeRepo();
  const env = {
    ...users.env,
    GIT_DIR: join(users.dir, '.git'),
    GIT_WORK_TREE: users.dir,
    GIT_INDEX_FILE: '/nowhere',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'a.b',
    GIT_CONFIG_VALUE_0: 'c',
  };
  expect((await findRepository(here({ cwd: other.dir, env })))?.gitDir).toBe(join(users.dir, '.git'));
  expect((await findRepository(elsewhere(other.dir, env)))?.gitDir).toBe(join(other.dir, '.git'));
  expect(
    Object.keys(elsewhere(other.dir, env).env).filter((name) => /^GIT_(DIR|WORK_TREE|INDEX_FILE|CONFIG_(COUNT|KEY|VALUE))/.test(name)),
  ).toEqual([]);
});

test('`elsewhere` drops what this git calls local', async () => {
  const dir = await makeFolder();
  const names = execFileSync('git', ['rev-parse', '--local-env-vars'], { encoding: 'utf8' }).trim().split('\n');
  const env = { ...isolatedEnv(dir), ...Object.fromEntries(names.map((name) => [name, 'x'])) };
  expect(elsewhere(dir, env).env).toEqual(isolatedEnv(dir));
});

test('resolveCommit', async () => {
  const repo = await makeRepo();
  const place = here({ cwd: repo.dir, env: repo.env });
  await expect(resolveCommit(place, 'HEAD')).rejects.toThrow('there is no such commit');
  const head = await repo.commit();
  await repo.git('tag', '-a', 'v1', '-m', 'x');
  expect(await Promise.all(['HEAD', 'main', 'v1', head.slice(0, 8)].map((name) => resolveCommit(place, name)))).toEqual([
    head,
    head,
    head,
    head,
  ]);
  await expect(resolveCommit(place, '--all')).rejects.toThrow('there is no such commit');
  await expect(resolveCommit(place, 'HEAD^{tree}')).rejects.toThrow('there is no such commit');
});

// 2.30.3, 2.31.2, … have safe.directory as well: whoever keeps an old git in repair gives it that.
const refusesOthers = gitIs(2, 36);

test.runIf(process.getuid?.() === 0 && refusesOthers)(
  'a repository of another user is refused with the remedy (needs root, git 2.36)',
  async () => {
    const repo = await makeRepo();
    chownSync(repo.dir, 65534, 65534);
    chownSync(join(repo.dir, '.git'), 65534, 65534);
    await expect(findRepository(here({ cwd: repo.dir, env: repo.env }))).rejects.toMatchObject({
      message: `git refuses ${repo.dir}: it belongs to another user`,
      hint: `git config --global --add safe.directory '${repo.dir}'`,
      exitCode: 3,
    });
  },
);

test('a broken .git says so', async () => {
  const dir = await makeFolder();
  mkdirSync(join(dir, '.git'));
  expect(await findRepository(here({ cwd: dir, env: isolatedEnv(dir) }))).toBeUndefined();
});
