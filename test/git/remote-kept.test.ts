import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openRemotes } from '../../src/git/remotes.ts';
import { judgePin } from '../../src/pins/verdict.ts';
import type { Remotes, RemotesChoice } from '../../src/remote.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo } from '../server-repos.ts';
import { type GitServer, HAS_HTTP, serveGit } from '../servers.ts';

const URL = 'https://forge.example/act/ion.git';
const HOUR = 3_600_000;

let repo: SpecimenRepo;
let server: GitServer;
beforeAll(async () => {
  repo = await makeSpecimens();
  server = await serveGit({ root: repo.root, protocol: HAS_HTTP ? 'http' : 'git' });
});

const opened = (home: string, choice: RemotesChoice & { readonly at?: number; readonly keeps?: boolean } = {}): Remotes => {
  const { at = 0, keeps = true, ...more } = choice;
  return openRemotes({
    env: { ...isolatedEnv(home), ...server.insteadOf('https://forge.example/') },
    cwd: home,
    signal: new AbortController().signal,
    now: () => new Date(at),
    cacheFolder: keeps ? join(home, 'cache') : undefined,
    ...more,
  });
};

/** What was asked meanwhile. */
const asked = async <T>(work: () => Promise<T>): Promise<readonly [answer: T, requests: readonly string[]]> => {
  const before = server.requests.length;
  const answer = await work();
  return [answer, server.requests.slice(before).map(({ what }) => what)];
};

const kindOf = async (remotes: Remotes, oid: string): Promise<string> => (await judgePin(remotes, URL, oid)).kind;

test.runIf(HAS_HTTP)('each question is asked once per run, and not again while it is young', async () => {
  const home = await makeFolder();
  const { tip, old, tagged, fabricated, fork } = repo.oids;
  const first = opened(home);
  const [, cold] = await asked(() => Promise.all([tip, tagged, tip].map((oid) => kindOf(first, oid))));
  expect(cold).toEqual(['refs', 'ls-refs']);
  const [, mirror] = await asked(() => Promise.all([old, old].map((oid) => kindOf(first, oid))));
  expect(mirror).toEqual(['refs', 'fetch']);
  const [, objects] = await asked(() => Promise.all([fabricated, fabricated].map((oid) => kindOf(first, oid))));
  expect(objects.filter((what) => what === 'fetch')).toHaveLength(1);
  await first.close();
  const [kinds, warm] = await asked(() => Promise.all([tip, tagged, old].map((oid) => kindOf(opened(home, { at: HOUR }), oid))));
  expect(kinds).toEqual(['ok-tip', 'ok-tip', 'ok-reachable']);
  expect(warm).toEqual([]);
  // Nothing changed: one look at the refs, no fetch of commits.
  const [late, looks] = await asked(() => kindOf(opened(home, { at: 25 * HOUR }), old));
  expect([late, looks]).toEqual(['ok-reachable', ['refs', 'ls-refs']]);
  // What is rejected is always asked for.
  const [no, rejected] = await asked(() => kindOf(opened(home, { at: 25 * HOUR }), fork));
  expect([no, rejected.filter((what) => what === 'ls-refs').length]).toEqual(['off-repository', 1]);
  const [young, again] = await asked(() => kindOf(opened(home, { at: 25 * HOUR + 2000, maxAgeMs: 1000 }), tip));
  expect([young, again]).toEqual(['ok-tip', ['refs', 'ls-refs']]);
});

test.runIf(HAS_HTTP)('offline, what was kept answers and says of when; what was never asked is no answer', async () => {
  const home = await makeFolder();
  const { tip, old, tagged, fabricated, fork, tagObject } = repo.oids;
  const [early, requests] = await asked(() => judgePin(opened(home, { offline: true }), URL, tip));
  expect([early.kind, early.detail?.split(': ')[1], requests]).toEqual(['no-answer', 'offline, and it was never asked', []]);
  const online = opened(home, { at: 5 * HOUR });
  for (const oid of [tip, old]) await kindOf(online, oid);
  for (const path of ['action.yml', 'action.yaml']) await online.read(URL, tagged, path);
  await online.close();
  const offline = opened(home, { offline: true, at: 500 * HOUR });
  const [, none] = await asked(async () => {
    expect(await judgePin(offline, URL, tip)).toMatchObject({ kind: 'ok-tip', askedAt: new Date(5 * HOUR) });
    expect(await judgePin(offline, URL, old)).toMatchObject({ kind: 'ok-reachable', askedAt: new Date(5 * HOUR) });
    expect(await judgePin(offline, URL, tagObject)).toMatchObject({ kind: 'tag-object', askedAt: new Date(5 * HOUR) });
    for (const oid of [fabricated, fork]) expect(await judgePin(offline, URL, oid)).toMatchObject({ kind: 'no-answer', refs: [] });
    expect(await offline.read(URL, tagged, 'action.yml')).toMatchObject({ kind: 'file', askedAt: new Date(5 * HOUR) });
    expect(await offline.read(URL, tagged, 'action.yaml')).toMatchObject({ kind: 'file', bytes: undefined });
    expect(await offline.read(URL, old, 'action.yml')).toMatchObject({ kind: 'silent', why: 'no-answer' });
    expect(await offline.advertised(URL, 'fresh')).toMatchObject({ kind: 'silent', why: 'no-answer' });
  });
  expect(none).toEqual([]);
});

test.runIf(HAS_HTTP)('where nothing is kept, nothing is read or written', async () => {
  const home = await makeFolder();
  await kindOf(opened(home), repo.oids.old);
  const ci = opened(home, { keeps: false });
  const [kind, requests] = await asked(() => kindOf(ci, repo.oids.old));
  expect([kind, requests]).toEqual(['ok-reachable', ['refs', 'ls-refs', 'refs', 'fetch']]);
  await ci.close();
  const other = await makeFolder();
  const none = opened(other, { keeps: false });
  await kindOf(none, repo.oids.fork);
  await none.close();
  expect(existsSync(join(other, 'cache'))).toBe(false);
});

test('what the server changes is followed: forced pushes, tags that move and go', async () => {
  const own = await makeSpecimens();
  const home = await makeFolder();
  const { work, oids } = own;
  const there = await serveGit({ root: own.root, protocol: HAS_HTTP ? 'http' : 'git' });
  let at = 0;
  const kinds = async (...names: readonly string[]): Promise<readonly string[]> => {
    const remotes = openRemotes({
      env: { ...isolatedEnv(home), ...there.insteadOf('https://forge.example/') },
      cwd: home,
      signal: new AbortController().signal,
      now: () => new Date((at += HOUR)),
      cacheFolder: join(home, 'cache'),
      maxAgeMs: 1000,
    });
    const all = [];
    for (const oid of names) all.push(await kindOf(remotes, oid));
    await remotes.close();
    return all;
  };
  const { tagOnly, branchOnly, tip, old } = oids;
  expect(await kinds(tagOnly, branchOnly, tip, old)).toEqual(['ok-reachable', 'branch-only', 'ok-tip', 'ok-reachable']);
  await work.git('push', '--quiet', 'origin', ':v0-release');
  expect(await kinds(tagOnly, branchOnly, tip, old)).toEqual(['off-repository', 'branch-only', 'ok-tip', 'ok-reachable']);
  await work.git('push', '--quiet', 'origin', 'v0-release', 'releases/v2:refs/tags/v2.1.0');
  expect(await kinds(tagOnly, branchOnly, tip, old)).toEqual(['ok-reachable', 'ok-reachable', 'ok-tip', 'ok-reachable']);
  await work.git('push', '--quiet', '--force', 'origin', `${old}:refs/heads/main`, ':releases/v2', `${old}:refs/tags/v2.1.0`);
  expect(await kinds(tip, branchOnly, old)).toEqual(['off-repository', 'off-repository', 'ok-tip']);
  // Very many updates: the packs do not pile up.
  await work.git('checkout', '--quiet', '--detach', old);
  for (let round = 0; round < 52; round++) {
    const made = await work.commit(`more ${round}`);
    await work.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    if (round % 2 === 0 || round > 48) expect(await kinds(made)).toEqual(['ok-tip']);
    expect(await kinds(old)).toEqual(['ok-tip']);
  }
  const folder = join(home, 'cache/mirrors');
  const [name = ''] = readdirSync(folder);
  const pointer = readFileSync(join(folder, name, 'mirror'), 'latin1');
  const current = /"name":"(at-[0-9a-f]+)"/.exec(pointer)?.[1] ?? '';
  expect(readdirSync(join(folder, name, current, 'objects/pack')).filter((file) => file.endsWith('.pack')).length).toBeLessThan(30);
}, 120_000);

test('whatever of it is damaged, it is made anew', async () => {
  const home = await makeFolder();
  const { old, tip, tagOnly, branchOnly, fork, fabricated } = repo.oids;
  const all = async (): Promise<readonly string[]> => {
    const remotes = opened(home);
    const kinds = [];
    for (const oid of [tip, old, tagOnly, branchOnly, fork, fabricated]) kinds.push(await kindOf(remotes, oid));
    await remotes.close();
    return kinds;
  };
  const right = ['ok-tip', 'ok-reachable', 'ok-reachable', 'branch-only', 'off-repository', 'missing'];
  expect(await all()).toEqual(right);
  const mirrors = join(home, 'cache/mirrors');
  const files = (): readonly string[] =>
    readdirSync(mirrors, { recursive: true, encoding: 'utf8' })
      .map((name) => join(mirrors, name))
      .filter((path) => statSync(path).isFile())
      .sort();
  const kinds = new Set(files().map((path) => path.replace(/[0-9a-f]{16,}/g, '')));
  expect(kinds.size).toBeGreaterThan(5);
  const damages: readonly ((path: string) => void)[] = [
    (path) => rmSync(path),
    (path) => writeFileSync(path, ''),
    (path) => truncateSync(path, statSync(path).size >> 1),
    (path) => {
      const bytes = readFileSync(path);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      writeFileSync(path, bytes);
    },
    (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  ];
  for (const kind of kinds)
    for (const [at, damage] of damages.entries()) {
      const path = files().findLast((file) => file.replace(/[0-9a-f]{16,}/g, '') === kind);
      if (path === undefined) continue;
      // Packs are read-only, and shared between mirrors.
      const bytes = readFileSync(path);
      rmSync(path);
      writeFileSync(path, bytes);
      damage(path);
      // Else the answers that are kept one by one would spare the mirror the question.
      if (!kind.includes('reach-')) for (const file of files()) if (file.includes('/reach-')) rmSync(file);
      expect(await all(), `${kind.slice(mirrors.length)}, damage ${at}`).toEqual(right);
    }
}, 120_000);

test('an index that lost one name is not believed', async () => {
  const home = await makeFolder();
  const { old } = repo.oids;
  expect(await kindOf(opened(home), old)).toBe('ok-reachable');
  const mirrors = join(home, 'cache/mirrors');
  const name = Buffer.from(old, 'hex');
  let lost = 0;
  for (const file of readdirSync(mirrors, { recursive: true, encoding: 'utf8' }).map((path) => join(mirrors, path))) {
    if (file.includes('/reach-')) rmSync(file);
    if (!file.endsWith('.idx')) continue;
    const bytes = readFileSync(file);
    const at = bytes.indexOf(name);
    if (at < 0) continue;
    lost++;
    bytes[at + name.length - 1] = (bytes[at + name.length - 1] ?? 0) ^ 1;
    rmSync(file);
    writeFileSync(file, bytes);
  }
  expect(lost).toBe(1);
  expect(await kindOf(opened(home), old)).toBe('ok-reachable');
});
