import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { installFixer, settle, settled, tryGit } from './fixing.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 200 : 20;
const FILES = 15;

/** Name, mode and content of everything in the worktree. */
const worktreeOf = (dir: string): string => {
  const hash = createHash('sha256');
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name === '.git' || name.startsWith(join('.git', '/'))) continue;
    const stat = lstatSync(join(dir, name));
    hash.update(`${name}\0${stat.mode}\0`);
    if (stat.isSymbolicLink()) hash.update(readlinkSync(join(dir, name)));
    else if (stat.isFile()) hash.update(readFileSync(join(dir, name)));
  }
  return hash.digest('hex');
};

/** The worktree is none of these now; also while somebody is at it. */
const isHalfway = (dir: string, states: readonly string[]): boolean => {
  try {
    return !states.includes(worktreeOf(dir));
  } catch {
    return true;
  }
};

const indexOf = (dir: string): string => readFileSync(join(dir, '.git/index'), 'latin1');

const body = (at: number): string => `fix ${at}\n${'line\n'.repeat(300)}end ${at}\n`;

/** Files that are staged, staged in part, not staged and not tracked, and a stash. */
const grown = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (let at = 0; at < FILES; at++) await repo.write(`d${at % 5}/f${at}.txt`, `first ${at}\n`, at % 4 === 0 ? 0o755 : 0o644);
  await repo.commit();
  await repo.write('d0/f0.txt', 'stashed\n');
  await repo.git('stash', '-q');
  for (let at = 0; at < FILES - 2; at++) await repo.write(`d${at % 5}/f${at}.txt`, body(at));
  await repo.git('add', '.');
  for (let at = 0; at < FILES; at += 3) await repo.write(`d${at % 5}/f${at}.txt`, `${body(at)}not staged\n`);
  await repo.write('untracked.txt', 'fix nothing\n');
  await installFixer(repo);
  tryGit(repo, ['-c', 'core.hooksPath=/dev/null', '-c', 'core.editor=false', 'commit', '-q']);
  return repo;
};

const COMMITS: readonly (readonly string[])[] = [
  ['commit', '-q', '-m', 'x'],
  ['commit', '-q', '-a', '-m', 'x'],
  ['commit', '-q', '-m', 'x', '--', 'd0', 'd1'],
];

interface Run {
  /** What the hook has begun with: view, command, take, taken. */
  stages(): readonly string[];
  kill(): void;
  readonly ended: Promise<unknown>;
}

const start = (repo: TestRepo, args: readonly string[]): Run => {
  const file = join(repo.dir, '..', 'stages');
  const child = spawn('git', args, {
    cwd: repo.dir,
    env: { ...repo.env, FIXER_STAGES: file },
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((done) => void child.on('close', done));
  return {
    ended,
    stages: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []),
    kill: () => killGroup(child.pid),
  };
};

const killGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
};

const copyOf = async (template: TestRepo, base: string, round: number): Promise<TestRepo> => {
  const dir = join(base, String(round), 'repo');
  mkdirSync(join(base, String(round)));
  cpSync(template.dir, dir, { recursive: true, preserveTimestamps: true });
  const repo = openRepo(dir, template.env);
  tryGit(repo, ['-c', 'core.hooksPath=/dev/null', '-c', 'core.editor=false', 'commit', '-q']);
  return repo;
};

const journalOf = ({ dir }: TestRepo): string => join(dir, '.git/kei/fix-journal');
const NOTHING = { args: [] as readonly string[], lasts: 0, takes: 0, applies: 0, tree: '', worktree: '', index: '' };

/** Waits for something; when it was seen. */
const moment = async (seen: () => boolean): Promise<number> => {
  while (!seen()) await wait(1);
  return performance.now();
};

test.skipIf(process.platform === 'win32')(
  `a commit with fixers killed at ${ROUNDS} moments: everything is as it was, or committed`,
  async () => {
    const template = await grown();
    const base = await makeFolder();
    // What each kind of commit leads to, and how long its parts take here.
    const whole: (typeof NOTHING)[] = [];
    for (const [at, args] of COMMITS.entries()) {
      const repo = await copyOf(template, base, 1_000_000 + at);
      const begun = performance.now();
      const run = start(repo, args);
      const take = await moment(() => run.stages().includes('take'));
      const journal = await moment(() => existsSync(journalOf(repo)));
      const taken = await moment(() => run.stages().includes('taken'));
      await run.ended;
      const lasts = performance.now() - begun;
      await settled(repo);
      whole.push({
        args,
        lasts,
        takes: taken - take,
        applies: taken - journal,
        tree: await repo.git('rev-parse', 'HEAD^{tree}'),
        worktree: worktreeOf(repo.dir),
        index: await repo.git('ls-files', '-s'),
      });
    }
    const hits = { before: 0, apply: 0, after: 0, committed: 0, missed: 0, halfway: 0, withKeeper: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const { args, lasts, takes, applies, ...wanted } = whole[round % whole.length] ?? NOTHING;
      const repo = await copyOf(template, base, round);
      const [worktree, index] = [worktreeOf(repo.dir), indexOf(repo.dir)];
      const [head, refs] = [await repo.git('rev-parse', 'HEAD'), await repo.git('for-each-ref')];
      const stash = await repo.git('rev-parse', 'refs/stash');
      const all = round % 3 === 2; // the keeper as well
      const run = start(repo, args);
      let isOver = false;
      const ended = (async () => {
        await run.ended;
        isOver = true;
      })();
      if (round % 5 === 0) await wait(lasts * 1.1 * Math.random());
      else if (round % 5 === 1) {
        await moment(() => isOver || run.stages().includes('take'));
        await wait(takes * 1.2 * Math.random());
      } else {
        await moment(() => isOver || existsSync(journalOf(repo)));
        await wait(applies * 1.1 * Math.random());
      }
      const wasOver = isOver;
      run.kill();
      const stages = run.stages();
      if (all) for (const id of stages.flatMap((line) => /^keeper (\d+)$/.exec(line)?.[1] ?? [])) killGroup(Number(id));
      const isBegun = existsSync(journalOf(repo));
      if (isHalfway(repo.dir, [worktree, wanted.worktree])) hits.halfway++;
      await ended;
      if (all) await settle(repo);
      else if (isBegun) await gone(journalOf(repo));
      await settle(repo);
      const now = await repo.git('rev-parse', 'HEAD');
      if (wasOver) hits.missed++;
      else if (now !== head) hits.committed++;
      else if (stages.includes('taken')) hits.after++;
      else if (isBegun) hits.apply++;
      else hits.before++;
      if (all) hits.withKeeper++;
      const what = `round ${round}, ${args.join(' ')}, ${stages.join(' ')}`;
      const isCommitted = now !== head;
      // Under -a and PATH git itself puts its index in place only after the commit.
      const isLocked = existsSync(join(repo.dir, '.git/index.lock'));
      expect({
        what,
        stash: await repo.git('rev-parse', 'refs/stash'),
        worktree: worktreeOf(repo.dir),
        commit: isCommitted ? await repo.git('rev-parse', 'HEAD^{tree}', 'HEAD^') : await repo.git('for-each-ref'),
        index: isCommitted ? isLocked || (await repo.git('ls-files', '-s')) === wanted.index : indexOf(repo.dir) === index,
      }).toEqual({
        what,
        stash,
        worktree: isCommitted ? wanted.worktree : worktree,
        commit: isCommitted ? `${wanted.tree}\n${head}` : refs,
        index: true,
      });
      if (round % 10 === 0) await repo.git('fsck', '--strict', '--no-dangling');
      rmSync(join(base, String(round)), { recursive: true, force: true, maxRetries: 3 });
    }
    console.log(`killed: ${JSON.stringify(hits)}`);
    expect(hits.apply).toBeGreaterThan(0);
    expect(hits.missed).toBeLessThan(ROUNDS / 2);
  },
  ROUNDS * 10_000,
);

const PATIENCE_MS = 20_000;

const gone = async (path: string): Promise<void> => {
  for (const end = Date.now() + PATIENCE_MS; existsSync(path); await wait(10))
    if (Date.now() > end) throw new Error(`${path} is still there`);
};
