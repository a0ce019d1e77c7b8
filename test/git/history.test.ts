import { expect, test } from 'vitest';
import { GitError, UsageError } from '../../src/errors.ts';
import { type HistoryBlob, historyBlobs, historyMessages, inShard, messages, parseShard } from '../../src/git/history.ts';
import { parsePrePush, pushed } from '../../src/git/push.ts';
import { here } from '../../src/git/run.ts';
import { makeRepo, openRepo, type TestRepo } from '../repo.ts';

const place = (repo: TestRepo) => here({ cwd: repo.dir, env: repo.env });
const blobs = async (repo: TestRepo, shard?: { index: number; count: number }): Promise<HistoryBlob[]> => {
  const out: HistoryBlob[] = [];
  for await (const batch of historyBlobs(place(repo), shard === undefined ? {} : { shard })) out.push(...batch);
  return out;
};
const texts = async (all: AsyncIterable<{ kind: string; bytes: Uint8Array }>): Promise<string[]> => {
  const out: string[] = [];
  for await (const { kind, bytes } of all) out.push(`${kind}: ${Buffer.from(bytes).toString()}`);
  return out;
};
/** Every blob that git itself says a ref reaches. */
const reachable = async (repo: TestRepo): Promise<string[]> => {
  const listed = await repo.git('rev-list', '--all', '--objects', '--no-object-names');
  const typed = await repo.gitWith({ stdin: `${listed}\n` }, 'cat-file', '--batch-check');
  return [...new Set(typed.split('\n').flatMap((line) => (line.split(' ')[1] === 'blob' ? [line.split(' ')[0] ?? ''] : [])))].sort();
};

test.for(['sha1', 'sha256'] as const)('%s: every blob once, with the commit that brought it in', async (format) => {
  const repo = await makeRepo({ format });
  expect(await blobs(repo)).toEqual([]);
  await repo.write('a', 'first\n');
  await repo.write('copy', 'first\n');
  await repo.write('sub/x\ny', 'newline\n');
  const first = await repo.commit('one\n\nbody');
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('a', 'side\n');
  const side = await repo.commit('two');
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('b', 'main\n');
  const main = await repo.commit('three');
  await repo.git('merge', '--quiet', '--no-commit', '--no-ff', 'side');
  await repo.write('c', 'merge\n');
  const merge = await repo.commit('four');
  await repo.write('a', 'first\n');
  await repo.commit('again what was there');
  const found = await blobs(repo);
  const named = (path: string, commit: string | undefined): string => `${path} ${commit ?? ''}`;
  expect(found.map(({ path, commit }) => named(path, commit)).sort()).toEqual(
    [named('a', first), named('sub/x\ny', first), named('a', side), named('b', main), named('c', merge)].sort(),
  );
  expect(found.map(({ oid }) => oid).sort()).toEqual(await reachable(repo));
  expect(await texts(historyMessages(place(repo)))).toEqual(
    ['one\n\nbody\n', 'two\n', 'three\n', 'four\n', 'again what was there\n'].map((text) => `commit: ${text}`),
  );
});

test('tags of files and folders, annotated tags, detached worktrees and the stash are reached too', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.commit('one');
  await repo.git('tag', '-a', 'v1', '-m', 'tag message');
  await repo.git('tag', '-a', 'v1-signed-off', '-m', 'about a tag', 'v1');
  const only = await repo.gitWith({ stdin: 'tagged only\n' }, 'hash-object', '-w', '--stdin');
  await repo.git('tag', 'blob', only);
  const inTree = await repo.gitWith({ stdin: 'in a tagged folder\n' }, 'hash-object', '-w', '--stdin');
  await repo.git('tag', '-a', 'tree', '-m', 'a folder', await repo.gitWith({ stdin: `100644 blob ${inTree}\tin-tree\n` }, 'mktree'));
  await repo.write('a', 'stashed\n');
  await repo.git('stash', '--quiet');
  const found = await blobs(repo);
  expect(found.map(({ oid }) => oid).sort()).toEqual(await reachable(repo));
  expect(found.find(({ oid }) => oid === only)).toEqual({ path: only, oid: only, mode: 0o100644 });
  expect(found.find(({ oid }) => oid === inTree)).toMatchObject({ path: 'in-tree' });
  expect(await texts(historyMessages(place(repo)))).toEqual(
    expect.arrayContaining(['tag: tag message\n', 'tag: about a tag\n', 'tag: a folder\n', 'commit: one\n']),
  );
});

test('shards are disjoint and together everything', async () => {
  const repo = await makeRepo();
  for (let n = 0; n < 40; n++) await repo.write(`f${n}`, `${n}\n`);
  await repo.commit();
  const whole = await blobs(repo);
  const parts = await Promise.all([1, 2, 3].map((index) => blobs(repo, { index, count: 3 })));
  expect(parts.every((part) => part.length > 0 && part.length < 40)).toBe(true);
  expect(
    parts
      .flat()
      .map(({ oid }) => oid)
      .sort(),
  ).toEqual(whole.map(({ oid }) => oid).sort());
  expect(inShard(`00000005${'0'.repeat(32)}`, { index: 3, count: 3 })).toBe(true);
  expect(['3/16', '1/1'].map(parseShard)).toEqual([
    { index: 3, count: 16 },
    { index: 1, count: 1 },
  ]);
  expect(['0/4', '5/4', '1/0', 'a/b', '1', '1/2/3', '-1/2'].map(parseShard)).toEqual(Array.from({ length: 7 }, () => undefined));
});

test('a broken history is an error, not a shorter one', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a');
  const first = await repo.commit();
  await repo.commit();
  await repo.git('prune');
  const { rmSync } = await import('node:fs');
  rmSync(`${repo.dir}/.git/objects/${first.slice(0, 2)}/${first.slice(2)}`, { force: true });
  await expect(blobs(repo)).rejects.toThrow(GitError);
  await expect(texts(messages(place(repo), [first]))).rejects.toThrow(GitError);
});

test('grafts and replacements do not hide what a push would send', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'secret\n');
  await repo.commit();
  await repo.write('a', 'clean\n');
  const second = await repo.commit();
  const secret = await repo.git('rev-parse', 'HEAD~1:a');
  await repo.git('replace', secret, await repo.git('rev-parse', 'HEAD:a'));
  await repo.git('replace', '--graft', second);
  await repo.git('update-ref', 'refs/heads/main', second);
  expect((await blobs(repo)).map(({ oid }) => oid)).toContain(secret);
});

test('parsePrePush', () => {
  const [a, b, zero] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];
  expect(
    parsePrePush(
      `refs/heads/x ${a} refs/heads/y ${b}\n(delete) ${zero} refs/heads/gone ${b}\nHEAD@{1 day ago} ${a} refs/heads/new ${zero}\n`,
    ),
  ).toEqual([
    { localRef: 'refs/heads/x', localOid: a, remoteRef: 'refs/heads/y', remoteOid: b },
    { localRef: 'HEAD@{1 day ago}', localOid: a, remoteRef: 'refs/heads/new', remoteOid: undefined },
  ]);
  expect(parsePrePush('')).toEqual([]);
  for (const bad of ['x', `refs/heads/x ${a} refs/heads/y`, `refs/heads/x ${a.slice(1)} refs/heads/y ${b}`])
    expect(() => parsePrePush(bad)).toThrow(UsageError);
});

test('what a push sends: new branch, more of a branch, tags, forced, to a URL', async () => {
  const origin = await makeRepo({ bare: true });
  const repo = await makeRepo();
  await repo.git('remote', 'add', 'origin', origin.dir);
  await repo.write('a', '1\n');
  const one = await repo.commit('one');
  const two = await repo.commit('two');
  const remote = { name: 'origin', url: origin.dir };
  const zero = '0'.repeat(40);
  const send = async (local: string, remoteOid: string, to = remote) =>
    await pushed(place(repo), parsePrePush(`refs/heads/main ${local} refs/heads/main ${remoteOid}\n`), to);
  expect(await send(two, zero)).toEqual({ commits: [one, two], tags: [], files: [] });
  await repo.git('push', '--quiet', 'origin', `${one}:refs/heads/main`);
  expect((await send(two, one)).commits).toEqual([two]);
  // A new branch on a remote that has its base.
  expect((await send(two, zero)).commits).toEqual([two]);
  // Named by URL there are no tracking refs: only what the updated ref had is known.
  expect((await send(two, zero, { name: origin.dir, url: origin.dir })).commits).toEqual([one, two]);
  expect((await send(two, one, { name: origin.dir, url: origin.dir })).commits).toEqual([two]);
  expect((await send(two, zero, { name: '*', url: origin.dir })).commits).toEqual([one, two]);
  // Somebody else pushed meanwhile: their commit is not here and excludes nothing.
  expect((await send(two, 'f'.repeat(40))).commits).toEqual([two]);
  expect((await send(one, two)).commits).toEqual([]);
  await repo.git('tag', '-a', 'v1', '-m', 'message');
  const tag = await repo.git('rev-parse', 'v1');
  expect(await send(tag, zero)).toEqual({ commits: [two], tags: [tag], files: [] });
  const blob = await repo.git('rev-parse', 'HEAD:a');
  expect(await send(blob, zero)).toEqual({ commits: [], tags: [], files: [{ path: blob, oid: blob, mode: 0o100644 }] });
  await expect(send('e'.repeat(40), zero)).rejects.toThrow(GitError);
  expect(await pushed(place(repo), [], remote)).toEqual({ commits: [], tags: [], files: [] });
});

test('a real pre-push hook is told what we parse', async () => {
  const origin = await makeRepo({ bare: true });
  const repo = await makeRepo();
  await repo.write('.git/hooks/pre-push', `#!/bin/sh\ncat > .git/told\necho "$1 $2" >> .git/told\n`, 0o755);
  await repo.write('a', 'a');
  const head = await repo.commit();
  await repo.git('push', '--quiet', origin.dir, 'HEAD:refs/heads/new');
  const { readFileSync } = await import('node:fs');
  const lines = readFileSync(`${repo.dir}/.git/told`, 'utf8').trimEnd().split('\n');
  expect(lines.pop()).toBe(`${origin.dir} ${origin.dir}`);
  expect(parsePrePush(`${lines.join('\n')}\n`)).toEqual([
    { localRef: 'HEAD', localOid: head, remoteRef: 'refs/heads/new', remoteOid: undefined },
  ]);
});

test('a shallow clone gives what is there', async () => {
  const repo = await makeRepo();
  await repo.write('a', '1\n');
  await repo.commit();
  await repo.write('b', '2\n');
  const head = await repo.commit();
  const dir = `${repo.dir}/../shallow`;
  await repo.git('clone', '--quiet', '--depth=1', `file://${repo.dir}`, dir);
  const found = await blobs(openRepo(dir, repo.env));
  expect(found.map(({ path, commit }) => [path, commit])).toEqual([
    ['a', head],
    ['b', head],
  ]);
});
