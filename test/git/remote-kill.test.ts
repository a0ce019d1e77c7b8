import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRemotes } from '../../src/git/remotes.ts';
import { judgePin } from '../../src/pins/verdict.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo } from '../server-repos.ts';
import { HAS_HTTP, serveGit } from '../servers.ts';
import { buildAsker, startAsker } from './remote-program.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 100 : 20;
const URL = 'https://forge.example/act/ion.git';

/** Changes the server: new commits, a forced push, a tag that goes. What each of the object names must be by now. */
const changed = async ({ work, oids }: SpecimenRepo, round: number): Promise<readonly (readonly [oid: string, kind: string])[]> => {
  await work.git('checkout', '--quiet', 'main');
  await work.write('round', String(round));
  const middle = await work.commit(`round ${round}`);
  await work.write('round', `${round} again`);
  const tip = await work.commit(`round ${round} again`);
  await work.git('checkout', '--quiet', '-B', 'moves', tip);
  await work.write('moved', String(round));
  const forced = await work.commit(`moved ${round}`);
  await work.git('push', '--quiet', '--force', 'origin', 'main', 'moves');
  await work.git('push', '--quiet', '--force', 'origin', `${oids.old}:refs/heads/moves`);
  return [
    [middle, 'ok-reachable'],
    [tip, 'ok-tip'],
    [oids.old, 'ok-tip'],
    [oids.tagOnly, 'ok-reachable'],
    [oids.branchOnly, 'branch-only'],
    [forced, 'off-repository'],
    [oids.fork, 'off-repository'],
    [oids.fabricated, 'missing'],
  ];
};

const asker = async (
  repo: SpecimenRepo,
): Promise<{ readonly program: string; readonly env: Record<string, string>; readonly cacheFolder: string }> => {
  const home = await makeFolder();
  const server = await serveGit({ root: repo.root, protocol: HAS_HTTP ? 'http' : 'git' });
  const cacheFolder = join(home, 'cache');
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  return { program: await buildAsker(home), env: { ...isolatedEnv(home), ...server.insteadOf('https://forge.example/') }, cacheFolder };
};

test(
  `killed at ${ROUNDS} moments: what was kept serves, and says nothing wrong`,
  async () => {
    const repo = await makeSpecimens();
    const { program, env, cacheFolder } = await asker(repo);
    const opened = (offline: boolean): ReturnType<typeof openRemotes> =>
      openRemotes({
        env,
        cwd: cacheFolder,
        signal: new AbortController().signal,
        now: () => new Date(),
        cacheFolder,
        offline,
        maxAgeMs: offline ? 0 : 1,
      });
    let lasts = 0;
    let killed = 0;
    let known: Awaited<ReturnType<typeof changed>> = [];
    for (let round = 0; round < ROUNDS; round++) {
      known = await changed(repo, round);
      const job = { env, cacheFolder, url: URL, oids: known.map(([oid]) => oid) };
      const begun = performance.now();
      const { child, kinds } = startAsker(program, job);
      const timer = round === 0 ? undefined : setTimeout(() => child.kill('SIGKILL'), lasts * (0.15 + 0.8 * Math.random()));
      const said = await kinds;
      clearTimeout(timer);
      if (said === undefined) killed++;
      else expect(said).toEqual(known.map(([, kind]) => kind));
      if (round === 0) lasts = performance.now() - begun;
      // Offline, what is there may be of before: never that a stranger is a member.
      const offline = opened(true);
      for (const [oid, kind] of known) {
        const verdict = await judgePin(offline, URL, oid);
        const may =
          kind.startsWith('ok') || kind === 'branch-only' ? ['ok-tip', 'ok-reachable', 'branch-only', 'no-answer'] : ['no-answer'];
        expect(may, `round ${round}, ${kind}`).toContain(verdict.kind);
      }
      await offline.close();
      if (round % 4 === 3) {
        const online = opened(false);
        for (const [oid, kind] of known) expect((await judgePin(online, URL, oid)).kind, `round ${round}`).toBe(kind);
        await online.close();
      }
    }
    expect(killed).toBeGreaterThan(ROUNDS / 4);
    const left = readdirSync(join(cacheFolder, 'mirrors'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /work-\d+-[0-9a-f]+$/.test(name),
    );
    expect(left).toEqual([]);
  },
  ROUNDS * 4000,
);

test('many runs at once on one mirror, none of it there, and with changes', async () => {
  const repo = await makeSpecimens();
  const { program, env, cacheFolder } = await asker(repo);
  for (let round = 0; round < 2; round++) {
    const known = await changed(repo, round);
    const job = { env, cacheFolder, url: URL, oids: known.map(([oid]) => oid) };
    const all = await Promise.all(Array.from({ length: 5 }, () => startAsker(program, job).kinds));
    for (const said of all) expect(said).toEqual(known.map(([, kind]) => kind));
  }
}, 60_000);
