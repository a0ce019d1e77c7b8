import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

// A pre-commit hook that writes down what our snapshot and changes show: the very code, in the very environment that git makes.
let program: string;
beforeAll(async () => {
  program = join(await makeFolder(), 'hook.mjs');
  await build({
    stdin: {
      contents: `
        import { writeFileSync } from 'node:fs';
        import { stagedChanges } from './src/git/changes.ts';
        import { here } from './src/git/run.ts';
        import { indexSnapshot } from './src/git/snapshot.ts';
        import { worktreeSnapshot } from './src/git/worktree.ts';
        import { findRepository } from './src/git/repository.ts';
        const place = here({ cwd: process.cwd(), env: process.env });
        const index = indexSnapshot(place);
        const entries = await index.list();
        const contents = {};
        for await (const [entry, content] of index.readMany(entries)) contents[entry.path] = content.bytes.toString();
        writeFileSync(process.env.KEI_TEST_OUT, JSON.stringify({
          root: (await findRepository(place)).root,
          changes: (await stagedChanges(place)).map(({ path, status, added }) => [path, status, added ?? 'all']),
          contents,
          read: (await index.read('a'))?.toString(),
          worktree: (await (await worktreeSnapshot(place)).list()).map(({ path }) => path),
        }));`,
      resolveDir: join(import.meta.dirname, '../..'),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
});

interface Seen {
  readonly root: string;
  readonly changes: unknown;
  readonly contents: unknown;
  readonly read: string;
  readonly worktree: unknown;
}

const hooked = async (): Promise<{ repo: TestRepo; commit: (repo: TestRepo, ...args: string[]) => Promise<Seen> }> => {
  const repo = await makeRepo();
  await repo.write('a', 'a1\n');
  await repo.write('b', 'b1\n');
  await repo.commit();
  await repo.write('.git/hooks/pre-commit', `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`, 0o755);
  const commit = async (where: TestRepo, ...args: string[]): Promise<Seen> => {
    const out = join(repo.dir, '..', 'seen.json');
    rmSync(out, { force: true });
    await where.gitWith({ env: { KEI_TEST_OUT: out } }, 'commit', '--quiet', '-m', 'x', ...args);
    return JSON.parse(readFileSync(out, 'utf8')) as Seen;
  };
  return { repo, commit };
};

test('git commit: what is staged, not what is in the worktree', async () => {
  const { repo, commit } = await hooked();
  await repo.write('a', 'secret\n');
  await repo.git('add', 'a');
  await repo.write('a', 'clean\n');
  await repo.write('b', 'not staged\n');
  expect(await commit(repo)).toEqual({
    root: repo.dir,
    changes: [['a', 'modified', [[1, 1]]]],
    contents: { a: 'secret\n', b: 'b1\n' },
    read: 'secret\n',
    worktree: ['a', 'b'],
  });
});

test('git commit -a: what will be committed is in an index of its own', async () => {
  const { repo, commit } = await hooked();
  await repo.write('a', 'a2\n');
  rmSync(join(repo.dir, 'b'));
  expect(await commit(repo, '-a')).toEqual({
    root: repo.dir,
    changes: [
      ['a', 'modified', [[1, 1]]],
      ['b', 'deleted', 'all'],
    ],
    contents: { a: 'a2\n' },
    read: 'a2\n',
    worktree: ['a'],
  });
});

test('git commit PATH: only that path, whatever else is staged', async () => {
  const { repo, commit } = await hooked();
  await repo.write('a', 'a2\n');
  await repo.write('b', 'b2\n');
  await repo.git('add', 'b');
  expect(await commit(repo, 'a')).toMatchObject({
    changes: [['a', 'modified', [[1, 1]]]],
    contents: { a: 'a2\n', b: 'b1\n' },
    read: 'a2\n',
  });
});

test('git commit --amend and the first commit', async () => {
  const { repo, commit } = await hooked();
  await repo.write('a', 'a2\n');
  await repo.git('add', 'a');
  expect(await commit(repo, '--amend')).toMatchObject({ changes: [['a', 'modified', [[1, 1]]]] });
  await repo.git('checkout', '--quiet', '--orphan', 'fresh');
  expect(await commit(repo)).toMatchObject({
    changes: [
      ['a', 'added', 'all'],
      ['b', 'added', 'all'],
    ],
  });
});

test('in a linked worktree: its own index and files', async () => {
  const { repo, commit } = await hooked();
  const dir = join(repo.dir, '..', 'linked');
  await repo.git('worktree', 'add', '--quiet', '-b', 'other', dir);
  const linked = openRepo(dir, repo.env);
  await repo.write('a', 'main worktree\n');
  await repo.git('add', 'a');
  await linked.write('b', 'linked\n');
  await linked.write('c', 'untracked\n');
  expect(await commit(linked, '-a')).toEqual({
    root: dir,
    changes: [['b', 'modified', [[1, 1]]]],
    contents: { a: 'a1\n', b: 'linked\n' },
    read: 'a1\n',
    worktree: ['a', 'b', 'c'],
  });
});
