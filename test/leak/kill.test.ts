import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, startProgram } from '../program.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { githubToken, scan } from './tokens.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 200 : 20;

/** Content, mode and name of everything below a folder, but for what belongs to kei-git. */
const stateOf = (dir: string): string => {
  const hash = createHash('sha256');
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name === join('.git', 'kei') || name.startsWith(join('.git', 'kei', '/'))) continue;
    const stat = lstatSync(join(dir, name));
    hash.update(`${name}\0${stat.mode}\0${stat.isFile() ? stat.mtimeMs : ''}\0`);
    if (stat.isSymbolicLink()) hash.update(readlinkSync(join(dir, name)));
    else if (stat.isFile()) hash.update(readFileSync(join(dir, name)));
  }
  return hash.digest('hex');
};

const grown = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (let i = 0; i < 300; i++) {
    await repo.write(
      `d${i % 11}/f${i}.txt`,
      `${i % 10 === 0 ? `token = "${githubToken(`kill ${i}`)}"` : 'text'}\n${`line of file ${i}\n`.repeat(50)}`,
    );
    if (i === 150) await repo.commit();
  }
  await repo.commit();
  await repo.write('d0/f0.txt', 'changed\n');
  await repo.write('staged.txt', `token = "${githubToken('kill staged')}"\n`);
  await repo.git('add', 'staged.txt');
  await repo.write('untracked.txt', 'untracked\n');
  return repo;
};

test(
  `killed at ${ROUNDS} moments: nothing of the repository changes, and the cache serves`,
  async () => {
    const repo = await grown();
    const whole = async (): Promise<unknown> => {
      const { code, findings, skipped } = await scan(repo, ['--all', '--no-cache']);
      return [code, findings, skipped];
    };
    const wanted = await whole();
    const before = stateOf(repo.dir);
    const [index, refs] = [readFileSync(join(repo.dir, '.git/index')), await repo.git('for-each-ref')];
    const targets = [['--all'], ['--history'], ['--all', '--jobs', '2'], ['--staged']];
    // How long each whole scan takes here, its start included: the moments are spread over it.
    const lasts: number[] = [];
    for (const target of targets) {
      const begun = performance.now();
      await ended(startProgram(['leak', 'scan', ...target, '--max-file-size', '999999'], { cwd: repo.dir, env: repo.env }));
      lasts.push(performance.now() - begun);
    }
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const target = targets[round % targets.length] ?? [];
      // Another limit is another key: each round has verdicts to write.
      const child = startProgram(['leak', 'scan', ...target, '--max-file-size', String(1_000_000 + round)], {
        cwd: repo.dir,
        env: repo.env,
      });
      const done = ended(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), (lasts[round % targets.length] ?? 0) * (0.1 + 0.8 * Math.random()));
      const { signal } = await done;
      clearTimeout(timer);
      if (signal === 'SIGKILL') killed++;
      expect(stateOf(repo.dir), `round ${round}`).toBe(before);
    }
    expect(killed).toBeGreaterThan(ROUNDS / 4);
    expect(readFileSync(join(repo.dir, '.git/index')).equals(index)).toBe(true);
    expect(await repo.git('for-each-ref')).toBe(refs);
    // What the killed ones left is used and gives what a scan without a cache gives.
    for (let round = 0; round < ROUNDS; round += 7) {
      const { code, findings, skipped } = await scan(repo, ['--all', '--max-file-size', String(1_000_000 + round)]);
      expect([code, findings, skipped]).toEqual(wanted);
    }
    await scan(repo, ['--all']);
    expect((await scan(repo, ['--all'])).stats.bytes).toBeLessThan(1000); // only what is not as the index has it
    await repo.git('fsck', '--strict');
  },
  ROUNDS * 3000,
);
