import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchIndex } from '../../src/git/job-index.ts';
import { underway } from '../../src/git/job-state.ts';
import { here } from '../../src/git/run.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

const gitDir = ({ dir }: TestRepo): string => join(dir, '.git');

/** Two branches that cannot be put together. */
const conflicting = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.commit();
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('a', 'side\n');
  await repo.commit('side');
  await repo.git('checkout', '-q', 'main');
  await repo.write('a', 'main\n');
  await repo.commit('main');
  return repo;
};

test.for([
  { args: ['merge', 'side'], state: ['merge'] },
  { args: ['rebase', 'side'], state: ['rebase'] },
  { args: ['rebase', '--apply', 'side'], state: ['rebase'] },
  { args: ['cherry-pick', 'side'], state: ['rebase'] },
  { args: ['revert', 'HEAD^'], state: ['rebase'] },
])('git $args: $state', async ({ args, state }) => {
  const repo = await conflicting();
  expect([...underway(gitDir(repo))]).toEqual([]);
  await repo.git(...args).catch(() => undefined);
  expect([...underway(gitDir(repo))]).toEqual(state);
  await repo.git(args[0] ?? '', '--abort');
  expect([...underway(gitDir(repo))]).toEqual([]);
});

test.for([{ split: false }, { split: true }])('an index is another one when an entry is (split: $split)', async ({ split }) => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.write('b', 'b\n');
  await repo.commit();
  if (split) await repo.git('update-index', '--split-index');
  const watch = () => watchIndex(here({ cwd: repo.dir, env: repo.env }), gitDir(repo));
  const before = watch();
  expect(await before.changed()).toBe(false);
  await repo.write('a', 'longer\n');
  await repo.git('status');
  await repo.git('update-index', '--force-write-index').catch(() => repo.git('update-index', '--index-version', '4'));
  expect(await before.changed()).toBe(false);
  await repo.git('add', 'a');
  expect(await before.changed()).toBe(true);
  const mode = watch();
  await repo.git('update-index', '--chmod=+x', 'b');
  expect(await mode.changed()).toBe(true);
  const gone = watch();
  await repo.git('rm', '-q', '-f', '--cached', 'b');
  expect(await gone.changed()).toBe(true);
});

test('an index that is not there yet, and one that git names', async () => {
  const repo = await makeRepo();
  const watch = watchIndex(here({ cwd: repo.dir, env: repo.env }), gitDir(repo));
  const other = watchIndex(here({ cwd: repo.dir, env: { ...repo.env, GIT_INDEX_FILE: '.git/other' } }), gitDir(repo));
  expect(await watch.changed()).toBe(false);
  await repo.write('a', 'a\n');
  await repo.git('add', '.');
  expect([await watch.changed(), await other.changed()]).toEqual([true, false]);
  await repo.gitWith({ env: { GIT_INDEX_FILE: '.git/other' } }, 'add', '.');
  expect(await other.changed()).toBe(true);
});
