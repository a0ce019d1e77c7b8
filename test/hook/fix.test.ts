import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIs, makeRepo, openRepo, type RepoOptions, type TestRepo } from '../repo.ts';
import { installFixer, nodeCommand, settle, settled, textOf, tryGit, UPPER } from './fixing.ts';

const LINES = 'fix one\n2\n3\n4\n5\n6\n7\n8\n9\nten\n';
const FIXED = LINES.replace('fix one', 'FIX ONE');
const EDITED = LINES.replace('ten', 'ten and more');

const opened = async (options?: RepoOptions): Promise<TestRepo> => {
  const repo = await makeRepo(options);
  await repo.write('src/a.txt', 'first\n');
  await repo.write('src/b.txt', 'b\n');
  await repo.write('other.txt', 'other\n');
  await repo.commit();
  await installFixer(repo);
  return repo;
};

/** As `git commit` leaves it before the first hook. */
const steadyIndex = async (repo: TestRepo): Promise<Buffer> => {
  tryGit(repo, ['-c', 'core.hooksPath=/dev/null', '-c', 'core.editor=false', 'commit', '-q']);
  return readFileSync(join(repo.dir, '.git/index'));
};

/** Nothing of the fixers is left, and what git says of the repository is as wanted. */
const expectState = async (repo: TestRepo, wanted: { readonly status?: string; readonly differs?: string } = {}): Promise<void> => {
  await settled(repo);
  expect(await repo.git('diff-files', '--name-only', '-r')).toBe(wanted.differs ?? '');
  expect(await repo.git('status', '--porcelain', '--untracked-files=all')).toBe(wanted.status ?? '');
  await repo.git('fsck', '--strict');
};

test.each(['sha1', 'sha256'] as const)('a clean file (%s): what was fixed is in commit, index and worktree', async (format) => {
  const repo = await opened({ format });
  await repo.write('src/a.txt', LINES);
  await repo.git('add', '.');
  expect(tryGit(repo, ['commit', '-q', '-m', 'second'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(textOf(repo, 'src/a.txt')).toBe(FIXED);
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe(FIXED.trimEnd());
  await expectState(repo);
});

test('the first commit, and a new file in a new folder', async () => {
  const repo = await makeRepo();
  await installFixer(repo);
  await repo.write('new/deep/a.txt', LINES);
  await repo.git('add', '.');
  expect(tryGit(repo, ['commit', '-q', '-m', 'first'])).toEqual({ code: 0, err: 'fixed new/deep/a.txt\n' });
  expect(await repo.git('show', 'HEAD:new/deep/a.txt')).toBe(FIXED.trimEnd());
  await expectState(repo);
});

test('a file with more that is not staged: both have the fix, and what was not staged is still not', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', LINES);
  await repo.git('add', '.');
  await repo.write('src/a.txt', EDITED);
  await repo.write('untracked.txt', 'u\n');
  expect(tryGit(repo, ['commit', '-q', '-m', 'second'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe(FIXED.trimEnd());
  expect(textOf(repo, 'src/a.txt')).toBe(EDITED.replace('fix one', 'FIX ONE'));
  await expectState(repo, { differs: 'src/a.txt', status: ' M src/a.txt\n?? untracked.txt' });
});

test('a fix in the lines that are not staged: nothing is changed, and the commit stops', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', LINES);
  await repo.write('src/b.txt', 'fix b\n');
  await repo.git('add', '.');
  await repo.write('src/a.txt', LINES.replace('fix one', 'fix one, and more'));
  const [index, head] = [await steadyIndex(repo), await repo.git('rev-parse', 'HEAD')];
  const { code, err } = tryGit(repo, ['commit', '-q', '-m', 'second']);
  expect([code, err.split('\n').slice(0, -2)]).toEqual([
    1,
    ['left src/a.txt: what is not staged of it and what was fixed are in the same lines'],
  ]);
  expect(readFileSync(join(repo.dir, '.git/index')).equals(index)).toBe(true);
  expect(await repo.git('rev-parse', 'HEAD')).toBe(head);
  expect(textOf(repo, 'src/b.txt')).toBe('fix b\n');
  const patch = /^patch (.*)$/m.exec(err)?.[1] ?? '';
  expect(statSync(patch).mode & 0o777).toBe(0o600);
  await repo.git('apply', '--cached', patch);
  expect(await repo.git('show', ':src/a.txt')).toBe(FIXED.trimEnd());
  expect(await repo.git('show', ':src/b.txt')).toBe('FIX B');
});

test.each([
  {
    name: '-a',
    args: ['commit', '-q', '-a', '-m', 'x'],
    err: 'fixed src/a.txt\nfixed src/b.txt\n',
    status: '',
    head: ['FIX A', 'FIX B'],
  },
  {
    name: 'PATH',
    args: ['commit', '-q', '-m', 'x', 'src/b.txt'],
    err: 'fixed src/b.txt\n',
    status: 'M  src/a.txt',
    head: ['first', 'FIX B'],
  },
  {
    name: '-i PATH',
    args: ['commit', '-q', '-m', 'x', '-i', 'src/b.txt'],
    err: 'fixed src/a.txt\nfixed src/b.txt\n',
    status: '',
    head: ['FIX A', 'FIX B'],
  },
  { name: '--amend', args: ['commit', '-q', '--amend', '-m', 'x'], err: 'fixed src/a.txt\n', status: ' M src/b.txt', head: ['FIX A', 'b'] },
])('commit $name: afterwards neither index nor worktree shows what was not there before', async ({ args, err, status, head }) => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  await repo.write('src/b.txt', 'fix b\n');
  expect(tryGit(repo, args)).toEqual({ code: 0, err });
  expect([await repo.git('show', 'HEAD:src/a.txt'), await repo.git('show', 'HEAD:src/b.txt')]).toEqual(head);
  await expectState(repo, { status, ...(status.startsWith(' M') ? { differs: 'src/b.txt' } : {}) });
});

test('commit PATH of a file that is staged in another state', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix staged\n');
  await repo.git('add', '.');
  await repo.write('src/a.txt', 'fix worktree\n');
  expect(tryGit(repo, ['commit', '-q', '-m', 'x', '--', 'src/a.txt'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect([await repo.git('show', 'HEAD:src/a.txt'), textOf(repo, 'src/a.txt')]).toEqual(['FIX WORKTREE', 'FIX WORKTREE\n']);
  await expectState(repo);
});

test('a merge commit', async () => {
  const repo = await opened();
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('src/a.txt', 'fix side\n');
  await repo.commit();
  await repo.git('checkout', '-q', 'main');
  await repo.write('src/a.txt', 'main\n');
  await repo.commit();
  expect(tryGit(repo, ['merge', '-q', 'side']).code).toBe(1);
  await repo.write('src/a.txt', 'fix merged\n');
  await repo.git('add', '.');
  expect(tryGit(repo, ['commit', '-q', '--no-edit'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect((await repo.git('rev-list', '--parents', '-1', 'HEAD')).split(' ')).toHaveLength(3);
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe('FIX MERGED');
  await expectState(repo);
});

test('a linked worktree, from a folder below', async () => {
  const repo = await opened();
  const dir = join(repo.dir, '..', 'linked');
  await repo.git('worktree', 'add', '-q', dir);
  const linked = openRepo(dir, repo.env);
  await linked.write('src/a.txt', LINES);
  await linked.git('add', '.');
  expect(tryGit({ dir: join(dir, 'src'), env: repo.env }, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(textOf(linked, 'src/a.txt')).toBe(FIXED);
  expect(textOf(repo, 'src/a.txt')).toBe('first\n');
  await expectState(linked);
});

test.each([
  {
    name: 'autocrlf=true',
    config: ['core.autocrlf', 'true'],
    attributes: '',
    staged: 'fix a\r\nb\r\n',
    blob: 'FIX A\nb\n',
    worktree: 'FIX A\r\nb\r\n',
  },
  {
    name: 'autocrlf=input, CRLF',
    config: ['core.autocrlf', 'input'],
    attributes: '',
    staged: 'fix a\r\nb\r\n',
    blob: 'FIX A\nb\n',
    worktree: 'FIX A\r\nb\r\n',
  },
  {
    name: 'eol=crlf',
    config: ['core.safecrlf', 'true'],
    attributes: '*.txt text eol=crlf\n',
    staged: 'fix a\r\nb\r\n',
    blob: 'FIX A\nb\n',
    worktree: 'FIX A\r\nb\r\n',
  },
  {
    name: 'CRLF as it is',
    config: ['core.autocrlf', 'false'],
    attributes: '',
    staged: 'fix a\r\nb\r\n',
    blob: 'FIX A\r\nb\r\n',
    worktree: 'FIX A\r\nb\r\n',
  },
])('line ends: $name', async ({ config: [key = '', value = ''], attributes, staged, blob, worktree }) => {
  const repo = await opened();
  await repo.git('config', key, value);
  await repo.write('.gitattributes', attributes);
  await repo.write('src/a.txt', staged);
  await repo.git('add', '.gitattributes', 'src/a.txt');
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(`${await repo.git('show', 'HEAD:src/a.txt')}\n`).toBe(blob);
  expect(textOf(repo, 'src/a.txt')).toBe(worktree);
  await expectState(repo);
});

test('a file of another encoding', async () => {
  const repo = await opened();
  await repo.write('.gitattributes', 'src/a.txt working-tree-encoding=UTF-16LE\n');
  await repo.write('src/a.txt', Buffer.from('fix a\n', 'utf16le'));
  await repo.git('add', '.gitattributes', 'src/a.txt');
  await installFixer(
    repo,
    nodeCommand(`const fs = require('node:fs');
    fs.writeFileSync('src/a.txt', fs.readFileSync('src/a.txt', 'utf16le').replace('fix', 'FIX'), 'utf16le');`),
  );
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe('FIX a');
  expect(readFileSync(join(repo.dir, 'src/a.txt'), 'utf16le')).toBe('FIX a\n');
  await expectState(repo);
});

test('line ends: a file with CRLF that is not staged whole keeps them', async () => {
  const repo = await opened();
  await repo.git('config', 'core.autocrlf', 'input');
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
  await repo.write('src/a.txt', crlf(LINES));
  await repo.git('add', '.');
  await repo.write('src/a.txt', crlf(EDITED));
  expect(tryGit(repo, ['commit', '-q', '-m', 'x']).code).toBe(0);
  expect(textOf(repo, 'src/a.txt')).toBe(crlf(EDITED.replace('fix one', 'FIX ONE')));
  await expectState(repo, { differs: 'src/a.txt', status: ' M src/a.txt' });
});

test('an executable stays one, and a fixer may make one', async () => {
  const repo = await opened();
  await repo.write('run.sh', 'fix run\n', 0o755);
  await repo.write('plain.sh', '#!/bin/sh\n');
  await repo.git('add', '.');
  await installFixer(repo, nodeCommand(`${UPPER}\nfor (const file of process.argv.slice(1)) fs.chmodSync(file, 0o755);`));
  expect(tryGit(repo, ['commit', '-q', '-m', 'x']).code).toBe(0);
  expect((await repo.git('ls-tree', 'HEAD')).match(/^100755.*sh$/gm)).toHaveLength(2);
  expect(statSync(join(repo.dir, 'run.sh')).mode & 0o777).toBe(0o755);
  expect(statSync(join(repo.dir, 'plain.sh')).mode & 0o111).toBe(0o111);
  await expectState(repo);
});

test('what is no regular staged file is passed over', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  symlinkSync('src/a.txt', join(repo.dir, 'link'));
  const module = await makeRepo();
  await module.write('m.txt', 'm\n');
  await module.commit();
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module.dir, 'module');
  await repo.git('add', '.');
  await repo.write('intent.txt', 'fix intent\n');
  await repo.git('add', '-N', 'intent.txt');
  await repo.git('rm', '-q', '--cached', 'other.txt');
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: expect.stringMatching(/^fixed src\/a.txt\n$/) });
  expect(lstatSync(join(repo.dir, 'link')).isSymbolicLink()).toBe(true);
  expect(textOf(repo, 'intent.txt')).toBe('fix intent\n');
  await expectState(repo, { differs: 'intent.txt', status: ' A intent.txt\n?? other.txt' });
});

test('a file that is gone from the worktree, or became something else', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  rmSync(join(repo.dir, 'src/a.txt'));
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe('FIX A');
  await expectState(repo, { differs: 'src/a.txt', status: ' D src/a.txt' });
  await repo.git('checkout', '--', '.');
  await repo.write('src/a.txt', 'fix again\n');
  await repo.git('add', '.');
  rmSync(join(repo.dir, 'src/a.txt'));
  symlinkSync('b.txt', join(repo.dir, 'src/a.txt'));
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({
    code: 1,
    err: expect.stringMatching(/^left src\/a.txt: it is no file in the worktree any more\n/),
  });
  expect(textOf(repo, 'src/b.txt')).toBe('b\n');
});

test('an unmerged index is refused by git before any hook, and stays', async () => {
  const repo = await opened();
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('src/a.txt', 'fix side\n');
  await repo.commit();
  await repo.git('checkout', '-q', 'main');
  await repo.write('src/a.txt', 'main\n');
  await repo.commit();
  tryGit(repo, ['merge', '-q', 'side']);
  const before = textOf(repo, 'src/a.txt');
  expect(tryGit(repo, ['commit', '-q', '--no-edit']).code).toBe(128);
  expect(textOf(repo, 'src/a.txt')).toBe(before);
});

test('a read-only file is left, and so is all the rest', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.write('src/b.txt', 'fix b\n');
  await repo.git('add', '.');
  chmodSync(join(repo.dir, 'src/a.txt'), 0o444);
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 1, err: expect.stringMatching(/^left src\/a.txt: it is read-only\n/) });
  expect([textOf(repo, 'src/a.txt'), textOf(repo, 'src/b.txt')]).toEqual(['fix a\n', 'fix b\n']);
  await expectState(repo, { status: 'M  src/a.txt\nM  src/b.txt' });
});

test('a file that a filter writes is left, and the filter does not run', async () => {
  const repo = await opened();
  await repo.write('.gitattributes', '*.big filter=big\n');
  await repo.write('x.big', 'fix x\n');
  await repo.git('add', '.');
  await repo.git('config', 'filter.big.clean', 'touch ../ran; cat');
  await repo.git('config', 'filter.big.smudge', 'touch ../ran; cat');
  await repo.git('config', 'filter.big.required', 'true');
  const hook = join(repo.dir, '.git/hooks/pre-commit');
  await repo.write('.git/hooks/pre-commit', readFileSync(hook, 'utf8').replace('\n', '\nrm -f ../ran\n'), 0o755); // git itself may run it before
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({
    code: 1,
    err: expect.stringMatching(/^left x.big: a filter of the configuration/),
  });
  expect(existsSync(join(repo.dir, '../ran'))).toBe(false);
});

test('the index is held by another git', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  await installFixer(repo, nodeCommand(`${UPPER}\nfs.writeFileSync(${JSON.stringify(join(repo.dir, '.git/index.lock'))}, '');`));
  const { code, err } = tryGit(repo, ['commit', '-q', '-m', 'x']);
  expect([code, err]).toEqual([1, expect.stringMatching(/^kei-git: another git is at work: .*index\.lock is there\n$/)]);
  expect(textOf(repo, 'src/a.txt')).toBe('fix a\n');
  rmSync(join(repo.dir, '.git/index.lock'));
  await repo.git('update-index', '--refresh'); // a file that had a second name has another time
  await expectState(repo, { status: 'M  src/a.txt' });
});

test.skipIf(process.platform === 'win32')('without room on the disk nothing is changed', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', `fix a\n${'line\n'.repeat(5000)}`);
  await repo.git('add', '.');
  const index = await steadyIndex(repo);
  const hook = join(repo.dir, '.git/hooks/pre-commit');
  const whole = readFileSync(hook, 'utf8');
  for (const blocks of [1, 2, 8, 16, 24]) {
    await repo.write('.git/hooks/pre-commit', whole.replace('\n', `\nulimit -f ${blocks}\n`), 0o755);
    const { code, err } = tryGit(repo, ['commit', '-q', '-m', 'x']);
    expect([code, err], `${blocks} blocks`).toEqual([1, expect.stringMatching(/^(kei-git: .*|the command ended with .*)\n/)]);
    expect(textOf(repo, 'src/a.txt').startsWith('fix a')).toBe(true);
    expect(readFileSync(join(repo.dir, '.git/index')).equals(index)).toBe(true);
    expect(readdirSync(join(repo.dir, 'src')).toSorted()).toEqual(['a.txt', 'b.txt']);
  }
});

test('what a command does beside its files is told and not taken', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  await installFixer(
    repo,
    nodeCommand(`${UPPER}
      fs.writeFileSync('made.txt', 'x'); fs.rmSync('src/b.txt'); fs.writeFileSync('src/b.txt', 'mine'); fs.rmSync('other.txt');
      fs.rmSync('.git', { recursive: true });`),
  );
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({
    code: 0,
    err: 'fixed src/a.txt\nstray other.txt\nstray src/b.txt\nstray made.txt\n',
  });
  expect([textOf(repo, 'src/b.txt'), textOf(repo, 'other.txt')]).toEqual(['b\n', 'other\n']);
  await expectState(repo);
});

test('git in the view works on an index of its own', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  await installFixer(
    repo,
    nodeCommand(`${UPPER}
      const git = (...args) => require('node:child_process').execFileSync('git', args, { encoding: 'utf8' }).trim();
      if (git('rev-parse', '--show-toplevel') !== process.cwd()) throw new Error('top');
      if (git('ls-files') !== 'other.txt\\nsrc/a.txt\\nsrc/b.txt') throw new Error('files');
      git('add', '-A'); git('rm', '-q', '--cached', 'other.txt'); git('-c', 'user.name=x', '-c', 'user.email=x', 'commit', '-q', '--no-verify', '-m', 'in the view');`),
  );
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(await repo.git('log', '--format=%s')).toBe('x\nchange');
  expect(await repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toBe('other.txt\nsrc/a.txt\nsrc/b.txt');
  await expectState(repo);
});

test.skipIf(!gitIs(2, 36))('a file that sparse checkout leaves out is fixed in the index', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  await repo.git('update-index', '--skip-worktree', 'src/a.txt');
  rmSync(join(repo.dir, 'src/a.txt'));
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe('FIX A');
  expect(existsSync(join(repo.dir, 'src/a.txt'))).toBe(false);
  await expectState(repo);
});

test('names of all kinds', async () => {
  const repo = await opened();
  const names = ['-n.txt', ':(top)x.txt', 'a\nb.txt', 'sp ace/ü%41.txt', '*.txt', '"q".txt', 'kei/x.txt'];
  for (const name of names) await repo.write(name, 'fix it\n');
  await repo.git('add', '-A');
  expect(tryGit(repo, ['commit', '-q', '-m', 'x']).code).toBe(0);
  expect(names.filter((name) => textOf(repo, name) !== 'FIX IT\n')).toEqual([]);
  await expectState(repo);
});

test('run by hand: what was fixed stays, and nobody waits', async () => {
  const repo = await opened();
  await repo.write('src/a.txt', 'fix a\n');
  await repo.git('add', '.');
  expect(tryGit(repo, ['-c', 'alias.byhand=!.git/hooks/pre-commit', 'byhand'])).toEqual({
    code: 0,
    err: 'fixed src/a.txt\n',
  });
  expect(existsSync(join(repo.dir, '.git/kei/fix-journal'))).toBe(false);
  expect(await settle(repo)).toBe('none');
  await expectState(repo, { status: 'M  src/a.txt' });
  expect(await repo.git('show', ':src/a.txt')).toBe('FIX A');
});
