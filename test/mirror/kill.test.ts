import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { githubToken } from '../leak/tokens.ts';
import { ended, shell, startProgram } from '../program.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { findIn, gitIn, KEY, mirror, outOf } from './mirror.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 100 : 10;

const grown = async (secret: string): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (let commit = 0; commit < 12; commit++) {
    for (let i = 0; i < 15; i++)
      await repo.write(`d${i % 5}/f${i}.txt`, `token = "${secret}"\n${`line ${commit} of file ${i}\n`.repeat(50)}`);
    await repo.commit(`commit ${commit}`);
  }
  return repo;
};

/** Everything of a repository that refs reach is there and whole. */
const isWhole = async (dir: string): Promise<boolean> =>
  gitIn(dir, 'fsck', '--strict', '--no-dangling').then(
    () => true,
    () => false,
  );

test(
  `killed at ${ROUNDS} moments: the mirror is old, new or not there, and nothing stays`,
  async () => {
    const secret = githubToken('mirror killed');
    const repo = await grown(secret);
    const env = { ...repo.env, KEI_LEAK_KEY: KEY };
    const start = (out: string, from: string) => startProgram(['leak', 'mirror', out, '--history', '--from', from], { cwd: repo.dir, env });
    const source = await repo.git('for-each-ref');
    const whole = outOf(repo, 'whole.git');
    const begun = performance.now();
    expect((await ended(start(whole, 'main'))).code).toBe(0);
    const lasts = performance.now() - begun;
    const wanted = await gitIn(whole, 'rev-parse', 'main');
    const old = outOf(repo, 'old.git');
    expect((await ended(start(old, 'main~5'))).code).toBe(0);
    const before = await gitIn(old, 'rev-parse', 'main');
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const goesOn = round % 2 === 1;
      const out = outOf(repo, `out-${round}.git`);
      if (goesOn) await repo.git('clone', '--quiet', '--bare', old, out);
      const child = start(out, 'main');
      const done = ended(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), lasts * (0.15 + 0.8 * Math.random()));
      const { signal } = await done;
      clearTimeout(timer);
      if (signal === 'SIGKILL') killed++;
      // Git processes that it had started may go on for a moment: a folder in the making is not the mirror.
      if (existsSync(out)) {
        expect(await isWhole(out), `round ${round}`).toBe(true);
        expect([goesOn ? before : wanted, wanted], `round ${round}`).toContain(await gitIn(out, 'rev-parse', 'main'));
        expect(await findIn(out, secret)).toEqual([]);
      } else expect(goesOn).toBe(false);
      // The next run makes it whole and cleans up.
      const { code, err } = await ended(start(out, 'main'));
      expect([code, err], `round ${round}`).toEqual([0, '']);
      expect(await gitIn(out, 'rev-parse', 'main')).toBe(wanted);
      expect(readdirSync(dirname(out)).filter((name) => name.includes(`.out-${round}.git.kei-mirror`))).toEqual([]);
    }
    expect(killed).toBeGreaterThan(ROUNDS / 4);
    expect(await repo.git('for-each-ref')).toBe(source);
    await repo.git('fsck', '--strict');
    expect(existsSync(join(dirname(repo.dir), 'repo'))).toBe(true);
  },
  ROUNDS * 20_000,
);

test('interrupted, it leaves nothing', { timeout: 60_000 }, async () => {
  const repo = await grown(githubToken('mirror interrupted'));
  for (const after of [0, 20, 100, 300, 800]) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), after);
    const out = outOf(repo, `after-${after}.git`);
    const { code } = await mirror(repo, [out, '--history'], { signal: controller.signal });
    clearTimeout(timer);
    expect([0, 130]).toContain(code);
    const left = readdirSync(dirname(repo.dir)).filter((name) => name.includes(`after-${after}`));
    expect(left.filter((name) => name !== basename(out))).toEqual([]);
    if (code === 0) expect(await isWhole(out)).toBe(true);
  }
});

test.skipIf(process.platform === 'win32')('without room on the disk nothing is there, or nothing new', { timeout: 120_000 }, async () => {
  const repo = await grown(githubToken('mirror full'));
  const env = { ...repo.env, KEI_LEAK_KEY: KEY };
  const out = outOf(repo);
  const full = shell(`ulimit -f 1; kei leak mirror '${out}' --history`, { cwd: repo.dir, env });
  expect([full.code, full.out, full.err]).toEqual([3, '', expect.stringMatching(/^kei-git: .+\n/)]);
  expect(readdirSync(dirname(out)).sort()).toEqual(['home', 'repo']);
  expect(shell(`kei leak mirror '${out}' --history --from main~3`, { cwd: repo.dir, env }).code).toBe(0);
  const refs = await gitIn(out, 'for-each-ref');
  expect(shell(`ulimit -f 1; kei leak mirror '${out}' --history`, { cwd: repo.dir, env }).code).toBe(3);
  expect(await gitIn(out, 'for-each-ref')).toBe(refs);
  expect(await isWhole(out)).toBe(true);
});

test('two runs at once: one of them at least makes the mirror, and it is whole', { timeout: 120_000 }, async () => {
  const secret = githubToken('mirror twice');
  const repo = await grown(secret);
  const env = { ...repo.env, KEI_LEAK_KEY: KEY };
  const out = outOf(repo);
  for (const from of ['main~4', 'main']) {
    const runs = [0, 1].map(() => ended(startProgram(['leak', 'mirror', out, '--history', '--from', from], { cwd: repo.dir, env })));
    const codes = (await Promise.all(runs)).map(({ code }) => code);
    expect(codes).toContain(0);
    expect(codes.every((code) => code === 0 || code === 3)).toBe(true);
    expect(await isWhole(out)).toBe(true);
    expect(await findIn(out, secret)).toEqual([]);
  }
});
