import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry, Snapshot } from '../../src/check.ts';
import { GitError } from '../../src/errors.ts';
import { openSnapshot } from '../../src/git/open.ts';
import { overlaySnapshot } from '../../src/git/overlay.ts';
import { here } from '../../src/git/run.ts';
import { commitSnapshot, indexSnapshot } from '../../src/git/snapshot.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

const place = (repo: TestRepo) => here({ cwd: repo.dir, env: repo.env });
const paths = (entries: readonly Entry[]): string[] => entries.map(({ path }) => path);

const contents = async (snapshot: Snapshot, entries: readonly Entry[]): Promise<Record<string, string>> => {
  const out: Record<string, string> = {};
  for await (const [entry, content] of snapshot.readMany(entries)) {
    out[entry.path] =
      content.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : `${content.skipped.kind}: ${content.skipped.reason}`;
  }
  return out;
};

const streamed = async (snapshot: Snapshot, entry: Entry | undefined): Promise<string> => {
  const pieces: Uint8Array[] = [];
  if (entry !== undefined) for await (const piece of snapshot.stream(entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
};

test.for(['sha1', 'sha256'] as const)('%s: the index and a commit list and read what git holds, not the worktree', async (format) => {
  const repo = await makeRepo({ format });
  await repo.write('z', 'staged');
  await repo.write('dir/run.sh', 'x', 0o755);
  symlinkSync('z', join(repo.dir, 'link'));
  const commit = await repo.commit();
  await repo.write('z', 'worktree');
  await repo.write('untracked', 'u');
  for (const snapshot of [indexSnapshot(place(repo)), commitSnapshot(place(repo), commit)]) {
    const entries = await snapshot.list();
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
      ['dir/run.sh', 0o100755],
      ['link', 0o120000],
      ['z', 0o100644],
    ]);
    expect(entries.every(({ oid }) => oid?.length === (format === 'sha1' ? 40 : 64))).toBe(true);
    expect(await contents(snapshot, entries)).toEqual({ 'dir/run.sh': 'x', link: 'z', z: 'staged' });
    expect(Buffer.from((await snapshot.read('z')) ?? []).toString()).toBe('staged');
    expect([await snapshot.read('untracked'), await snapshot.read('dir'), await snapshot.read('none/x')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await streamed(snapshot, entries.at(-1))).toBe('staged');
    expect(paths(await snapshot.list(['dir']))).toEqual(['dir/run.sh']);
    expect(paths(await snapshot.list(['*', ':!link']))).toEqual(['dir/run.sh', 'z']);
    expect(snapshot.unlisted).toEqual([]);
    await snapshot.close?.();
  }
  expect((await commitSnapshot(place(repo), commit).list()).map(({ size }) => size)).toEqual([1, 1, 6]);
});

test('from a subfolder it is still the whole index', async () => {
  const repo = await makeRepo();
  await repo.write('top', 't');
  await repo.write('sub/below', 'b');
  const commit = await repo.commit();
  const below = here({ cwd: join(repo.dir, 'sub'), env: repo.env });
  for (const snapshot of [indexSnapshot(below), commitSnapshot(below, commit)]) {
    expect(paths(await snapshot.list())).toEqual(['sub/below', 'top']);
    expect(paths(await snapshot.list(['top']))).toEqual(['top']);
    expect(Buffer.from((await snapshot.read('top')) ?? []).toString()).toBe('t');
    expect(Buffer.from((await snapshot.read('sub/below')) ?? []).toString()).toBe('b');
    await snapshot.close?.();
  }
});

test.runIf(process.platform === 'linux')('names with newline, percent sign, bytes that are no UTF-8, leading dash and colon', async () => {
  const repo = await makeRepo();
  const odd = Buffer.concat([Buffer.from(`${repo.dir}/b`), Buffer.from([0xff, 0xfe]), Buffer.from('.txt')]);
  writeFileSync(odd, 'odd');
  await repo.write('a\nb', 'newline');
  await repo.write('100%41', 'percent');
  await repo.write('-x', 'dash');
  await repo.write(':(top)y', 'colon');
  await repo.write('tab\t"quote"\\', 'quote');
  const commit = await repo.commit();
  const expected = {
    '-x': 'dash',
    '100%2541': 'percent',
    ':(top)y': 'colon',
    'a\nb': 'newline',
    'b%FF%FE.txt': 'odd',
    'tab\t"quote"\\': 'quote',
  };
  for (const snapshot of [indexSnapshot(place(repo)), commitSnapshot(place(repo), commit)]) {
    const entries = await snapshot.list();
    expect(await contents(snapshot, entries)).toEqual(expected);
    for (const [path, content] of Object.entries(expected)) {
      expect([path, Buffer.from((await snapshot.read(path)) ?? []).toString()]).toEqual([path, content]);
    }
    await snapshot.close?.();
  }
});

test('unborn and bare', async () => {
  const repo = await makeRepo();
  expect(await indexSnapshot(place(repo)).list()).toEqual([]);
  await repo.write('a', 'a');
  const commit = await repo.commit();
  const bare = await makeRepo({ bare: true });
  await repo.git('push', '--quiet', bare.dir, 'HEAD:refs/heads/main');
  const snapshot = commitSnapshot(place(bare), commit);
  expect(await contents(snapshot, await snapshot.list())).toEqual({ a: 'a' });
  expect(await indexSnapshot(place(bare)).list()).toEqual([]);
  await expect(commitSnapshot(place(bare), 'f'.repeat(40)).list()).rejects.toThrow(GitError);
});

test('submodules and unmerged paths are named as not looked at', async () => {
  const inner = await makeRepo();
  await inner.write('i', 'i');
  await inner.commit();
  const repo = await makeRepo();
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub');
  await repo.write('f', 'base\n');
  const base = await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('f', 'side\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('f', 'main\n');
  await repo.commit();
  await repo.git('merge', 'side').catch(() => {});
  const index = indexSnapshot(place(repo));
  expect(paths(await index.list())).toEqual(['.gitmodules']);
  const skippedSub = { path: 'sub', reason: 'a submodule: it is looked at in its own repository', kind: 'policy' };
  expect(index.unlisted).toEqual([skippedSub, { path: 'f', reason: 'unmerged: it has no staged content', kind: 'policy' }]);
  const commit = commitSnapshot(place(repo), base);
  expect(paths(await commit.list())).toEqual(['.gitmodules', 'f']);
  expect(commit.unlisted).toEqual([skippedSub]);
});

test('content that is gone, corrupt or too large is skipped with its reason', async () => {
  const repo = await makeRepo();
  const text = Array.from({ length: 2000 }, (_, n) => `line ${n}`).join('\n');
  await repo.write('corrupt', text);
  await repo.write('gone', 'gone');
  await repo.write('large', 'x'.repeat(100_000));
  await repo.write('small', 's');
  await repo.git('add', '.');
  const file = (oid: string): string => join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
  const corrupt = file(await repo.git('rev-parse', ':corrupt'));
  chmodSync(corrupt, 0o644);
  const whole = readFileSync(corrupt);
  writeFileSync(corrupt, whole.subarray(0, whole.length / 2));
  rmSync(file(await repo.git('rev-parse', ':gone')), { force: true });
  const snapshot = indexSnapshot(place(repo), { limit: 50_000 });
  const entries = await snapshot.list();
  const expected = {
    corrupt: 'failed: its object is corrupt',
    gone: 'failed: its object is missing or cannot be read',
    large: 'policy: larger than 48.8 KiB',
    small: 's',
  };
  expect(await contents(snapshot, entries)).toEqual(expected);
  // The same through the bulk reader.
  const many = Array.from({ length: 20 }, () => entries).flat();
  expect(await contents(snapshot, many)).toEqual(expected);
  for await (const [entry, content] of snapshot.readMany(entries)) {
    if (entry.path === 'large') expect(content).toMatchObject({ kind: 'skipped', size: 100_000 });
  }
  expect(
    await streamed(
      snapshot,
      entries.find(({ path }) => path === 'large'),
    ),
  ).toBe('x'.repeat(100_000));
  await expect(snapshot.read('corrupt')).rejects.toThrow(/^cannot read corrupt from the index: its object is corrupt$/);
  await snapshot.close?.();
});

test('a file whose object is unreadable is an error to `read`, not a file that is not there', async () => {
  const repo = await makeRepo();
  await repo.write('kei.toml', 'x = 1\n');
  await repo.git('add', '.');
  const oid = await repo.git('rev-parse', ':kei.toml');
  const file = join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, 'garbage');
  const snapshot = indexSnapshot(place(repo));
  expect(await snapshot.read('none')).toBeUndefined();
  await expect(snapshot.read('kei.toml')).rejects.toThrow(GitError);
  expect(await snapshot.read('none')).toBeUndefined();
  await snapshot.close?.();
});

test('a worker reads what the main thread listed', async () => {
  const repo = await makeRepo();
  for (let n = 0; n < 50; n++) await repo.write(`f${n}`, `content ${n}`);
  const commit = await repo.commit();
  const snapshot = commitSnapshot(place(repo), commit);
  const entries = await snapshot.list();
  const source = structuredClone(snapshot.source?.());
  expect(source?.kind).toBe('objects');
  const opened = source && openSnapshot(source);
  expect(opened && (await contents(opened, entries))).toEqual(
    Object.fromEntries(entries.map(({ path }) => [path, `content ${path.slice(1)}`])),
  );
});

test('an overlay shows proposed edits over what is there', async () => {
  const repo = await makeRepo();
  await repo.write('kept', 'kept');
  await repo.write('changed', 'old', 0o755);
  await repo.write('removed', 'r');
  await repo.git('add', '.');
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const overlay = overlaySnapshot(
    indexSnapshot(place(repo)),
    new Map([
      ['changed', bytes('new!')],
      ['removed', null],
      ['added/x', bytes('a')],
      ['none', null],
    ]),
  );
  const entries = await overlay.list();
  expect(entries.map(({ path, mode, size, oid }) => [path, mode, size, oid === undefined])).toEqual([
    ['added/x', 0o100644, 1, true],
    ['changed', 0o100755, 4, true],
    ['kept', 0o100644, undefined, false],
  ]);
  expect(await contents(overlay, entries)).toEqual({ 'added/x': 'a', changed: 'new!', kept: 'kept' });
  expect(paths(await overlay.list(['added']))).toEqual(['added/x']);
  expect(await overlay.read('removed')).toBeUndefined();
  expect(Buffer.from((await overlay.read('kept')) ?? []).toString()).toBe('kept');
  expect(await streamed(overlay, entries[1])).toBe('new!');
  expect(overlay.description).toBe('index with 4 proposed edits');
  expect(overlay.source).toBeUndefined();
  await overlay.close?.();
});

test('a folder in the place of a file is no file', async () => {
  const repo = await makeRepo();
  mkdirSync(join(repo.dir, 'kei.toml'));
  await repo.write('kei.toml/x', 'x');
  await repo.git('add', '.');
  const snapshot = indexSnapshot(place(repo));
  expect(await snapshot.read('kei.toml')).toBeUndefined();
  await snapshot.close?.();
});
