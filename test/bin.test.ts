import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderJson } from '../src/report/json.ts';
import { finding, report } from './report/sample.ts';

let dir = '';
let bin = '';
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: dir, ...more });
const kei = (args: readonly string[], options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {}) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: dir, encoding: 'utf8', maxBuffer: 1 << 28, ...options, env: env(options.env) });
/** `$0` is node, `$1` the program. */
const shell = (script: string) => spawnSync('bash', ['-c', script, process.execPath, bin], { cwd: dir, encoding: 'utf8', env: env() });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kei-bin-'));
  bin = join(dir, 'bin.cjs');
  await build({
    entryPoints: ['src/bin.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bin,
    define: { __KEI_VERSION__: '"9.8.7"' },
    logLevel: 'error',
  });
  const findings = Array.from({ length: 20_000 }, (_, i) => finding({ path: `src/${i}.ts`, fingerprint: `kei1:${i}` }));
  writeFileSync(join(dir, 'large.json'), renderJson(report({ findings }), { name: 'kei-git', version: '9.8.7' }));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('--version is the version of the build', () => {
  const { stdout, stderr, status } = kei(['--version']);
  expect([stdout, stderr, status]).toEqual(['9.8.7\n', '', 0]);
});

test('usage errors are 2, on standard error', () => {
  const { stdout, stderr, status } = kei(['nonsense']);
  expect([stdout, status]).toEqual(['', 2]);
  expect(stderr).toMatch(/^kei-git: unknown command "nonsense"\n/);
});

test('a large report comes whole through a pipe and into a file', () => {
  const { stdout, status } = kei(['report', 'merge', 'large.json', '--format', 'json']);
  expect(status).toBe(1);
  expect(stdout.length).toBeGreaterThan(2 ** 21);
  expect(stdout).toBe(readFileSync(join(dir, 'large.json'), 'utf8'));
  expect(shell('"$0" "$1" report merge large.json --format json >out.json; test $? = 1 && cmp out.json large.json').status).toBe(0);
});

test('a slow reader loses nothing', () => {
  const { stdout } = shell('"$0" "$1" report merge large.json --format json | (sleep 0.5; wc -c)');
  expect(Number(stdout)).toBe(readFileSync(join(dir, 'large.json')).length);
});

test('a reader that goes away: quiet, and the right exit code', () => {
  const { stdout, stderr } = shell(
    '"$0" "$1" report merge large.json | head -1; echo "${PIPESTATUS[0]}"; "$0" "$1" --version | true; echo "${PIPESTATUS[0]}"',
  );
  expect(stderr).toBe('');
  expect(stdout).toBe('src/0.ts:3:5  error  example token [leak/example-token]\n1\n0\n');
});

test.skipIf(!existsSync('/dev/full'))('a full disk is a clear error', () => {
  const { stderr, stdout } = shell('"$0" "$1" report merge large.json >/dev/full; echo $?');
  expect(stderr).toMatch(/^kei-git: cannot write standard output: the disk is full\n/);
  expect(stdout).toBe('3\n');
});

test('standard input that stays open does not hold the end', async () => {
  const child = spawn(process.execPath, [bin, 'report', 'merge', 'large.json', '--format', 'junit'], {
    cwd: dir,
    env: env(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(1);
});

test.for([
  ['1', 3],
  ['true', 3],
  ['0', 0],
  ['false', 0],
  ['', 0],
] as const)('CI=%j', ([CI, code]) => {
  const input = renderJson(report({ skipped: [{ kind: 'failed', reason: 'denied', path: 'x' }] }), { name: 'kei-git', version: '1' });
  expect(kei(['report', 'merge', '-'], { input, env: { CI } }).status).toBe(code);
});

describe('signals', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)('%s while it waits: 130', async (signal) => {
    const child = spawn(process.execPath, [bin, 'report', 'merge', '-'], { cwd: dir, env: env() });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
      child.on('exit', (code, by) => resolve([code, by])),
    );
    // More than a pipe holds: it is written when the program reads, and so listens.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(2 ** 20, ' '), resolve));
    child.kill(signal);
    expect(await ended).toEqual([130, null]);
    expect(err).toBe('kei-git: interrupted\n');
  });
});

test('a current directory that is gone', () => {
  const { stderr, stdout } = shell('mkdir gone && cd gone && rmdir ../gone && "$0" "$1" --help; echo $?');
  expect(stderr).toBe('kei-git: the current directory does not exist any more\n  hint: cd to one that does\n');
  expect(stdout).toBe('3\n');
});

test('--version and --help import little', async () => {
  const { metafile } = await build({
    entryPoints: ['src/bin.ts'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outdir: join(dir, 'split'),
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const eager = (entry: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(entry)) return seen;
    seen.add(entry);
    for (const { path, kind } of metafile.inputs[entry]?.imports ?? []) if (kind === 'import-statement') eager(path, seen);
    return seen;
  };
  expect([...eager('src/bin.ts')].sort()).toEqual(['src/bin.ts', 'src/version.ts']);
  expect([...eager('src/cli.ts')].sort()).toEqual(['src/cli.ts', 'src/errors.ts', 'src/version.ts']);
  expect([...eager('src/face/help.ts')].sort()).toEqual([
    'src/face/help.ts',
    'src/face/number.ts',
    'src/face/usage.ts',
    'src/report/wrap.ts',
  ]);
});
