import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ACME, RULES } from '../gate/runner.ts';
import { PROGRAM } from '../program.ts';
import { hooked, type Hooked } from './hooked.ts';

const HOOK = join(dirname(PROGRAM), 'hook.cjs');
const ALL = [
  'pre-commit',
  'pre-merge-commit',
  'commit-msg',
  'pre-push',
  'post-checkout',
  'post-merge',
  'post-rewrite',
  'reference-transaction',
];

const guarded = async (): Promise<Hooked> => {
  const repo = await hooked(ALL);
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('kei.toml', `${RULES['kei.toml']}[hook]\nseal = true\n`);
  await repo.write('a.txt', 'a\n');
  await repo.commit('first');
  return repo;
};

interface Closed {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts a hook with streams as they are asked for. */
const started = (repo: Hooked, args: readonly string[], stdin: 'ignore' | 'pipe', killAfterMs?: number): Promise<Closed> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [HOOK, ...args], { cwd: repo.dir, env: repo.env, stdio: [stdin, 'ignore', 'ignore'] });
    child.stdin?.on('error', () => {});
    child.on('close', (code, signal) => done({ code, signal }));
    if (killAfterMs !== undefined) void wait(killAfterMs).then(() => child.kill('SIGKILL'));
  });

test('standard input that is closed or empty', async () => {
  const repo = await guarded();
  expect(await started(repo, ['pre-push', 'origin', 'url'], 'ignore')).toEqual({ code: 0, signal: null });
  expect(await started(repo, ['post-rewrite', 'rebase'], 'ignore')).toEqual({ code: 0, signal: null });
  expect(await started(repo, ['reference-transaction', 'prepared'], 'ignore')).toEqual({ code: 0, signal: null });
});

test('megabytes on standard input', async () => {
  const repo = await guarded();
  const head = await repo.git('rev-parse', 'HEAD');
  const zero = '0'.repeat(40);
  const lines = Array.from({ length: 60_000 }, (_, n) => `refs/heads/b${n} ${head} refs/heads/b${n} ${zero}\n`).join('');
  expect(lines.length).toBeGreaterThan(5_000_000);
  expect((await repo.started('pre-push', ['origin', 'url'], lines)).code).toBe(0);
  expect((await repo.started('pre-push', ['origin', 'url'], `${lines}x\n`)).code).toBe(2);
  expect((await repo.started('pre-push', ['origin', 'url'], 'x'.repeat(8_000_000))).code).toBe(2);
});

test('outside a repository, and in a bare one', async () => {
  const repo = await guarded();
  const { GIT_DIR: _, ...env } = repo.env;
  const outside = join(repo.dir, '../home');
  for (const event of ['pre-commit', 'pre-push', 'commit-msg']) {
    const child = spawn(process.execPath, [HOOK, event], { cwd: outside, env, stdio: 'ignore' });
    expect(await new Promise((done) => child.on('close', done))).toBe(2);
  }
  for (const event of ['post-checkout', 'post-merge', 'reference-transaction']) {
    const child = spawn(process.execPath, [HOOK, event, 'prepared'], { cwd: outside, env, stdio: 'ignore' });
    expect(await new Promise((done) => child.on('close', done))).toBe(0);
  }
});

/** What there is beside objects, which git itself writes. */
const stateOf = async (repo: Hooked): Promise<unknown> => ({
  status: await repo.git('status', '--porcelain'),
  staged: await repo.git('ls-files', '-s'),
  refs: await repo.git('for-each-ref'),
  files: readdirSync(join(repo.dir, '.git')).filter((name) => name !== 'kei'),
  tree: readdirSync(repo.dir),
});

test('killed at any time: nothing is left but what is taken no notice of', async () => {
  const repo = await guarded();
  await repo.write('../message', 'words\n');
  await repo.write('b.txt', `b\n`);
  await repo.git('add', '.');
  const before = await stateOf(repo);
  for (const args of [['pre-commit'], ['commit-msg', '../message'], ['post-checkout', 'a', 'b', '1']])
    for (const after of [5, 30, 45, 60, 80, 110]) await started(repo, args, 'ignore', after);
  expect(await stateOf(repo)).toEqual(before);
  expect(await repo.run(['commit', '-q', '-m', 'x'])).toEqual({ code: 0, out: '', err: '' });
  await repo.write('a.txt', `${ACME}\n`);
  expect((await repo.run(['commit', '-q', '-a', '-m', 'x'])).code).toBe(1);
});
