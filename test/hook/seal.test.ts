import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, formatSeal, isWhatWasLookedAt, newTips, parseSeal } from '../../src/hook/seal.ts';
import { openRepo } from '../repo.ts';
import { hooked, type Hooked } from './hooked.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const ZERO = '0'.repeat(40);

test('a seal is read as it was written; anything else is none', () => {
  const seal = { git: 12, head: A, digest: 'd' };
  expect(parseSeal(formatSeal(seal))).toEqual(seal);
  expect(parseSeal(formatSeal({ ...seal, head: undefined }))).toEqual({ ...seal, head: undefined });
  const text = formatSeal(seal);
  for (const broken of ['', '{', '[]', 'null', '"x"', text.slice(0, -4), text.replace('seal/1', 'seal/2'), text.replace('12', '"12"')])
    expect(parseSeal(broken)).toBeUndefined();
});

test('the digest is that of a set', () => {
  const one = { path: 'a', mode: '100644', oid: A };
  const two = { path: 'b', mode: '100644', oid: B };
  expect(digestOf([one, two])).toBe(digestOf([two, one]));
  expect(digestOf([one])).not.toBe(digestOf([{ ...one, mode: '100755' }]));
  expect(digestOf([one])).not.toBe(digestOf([{ ...one, oid: B }]));
  expect(digestOf([one])).not.toBe(digestOf([one, two]));
});

test('only branches move to commits that were sealed', () => {
  const lines = [`${A} ${B} HEAD`, `${A} ${B} refs/heads/main`, `${A} ${A} refs/stash`, `${A} ${ZERO} refs/heads/gone`];
  expect(newTips([...lines, `${A} ${A} refs/tags/v1`, `${ZERO} ref:refs/heads/x HEAD`, ''].join('\n'))).toEqual([B]);
});

test('what was looked at is what is there', () => {
  const looked = [{ path: 'a', oid: A }, { path: 'gone' }];
  const changes = [
    { path: 'a', mode: '100644', oid: A },
    { path: 'gone', mode: '000000', oid: ZERO },
    { path: 'sub', mode: '160000', oid: B },
  ];
  expect(isWhatWasLookedAt(looked, changes, false)).toBe(true);
  expect(isWhatWasLookedAt(looked, [...changes, { path: 'b', mode: '100644', oid: B }], false)).toBe(false);
  expect(isWhatWasLookedAt(looked, [...changes, { path: 'b', mode: '100644', oid: B }], true)).toBe(true);
  expect(isWhatWasLookedAt(looked, [{ path: 'a', mode: '100644', oid: B }, ...changes.slice(1)], false)).toBe(false);
  expect(isWhatWasLookedAt(looked, changes.slice(0, 1), true)).toBe(false);
});

const EVENTS = ['pre-commit', 'reference-transaction'];
const CLEAN = { code: 0, out: '', err: '' };

const sealed = async (format: 'sha1' | 'sha256' = 'sha1'): Promise<Hooked> => {
  const repo = await hooked(EVENTS, { format });
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n[hook]\nseal = true\n');
  await repo.write('a', 'a\n');
  await repo.write('b', 'b\n');
  await repo.commit('first');
  return repo;
};

/** After ours, as another manager of hooks would. */
const meddle = (repo: Hooked, script: string): Promise<void> => repo.hook('pre-commit', '', script);
const stage = async (repo: Hooked, path: string, text = `${path} changed\n`): Promise<void> => {
  await repo.write(path, text);
  await repo.git('add', path);
};
const head = (repo: Hooked): Promise<string> => repo.git('rev-parse', 'HEAD');
const STOPPED = /^kei-git: nothing is committed: this is not what pre-commit looked at, something changed the index since\n/m;

test.for(['sha1', 'sha256'] as const)('what is committed is what was looked at (%s)', async (format) => {
  const repo = await sealed(format);
  await stage(repo, 'a');
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
  expect(existsSync(join(repo.dir, '.git/kei/seal'))).toBe(false);
});

test('a hook that changes the index afterwards stops the commit, once', async () => {
  const repo = await sealed();
  await meddle(repo, 'echo meddled >b; git add b');
  await stage(repo, 'a');
  const before = await head(repo);
  const stopped = await repo.run(['commit', '-q', '-m', 'x']);
  expect(stopped.code).not.toBe(0);
  expect(stopped.err).toMatch(STOPPED);
  expect(await head(repo)).toBe(before);
  expect(await repo.git('diff', '--cached', '--name-only')).toBe('a\nb');
  // Now it is looked at, and the other hook changes nothing more.
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
});

test.for([
  { name: 'a mode', script: 'git update-index --chmod=+x a' },
  { name: 'a file that goes', script: 'git rm -q --cached b' },
  {
    name: 'another file in the place of what was staged',
    script: 'git update-index --cacheinfo 100644,$(echo other | git hash-object -w --stdin),a',
  },
  { name: 'a submodule', script: 'git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub' },
])('meddling: $name', async ({ script }) => {
  const repo = await sealed();
  await meddle(repo, script);
  await stage(repo, 'a');
  expect((await repo.run(['commit', '-q', '-m', 'x'])).err).toMatch(STOPPED);
});

test('commit -a, commit PATH, --amend, the first commit, an empty one', async () => {
  const repo = await sealed();
  await repo.write('a', 'again\n');
  expect(await repo.run(['commit', '-q', '-a', '-m', 'x'])).toEqual(CLEAN);
  await repo.write('a', 'and again\n');
  await stage(repo, 'b');
  expect(await repo.run(['commit', '-q', '-m', 'x', 'a'])).toEqual(CLEAN);
  expect(await repo.run(['commit', '-q', '--amend', '--no-edit'])).toEqual(CLEAN);
  expect(await repo.run(['commit', '-q', '--allow-empty', '-m', 'x'])).toEqual(CLEAN);
  await repo.write('new', 'new\n');
  await repo.git('add', '--intent-to-add', 'new');
  await stage(repo, 'b', 'b again\n');
  expect(await repo.run(['commit', '-q', '-m', 'x', '--', 'b'])).toEqual(CLEAN);
  await repo.git('add', 'new');
  await repo.git('checkout', '-q', '--orphan', 'fresh');
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
});

test('commit -a and commit PATH are compared as well', async () => {
  const repo = await sealed();
  await meddle(repo, 'echo "$$" >b; git add b');
  await repo.write('a', 'again\n');
  expect((await repo.run(['commit', '-q', '-a', '-m', 'x'])).err).toMatch(STOPPED);
  await repo.write('a', 'and again\n');
  expect((await repo.run(['commit', '-q', '-m', 'x', 'a'])).err).toMatch(STOPPED);
  expect((await repo.run(['commit', '-q', '--amend', '--no-edit', 'a'])).err).toMatch(STOPPED);
});

test('merges, rebases, cherry-picks and other refs pass', async () => {
  const repo = await sealed();
  await repo.git('checkout', '-q', '-b', 'side');
  await stage(repo, 'a');
  expect(await repo.run(['commit', '-q', '-m', 'side'])).toEqual(CLEAN);
  await repo.git('checkout', '-q', 'main');
  await stage(repo, 'b');
  expect(await repo.run(['commit', '-q', '-m', 'main'])).toEqual(CLEAN);
  for (const args of [
    ['merge', '-q', '-m', 'merged', 'side'],
    ['reset', '-q', '--hard', 'HEAD~1'],
    ['cherry-pick', 'side'],
    ['reset', '-q', '--hard', 'HEAD~1'],
    ['rebase', '-q', 'side'],
    ['tag', 'v1'],
    ['branch', 'other', 'side'],
    ['commit', '-q', '--amend', '-m', 'other words'],
  ])
    expect([args, (await repo.run(args)).code]).toEqual([args, 0]);
});

test('a merge with conflicts that are settled', async () => {
  const repo = await sealed();
  await repo.git('checkout', '-q', '-b', 'side');
  await stage(repo, 'a', 'side\n');
  await stage(repo, 'c', 'theirs\n');
  await repo.git('commit', '-q', '-m', 'side');
  await repo.git('checkout', '-q', 'main');
  await stage(repo, 'a', 'main\n');
  await repo.git('commit', '-q', '-m', 'main');
  expect((await repo.run(['merge', '-q', 'side'])).code).toBe(1);
  await stage(repo, 'a', 'both\n');
  expect(await repo.run(['commit', '-q', '-m', 'merged'])).toEqual(CLEAN);
  expect((await repo.git('rev-list', '--parents', '-n1', 'HEAD')).split(' ')).toHaveLength(3);
});

test('git commit --no-verify has no seal; a stale one is of no account', async () => {
  const repo = await sealed();
  // A commit that pre-commit saw and that never was: the message is empty.
  await stage(repo, 'a');
  expect((await repo.run(['commit', '-q', '-m', ''])).code).not.toBe(0);
  expect(existsSync(join(repo.dir, '.git/kei/seal'))).toBe(true);
  await stage(repo, 'b');
  expect(await repo.run(['commit', '-q', '--no-verify', '-m', 'x'])).toEqual(CLEAN);
  expect(existsSync(join(repo.dir, '.git/kei/seal'))).toBe(false);
  await repo.write('.git/kei/seal', '{"schema":"kei');
  await stage(repo, 'b', 'b again\n');
  expect(await repo.run(['commit', '-q', '--no-verify', '-m', 'x'])).toEqual(CLEAN);
});

test('a commit in another worktree, and one without hooks, while a message is being written', async () => {
  const repo = await sealed();
  const linked = await repo.linked('other');
  await stage(linked, 'b');
  await stage(repo, 'a');
  const script = `#!/bin/sh\ncd '${linked.dir}' && unset GIT_DIR GIT_INDEX_FILE && git commit -q -m other && cd '${repo.dir}' && echo more >c && git add c && git commit -q -n -m more && echo x >"$1"\n`;
  await repo.write('../editor', script.replace('>"$1"', '>"$OLDPWD/../message"; echo words >"$1"'), 0o755);
  const editor = join(repo.dir, '../editor');
  const ended = await repo.run(['commit', '-q', '-e'], { env: { GIT_EDITOR: `f() { '${editor}' "$PWD/$1"; }; f` } });
  // Git itself refuses: HEAD moved. The others passed.
  expect(await openRepo(linked.dir, repo.env).git('log', '-1', '--format=%s')).toBe('other');
  expect(await repo.git('log', '-1', '--format=%s')).toBe('more');
  expect(ended.err).not.toMatch(STOPPED);
});

test('in a linked worktree, and where .git is a file', async () => {
  const repo = await sealed();
  const linked = await repo.linked('other');
  await meddle(repo, 'echo "$$" >b; git add b');
  await stage(linked, 'a');
  expect((await linked.run(['commit', '-q', '-m', 'x'])).err).toMatch(STOPPED);
  expect(existsSync(join(repo.dir, '.git/kei/seal'))).toBe(false);
});

test('KEI_SKIP=seal, and without the setting', async () => {
  const repo = await sealed();
  await meddle(repo, 'echo "$$" >b; git add b');
  await stage(repo, 'a');
  expect(await repo.run(['commit', '-q', '-m', 'x'], { env: { KEI_SKIP: 'seal' } })).toMatchObject({ code: 0 });
  await stage(repo, 'kei.toml', '[leak]\nbuiltin = false\n');
  const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('policy/changed') });
});
