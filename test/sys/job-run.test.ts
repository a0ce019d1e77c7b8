import { readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { type JobEnd, type JobStart, startJob } from '../../src/sys/job-run.ts';
import { isAlive } from '../../src/sys/processes.ts';
import { makeFolder } from '../repo.ts';

const NEVER = new AbortController().signal;
const PATH = process.env['PATH'] ?? '';
const ROOT = join(import.meta.dirname, '../..');

const start = async (args: readonly string[], more: Partial<JobStart> = {}): Promise<JobEnd> =>
  startJob({
    program: '/bin/sh',
    args,
    verbatim: false,
    cwd: await makeFolder(),
    env: { PATH },
    stdin: undefined,
    timeoutMs: 60_000,
    signal: NEVER,
    ...more,
  });
const sh = (script: string, more: Partial<JobStart> = {}): Promise<JobEnd> => start(['-c', script], more);

/** Asks until it is so, or a minute is over. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<boolean> => {
  for (let turn = 0; turn < 3000; turn++) {
    if (await holds()) return true;
    await new Promise((done) => void setTimeout(done, 20));
  }
  return false;
};

/** The processes whose ids a script wrote into a file, a line each. */
const idsIn = async (file: string): Promise<number[]> => (await readFile(file, 'utf8')).trim().split('\n').map(Number);

describe.skipIf(platform() === 'win32')('a command', () => {
  test('both streams as they come, the exit code', async () => {
    expect(await sh('echo out; echo err >&2; exit 7')).toEqual({ kind: 'ended', code: 7, output: { text: 'out\nerr\n', left: 0 } });
  });

  test('has nothing to read, or what it is given; one that reads nothing of it is fine', async () => {
    expect(await sh('cat; echo end')).toMatchObject({ code: 0, output: { text: 'end\n' } });
    expect(await sh('cat', { stdin: Buffer.from('a b\n') })).toMatchObject({ code: 0, output: { text: 'a b\n' } });
    expect(await sh('exit 0', { stdin: Buffer.alloc(2 ** 22) })).toMatchObject({ kind: 'ended', code: 0 });
  });

  test('killed by somebody', async () => {
    expect(await sh('echo x; kill -SEGV $$')).toEqual({ kind: 'killed', by: 'SIGSEGV', output: { text: 'x\n', left: 0 } });
  });

  test('too late: asked to end, and given time to clear up', async () => {
    const end = await sh('trap "echo cleared; exit 1" TERM; echo begun; sleep 60 & wait', { timeoutMs: 300 });
    expect(end).toEqual({ kind: 'late', output: { text: 'begun\ncleared\n', left: 0 } });
  });

  test('too late and deaf: killed with all that it started', async () => {
    const folder = await makeFolder();
    const ids = join(folder, 'ids');
    const child = `trap '' TERM; echo $$ >> ${ids}; while :; do sleep 1; done`;
    const end = await sh(`trap '' TERM; echo $$ >> ${ids}; sh -c "${child.replaceAll('$', '\\$')}" & ${child}`, { timeoutMs: 700 });
    expect(end.kind).toBe('late');
    const alive = await idsIn(ids);
    expect(alive.length).toBeGreaterThanOrEqual(2);
    expect(await until(() => !alive.some(isAlive))).toBe(true);
  });

  test('one that ended leaves nothing running in its group', async () => {
    const folder = await makeFolder();
    const ids = join(folder, 'ids');
    const end = await sh(
      `(trap '' TERM; echo begun; while :; do sleep 1; done) & echo $! > ${ids}; until [ -s ${ids} ]; do :; done; exit 0`,
    );
    expect(end).toMatchObject({ kind: 'ended', code: 0 });
    const left = await idsIn(ids);
    expect(await until(() => !left.some(isAlive))).toBe(true);
  });

  test('a daemon with a session of its own is not waited for, though it holds the output open', async () => {
    const ids = join(await makeFolder(), 'ids');
    const script = `
      const { pid } = require('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'inherit' });
      require('node:fs').writeFileSync('${ids}', String(pid));
      console.log('done');
      process.exit(0);`;
    const end = await start(['-e', script], { program: process.execPath });
    expect(end).toEqual({ kind: 'ended', code: 0, output: { text: 'done\n', left: 0 } });
    const [id = 0] = await idsIn(ids);
    expect(isAlive(id)).toBe(true);
    process.kill(id, 'SIGKILL');
  });

  test('interrupted', async () => {
    const controller = new AbortController();
    const begun = join(await makeFolder(), 'begun');
    const end = sh(`echo $$ > ${begun}; sleep 300`, { signal: controller.signal });
    await until(async () => (await readFile(begun, 'utf8').catch(() => '')) !== '');
    controller.abort();
    expect(await end).toEqual({ kind: 'interrupted' });
    expect(await sh('echo x', { signal: controller.signal })).toEqual({ kind: 'interrupted' });
    const [id = 0] = await idsIn(begun);
    expect(await until(() => !isAlive(id))).toBe(true);
  });

  test('a program that ends at once, whatever else, ends its commands', async () => {
    const folder = await makeFolder();
    const [outfile, ids] = [join(folder, 'starts.cjs'), join(folder, 'ids')];
    const contents = `
      import { startJob } from './src/sys/job-run.ts';
      const job = { program: '/bin/sh', args: ['-c', 'sleep 300 & echo $! $$ >> ${ids}; wait'], verbatim: false, cwd: '/', env: process.env, signal: new AbortController().signal };
      void startJob(job);
      void startJob(job);
      const { readFileSync, existsSync } = require('node:fs');
      const look = () => (existsSync('${ids}') && readFileSync('${ids}', 'utf8').split('\\n').length > 2 ? process.exit(5) : setTimeout(look, 20));
      look();`;
    await build({ stdin: { contents, resolveDir: ROOT }, outfile, bundle: true, platform: 'node', logLevel: 'error' });
    expect((await start([outfile], { program: process.execPath })).kind).toBe('ended');
    const started = (await readFile(ids, 'utf8')).trim().split(/\s/).map(Number);
    expect(await until(() => !started.some(isAlive))).toBe(true);
  });

  test('100 MB of output: the ends of it, the rest is counted', { timeout: 120_000 }, async () => {
    const before = process.memoryUsage().rss;
    const end = await sh('echo first; yes "a line of some length that says little" | head -c 100000000; echo; echo last; exit 1');
    expect(end.kind === 'ended' && end.code).toBe(1);
    const { text, left } = 'output' in end ? end.output : { text: '', left: 0 };
    expect(text.startsWith('first\na line')).toBe(true);
    expect(text.endsWith('\nlast\n')).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThan(70_000);
    expect(left).toBeGreaterThan(99_900_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });

  test('arguments longer than the system takes: nothing ran', async () => {
    const long = Array.from({ length: 60_000 }, (_, i) => `${'x'.repeat(100)}${i}`);
    expect(await start(['-c', 'echo ran', ...long])).toEqual({ kind: 'too-long' });
    expect(await start(['-c', 'echo ran', 'x'.repeat(2 ** 18)])).toEqual({ kind: 'too-long' });
  });

  test('what cannot be started says why', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'lost'), '#!/no/such/program\n', { mode: 0o755 });
    await writeFile(join(folder, 'shut'), '#!/bin/sh\n', { mode: 0o644 });
    const reasons = [];
    for (const name of ['lost', 'shut', 'absent']) {
      const end = await start([], { program: join(folder, name) });
      reasons.push(end.kind === 'failed' ? end.reason : end.kind);
    }
    expect(reasons).toEqual([
      'could not be started: it, or the program that its first line names, is not there',
      'could not be started: permission denied',
      'could not be started: it, or the program that its first line names, is not there',
    ]);
  });
});
