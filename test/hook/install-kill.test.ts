import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, startProgram, type Ended } from '../program.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { commitNew, hookState, seen, sharedData, stops, whoRan } from './beside.ts';

const POSIX = process.platform !== 'win32';
const ROUNDS = process.env['KEI_LONG'] === '1' ? 200 : 20;

type State = ReadonlyMap<string, string>;

/** Hooks in which a block stands, that are moved aside, and where core.hooksPath leads elsewhere. */
const makeHooked = async (chained: boolean): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.commit();
  const folder = chained ? 'theirs' : '.git/hooks';
  await repo.write(`${folder}/pre-commit`, `#!/bin/sh\n${seen('theirs')}\n`, 0o755);
  await repo.write(`${folder}/commit-msg`, `\u{feff}#!/bin/sh\n${seen('odd')}\n`, 0o755);
  if (chained) await repo.git('config', 'core.hooksPath', 'theirs');
  return repo;
};

const command = async (repo: TestRepo, name: 'install' | 'uninstall'): Promise<ReturnType<typeof startProgram>> =>
  startProgram([name], { cwd: repo.dir, env: { ...repo.env, XDG_DATA_HOME: await sharedData() } });

const whole = async (repo: TestRepo, name: 'install' | 'uninstall'): Promise<Ended> => {
  const result = await ended(await command(repo, name));
  expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: '' });
  return result;
};

/** Kills it at any moment, or soon after it has begun to write. */
const killed = async (repo: TestRepo, name: 'install' | 'uninstall', round: number, lastsMs: number): Promise<boolean> => {
  const child = await command(repo, name);
  const done = ended(child);
  const kill = (afterMs: number): void => void setTimeout(() => child.kill('SIGKILL'), afterMs);
  const watchers =
    round % 2 === 0
      ? []
      : ['.git', '.git/hooks'].map((folder) =>
          watch(join(repo.dir, folder), (_, file) => void (file !== null && kill(Math.random() * 20))),
        );
  if (round % 2 === 0) kill(lastsMs * Math.random());
  const { signal } = await done;
  for (const one of watchers) one.close();
  return signal === 'SIGKILL';
};

/** Files that are neither as they were nor as they are to be. */
const halfway = (now: State, one: State, other: State): readonly string[] =>
  [...now].flatMap(([path, text]) =>
    path.endsWith(' holds') ||
    path.endsWith('.tmp') ||
    path.endsWith('.before-kei-git') ||
    text === one.get(path) ||
    text === other.get(path)
      ? []
      : [path],
  );

const PLACES = [
  ['in .git/hooks', false],
  ['where core.hooksPath is set', true],
] as const;

test.skipIf(!POSIX).for(PLACES)(
  '%s: killed at any moment, every hook is the old one or the new one, and all of it comes out again',
  { timeout: ROUNDS * 15_000 },
  async ([, chained]) => {
    const repo = await makeHooked(chained);
    const before = hookState(repo.dir, ['theirs']);
    const begun = performance.now();
    await whole(repo, 'install');
    const lastsMs = performance.now() - begun;
    const after = hookState(repo.dir, ['theirs']);
    await whole(repo, 'uninstall');
    expect(hookState(repo.dir, ['theirs'])).toEqual(before);
    let kills = 0;
    for (let round = 0; round < ROUNDS / 2; round++) {
      const name = round % 4 < 2 ? 'install' : 'uninstall';
      if (name === 'uninstall') await whole(repo, 'install');
      if (await killed(repo, name, round, lastsMs)) kills++;
      const now = hookState(repo.dir, ['theirs']);
      expect(halfway(now, before, after)).toEqual([]);
      expect(await commitNew(repo)).toMatchObject({ code: 0 });
      expect(await whoRan(repo)).toEqual(['odd', 'theirs']);
      await repo.git('config', '--list');
      // Whatever was left, the next one goes on from there.
      await whole(repo, 'install');
      expect(hookState(repo.dir, ['theirs'])).toEqual(after);
      await whole(repo, 'uninstall');
      expect(hookState(repo.dir, ['theirs'])).toEqual(before);
    }
    expect(kills).toBeGreaterThan(0);
  },
);

test.skipIf(!POSIX).for(PLACES)('%s: eight at once', { timeout: 120_000 }, async ([, chained]) => {
  const repo = await makeHooked(chained);
  const before = hookState(repo.dir, ['theirs']);
  await whole(repo, 'install');
  const after = hookState(repo.dir, ['theirs']);
  await whole(repo, 'uninstall');
  await Promise.all(Array.from({ length: 8 }, () => whole(repo, 'install')));
  expect(hookState(repo.dir, ['theirs'])).toEqual(after);
  expect(await stops(repo)).toBe(true);
  await Promise.all(Array.from({ length: 8 }, (_, at) => whole(repo, at % 2 === 0 ? 'install' : 'uninstall')));
  await whole(repo, 'uninstall');
  expect(hookState(repo.dir, ['theirs'])).toEqual(before);
  expect(await readFile(join(repo.dir, chained ? 'theirs' : '.git/hooks', 'commit-msg'), 'utf8')).toContain('odd');
});
