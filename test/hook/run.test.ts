import { platform } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ACME, RULES } from '../gate/runner.ts';
import { run } from '../leak/commands.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

const LEAK = `key: ${ACME}\n`;

const settled = async (settings = ''): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('kei.toml', `${RULES['kei.toml']}${settings}`);
  await repo.write('a.txt', 'a\n');
  await repo.commit('first');
  return repo;
};
const places = (err: string): readonly string[] => err.split('\n').flatMap((line) => /^(\S+) {2}error /.exec(line)?.[1] ?? []);

test('hook run: what the hook would do, by hand', async () => {
  const repo = await settled();
  await repo.write('a.txt', LEAK);
  expect(await run(repo, ['hook', 'run', 'pre-commit'])).toEqual({ code: 0, out: '', err: '' });
  await repo.git('add', '.');
  const staged = await run(repo, ['hook', 'run', 'pre-commit']);
  expect([staged.code, places(staged.err)]).toEqual([1, ['a.txt:1:6']]);
  await repo.write('../message', `${ACME}\n`);
  const message = await run(repo, ['hook', 'run', 'commit-msg', '../message']);
  expect([message.code, message.err]).toEqual([1, expect.stringMatching(/^commit message:1:1 /)]);
});

test('hook run: everything, and a range', async () => {
  const repo = await settled();
  await repo.write('old.txt', LEAK);
  const old = await repo.commit('old');
  await repo.write('new.txt', LEAK);
  await repo.commit('new');
  await repo.git('rm', '-q', 'new.txt');
  await repo.commit('taken out');
  const all = await run(repo, ['hook', 'run', 'pre-commit', '--all-files']);
  expect([all.code, places(all.err)]).toEqual([1, ['old.txt:1:6']]);
  for (const event of ['pre-commit', 'pre-push']) {
    const range = await run(repo, ['hook', 'run', event, '--range', `${old}..HEAD`]);
    expect([range.code, places(range.err)]).toEqual([1, ['new.txt:1:6']]);
  }
});

test('hook run: pre-push reads what git gives', async () => {
  const repo = await settled();
  const zero = '0'.repeat(40);
  await repo.write('new.txt', LEAK);
  const tip = await repo.commit('new');
  const stdin = `refs/heads/main ${tip} refs/heads/main ${zero}\n`;
  const pushed = await run(repo, ['hook', 'run', 'pre-push', 'origin', 'url'], { stdin });
  expect([pushed.code, places(pushed.err)]).toEqual([1, ['new.txt:1:6']]);
});

test.for([
  { argv: ['pre-commit', '--all-files', '--range', 'a..b'], message: 'hook run: --all-files and --range at once' },
  { argv: ['commit-msg', '--all-files'], message: 'hook run: commit-msg is about no files' },
  { argv: ['pre-push', '--all-files'], message: 'hook run: pre-push is about commits' },
  { argv: ['pre-push'], message: 'pre-push: the name of the remote is missing' },
  { argv: ['commit-msg'], message: 'commit-msg: the message file is missing' },
])('hook run $argv is refused', async ({ argv, message }) => {
  const repo = await settled();
  const { code, err } = await run(repo, ['hook', 'run', ...argv]);
  expect(code).toBe(2);
  expect(err).toContain(`kei-git: ${message}\n`);
});

describe.skipIf(platform() === 'win32')('commands, by hand', () => {
  const ROW = `[[hook.run]]\nname = "list"\nrun = ["/bin/sh", "-c", "echo warning: $*", "sh"]\nfiles = ["*.txt"]\n`;
  const listed = (err: string): string => /warning: (.*)/.exec(err)?.[1] ?? '';

  test('in CI they run without a person who trusts, on what is named', async () => {
    const repo = await settled(ROW);
    await repo.write('b.txt', 'b\n');
    await repo.commit('second');
    const ci = { ci: true, env: { CI: 'true' } };
    const all = await run(repo, ['hook', 'run', 'pre-commit', '--all-files'], ci);
    expect([all.code, listed(all.err)]).toEqual([0, 'a.txt b.txt']);
    const range = await run(repo, ['hook', 'run', 'pre-commit', '--range', 'HEAD~1..HEAD'], ci);
    expect([range.code, listed(range.err)]).toEqual([0, 'b.txt']);
    const person = await run(repo, ['hook', 'run', 'pre-commit', '--all-files']);
    expect([person.code, listed(person.err)]).toEqual([0, '']);
    expect(person.err).toContain('list of kei.toml does not run (pre-commit)');
  });
});
