import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry, Snapshot } from '../../src/check.ts';
import { isBlob } from '../../src/git/blob-id.ts';
import { here } from '../../src/git/run.ts';
import { worktreeSnapshot } from '../../src/git/worktree.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

const place = (repo: TestRepo, cwd = repo.dir) => here({ cwd, env: repo.env });
/** Moves times of all files and the index into the past, so that git trusts them. */
const settle = async (repo: TestRepo): Promise<void> => {
  const past = new Date(Date.now() - 3_600_000);
  for (const path of (await repo.git('ls-files', '-z')).split('\0')) if (path !== '') utimesSync(join(repo.dir, path), past, past);
  await repo.git('update-index', '--refresh', '-q');
};
const shown = (entries: readonly Entry[]): unknown[] =>
  entries.map(({ path, oid, mode }) => [path, oid === undefined ? 'read' : 'known', mode.toString(8)]);

const contents = async (snapshot: Snapshot, entries: readonly Entry[]): Promise<Record<string, string>> => {
  const out: Record<string, string> = {};
  for await (const [entry, content] of snapshot.readMany(entries)) {
    out[entry.path] =
      content.kind === 'bytes' ? Buffer.from(content.bytes).toString() : `${content.skipped.kind}: ${content.skipped.reason}`;
  }
  return out;
};

test('tracked and untracked files as they are on disk; a name only for what git knows to be unchanged', async () => {
  const repo = await makeRepo();
  for (const path of ['same', 'edited', 'gone', 'becomes-link', 'becomes-folder', 'sub/same']) await repo.write(path, `${path}\n`);
  await repo.write('run.sh', 'x', 0o755);
  await repo.write('.gitignore', 'ignored\n');
  symlinkSync('same', join(repo.dir, 'link'));
  await repo.commit();
  await settle(repo);
  await repo.write('edited', 'EDITED\n');
  await repo.write('untracked/new', 'new\n');
  await repo.write('ignored', 'i');
  await repo.write('run-too.sh', 'x', 0o755);
  await repo.write('staged', 'staged then removed');
  await repo.git('add', 'staged');
  for (const path of ['gone', 'becomes-link', 'becomes-folder', 'staged']) unlinkSync(join(repo.dir, path));
  symlinkSync('/etc/passwd', join(repo.dir, 'becomes-link'));
  symlinkSync('loop', join(repo.dir, 'loop'));
  await repo.write('becomes-folder/x', 'x');
  const snapshot = await worktreeSnapshot(place(repo));
  const entries = await snapshot.list();
  expect(shown(entries)).toEqual([
    ['.gitignore', 'known', '100644'],
    ['becomes-folder/x', 'read', '100644'],
    ['becomes-link', 'read', '120000'],
    ['edited', 'read', '100644'],
    ['link', 'known', '120000'],
    ['loop', 'read', '120000'],
    ['run-too.sh', 'read', '100755'],
    ['run.sh', 'known', '100755'],
    ['same', 'known', '100644'],
    ['sub/same', 'known', '100644'],
    ['untracked/new', 'read', '100644'],
  ]);
  expect(await contents(snapshot, entries)).toMatchObject({
    'becomes-link': '/etc/passwd',
    edited: 'EDITED\n',
    link: 'same',
    loop: 'loop',
    same: 'same\n',
    'untracked/new': 'new\n',
  });
  for await (const [entry, content] of snapshot.readMany(entries)) {
    if (entry.oid !== undefined) expect(content.kind === 'bytes' && isBlob(content.bytes, entry.oid)).toBe(true);
  }
  expect(snapshot.unlisted).toEqual([]);
  expect(Buffer.from((await snapshot.read('edited')) ?? []).toString()).toBe('EDITED\n');
  expect([await snapshot.read('gone'), await snapshot.read('sub')]).toEqual([undefined, undefined]);
  const below = await worktreeSnapshot(place(repo, join(repo.dir, 'sub')));
  expect(await below.list()).toEqual(entries);
  expect((await below.list(['sub', '*.sh'])).map(({ path }) => path)).toEqual(['run-too.sh', 'run.sh', 'sub/same']);
});

test('a change of the same size within the same instant is seen', async () => {
  const repo = await makeRepo();
  await repo.write('racy', 'aaaa');
  await repo.git('add', '.');
  await repo.write('racy', 'bbbb');
  const entries = await (await worktreeSnapshot(place(repo))).list();
  expect(shown(entries)).toEqual([['racy', 'read', '100644']]);
});

test('what git was told not to look at is no evidence', async () => {
  const repo = await makeRepo();
  for (const path of ['assumed', 'skipped', 'sparse']) await repo.write(path, `${path}\n`);
  await repo.commit();
  await settle(repo);
  await repo.git('update-index', '--assume-unchanged', 'assumed');
  await repo.git('update-index', '--skip-worktree', 'skipped', 'sparse');
  await repo.write('assumed', 'changed\n');
  await repo.write('skipped', 'changed\n');
  rmSync(join(repo.dir, 'sparse'));
  const snapshot = await worktreeSnapshot(place(repo));
  const entries = await snapshot.list();
  expect(shown(entries)).toEqual([
    ['assumed', 'read', '100644'],
    ['skipped', 'read', '100644'],
  ]);
  expect(snapshot.unlisted).toEqual([{ reason: '1 file is not checked out (a sparse checkout)', kind: 'policy' }]);
  expect(await contents(snapshot, entries)).toEqual({ assumed: 'changed\n', skipped: 'changed\n' });
});

test('line ends: the name stays, with a warning that places differ', async () => {
  const repo = await makeRepo();
  await repo.write('.gitattributes', '* text=auto\n');
  await repo.write('crlf', 'a\r\nb\r\n');
  await repo.commit();
  await settle(repo);
  const snapshot = await worktreeSnapshot(place(repo));
  const entries = await snapshot.list();
  const crlf = entries.find(({ path }) => path === 'crlf');
  expect(crlf).toMatchObject({ converted: true, oid: await repo.git('rev-parse', ':crlf') });
  const bytes = (await snapshot.read('crlf')) ?? new Uint8Array();
  expect([isBlob(bytes, crlf?.oid ?? ''), isBlob(bytes, crlf?.oid ?? '', true)]).toEqual([false, true]);

  const automatic = await makeRepo();
  await automatic.git('config', 'core.autocrlf', 'input');
  await automatic.write('a', 'a\n');
  await automatic.commit();
  await settle(automatic);
  expect((await (await worktreeSnapshot(place(automatic))).list())[0]).toMatchObject({ path: 'a', converted: true });
});

test.runIf(process.platform !== 'win32')('filters and encodings: no name, and the filter does not run', async () => {
  const repo = await makeRepo();
  const canary = join(repo.dir, '..', 'canary');
  await repo.git('config', 'filter.upper.clean', 'tr a-z A-Z');
  await repo.git('config', 'filter.upper.smudge', 'tr A-Z a-z');
  await repo.write('.gitattributes', '*.up filter=upper\n*.utf16 text working-tree-encoding=UTF-16LE-BOM\n*.none filter=unknown\n');
  await repo.write('a.up', 'abc\n');
  await repo.write('b.utf16', Buffer.from('\ufeffwide\n', 'utf16le'));
  await repo.write('c.none', 'c\n');
  await repo.write('d', 'd\n');
  await repo.commit();
  await settle(repo);
  await repo.git('config', 'filter.upper.clean', `touch '${canary}'; tr a-z A-Z`);
  const snapshot = await worktreeSnapshot(place(repo));
  const entries = await snapshot.list();
  expect(shown(entries)).toEqual([
    ['.gitattributes', 'known', '100644'],
    ['a.up', 'read', '100644'],
    ['b.utf16', 'read', '100644'],
    ['c.none', 'read', '100644'],
    ['d', 'known', '100644'],
  ]);
  expect(await contents(snapshot, entries)).toMatchObject({ 'a.up': 'abc\n' });
  expect(existsSync(canary)).toBe(false);
});

test('a filter in info/attributes and one without any configuration', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.commit();
  await settle(repo);
  await repo.write('.git/info/attributes', 'a filter=x\n');
  expect(shown(await (await worktreeSnapshot(place(repo))).list())).toEqual([['a', 'known', '100644']]);
  await repo.git('config', 'filter.x.process', 'false');
  expect(shown(await (await worktreeSnapshot(place(repo))).list())).toEqual([['a', 'read', '100644']]);
});

test('submodules, repositories within and unmerged files', async () => {
  const inner = await makeRepo();
  await inner.write('i', 'i');
  await inner.commit();
  const repo = await makeRepo();
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'module');
  await repo.write('f', 'base\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('f', 'side\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('f', 'main\n');
  await repo.commit();
  await repo.git('merge', 'side').catch(() => {});
  await repo.git('init', '--quiet', 'nested');
  await repo.write('nested/x', 'x');
  await settle(repo).catch(() => {});
  const snapshot = await worktreeSnapshot(place(repo));
  const entries = await snapshot.list();
  expect(entries.map(({ path }) => path)).toEqual(['.gitmodules', 'f']);
  expect(entries[1]).toEqual({ path: 'f', mode: 0o100644, size: readFileSync(join(repo.dir, 'f')).length });
  expect([...(snapshot.unlisted ?? [])].sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1))).toEqual([
    { path: 'module', reason: 'a submodule: it is looked at in its own repository', kind: 'policy' },
    { path: 'nested/', reason: 'another repository', kind: 'policy' },
  ]);
});

test('a linked worktree has its own index', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.commit();
  const dir = join(repo.dir, '..', 'linked');
  await repo.git('worktree', 'add', '--quiet', '-b', 'other', dir);
  writeFileSync(join(dir, 'only-here'), 'x');
  await repo.write('only-there', 'x');
  const snapshot = await worktreeSnapshot(here({ cwd: dir, env: repo.env }));
  expect((await snapshot.list()).map(({ path }) => path)).toEqual(['a', 'only-here']);
});

test('a bare repository has none', async () => {
  const bare = await makeRepo({ bare: true });
  await expect(worktreeSnapshot(place(bare))).rejects.toThrow(/bare/);
});

test.runIf(process.platform === 'linux')('names that are no UTF-8, with newline and percent sign', async () => {
  const repo = await makeRepo();
  writeFileSync(Buffer.concat([Buffer.from(`${repo.dir}/b`), Buffer.from([0xff])]), 'odd');
  await repo.write('a\nb', 'newline');
  await repo.write('5%', 'percent');
  for (const tracked of [false, true]) {
    if (tracked) await repo.git('add', '.');
    const snapshot = await worktreeSnapshot(place(repo));
    expect(await contents(snapshot, await snapshot.list())).toEqual({ '5%25': 'percent', 'a\nb': 'newline', 'b%FF': 'odd' });
    expect(Buffer.from((await snapshot.read('b%FF')) ?? []).toString()).toBe('odd');
  }
});

const asNobody = async <T>(work: () => Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) return await work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
};

// Root may read everything, so as root the test looks at it as another user.
test.runIf(process.platform === 'linux')('what may not be read is named, not silently left out', async () => {
  const repo = await makeRepo();
  await repo.write('open', 'open');
  await repo.write('closed', 'closed');
  await repo.write('folder/x', 'x');
  mkdirSync(join(repo.dir, 'also'));
  chmodSync(join(repo.dir, '..'), 0o755);
  chmodSync(join(repo.dir, 'closed'), 0o000);
  chmodSync(join(repo.dir, 'folder'), 0o000);
  const env = { ...repo.env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
  const snapshot = await worktreeSnapshot(here({ cwd: repo.dir, env }));
  const { entries, read } = await asNobody(async () => {
    const listed = await snapshot.list();
    return { entries: listed, read: await contents(snapshot, listed) };
  });
  chmodSync(join(repo.dir, 'folder'), 0o755);
  expect(entries.map(({ path }) => path)).toEqual(['closed', 'open']);
  expect(read).toEqual({ closed: 'failed: permission denied', open: 'open' });
  expect(snapshot.unlisted).toEqual([{ path: 'folder/', reason: 'permission denied', kind: 'failed' }]);

  // A tracked file that git cannot look at is not unchanged.
  await repo.git('add', '.');
  await settle(repo);
  chmodSync(join(repo.dir, 'folder'), 0o000);
  const later = await worktreeSnapshot(here({ cwd: repo.dir, env }));
  const tracked = await asNobody(async () => {
    const listed = await later.list();
    return await contents(
      later,
      listed.filter(({ oid }) => oid === undefined),
    );
  });
  chmodSync(join(repo.dir, 'folder'), 0o755);
  expect(tracked).toMatchObject({ 'folder/x': 'failed: permission denied' });
});
