import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHookPlaces } from '../../src/git/hook-places.ts';
import { captured } from '../captured.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

const EVENTS = ['pre-commit', 'commit-msg'];

/** Each worktree: its path, the folder of hooks as we see it, and as git says. */
const folders = async (repo: TestRepo): Promise<readonly string[]> => {
  const { worktrees } = await readHookPlaces({ cwd: repo.dir, env: repo.env }, EVENTS);
  for (const { path, folder } of worktrees) {
    const said = await repo.gitWith({ cwd: path }, 'rev-parse', '--git-path', 'hooks/pre-commit');
    expect(join(folder.path, 'pre-commit')).toBe(said.startsWith('/') ? said : join(path, said));
  }
  return worktrees.map(({ folder }) => folder.path);
};

const withWorktree = async (): Promise<{ readonly repo: TestRepo; readonly linked: string }> => {
  const repo = await makeRepo();
  await repo.commit();
  const linked = join(await makeFolder(), 'linked');
  await repo.git('worktree', 'add', '--quiet', linked);
  return { repo, linked };
};

test.skipIf(process.platform === 'win32')('the folder of hooks is the one that git says', async () => {
  const { repo, linked } = await withWorktree();
  const own = join(repo.dir, '.git/hooks');
  expect(await folders(repo)).toEqual([own, own]);
  expect(await folders(openRepo(linked, repo.env))).toEqual([own, own]);
  await repo.git('config', 'core.hooksPath', '.husky/_');
  expect(await folders(repo)).toEqual([join(repo.dir, '.husky/_'), join(linked, '.husky/_')]);
  await repo.git('config', 'core.hooksPath', '~/hooks');
  const home = join(repo.env['HOME'] ?? '', 'hooks');
  expect(await folders(repo)).toEqual([home, home]);
  await repo.git('config', 'core.hooksPath', '');
  expect(await folders(repo)).toEqual(['/', '/']);
  await repo.git('config', '--unset', 'core.hooksPath');
  await repo.git('config', 'extensions.worktreeConfig', 'true');
  await repo.gitWith({ cwd: linked }, 'config', '--worktree', 'core.hooksPath', 'mine');
  expect(await folders(repo)).toEqual([own, join(linked, 'mine')]);
  await repo.write('more', '[core]\n\thooksPath = /included\n');
  await repo.git('config', 'include.path', join(repo.dir, 'more'));
  expect(await folders(repo)).toEqual(['/included', join(linked, 'mine')]);
});

test('where each value of core.hooksPath stands', async () => {
  const { repo, linked } = await withWorktree();
  await repo.git('config', 'extensions.worktreeConfig', 'true');
  const global = join(repo.env['HOME'] ?? '', '.gitconfig');
  await writeFile(global, '[core]\n\thooksPath = /global\n');
  await repo.git('config', 'core.hooksPath', '/local');
  await repo.gitWith({ cwd: linked }, 'config', '--worktree', 'core.hooksPath', 'mine');
  const env = {
    ...repo.env,
    GIT_CONFIG_GLOBAL: global,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '/x',
  };
  const { worktrees, commonDir } = await readHookPlaces({ cwd: repo.dir, env }, EVENTS);
  expect(commonDir).toBe(join(repo.dir, '.git'));
  expect(worktrees.map(({ settings }) => settings.hooksPaths.map(({ scope, file, value }) => [scope, file, value]))).toEqual([
    [
      ['global', global, '/global'],
      ['local', join(repo.dir, '.git/config'), '/local'],
    ],
    [
      ['global', global, '/global'],
      ['local', join(repo.dir, '.git/config'), '/local'],
      ['worktree', join(repo.dir, '.git/worktrees/linked/config.worktree'), 'mine'],
    ],
  ]);
});

test('files of hooks: what they are and whose', async () => {
  const repo = await makeRepo();
  await repo.write('.git/hooks/pre-commit', '#!/bin/sh\ncall_lefthook run pre-commit\n', 0o755);
  await repo.write('.git/hooks/commit-msg', '#!/bin/sh\n', 0o644);
  await symlink('nowhere', join(repo.dir, '.git/hooks/pre-push'));
  await mkdir(join(repo.dir, '.git/hooks/post-merge'));
  const { worktrees } = await readHookPlaces(captured(repo.dir), ['pre-commit', 'commit-msg', 'pre-push', 'post-merge', 'post-checkout']);
  expect(worktrees[0]?.files.map(({ event, kind, runs, tool }) => [event, kind, runs, tool])).toEqual([
    ['pre-commit', 'file', true, 'lefthook'],
    ['commit-msg', 'file', false, 'plain'],
    ['pre-push', 'broken-link', false, undefined],
    ['post-merge', 'other', false, undefined],
    ['post-checkout', 'absent', false, undefined],
  ]);
});

test('bare repositories, submodules, separate git directories', async () => {
  const bare = await makeRepo({ bare: true });
  expect(await readHookPlaces({ cwd: bare.dir, env: bare.env }, [])).toMatchObject({ bare: true, worktrees: [] });
  const repo = await makeRepo();
  await repo.commit();
  await repo.gitWith({ env: { GIT_ALLOW_PROTOCOL: 'file' } }, 'submodule', '--quiet', 'add', repo.dir, 'inner');
  const inner = openRepo(join(repo.dir, 'inner'), repo.env);
  const places = await readHookPlaces({ cwd: inner.dir, env: inner.env }, []);
  expect(places).toMatchObject({ bare: false, commonDir: join(repo.dir, '.git/modules/inner') });
  expect(places.worktrees.map(({ path, main, current }) => [path, main, current])).toEqual([[inner.dir, true, true]]);
});
