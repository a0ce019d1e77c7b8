import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACME, RULES } from '../gate/runner.ts';
import { hooked, type Hooked } from './hooked.ts';

const CUT = '# ------------------------ >8 ------------------------';
const CLEAN = { code: 0, out: '', err: '' };

const guarded = async (settings = ''): Promise<Hooked> => {
  const repo = await hooked(['commit-msg']);
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('kei.toml', `${RULES['kei.toml']}${settings}`);
  await repo.commit('feat: rules');
  return repo;
};

const commit = (repo: Hooked, message: string | Uint8Array, ...more: readonly string[]) =>
  repo.run([...more, 'commit', '-q', '--allow-empty', '-F', '-'], { stdin: message });

/** Somebody types a message into the editor. */
const typed = async (repo: Hooked, message: string, more: readonly string[] = [], options: readonly string[] = []) => {
  await repo.write('../editor', `#!/bin/sh\n{ cat '${join(repo.dir, '../typed')}'; cat "$1"; } >"$1.new" && mv "$1.new" "$1"\n`, 0o755);
  await repo.write('../typed', message);
  return repo.run([...more, 'commit', '-q', '--allow-empty', ...options], { env: { GIT_EDITOR: join(repo.dir, '../editor') } });
};

test('a leak in a message stops, and nothing of it is shown', async () => {
  const repo = await guarded();
  expect(await commit(repo, 'feat: clean\n')).toEqual(CLEAN);
  const stopped = await commit(repo, `feat: clean\n\nthe key is ${ACME}\n`);
  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(/^commit message:3:12 {2}error {2}acme \[leak\/acme\]\n/);
  expect(stopped.err).toMatch(/\nkei-git: nothing is committed \(commit-msg\)\n {2}write another message\n/);
  expect(stopped.err).not.toContain(ACME);
  expect(await repo.git('log', '--format=%s')).toBe('feat: clean\nfeat: rules');
  expect(await repo.run(['commit', '-q', '-n', '--allow-empty', '-m', ACME])).toEqual(CLEAN);
});

test('what git strips is not judged', async () => {
  const repo = await guarded();
  expect(await typed(repo, `feat: a\n# ${ACME}\n`)).toEqual(CLEAN);
  await repo.write('leak.txt', `${ACME}\n`);
  await repo.git('add', '.');
  // The diff that -v shows is not part of the message.
  expect(await typed(repo, 'feat: a\n', [], ['-v'])).toEqual(CLEAN);
  expect(await repo.git('log', '-1', '--format=%B')).toBe('feat: a\n');
  expect(await typed(repo, `feat: a\n; ${ACME}\n`, ['-c', 'core.commentChar=;'])).toEqual(CLEAN);
  expect(await repo.git('log', '-3', '--format=%B')).not.toContain('acme');
});

test('what git leaves is judged', async () => {
  const repo = await guarded();
  const comment = `feat: a\n\n# ${ACME}\n`;
  expect((await commit(repo, comment)).code).toBe(1);
  expect((await commit(repo, comment, '-c', 'commit.cleanup=strip')).code).toBe(0);
  expect((await typed(repo, comment, ['-c', 'commit.cleanup=whitespace'])).code).toBe(1);
  expect((await typed(repo, comment, ['-c', 'core.commentChar=;'])).code).toBe(1);
  // Without an editor the scissors are a line like any other.
  expect((await commit(repo, `feat: a\n\n${CUT}\n${ACME}\n`)).code).toBe(1);
  expect((await commit(repo, `feat: a\n\n${CUT}\n${ACME}\n`, '-c', 'commit.cleanup=scissors')).code).toBe(1);
  expect((await commit(repo, `feat: a\n\n${CUT}\n${ACME}\n`, '-c', 'commit.verbose=true')).code).toBe(0);
  expect(await repo.git('log', '--format=%B')).not.toContain('acme');
});

test('CRLF, Latin-1, an empty message and a large one', async () => {
  const repo = await guarded();
  expect((await commit(repo, `feat: a\r\n\r\n${ACME}\r\n`)).err).toMatch(/^commit message:3:1 /);
  const latin1 = Buffer.from(`feat: Grüße\n\n${ACME}\n`, 'latin1');
  expect((await commit(repo, latin1, '-c', 'i18n.commitEncoding=ISO-8859-1')).err).toMatch(/^commit message:3:1 /);
  const empty = await repo.run(['commit', '--allow-empty', '--allow-empty-message', '-q', '-m', '']);
  expect(empty).toEqual(CLEAN);
  const long = `feat: a\n\n${'a line of a long message\n'.repeat(420_000)}`;
  expect(await commit(repo, long)).toEqual(CLEAN);
  expect((await commit(repo, `${long}${ACME}\n`)).err).toMatch(/^commit message:420003:1 /);
});

test('the message of a merge', async () => {
  const repo = await guarded();
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('side.txt', 'side\n');
  await repo.commit('feat: side');
  await repo.git('checkout', '-q', 'main');
  await repo.write('main.txt', 'main\n');
  await repo.commit('feat: main');
  expect((await repo.run(['merge', '-q', '-m', `merge ${ACME}`, 'side'])).code).toBe(1);
  expect(await repo.run(['commit', '-q', '-m', 'merge'])).toEqual(CLEAN);
});

test('prefixes: only what may begin a subject, or what git itself writes', async () => {
  const repo = await guarded('[hook]\nprefixes = ["feat", "fix"]\n');
  expect(await commit(repo, 'feat(parser)!: a\n')).toEqual(CLEAN);
  expect(await commit(repo, '\n\nfix: a\n')).toEqual(CLEAN);
  expect(await commit(repo, 'fixup! added a\n')).toEqual(CLEAN);
  expect(await repo.run(['revert', '--no-edit', 'HEAD'])).toMatchObject({ code: 1 }); // it is empty
  const stopped = await commit(repo, 'added a thing\n\nbody\n');
  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(
    /^commit message:1:1 {2}error {2}the subject begins with none of feat, fix \[hook\/prefix\]\n {4}do {4}write `feat: …`, with a scope/,
  );
  expect(stopped.err).not.toContain('leak ignore');
  expect((await typed(repo, '# a comment\nfix: b\n')).code).toBe(0);
  expect((await commit(repo, '# no comment\nfix: b\n')).code).toBe(1);
  expect(await repo.run(['commit', '-q', '--allow-empty', '-m', 'x'], { env: { SKIP: 'prefixes' } })).toMatchObject({ code: 0 });
  expect((await commit(repo, `x ${ACME}\n`)).err).toMatch(/2 errors in 1 message/);
});

test('UTF-16, which git itself would refuse', async () => {
  const repo = await guarded();
  const message = join(repo.dir, '../message');
  await repo.write('../message', Buffer.from(`\ufefffeat: a\n\n${ACME}\n`, 'utf16le'));
  const { code, err } = await repo.run(['hook', 'run', 'commit-msg', '--', message]);
  expect(err).toMatch(/^commit message:3:1 /);
  expect(code).toBe(1);
  expect(readFileSync(message).length).toBeGreaterThan(0);
});

test('a message file that is not there', async () => {
  const repo = await guarded();
  const { code, err } = await repo.run(['hook', 'run', 'commit-msg', '--', 'gone']);
  expect({ code, err }).toEqual({ code: 2, err: 'kei-git: commit-msg: no message file gone\n' });
});
