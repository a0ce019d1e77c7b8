import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram } from '../../src/sys/program.ts';
import { makeFolder } from '../repo.ts';

const planted = async (folder: string, name = 'git'): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, '#!/bin/sh\necho planted\n');
  await chmod(file, 0o755);
  return file;
};

test.runIf(process.platform !== 'win32')('findProgram passes over what a branch could bring along', async () => {
  const base = await makeFolder();
  const worktree = join(base, 'worktree');
  await planted(join(worktree, 'bin'));
  await planted(join(base, 'other', 'node_modules', '.bin'));
  await symlink(join(worktree, 'bin'), join(base, 'linked-folder'));
  await mkdir(join(base, 'linked-file'));
  await symlink(join(worktree, 'bin', 'git'), join(base, 'linked-file', 'git'));
  await planted(join(base, 'not-executable'));
  await chmod(join(base, 'not-executable', 'git'), 0o644);
  await mkdir(join(base, 'folder', 'git'), { recursive: true });
  const good = await planted(join(base, 'good'));
  const PATH = [
    '',
    '.',
    'worktree/bin',
    join(worktree, 'bin'),
    join(base, 'other', 'node_modules', '.bin'),
    join(base, 'linked-folder'),
    join(base, 'linked-file'),
    join(base, 'not-executable'),
    join(base, 'folder'),
    join(base, 'good'),
  ].join(':');
  expect(findProgram('git', { env: { PATH }, outside: [worktree] })).toBe(good);
  expect(findProgram('git', { env: { PATH }, outside: [worktree, join(base, 'good')] })).toBeUndefined();
  expect(findProgram('git', { env: { PATH } })).toBe(join(worktree, 'bin', 'git'));
  expect(findProgram('no-such-program', { env: { PATH } })).toBeUndefined();
  expect(findProgram('git', { env: {} })).toBeUndefined();
});

test.runIf(process.platform !== 'win32')('findProgram sees through a link to the worktree', async () => {
  const base = await makeFolder();
  await planted(join(base, 'worktree'));
  await symlink(join(base, 'worktree'), join(base, 'alias'));
  const PATH = join(await realpath(base), 'worktree');
  expect(findProgram('git', { env: { PATH }, outside: [join(base, 'alias')] })).toBeUndefined();
});
