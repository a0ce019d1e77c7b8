import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../repo.ts';
import { installFixer, settle, textOf } from './fixing.ts';

const LINT_STAGED = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/lint-staged/bin/lint-staged.js');

/** A file that is staged in part, and a command that takes its time. */
const begun = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('a.txt', 'a\n');
  await repo.write('package.json', '{}\n');
  await repo.commit();
  await repo.write('slow.sh', 'touch ../started\nsleep 60\n');
  await repo.write('a.txt', 'staged\n');
  await repo.git('add', 'a.txt');
  await repo.write('a.txt', 'staged\nnot staged\n');
  return repo;
};

/** Kills a commit and all of its group while the command runs. */
const killed = async (repo: TestRepo): Promise<void> => {
  const child = spawn('git', ['commit', '-q', '-m', 'x'], { cwd: repo.dir, env: { ...repo.env }, stdio: 'ignore', detached: true });
  const ended = new Promise((done) => void child.on('close', done));
  while (!existsSync(join(repo.dir, '..', 'started'))) await wait(10);
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await ended;
};

test.skipIf(process.platform === 'win32')('killed while a command runs: what is not staged is where it was', async () => {
  const repo = await begun();
  await installFixer(repo, ['sh', '-c', `touch '${join(repo.dir, '..', 'started')}'; sleep 60`]);
  await killed(repo);
  expect([textOf(repo, 'a.txt'), await repo.git('stash', 'list')]).toEqual(['staged\nnot staged\n', '']);
  expect(await settle(repo)).toBe('none');
});

test.skipIf(process.platform === 'win32')('the same with lint-staged, as the docs say', async () => {
  const repo = await begun();
  await repo.write('.lintstagedrc.json', JSON.stringify({ '*.txt': 'sh slow.sh' }));
  mkdirSync(join(repo.dir, '.git/hooks'), { recursive: true });
  writeFileSync(join(repo.dir, '.git/hooks/pre-commit'), `#!/bin/sh\nexec '${process.execPath}' '${LINT_STAGED}'\n`);
  chmodSync(join(repo.dir, '.git/hooks/pre-commit'), 0o755);
  await killed(repo);
  expect(textOf(repo, 'a.txt')).toBe('staged\n');
  expect(await repo.git('stash', 'list')).toMatch(/lint-staged/);
});
