import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { main } from '../../src/cli.ts';
import { captured } from '../captured.ts';
import { makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { installFixer, nodeCommand, settle, settled, textOf, tryGit, UPPER } from './fixing.ts';

const LINES = 'fix one\n2\n3\n4\n5\n6\n7\n8\n9\nten\n';
const FIXED = LINES.replace('fix one', 'FIX ONE');
const EDITED = LINES.replace('ten', 'ten and more');

/** Two files with fixes, the second only staged in part. */
const begun = async (more = ''): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('a.txt', 'a\n');
  await repo.write('b.txt', 'b\n');
  await repo.write('c.txt', 'c\n');
  await repo.commit();
  await installFixer(repo, undefined, { more });
  await repo.write('a.txt', LINES);
  await repo.write('b.txt', LINES);
  await repo.git('add', '.');
  await repo.write('b.txt', EDITED);
  steady(repo);
  return repo;
};

/** The index as `git commit` leaves it before the first hook. */
const steady = (repo: TestRepo): unknown => tryGit(repo, ['-c', 'core.hooksPath=/dev/null', '-c', 'core.editor=false', 'commit', '-q']);

const state = (repo: TestRepo): unknown => [
  readFileSync(join(repo.dir, '.git/index'), 'latin1'),
  ...['a.txt', 'b.txt', 'c.txt'].map((path) => textOf(repo, path)),
  readdirSync(repo.dir),
];

test.each([
  { name: 'the message is not written', args: ['-c', 'core.editor=false', 'commit', '-q'], hook: '' },
  { name: 'a hook after the fixers refuses', args: ['commit', '-q', '-m', 'x'], hook: 'exit 1' },
  { name: 'with -a', args: ['-c', 'core.editor=false', 'commit', '-q', '-a'], hook: '' },
  { name: 'with PATH', args: ['-c', 'core.editor=false', 'commit', '-q', '--', 'b.txt'], hook: '' },
])('$name: everything is as it was, byte for byte', async ({ args, hook }) => {
  const repo = await begun(hook);
  const before = state(repo);
  const { code, err } = tryGit(repo, args);
  expect([code, err]).toEqual([1, expect.stringMatching(/^(fixed a.txt\n)?fixed b.txt\n/)]);
  await settled(repo);
  expect(state(repo)).toEqual(before);
  expect(await settle(repo)).toBe('none');
  expect(await repo.git('status', '--porcelain')).toBe('M  a.txt\nMM b.txt');
});

const MORE = nodeCommand(`const fs = require('node:fs'); for (const file of process.argv.slice(1)) fs.appendFileSync(file, 'more\\n');`);

test('fixed twice by one commit: committed as a whole, or taken back as a whole', async () => {
  const repo = await begun();
  await repo.write('b.txt', LINES);
  await installFixer(repo, MORE, { kind: 'twice' });
  await repo.write('c.txt', 'not staged\n');
  for (const keeper of ['', 'none']) {
    steady(repo);
    const before = state(repo);
    const { code, err } = tryGit(repo, ['-c', 'core.editor=false', 'commit', '-q'], { FIXER_KEEPER: keeper });
    expect([code, err]).toEqual([1, expect.stringMatching(/^fixed a.txt\nfixed b.txt\nfixed a.txt\nfixed b.txt\n/)]);
    if (keeper === 'none') {
      expect(textOf(repo, 'a.txt')).toBe(`${LINES}more\nmore\n`);
      expect(await settle(repo)).toBe('undone');
    }
    await settled(repo);
    expect(state(repo)).toEqual(before);
  }
  expect(tryGit(repo, ['commit', '-q', '-m', 'x']).code).toBe(0);
  expect([textOf(repo, 'a.txt'), await repo.git('show', 'HEAD:b.txt')]).toEqual([`${LINES}more\nmore\n`, `${LINES}more\nmore`]);
  await settled(repo);
  expect(await repo.git('status', '--porcelain')).toBe(' M c.txt');
});

test('nobody waited: the next kei-git puts it back', async () => {
  const repo = await begun();
  const before = state(repo);
  expect(tryGit(repo, ['-c', 'core.editor=false', 'commit', '-q'], { FIXER_KEEPER: 'none' }).code).toBe(1);
  expect(textOf(repo, 'a.txt')).toBe(FIXED); // planted: without settling it would stay
  expect(state(repo)).not.toEqual(before);
  expect(await settle(repo)).toBe('undone');
  expect(state(repo)).toEqual(before);
  await settled(repo);
});

test('nobody waited, and the commit was made: nothing is put back', async () => {
  const repo = await begun();
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'], { FIXER_KEEPER: 'none' }).code).toBe(0);
  expect(existsSync(join(repo.dir, '.git/kei/fix-journal'))).toBe(true);
  expect(await settle(repo)).toBe('committed');
  expect([textOf(repo, 'a.txt'), textOf(repo, 'b.txt')]).toEqual([FIXED, EDITED.replace('fix one', 'FIX ONE')]);
  await settled(repo);
});

/** A commit whose message is being written until the test says so. */
const waiting = async (repo: TestRepo, env: Readonly<Record<string, string>> = {}): Promise<{ end(code: number): Promise<void> }> => {
  const go = join(repo.dir, '.git/go');
  const at = join(repo.dir, '.git/at');
  const editor = `touch '${at}'; while [ ! -e '${go}' ]; do sleep 0.02; done; echo message > "$1"; exit $(cat '${go}')`;
  writeFileSync(join(repo.dir, '.git/editor'), editor);
  const child = spawn('git', ['-c', `core.editor=sh '${join(repo.dir, '.git/editor')}'`, 'commit', '-q'], {
    cwd: repo.dir,
    env: { ...repo.env, ...env },
    stdio: 'ignore',
  });
  const ended = new Promise((done) => void child.on('close', done));
  while (!existsSync(at) && child.exitCode === null) await wait(10);
  return {
    end: async (code) => {
      writeFileSync(go, String(code));
      await ended;
    },
  };
};

test('a file that was edited meanwhile stays as it was edited, and that is said', async () => {
  const repo = await begun();
  const commit = await waiting(repo);
  const edited = `${textOf(repo, 'a.txt')}edited meanwhile\n`;
  await repo.write('a.txt', edited);
  await commit.end(1);
  for (; existsSync(join(repo.dir, '.git/kei/fix-journal'));) await wait(20);
  expect([textOf(repo, 'a.txt'), textOf(repo, 'b.txt')]).toEqual([edited, EDITED]);
  expect([await repo.git('show', ':a.txt'), await repo.git('show', ':b.txt')]).toEqual([LINES.trimEnd(), LINES.trimEnd()]);
  let said = '';
  for (; !said.includes('stays');) said += await settle(repo);
  expect(said).toContain('a.txt was changed after it had been fixed, and stays as it is');
  await settled(repo);
});

test('what was staged meanwhile stays staged', async () => {
  const repo = await begun();
  const commit = await waiting(repo);
  await repo.write('c.txt', 'staged meanwhile\n');
  await repo.git('add', 'c.txt');
  await commit.end(1);
  await settled(repo);
  expect(await repo.git('show', ':c.txt')).toBe('staged meanwhile');
  expect([await repo.git('show', ':a.txt'), textOf(repo, 'a.txt'), textOf(repo, 'b.txt')]).toEqual([LINES.trimEnd(), LINES, EDITED]);
});

test('what is staged while files are being fixed stays staged, whether the commit is made or not', { timeout: 120_000 }, async () => {
  for (const editor of ['true', 'false']) {
    const repo = await begun();
    let isOver = false;
    const commit = (async () => {
      await repo
        .git('-c', `core.editor=${editor}`, 'commit', '-q', '-m', 'x', ...(editor === 'false' ? ['-e'] : []))
        .catch(() => undefined);
      isOver = true;
    })();
    const staged: string[] = [];
    while (!isOver) {
      const name = `new${staged.length}.txt`;
      await repo.write(name, `${name}\n`);
      const { code } = tryGit(repo, ['add', name]);
      if (code === 0) staged.push(name);
      await wait(1);
    }
    await commit;
    await settled(repo);
    expect(staged.length).toBeGreaterThan(5);
    const there = new Set((await repo.git('ls-files')).split('\n'));
    expect(staged.filter((name) => !there.has(name))).toEqual([]);
    const isMade = editor === 'true';
    expect([textOf(repo, 'a.txt'), await repo.git('show', ':a.txt')]).toEqual(isMade ? [FIXED, FIXED.trimEnd()] : [LINES, LINES.trimEnd()]);
  }
});

test('what is staged between two fixes of one commit is not taken back with them', async () => {
  const repo = await begun();
  await repo.write('b.txt', LINES);
  await repo.write('c.txt', 'staged between\n');
  const add = `if (fs.readFileSync(process.argv[1], 'utf8').endsWith('more\\nmore\\n')) require('node:child_process').execFileSync('git', ['add', 'c.txt'], { cwd: ${JSON.stringify(repo.dir)} });`;
  await installFixer(repo, nodeCommand(`${MORE[2]}\n${add}`), { kind: 'twice' });
  await repo.git('config', 'core.editor', 'false');
  expect(tryGit(repo, ['commit', '-q']).code).toBe(1);
  await settled(repo);
  expect(await repo.git('show', ':c.txt')).toBe('staged between');
  expect([textOf(repo, 'a.txt'), await repo.git('show', ':a.txt'), await repo.git('show', ':b.txt')]).toEqual([
    LINES,
    LINES.trimEnd(),
    LINES.trimEnd(),
  ]);
});

test('kei-git check first puts back what nobody waited for', async () => {
  const repo = await begun();
  const before = state(repo);
  expect(tryGit(repo, ['-c', 'core.editor=false', 'commit', '-q'], { FIXER_KEEPER: 'none' }).code).toBe(1);
  expect(state(repo)).not.toEqual(before);
  const context = captured(join(repo.dir), { env: repo.env });
  expect([await main(['check'], context), context.err()]).toEqual([0, '']);
  expect(state(repo)).toEqual(before);
});

test('while one commit waits for its message, another that would fix stops and changes nothing', async () => {
  const repo = await begun();
  const commit = await waiting(repo);
  await repo.write('c.txt', 'fix c\n');
  await repo.git('add', 'c.txt');
  const { code, err } = tryGit(repo, ['commit', '-q', '-m', 'x']);
  expect([code, err]).toEqual([1, 'kei-git: another commit that has fixed files is still being made in this worktree\n']);
  expect(await settle(repo)).toBe('pending');
  expect(textOf(repo, 'c.txt')).toBe('fix c\n');
  await commit.end(0);
  await settled(repo);
  expect(await repo.git('log', '--format=%s')).toBe('message\nchange');
  expect(textOf(repo, 'a.txt')).toBe(FIXED);
});

test('who had the file open while it was replaced finds what they wrote', async () => {
  const repo = await begun();
  const { openSync, writeSync, closeSync } = await import('node:fs');
  const open = openSync(join(repo.dir, 'a.txt'), 'a');
  expect(tryGit(repo, ['commit', '-q', '-m', 'x'], { FIXER_KEEPER: 'none' }).code).toBe(0);
  writeSync(open, 'written late\n');
  closeSync(open);
  const said = await settle(repo);
  const [, kept = ''] = /a\.txt was written to while it was being fixed; what was written is in (.*)$/m.exec(said) ?? [];
  expect(readFileSync(kept, 'utf8')).toBe(`${LINES}written late\n`);
});

test('clocks do not matter', async () => {
  for (const year of ['1971', '2037']) {
    const repo = await begun();
    const then = new Date(`${year}-01-01T00:00:00Z`);
    for (const path of ['a.txt', 'b.txt', '.git/index']) utimesSync(join(repo.dir, path), then, then);
    const { code } = tryGit(repo, ['-c', 'core.editor=false', 'commit', '-q']);
    expect(code).toBe(1);
    await settled(repo);
    expect([textOf(repo, 'a.txt'), textOf(repo, 'b.txt')]).toEqual([LINES, EDITED]);
    expect(await repo.git('status', '--porcelain')).toBe('M  a.txt\nMM b.txt');
    // Same size, in the same second as the index: what is not staged must still be seen.
    await repo.write('a.txt', LINES.replace('ten', 'net'));
    expect(tryGit(repo, ['commit', '-q', '-m', 'x']).code).toBe(0);
    expect(await repo.git('status', '--porcelain')).toBe(' M a.txt\n M b.txt');
    await settled(repo);
  }
});

test('ten at once in ten worktrees: all are made', { timeout: 120_000 }, async () => {
  const repo = await begun();
  await repo.git('stash', '-q');
  const trees: TestRepo[] = [];
  for (let at = 0; at < 10; at++) {
    const dir = join(repo.dir, '..', `tree-${at}`);
    await repo.git('worktree', 'add', '-q', dir); // git itself does not bear two of these at once
    const tree = openRepo(dir, repo.env);
    await tree.write('a.txt', `${LINES}${at}\n`);
    await tree.git('add', '.');
    trees.push(tree);
  }
  await Promise.all(trees.map((tree) => tree.git('commit', '-q', '-m', 'x')));
  for (const [at, tree] of trees.entries()) {
    expect(await tree.git('show', 'HEAD:a.txt')).toBe(`${FIXED}${at}`);
    await settled(tree);
    expect(await tree.git('status', '--porcelain')).toBe('');
  }
});

test('ten at once in one worktree: each is made or refused, and nothing is lost', { timeout: 120_000 }, async () => {
  const repo = await makeRepo();
  for (let at = 0; at < 10; at++) await repo.write(`f${at}.txt`, 'first\n');
  await repo.commit();
  await installFixer(repo, nodeCommand(`${UPPER}\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100 * Math.random());`));
  for (let at = 0; at < 10; at++) await repo.write(`f${at}.txt`, `fix ${at}\n`);
  await repo.git('add', '.');
  const commits = Array.from({ length: 10 }, (_, at) =>
    repo.git('commit', '-q', '-m', 'x', '--', `f${at}.txt`).then(
      () => true,
      () => false,
    ),
  );
  const made = await Promise.all(commits);
  expect(made).toContain(true);
  await settled(repo);
  for (const [at, isMade] of made.entries()) {
    expect(await repo.git('show', `HEAD:f${at}.txt`), `f${at}`).toBe(isMade ? `FIX ${at}` : 'first');
    expect(textOf(repo, `f${at}.txt`), `f${at}`).toBe(isMade ? `FIX ${at}\n` : `fix ${at}\n`);
  }
});
