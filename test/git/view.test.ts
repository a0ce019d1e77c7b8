import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { openView } from '../../src/git/view.ts';
import type { FixView } from '../../src/view.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

const viewOf = async (repo: TestRepo, kind: 'staged' | 'index', files: readonly string[]): Promise<FixView> => {
  const place = here({ cwd: repo.dir, env: repo.env });
  const { root = '', gitDir = '' } = (await findRepository(place)) ?? {};
  return await openView(kind, { place, root, gitDir }, files);
};

const kindOf = (path: string): string => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined
    ? 'absent'
    : stat.isSymbolicLink()
      ? 'link'
      : stat.isDirectory()
        ? 'folder'
        : `file ${(stat.mode & 0o777).toString(8)}`;
};

const text = (...parts: readonly string[]): string => readFileSync(join(...parts), 'utf8');

const grown = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('.gitignore', 'node_modules\n*.local\n');
  await repo.write('.config.json', '{}\n');
  await repo.write('package.json', '{}\n');
  await repo.write('packages/one/package.json', '{}\n');
  await repo.write('packages/one/src/a.ts', 'staged\n');
  await repo.write('packages/one/src/b.ts', 'b\n', 0o755);
  await repo.write('packages/two/c.ts', 'c\n');
  await repo.git('add', '.');
  await repo.write('packages/one/src/a.ts', 'worktree\n');
  await repo.write('packages/one/src/new.ts', 'untracked\n');
  await repo.write('packages/one/node_modules/dep/index.js', 'module.exports = "nested";\n');
  await repo.write('node_modules/tool/index.js', 'module.exports = "tool";\n');
  await repo.write('settings.local', 'local\n');
  return repo;
};

test('staged: the files are as staged, their folders real, and everything else is linked', async () => {
  const repo = await grown();
  const { folder, close } = await viewOf(repo, 'staged', ['packages/one/src/a.ts', 'packages/one/src/b.ts', 'absent.ts']);
  expect(text(folder, 'packages/one/src/a.ts')).toBe('staged\n');
  expect(
    ['packages', 'packages/one', 'packages/one/src', 'packages/one/src/a.ts', 'packages/one/src/b.ts', '.gitignore'].map((path) =>
      kindOf(join(folder, path)),
    ),
  ).toEqual(['folder', 'folder', 'folder', 'file 644', 'file 755', 'file 644']);
  const links = [
    'packages/one/src/new.ts',
    'packages/one/node_modules',
    'packages/one/package.json',
    'packages/two',
    'node_modules',
    '.config.json',
    'settings.local',
  ];
  for (const path of links)
    expect([path, kindOf(join(folder, path)), realpathSync(join(folder, path))]).toEqual([path, 'link', join(repo.dir, path)]);
  // A tool finds what it finds in the worktree.
  const found = execFileSync(process.execPath, ['-p', 'require("tool") + require("dep")'], {
    cwd: join(folder, 'packages/one/src'),
    encoding: 'utf8',
  });
  expect(found).toBe('toolnested\n');
  expect(lstatSync(join(folder, '..')).mode & 0o777).toBe(0o700);
  await close();
  expect(readdirSync(join(repo.dir, '.git/kei'))).toEqual([]);
  expect(text(repo.dir, 'node_modules/tool/index.js')).toContain('tool');
});

test('index: all of the index, and what is ignored is linked', async () => {
  const repo = await grown();
  const index = readFileSync(join(repo.dir, '.git/index'));
  const { folder, close } = await viewOf(repo, 'index', ['packages/one/src/a.ts']);
  expect([text(folder, 'packages/one/src/a.ts'), text(folder, 'packages/two/c.ts')]).toEqual(['staged\n', 'c\n']);
  expect(['packages/two', 'packages/two/c.ts', 'packages/one/src/new.ts'].map((path) => kindOf(join(folder, path)))).toEqual([
    'folder',
    'file 644',
    'absent',
  ]);
  expect(['node_modules', 'packages/one/node_modules', 'settings.local'].map((path) => kindOf(join(folder, path)))).toEqual([
    'link',
    'link',
    'link',
  ]);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, env: repo.env, encoding: 'utf8' })).toMatch(/^(A {2}.*\n)+$/);
  await close();
  expect(readFileSync(join(repo.dir, '.git/index')).equals(index)).toBe(true);
});

test('a link on the way is not followed, by the view or by what is fixed', async () => {
  const repo = await makeRepo();
  await repo.write('d/x.txt', 'staged\n');
  await repo.commit();
  await repo.write('d/x.txt', 'staged again\n');
  await repo.git('add', '.');
  const outside = await makeFolder();
  writeFileSync(join(outside, 'x.txt'), 'staged again\n');
  writeFileSync(join(outside, 'y.txt'), 'outside\n');
  rmSync(join(repo.dir, 'd'), { recursive: true });
  symlinkSync(outside, join(repo.dir, 'd'));
  const view = await viewOf(repo, 'staged', ['d/x.txt']);
  expect([kindOf(join(view.folder, 'd')), readdirSync(join(view.folder, 'd'))]).toEqual(['folder', ['x.txt']]);
  writeFileSync(join(view.folder, 'd/x.txt'), 'fixed\n');
  expect((await view.takeFixes(['d/x.txt'])).fixed).toEqual(['d/x.txt']);
  expect(await repo.git('show', ':d/x.txt')).toBe('fixed');
  expect(text(outside, 'x.txt')).toBe('staged again\n');
  expect(readlinkSync(join(repo.dir, 'd'))).toBe(outside);
  await view.close();
});

test('a command that puts a link in the place of a file or a folder of the view gives us nothing from behind it', async () => {
  const repo = await grown();
  const outside = await makeFolder();
  writeFileSync(join(outside, 'a.ts'), 'secret of another place\n');
  writeFileSync(join(outside, 'c.ts'), 'secret of another place\n');
  const files = ['packages/one/src/a.ts', 'packages/one/src/b.ts', 'packages/two/c.ts'];
  const view = await viewOf(repo, 'staged', files);
  rmSync(join(view.folder, 'packages/two'), { recursive: true });
  symlinkSync(outside, join(view.folder, 'packages/two'));
  rmSync(join(view.folder, 'packages/one/src/a.ts'));
  symlinkSync(join(outside, 'a.ts'), join(view.folder, 'packages/one/src/a.ts'));
  rmSync(join(view.folder, 'packages/one/src/b.ts'));
  mkdirSync(join(view.folder, 'packages/one/src/b.ts'));
  expect(await view.takeFixes(files)).toMatchObject({ fixed: [], left: [] });
  expect(await repo.git('show', ':packages/two/c.ts')).toBe('c');
  await view.close();
  expect(existsSync(join(outside, 'c.ts'))).toBe(true);
});

test.each([
  { name: '.git', from: 'xgit/hooks/p', to: '.git/hooks/p' },
  { name: '.GIT', from: 'xgit/hooks/p', to: '.GIT/hooks/p' },
  { name: '..', from: 'xx/p', to: '../p' },
  { name: 'git~1', from: 'xxxxx/p', to: 'git~1/p' },
])('an index with a path that leads out ($name) is refused', async ({ from, to }) => {
  const repo = await makeRepo();
  await repo.write(from, 'x\n');
  await repo.git('add', '.');
  const index = join(repo.dir, '.git/index');
  const bytes = Buffer.from(readFileSync(index, 'latin1').replace(from, to), 'latin1');
  const whole = bytes.subarray(0, -20);
  writeFileSync(index, Buffer.concat([whole, createHash('sha1').update(whole).digest()]));
  expect(await repo.git('ls-files')).toBe(to);
  for (const kind of ['staged', 'index'] as const)
    await expect(viewOf(repo, kind, [to])).rejects.toThrow('the index has a path that leads out of the worktree or into a git directory');
  expect(readdirSync(join(repo.dir, '.git/kei'))).toEqual([]);
});

test('names that are no UTF-8', async () => {
  const repo = await makeRepo();
  const name = Buffer.from('66e92e747874', 'hex'); // f, an e with acute in Latin-1, .txt
  writeFileSync(Buffer.concat([Buffer.from(`${repo.dir}/`), name]), 'one\n');
  await repo.git('add', '.');
  const view = await viewOf(repo, 'staged', ['f%E9.txt']);
  writeFileSync(Buffer.concat([Buffer.from(`${view.folder}/`), name]), 'two\n');
  expect((await view.takeFixes(['f%E9.txt'])).fixed).toEqual(['f%E9.txt']);
  expect(readFileSync(Buffer.concat([Buffer.from(`${repo.dir}/`), name]), 'utf8')).toBe('two\n');
  expect(await repo.git('status', '--porcelain')).toMatch(/^A {2}/);
  await view.close();
});

test.each([
  ['core.splitIndex', 'true'],
  ['core.untrackedCache', 'true'],
  ['index.version', '4'],
  ['core.fileMode', 'false'],
  ['index.skipHash', 'true'],
])('an index with %s', async (key, value) => {
  const repo = await makeRepo();
  await repo.git('config', key, value);
  await repo.write('a.txt', 'one\n');
  await repo.write('b.txt', 'b\n');
  await repo.commit();
  await repo.write('a.txt', 'two\n');
  await repo.git('add', '.');
  await repo.write('b.txt', 'not staged\n');
  await repo.git('status');
  const view = await viewOf(repo, 'staged', ['a.txt']);
  writeFileSync(join(view.folder, 'a.txt'), 'fixed\n');
  expect((await view.takeFixes(['a.txt'])).fixed).toEqual(['a.txt']);
  await view.close();
  expect([await repo.git('show', ':a.txt'), text(repo.dir, 'a.txt')]).toEqual(['fixed', 'fixed\n']);
  expect(await repo.git('status', '--porcelain')).toBe('M  a.txt\n M b.txt');
  await repo.git('fsck', '--strict');
});

test('an edit of the same size in the second of staging is still seen afterwards', async () => {
  const repo = await makeRepo();
  await repo.git('config', 'core.checkStat', 'minimal');
  await repo.git('config', 'core.trustctime', 'false');
  const then = new Date('2001-01-01T00:00:00Z');
  const index = join(repo.dir, '.git/index');
  await repo.write('a.txt', 'a\n');
  await repo.write('c.txt', 'one\n');
  utimesSync(join(repo.dir, 'c.txt'), then, then);
  await repo.git('add', '.');
  await repo.write('c.txt', 'two\n');
  for (const path of [join(repo.dir, 'c.txt'), index]) utimesSync(path, then, then);
  const view = await viewOf(repo, 'staged', ['a.txt']);
  writeFileSync(join(view.folder, 'a.txt'), 'fixed\n');
  expect((await view.takeFixes(['a.txt'])).fixed).toEqual(['a.txt']);
  await view.close();
  expect(await repo.git('diff-files', '--name-only')).toBe('c.txt');
});

test('in a submodule, and with the git directory on another file system', async () => {
  const repo = await makeRepo();
  const module = await makeRepo();
  await module.write('m.txt', 'm\n');
  await module.commit();
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module.dir, 'module');
  const elsewhere = existsSync('/dev/shm') ? join('/dev/shm', `kei-test-${process.pid}`) : join(await makeFolder(), 'git');
  const apart = join(await makeFolder(), 'apart');
  await repo.git('init', '-q', '--separate-git-dir', elsewhere, apart);
  try {
    for (const one of [openRepo(join(repo.dir, 'module'), repo.env), openRepo(apart, repo.env)]) {
      await one.write('m.txt', 'mm\n');
      await one.git('add', '.');
      const view = await viewOf(one, 'staged', ['m.txt']);
      writeFileSync(join(view.folder, 'm.txt'), 'fixed\n');
      expect((await view.takeFixes(['m.txt'])).fixed).toEqual(['m.txt']);
      await view.close();
      expect(text(one.dir, 'm.txt')).toBe('fixed\n');
      expect(await one.git('diff-files')).toBe('');
    }
    expect(await repo.git('diff', '--cached', '--name-only')).toBe('.gitmodules\nmodule');
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});
