import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACME, RULES } from '../gate/runner.ts';
import { hooked, type Hooked } from './hooked.ts';

const guarded = async (format: 'sha1' | 'sha256' = 'sha1'): Promise<Hooked> => {
  const repo = await hooked(['pre-commit', 'pre-merge-commit'], { format });
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('a.txt', 'a\n');
  await repo.write('b.txt', 'b\n');
  await repo.commit('rules');
  return repo;
};

const LEAK = `key: ${ACME}\n`;
const CLEAN = { code: 0, out: '', err: '' };
const places = (err: string): readonly string[] =>
  err.split('\n').flatMap((line) => /^(\S+) {2}(?:error|warning|note) /.exec(line)?.[1] ?? []);

const stage = async (repo: Hooked, path: string, text: string): Promise<void> => {
  await repo.write(path, text);
  await repo.git('add', path);
};

test('a clean commit says nothing', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', 'clean\n');
  expect(await repo.run(['commit', '-q', '-m', 'clean'])).toEqual(CLEAN);
});

test('a leak stops, with its place, what to do and the way out', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', `a\n${LEAK}`);
  const before = await repo.git('rev-parse', 'HEAD');
  const { code, out, err } = await repo.run(['commit', '-q', '-m', 'leak']);
  const id = /kei1:[a-z2-7]{26}/.exec(err)?.[0] ?? '';
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`a.txt:2:6  error  acme [leak/acme]
    why   whoever reads this file can use it
    do    revoke it, then take it out; if it is none: kei-git leak ignore ${id} --reason "…"

1 error in 1 file (${2 + LEAK.length} bytes)

kei-git: nothing is committed (pre-commit)
  mend it and \`git add\` it
  or let it stay, with a reason: kei-git leak ignore ID --reason "…"
  or go round every hook this once: git commit --no-verify
`);
  expect(err).not.toContain(ACME);
  expect(await repo.git('rev-parse', 'HEAD')).toBe(before);
  expect(await repo.run(['commit', '-q', '--no-verify', '-m', 'leak'])).toEqual(CLEAN);
});

test('what is staged counts, not what stands in the worktree', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  await repo.write('a.txt', 'clean again\n');
  expect((await repo.run(['commit', '-q', '-m', 'x'])).code).toBe(1);
  await repo.git('reset', '-q');
  await stage(repo, 'b.txt', 'clean\n');
  await repo.write('a.txt', LEAK);
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
  expect(places((await repo.run(['commit', '-q', '-a', '-m', 'x'])).err)).toEqual(['a.txt:1:6']);
});

test('git commit PATH: that path only, whatever else is staged', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  await repo.write('b.txt', 'clean\n');
  expect(await repo.run(['commit', '-q', '-m', 'x', 'b.txt'])).toEqual(CLEAN);
  await repo.write('b.txt', `\n${LEAK}`);
  expect(places((await repo.run(['commit', '-q', '-m', 'x', 'b.txt'])).err)).toEqual(['b.txt:2:6']);
});

test('--amend judges what it adds; the first commit all of it', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  expect((await repo.run(['commit', '-q', '--amend', '--no-edit'])).code).toBe(1);
  await repo.git('checkout', '-q', '--orphan', 'fresh');
  const first = await repo.run(['commit', '-q', '-m', 'first']);
  expect(first.code).toBe(1);
  expect(places(first.err)).toContain('a.txt:1:6');
  await stage(repo, 'a.txt', 'clean\n');
  expect(await repo.run(['commit', '-q', '-m', 'first'])).toEqual(CLEAN);
});

test.for(['sha1', 'sha256'] as const)('a linked worktree of a %s repository: its own index', async (format) => {
  const repo = await guarded(format);
  const linked = await repo.linked('other');
  await stage(repo, 'a.txt', LEAK);
  await stage(linked, 'b.txt', 'clean\n');
  expect(await linked.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
  await stage(linked, 'b.txt', `b\n\n${LEAK}`);
  expect(places((await linked.run(['commit', '-q', '-a', '-m', 'x'])).err)).toEqual(['b.txt:3:6']);
  expect(places((await repo.run(['commit', '-q', '-m', 'x'])).err)).toEqual(['a.txt:1:6']);
});

test('a broken kei.toml stops, unless what is staged can be read', async () => {
  const repo = await guarded();
  await stage(repo, 'kei.toml', '[leak\n');
  const stopped = await repo.run(['commit', '-q', '-m', 'x']);
  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(/^kei-git: kei\.toml:1:.*\n/);
  expect(stopped.err).toMatch(
    /\nkei-git: nothing is committed \(pre-commit\)\n {2}to go round every hook this once: git commit --no-verify\n$/,
  );
  await repo.git('checkout', '-q', 'HEAD', 'kei.toml');
  await repo.write('kei.toml', '[leak\n');
  await stage(repo, 'a.txt', 'clean\n');
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
  // Once it is committed, a commit that mends it can land.
  await repo.git('add', '.');
  await repo.git('commit', '-q', '--no-verify', '-m', 'broken');
  await stage(repo, 'kei.toml', '[leak]\nbuiltin = false\n');
  const mended = await repo.run(['commit', '-q', '-m', 'mended']);
  expect(mended.code).toBe(0);
  expect(mended.err).toContain('[policy/changed]');
});

test('what lets more pass is said, and does not stop', async () => {
  const repo = await guarded();
  await repo.write('leak-matrix/acme.toml', RULES['leak-matrix/acme.toml'].replace('{24}', '{40}'));
  await repo.git('add', '.');
  const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
  expect(code).toBe(0);
  expect(err).toMatch(/^leak-matrix\/acme\.toml:\d+:\d+ {2}warning .*\[policy\/changed\]/);
  expect(err).not.toContain('nothing is committed');
});

test('what was let stay is not said again', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  const id = /kei1:[a-z2-7]{26}/.exec((await repo.run(['commit', '-q', '-m', 'x'])).err)?.[0] ?? '';
  await repo.write('.kei/ignores.toml', `[[ignore]]\nfingerprint = "${id}"\nreason = "of a test"\n`);
  await repo.git('add', '.kei');
  await repo.git('commit', '-q', '--no-verify', '-m', 'let stay', '.kei');
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual(CLEAN);
});

test('SKIP and KEI_SKIP leave out what they name, and say so', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  const commit = (env: Readonly<Record<string, string>>) => repo.run(['commit', '-q', '-m', 'x', '--allow-empty'], { env });
  expect((await commit({ SKIP: 'prettier' })).code).toBe(1);
  expect((await commit({ KEI_SKIP: 'prettier' })).err).toMatch(/^kei-git: KEI_SKIP names nothing of kei-git: "prettier" \(there is leak, /);
  expect((await commit({ SKIP: 'prettier' })).err).not.toContain('prettier'); // a hook of pre-commit's
  expect((await commit({ SKIP: 'all' })).code).toBe(1);
  expect(await commit({ SKIP: 'leak' })).toEqual({ ...CLEAN, err: 'kei-git: left out, as SKIP says: leak\n' });
  await stage(repo, 'a.txt', `more\n${LEAK}`);
  expect(await commit({ KEI_SKIP: 'leak, workflow-pins' })).toMatchObject({
    err: 'kei-git: left out, as SKIP says: leak, workflow-pins\n',
  });
  expect(await commit({ KEI_SKIP: 'all' })).toMatchObject({ err: 'kei-git: nothing is looked at (pre-commit): KEI_SKIP=all\n' });
});

test('what was too large to be looked at is said', async () => {
  const repo = await guarded();
  await stage(repo, 'kei.toml', '[leak]\nbuiltin = false\nmax-file-size = "1k"\n');
  await repo.git('commit', '-q', '--no-verify', '-m', 'limit');
  await stage(repo, 'large.txt', 'x'.repeat(2000));
  const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
  expect(code).toBe(0);
  expect(err).toContain('1 file skipped: larger than 1 KiB');
});

test('without a home', async () => {
  const repo = await guarded();
  await stage(repo, 'a.txt', LEAK);
  rmSync(join(repo.dir, '../home'), { recursive: true });
  const env = { HOME: '', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '' };
  expect((await repo.run(['commit', '-q', '-m', 'x'], { env })).code).toBe(1);
  await stage(repo, 'a.txt', 'clean\n');
  expect(await repo.run(['commit', '-q', '-m', 'x'], { env })).toEqual(CLEAN);
});

/** A branch that has a leak already, and changes the same line as `main`. */
const twoBranches = async (repo: Hooked): Promise<void> => {
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('old.txt', LEAK);
  await repo.write('a.txt', 'side\n');
  await repo.commit('side');
  await repo.git('checkout', '-q', 'main');
  await repo.write('b.txt', 'main\n');
  await repo.commit('main');
};

test('a merge: what a parent has is not looked at again', async () => {
  const repo = await guarded();
  await twoBranches(repo);
  expect((await repo.run(['merge', '-q', '-m', 'merged', 'side'])).err).toBe('');
  expect((await repo.git('rev-list', '--parents', '-n1', 'HEAD')).split(' ')).toHaveLength(3);
});

test('a merge without conflicts that brings something of its own', async () => {
  const repo = await guarded();
  await twoBranches(repo);
  // What a merge driver makes stands in no parent.
  await repo.git('config', 'merge.evil.driver', `echo '${LEAK.trim()}' >%A`);
  await repo.write('.git/info/attributes', 'a.txt merge=evil\n');
  await repo.write('a.txt', 'main\n');
  await repo.commit('main too');
  const { code, err } = await repo.run(['merge', '-q', '-m', 'merged', 'side']);
  expect(code).not.toBe(0);
  expect(places(err)).toEqual(['a.txt:1:6']);
  expect(err).toContain('kei-git: the merge is not committed (pre-merge-commit)\n');
});

test('a merge with conflicts: what settles them is looked at', async () => {
  const repo = await guarded();
  await twoBranches(repo);
  await repo.write('a.txt', 'main\n');
  await repo.commit('main too');
  expect((await repo.run(['merge', '-q', 'side'])).code).toBe(1);
  await stage(repo, 'a.txt', `both\n${LEAK}`);
  expect(places((await repo.run(['commit', '-q', '-m', 'merged'])).err)).toEqual(['a.txt:2:6']);
  await stage(repo, 'a.txt', 'both\n');
  expect(await repo.run(['commit', '-q', '-m', 'merged'])).toEqual(CLEAN);
});
