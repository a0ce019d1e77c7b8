import { expect, test } from 'vitest';
import { eventFiles } from '../../src/git/event-files.ts';
import { here } from '../../src/git/run.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';

const ask = async (repo: TestRepo, event: string, args: readonly string[] = [], stdin = ''): Promise<readonly string[]> => {
  const files = await eventFiles(event, { place: here({ cwd: repo.dir, env: repo.env }), args, stdin: Buffer.from(stdin) });
  return files.map(({ path, mode }) => `${mode === undefined ? 'gone' : mode.toString(8)} ${path}`);
};
const ZERO = '0'.repeat(40);

/** Three commits on main: `a`, then `b`, then without `a` and with `c`. */
const history = async (): Promise<{ readonly repo: TestRepo; readonly commits: readonly [string, string, string] }> => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  const one = await repo.commit();
  await repo.write('b', 'b\n', 0o755);
  const two = await repo.commit();
  await repo.git('rm', '-q', 'a');
  await repo.write('dir/c', 'c\n');
  return { repo, commits: [one, two, await repo.commit()] };
};

test.for(['pre-commit', 'pre-merge-commit', 'commit-msg', 'prepare-commit-msg'])('%s: what is staged', async (event) => {
  const repo = await makeRepo();
  await repo.write('first', 'x\n');
  await repo.git('add', '.');
  expect(await ask(repo, event)).toEqual(['100644 first']);
  await repo.write('second\n', 'x\n');
  await repo.commit();
  await repo.git('rm', '-q', 'first');
  await repo.git('mv', 'second\n', '100%');
  await repo.write('later', 'x\n');
  await repo.git('add', '-N', 'later');
  expect(await ask(repo, event)).toEqual(['100644 100%25', 'gone first', 'gone second\n']);
});

test('post-commit, post-checkout, post-merge: what changed', async () => {
  const { repo, commits } = await history();
  const [one, two, three] = commits;
  expect(await ask(repo, 'post-commit')).toEqual(['gone a', '100644 dir/c']);
  expect(await ask(repo, 'post-checkout', [one, three, '1'])).toEqual(['gone a', '100755 b', '100644 dir/c']);
  expect(await ask(repo, 'post-checkout', [ZERO, two, '1'])).toEqual(['100644 a', '100755 b']);
  expect(await ask(repo, 'post-checkout', [two, two, '0'])).toEqual([]);
  await repo.git('checkout', '-q', one);
  expect(await ask(repo, 'post-commit')).toEqual(['100644 a']);
  await repo.git('merge', '-q', three);
  expect(await ask(repo, 'post-merge', ['0'])).toEqual(['gone a', '100755 b', '100644 dir/c']);
  expect(await ask(repo, 'pre-rebase', ['main'])).toEqual([]);
});

test('post-rewrite: from the first old commit to the last new one', async () => {
  const { repo, commits } = await history();
  const [one, two, three] = commits;
  await repo.write('dir/c', 'other\n');
  await repo.git('add', '.');
  await repo.git('commit', '-q', '--amend', '--no-edit');
  const amended = await repo.git('rev-parse', 'HEAD');
  expect(await ask(repo, 'post-rewrite', ['amend'], `${three} ${amended}\n`)).toEqual(['100644 dir/c']);
  await repo.git('checkout', '-q', '-b', 'side', one);
  await repo.write('side', 'x\n');
  const old = await repo.commit();
  await repo.git('rebase', '-q', two);
  const rebased = await repo.git('rev-parse', 'HEAD');
  expect(await ask(repo, 'post-rewrite', ['rebase'], `${old} ${rebased}\n`)).toEqual(['100755 b']);
  expect(await ask(repo, 'post-rewrite', ['amend'], '')).toEqual([]);
});

test('pre-push: what the pushed commits touch, as it is in the last of them', async () => {
  const { repo, commits } = await history();
  const [one, two, three] = commits;
  const remote = `${await makeFolder()}/remote.git`;
  await repo.git('init', '-q', '--bare', remote);
  await repo.git('remote', 'add', 'origin', remote);
  const push = (...lines: readonly string[]): Promise<readonly string[]> => ask(repo, 'pre-push', ['origin', remote], lines.join(''));
  expect(await push(`refs/heads/main ${three} refs/heads/main ${ZERO}\n`)).toEqual(['gone a', '100755 b', '100644 dir/c']);
  expect(await push(`refs/heads/main ${three} refs/heads/main ${two}\n`)).toEqual(['gone a', '100644 dir/c']);
  expect(await push(`refs/heads/main ${two} refs/heads/main ${one}\n`)).toEqual(['100755 b']);
  expect(await push(`(delete) ${ZERO} refs/heads/main ${three}\n`)).toEqual([]);
  await repo.git('push', '-q', 'origin', `${two}:refs/heads/main`);
  expect(await push(`refs/heads/new ${three} refs/heads/new ${ZERO}\n`)).toEqual(['gone a', '100644 dir/c']);
});

test('pre-push: a merge counts with what none of its parents has', async () => {
  const { repo, commits } = await history();
  await repo.git('checkout', '-q', '-b', 'side', commits[1]);
  await repo.write('side', 'x\n');
  await repo.commit();
  await repo.git('checkout', '-q', 'main');
  await repo.git('merge', '-q', '--no-commit', 'side');
  await repo.write('evil', 'x\n');
  const merge = await repo.commit();
  const lines = `refs/heads/main ${merge} refs/heads/main ${commits[2]}\n`;
  expect(await ask(repo, 'pre-push', ['x', 'x'], lines)).toEqual(['100644 evil', '100644 side']);
});
