import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM, runProgram } from '../program.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { githubToken } from '../leak/tokens.ts';

const DIST = dirname(PROGRAM);
const HOOK = join(DIST, 'hook.cjs');
const WINDOWS = process.platform === 'win32';
const hasStrace = spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;

type Env = Readonly<Record<string, string>>;
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const runIn = (cwd: string, env: Env, program: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
    child.stdout.on('data', (part: Buffer) => parts.out.push(part));
    child.stderr.on('data', (part: Buffer) => parts.err.push(part));
    child.on('close', (code) => done({ code, out: Buffer.concat(parts.out).toString(), err: Buffer.concat(parts.err).toString() }));
  });

interface Installed {
  readonly repo: TestRepo;
  readonly env: Env;
  /** The folder of the copy that hooks run. */
  readonly copy: string;
}

/** A repository with one commit in which `kei-git install` was run. */
const installed = async (): Promise<Installed> => {
  const repo = await makeRepo();
  await repo.write('README.md', 'hello\n');
  await repo.commit();
  const env = { ...repo.env, XDG_DATA_HOME: join(repo.env['HOME'] ?? '', 'data') };
  const { code, err } = await runProgram(['install'], { cwd: repo.dir, env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const data = join(env.XDG_DATA_HOME, 'kei-git');
  const [name = ''] = readdirSync(data).filter((one) => /^\d/.test(one));
  return { repo, env, copy: join(data, name) };
};

/** Stages a file and commits it as a person would, with such an environment. */
const commit = async (dir: string, env: Env, text: string, file = 'new.js'): Promise<Ended> => {
  writeFileSync(join(dir, file), text);
  await runIn(dir, env, GIT, 'add', file);
  return runIn(dir, env, GIT, 'commit', '-m', 'more');
};
const GIT =
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, WINDOWS ? 'git.exe' : 'git'))
    .find((path) => existsSync(path)) ?? 'git';

let number = 0;
/** Never the same. */
const harmless = (): string => `export const a = ${(number += 1)};\n`;
const leak = (): string => `const token = '${githubToken(`entry ${(number += 1)}`)}';\n`;
const stopped = (ended: Ended): void => {
  expect(ended.code).toBe(1);
  expect(ended.err).toContain('leak/github-pat');
};
const head = (repo: TestRepo): Promise<string> => repo.git('rev-parse', 'HEAD');

test('an ordinary commit passes without a word, a leak is stopped', async () => {
  const { repo, env } = await installed();
  expect(await commit(repo.dir, env, harmless())).toMatchObject({ code: 0, err: '' });
  const before = await head(repo);
  stopped(await commit(repo.dir, env, leak()));
  expect(await head(repo)).toBe(before);
});

test('a linked worktree without an install of its own is guarded', async () => {
  const { repo, env } = await installed();
  const linked = join(repo.dir, '../linked');
  await repo.git('worktree', 'add', '--quiet', linked);
  stopped(await commit(linked, env, leak()));
  expect((await commit(linked, env, harmless())).code).toBe(0);
});

test.skipIf(WINDOWS)('a branch that brings its own kei-git, git and node changes nothing', async () => {
  const { repo, env } = await installed();
  const traces = await makeFolder();
  const program = (name: string): string => `#!/bin/sh\n: > "${traces}/${name}"\nexit 0\n`;
  for (const name of ['git', 'node', 'kei-git', 'sh']) await repo.write(`node_modules/.bin/${name}`, program(name), 0o755);
  for (const name of ['bin', 'hook', 'index'])
    await repo.write(
      `node_modules/kei-git/dist/${name}.cjs`,
      `require('fs').writeFileSync(${JSON.stringify(`${traces}/${name}.cjs`)}, '');`,
    );
  await repo.write('node_modules/kei-git/package.json', '{"name":"kei-git","version":"99.0.0","bin":{"kei-git":"dist/bin.cjs"}}');
  await repo.write('git', program('git-here'), 0o755);
  await repo.write('node', program('node-here'), 0o755);
  // As npm sets it.
  const PATH = [join(repo.dir, 'node_modules/.bin'), '.', '', process.env['PATH'] ?? ''].join(delimiter);
  stopped(await commit(repo.dir, { ...env, PATH }, leak()));
  expect((await commit(repo.dir, { ...env, PATH }, harmless())).code).toBe(0);
  expect(readdirSync(traces)).toEqual([]);
  rmSync(join(repo.dir, 'node_modules'), { recursive: true });
  stopped(await commit(repo.dir, env, leak()));
});

test.skipIf(WINDOWS)('no PATH, no HOME, nothing: as a program with windows starts git', async () => {
  const { repo, env } = await installed();
  const { GIT_AUTHOR_NAME = '', GIT_AUTHOR_EMAIL = '', GIT_COMMITTER_NAME = '', GIT_COMMITTER_EMAIL = '' } = env;
  const identity = { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL };
  for (const bare of [identity, { ...identity, PATH: '' }, { ...identity, PATH: '/usr/bin:/bin' }]) {
    const before = await head(repo);
    stopped(await commit(repo.dir, bare, leak()));
    expect(await head(repo)).toBe(before);
    expect(await commit(repo.dir, bare, harmless())).toMatchObject({ code: 0, err: '' });
  }
});

test.skipIf(WINDOWS)('the environment cannot take node away', async () => {
  const { repo, env } = await installed();
  const quit = join(await makeFolder(), 'quit.cjs');
  writeFileSync(quit, 'process.exit(0)');
  for (const more of [
    { NODE_OPTIONS: `--require ${quit}` },
    { NODE_OPTIONS: '--no-such-option' },
    { OPENSSL_CONF: quit, NODE_ICU_DATA: '/nowhere' },
  ]) {
    stopped(await commit(repo.dir, { ...env, ...more }, leak()));
    expect((await commit(repo.dir, { ...env, ...more }, harmless())).code).toBe(0);
  }
});

const ONE_LINE = /^kei-git: pre-commit is stopped[^\n]*run `npx kei-git install`, or `npx kei-git uninstall` to go without\n$/;

const RULES = /^kei-git: the built-in rules are [^\n]*\n {2}hint: install kei-git again[^\n]*\n/;

test.skipIf(WINDOWS)('what is gone or damaged stops the commit in one line, and install mends it', async () => {
  const { repo, env, copy } = await installed();
  const before = await head(repo);
  const hook = join(repo.dir, '.git/hooks/pre-commit');
  const block = readFileSync(hook, 'utf8');
  const program = readdirSync(copy).find((name) => /^program-[0-9a-f]+\.cjs$/.test(name)) ?? '';
  const kept = readdirSync(copy).filter((name) => /^program-.*\.cjs(?:\.v8)?$/.test(name) && name !== program);
  const write = (name: string, text: string): void => {
    chmodSync(join(copy, name), 0o600);
    writeFileSync(join(copy, name), text);
  };
  const damages: Readonly<Record<string, () => void>> = {
    'the copy is gone': () => rmSync(copy, { recursive: true }),
    'the program is gone': () => rmSync(join(copy, 'hook.cjs')),
    'the program is empty': () => write('hook.cjs', ''),
    'its parts are gone': () => [program, ...kept].forEach((name) => rmSync(join(copy, name))),
    'its parts are empty': () => [program, ...kept].forEach((name) => write(name, '')),
    'its parts are cut off': () => [program, ...kept].forEach((name) => write(name, readFileSync(join(copy, name), 'utf8').slice(0, 9999))),
    'the rules are gone': () => rmSync(join(copy, 'rules.bin')),
    'node is gone': () => writeFileSync(hook, block.replaceAll(process.execPath, '/nowhere/node')),
  };
  for (const [what, damage] of Object.entries(damages)) {
    damage();
    const ended = await commit(repo.dir, env, harmless());
    expect([what, ended.code === 0, await head(repo)]).toEqual([what, false, before]);
    expect(ended.err).toMatch(what.startsWith('the rules') ? RULES : ONE_LINE);
    if (what === 'node is gone') writeFileSync(hook, block);
    expect((await runProgram(['install'], { cwd: repo.dir, env })).code).toBe(0);
    stopped(await commit(repo.dir, env, leak()));
  }
});

test.skipIf(WINDOWS)('compiled rules that are cut off are not believed: they are compiled anew', async () => {
  const { repo, env, copy } = await installed();
  const rules = join(copy, 'rules.bin');
  chmodSync(rules, 0o600);
  writeFileSync(rules, readFileSync(rules).subarray(0, 5000));
  stopped(await commit(repo.dir, env, leak()));
  expect((await commit(repo.dir, env, harmless())).code).toBe(0);
});

test.skipIf(WINDOWS)('a broken observer is said, and stops nothing', async () => {
  const { repo, env, copy } = await installed();
  rmSync(join(copy, 'hook.cjs'));
  const { code, err } = await runIn(repo.dir, env, 'git', 'checkout', '-b', 'other');
  expect(code).toBe(0);
  expect(err).toMatch(/^kei-git: post-checkout is not looked at: .* is gone; run `npx kei-git install`.*$/m);
});

const MANY = process.env['KEI_LONG'] === undefined ? 8 : 32;
test(`${MANY} commits at once in as many worktrees`, async () => {
  const { repo, env } = await installed();
  const dirs = Array.from({ length: MANY }, (_, at) => join(repo.dir, `../many-${at}`));
  for (const dir of dirs) await repo.git('worktree', 'add', '--quiet', '--detach', dir);
  const all = await Promise.all(dirs.map((dir, at) => commit(dir, env, at % 2 === 0 ? `export const a = ${at};\n` : leak())));
  expect(all.map(({ code }) => code)).toEqual(dirs.map((_, at) => at % 2));
  all.filter((_, at) => at % 2 === 1).forEach(stopped);
});

// ---- dist/hook.cjs itself -----------------------------------------------------------------------------------------------------------

test('for an event that nobody asked for: one small file, and nothing else is opened', async () => {
  expect(statSync(HOOK).size).toBeLessThanOrEqual(60_000);
  const alone = join(await makeFolder(), 'hook.cjs');
  writeFileSync(alone, readFileSync(HOOK));
  const { code, out, err } = await runIn(dirname(alone), {}, process.execPath, alone, 'post-index-change', '0', '1');
  expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  const listed = await runIn(
    dirname(alone),
    {},
    process.execPath,
    '-e',
    `
    const before = new Set(process.moduleLoadList);
    process.argv = [process.execPath, ${JSON.stringify(alone)}, 'post-index-change'];
    require(${JSON.stringify(alone)});
    console.log(JSON.stringify([Object.keys(require.cache), process.moduleLoadList.filter((one) => !before.has(one) && one.startsWith('NativeModule'))]));`,
  );
  const [files] = JSON.parse(listed.out) as readonly [readonly string[], readonly string[]];
  expect(files.map((file) => basename(file))).toEqual(['hook.cjs']);
});

test.skipIf(WINDOWS)('what breaks in it is one line; a guard fails, an observer does not', async () => {
  const folder = await makeFolder();
  for (const name of readdirSync(DIST).filter((one) => one.endsWith('.cjs')))
    writeFileSync(join(folder, name), readFileSync(join(DIST, name)));
  const run = (event: string): Promise<Ended> =>
    runIn(folder, { PATH: process.env['PATH'] ?? '' }, process.execPath, join(folder, 'hook.cjs'), event, 'x');
  const parts = readdirSync(folder).filter((name) => name.startsWith('program-'));
  for (const name of parts) writeFileSync(join(folder, name), '({})');
  const guard = await run('pre-commit');
  expect(guard.code).toBe(3);
  expect(guard.err).toMatch(/^kei-git: pre-commit is stopped, kei-git is broken \(a part of the program is missing\): run [^\n]*\n$/);
  for (const name of parts) rmSync(join(folder, name));
  expect(await run('commit-msg')).toMatchObject({
    code: 3,
    err: expect.stringMatching(/^kei-git: commit-msg is stopped, kei-git is broken \(ENOENT open [^\n]*\n$/),
  });
});

test.skipIf(WINDOWS)('a signal ends it with 130', async () => {
  const { repo, env } = await installed();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // pre-push waits for what git says.
    const child = spawn(process.execPath, [HOOK, 'pre-push', 'origin', 'url'], { cwd: repo.dir, env, stdio: ['pipe', 'ignore', 'ignore'] });
    await new Promise((done) => setTimeout(done, 500));
    child.kill(signal);
    const code = await new Promise((done) => child.on('close', (ended, by) => done(ended ?? by)));
    expect(code).toBe(130);
  }
});

test.skipIf(!hasStrace)('a commit starts at most four programs more than without a guard before it', async () => {
  const { repo, env } = await installed();
  const count = async (...more: readonly string[]): Promise<number> => {
    writeFileSync(join(repo.dir, 'counted.js'), harmless());
    await repo.git('add', 'counted.js');
    const log = join(repo.dir, '../strace.log');
    const { code } = await runIn(repo.dir, env, 'strace', '-f', '-o', log, '-e', 'trace=execve', 'git', ...more, 'commit', '-q', '-m', 'a');
    expect(code).toBe(0);
    return (readFileSync(log, 'utf8').match(/execve\(.* = 0$/gm) ?? []).length;
  };
  await count(); // what is made at the first commit
  for (const name of readdirSync(join(repo.dir, '.git/hooks'))) if (name !== 'pre-commit') rmSync(join(repo.dir, '.git/hooks', name));
  const without = await count('-c', 'core.hooksPath=/dev/null');
  expect((await count()) - without).toBeLessThanOrEqual(4);
});
