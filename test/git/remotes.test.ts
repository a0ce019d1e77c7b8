import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { InterruptedError } from '../../src/errors.ts';
import type { RemoteLimits } from '../../src/git/remote-limits.ts';
import { openRemotes } from '../../src/git/remotes.ts';
import { judgePin } from '../../src/pins/verdict.ts';
import type { Remotes, RemotesChoice, Silence } from '../../src/remote.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo } from '../server-repos.ts';
import { type Asking, type Behaviour, type GitServer, HAS_HTTP, PROTOCOLS, serveGit, settingsInEnv } from '../servers.ts';

const FORGE = 'https://forge.example/';
const URL = `${FORGE}act/ion.git`;

interface Asker extends RemotesChoice {
  readonly home?: string;
  readonly limits?: Partial<RemoteLimits>;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly keeps?: boolean;
}

/** Opens the door as a person whose settings lead to a server. */
const asker = async (
  server: GitServer | undefined,
  { home: given, limits, env, now, keeps = true, ...choice }: Asker = {},
): Promise<Remotes> => {
  const home = given ?? (await makeFolder());
  return openRemotes({
    env: { ...isolatedEnv(home), ...server?.insteadOf(FORGE), ...env },
    cwd: home,
    signal: new AbortController().signal,
    now: now ?? (() => new Date()),
    cacheFolder: keeps ? join(home, 'cache') : undefined,
    limits: { silentMs: 1500, ...limits },
    ...choice,
  });
};

let repo: SpecimenRepo;
beforeAll(async () => {
  repo = await makeSpecimens();
});

const serving = (behave: (asking: Asking) => Behaviour | undefined): Promise<GitServer> =>
  serveGit({ root: repo.root, protocol: 'http', behave });

const why = (answer: { readonly kind: string } | Silence): string =>
  'why' in answer ? `${answer.why}: ${answer.detail.replace(/^\S+: /, '')}` : answer.kind;

describe.runIf(HAS_HTTP)('a server that does not do as it should', () => {
  const AUTH = 'auth-or-missing: it asks who we are: private, or not there';
  const BROKEN = 'no-answer: the connection broke off';
  const NOT_GIT = 'no-answer: its answer is not what git understands';
  test.for<readonly [name: string, behaviour: Behaviour, said: string]>([
    ['401', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, AUTH],
    ['403', { status: 403 }, AUTH],
    ['404', { status: 404 }, 'repository-missing: there is no such repository'],
    ['410', { status: 410 }, 'repository-missing: there is no such repository'],
    ['408', { status: 408 }, 'no-answer: it answers with HTTP 408'],
    ['429', { status: 429, headers: { 'retry-after': '60' } }, 'no-answer: it was asked too often (HTTP 429)'],
    ['451', { status: 451 }, 'no-answer: it answers with HTTP 451'],
    ['500', { status: 500 }, 'no-answer: it answers with HTTP 500'],
    ['502', { status: 502 }, 'no-answer: it answers with HTTP 502'],
    ['503', { status: 503, body: 'down' }, 'no-answer: it answers with HTTP 503'],
    ['silence', { hang: true }, 'no-answer: it says nothing'],
    [
      'a page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>sign in</html>' },
      'no-answer: it names no branch and no tag',
    ],
    ['an empty page', { status: 200, headers: { 'content-type': 'application/x-git-upload-pack-advertisement' } }, BROKEN],
    ['a page of lines', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>\nsign in\n</html>\n' }, NOT_GIT],
    ['nonsense', { status: 200, headers: { 'content-type': 'application/x-git-upload-pack-advertisement' }, body: 'zzzz' }, NOT_GIT],
    ['a cut', { dropAfter: 20 }, BROKEN],
    ['a pause', { stallAfter: 20 }, 'no-answer: it says nothing'],
    [
      'a loop of redirects',
      { status: 302, headers: { location: '/act/ion.git/info/refs?service=git-upload-pack' } },
      'no-answer: it sends us to another address',
    ],
  ])('%s', async ([, behaviour, said]) => {
    const remotes = await asker(await serving(() => behaviour));
    expect(why(await remotes.advertised(URL))).toBe(said);
    expect(why(await remotes.reaching(URL, repo.oids.old))).toBe(said);
    const verdict = await judgePin(remotes, URL, repo.oids.old);
    expect(`${verdict.kind}: ${verdict.detail?.replace(/^\S+: /, '')}`).toBe(said);
    expect(verdict.detail).toContain('127.0.0.1');
    await remotes.close();
  });
  test.for<readonly [name: string, what: Asking['what'], behaviour: Behaviour, said: string]>([
    ['gone when the pack is asked for', 'fetch', { status: 404 }, 'repository-missing: there is no such repository'],
    ['overloaded by then', 'fetch', { status: 503 }, 'no-answer: it answers with HTTP 503'],
    ['cut within the pack', 'fetch', { dropAfter: 600 }, BROKEN],
    ['silent within the pack', 'fetch', { stallAfter: 600 }, 'no-answer: it says nothing'],
    ['silent before it', 'fetch', { hang: true }, 'no-answer: it says nothing'],
    [
      'a pack with other bytes',
      'fetch',
      { rewrite: (body) => Buffer.from(body.map((byte, at) => (at === body.length >> 1 ? byte ^ 0x55 : byte))) },
      NOT_GIT,
    ],
    ['cut within the refs', 'ls-refs', { dropAfter: 100 }, BROKEN],
  ])('%s', async ([, what, behaviour, said]) => {
    const server = await serving((asking) => (asking.what === what ? behaviour : undefined));
    const home = await makeFolder();
    const remotes = await asker(server, { home });
    expect(why(await remotes.reaching(URL, repo.oids.old))).toBe(said);
    await remotes.close();
    // Nothing of it is in the way of the next one.
    const next = await asker(await serving(() => undefined), { home });
    expect((await judgePin(next, URL, repo.oids.old)).kind).toBe('ok-reachable');
    await next.close();
  });
  test('nobody listens', async () => {
    const server = await serving(() => undefined);
    await server.close();
    const remotes = await asker(server);
    expect(why(await remotes.advertised(URL))).toBe('no-answer: nobody answers at its address');
  });
  test('a host that there is not', async () => {
    const remotes = await asker(undefined, { env: settingsInEnv([['url.http://nowhere.invalid/.insteadOf', FORGE]]) });
    expect(why(await remotes.advertised(URL))).toBe('no-answer: its host is not known');
  });
  test('no TLS where it is expected', async () => {
    const { port } = await serving(() => undefined);
    const remotes = await asker(undefined, { env: settingsInEnv([[`url.https://127.0.0.1:${port}/.insteadOf`, FORGE]]) });
    expect(why(await remotes.advertised(URL))).toBe('no-answer: there is no secure connection to it');
  });
  test('the proxy asks who we are', async () => {
    const { base } = await serving(() => ({ status: 407 }));
    const remotes = await asker(undefined, { hosts: ['http://forge.example'], env: settingsInEnv([['http.proxy', base]]) });
    expect(why(await remotes.advertised(URL.replace('https', 'http')))).toBe('no-answer: the proxy asks who we are');
  });
});

describe.runIf(HAS_HTTP)('a server of another kind', () => {
  const KINDS: readonly (readonly [name: string, behaviour: Behaviour])[] = [
    ['protocol 0', { protocol: 0 }],
    ['protocol 1', { protocol: 1 }],
    ['no filters', { settings: ['uploadpack.allowFilter=false'] }],
  ];
  test.for(KINDS)('%s: members are members, others are not', async ([, behaviour]) => {
    const remotes = await asker(await serving(() => behaviour));
    const kinds: Record<string, string> = {};
    for (const [name, oid] of Object.entries(repo.oids)) kinds[name] = (await judgePin(remotes, URL, oid)).kind;
    expect(kinds).toMatchObject({
      tip: 'ok-tip',
      annotated: 'ok-tip',
      old: 'ok-reachable',
      branchOnly: 'branch-only',
      tagObject: 'tag-object',
      pullRequest: 'off-repository',
      forcedAway: 'off-repository',
      fork: 'off-repository',
    });
    // Protocols before 2 do not say what the server has; that no ref reaches it is certain.
    expect(['missing', 'off-repository']).toContain(kinds['fabricated']);
    await remotes.close();
  });
  test('one that says no default branch', async () => {
    const rewrite = (body: Buffer): Buffer => {
      const text = body.toString('latin1');
      const line = /[0-9a-f]{4}([0-9a-f]{40} HEAD) symref-target:refs\/heads\/main\n/;
      return Buffer.from(
        text.replace(line, (_, kept: string) => `${(kept.length + 5).toString(16).padStart(4, '0')}${kept}\n`),
        'latin1',
      );
    };
    const remotes = await asker(await serving(({ what }) => (what === 'ls-refs' ? { rewrite } : undefined)));
    expect(await remotes.advertised(URL)).toMatchObject({ defaultBranch: 'refs/heads/main' });
  });
  test('a repository without a commit', async () => {
    const root = await makeFolder();
    await repo.work.git('init', '--quiet', '--bare', join(root, 'act/ion.git'));
    const remotes = await asker(await serveGit({ root, protocol: 'http' }));
    expect(await remotes.advertised(URL)).toMatchObject({ kind: 'refs', refs: new Map(), defaultBranch: undefined });
    expect((await judgePin(remotes, URL, repo.oids.tip)).kind).toBe('missing');
  });
});

describe.runIf(HAS_HTTP)('refs that lie', () => {
  const line = (text: string): string => `${(text.length + 5).toString(16).padStart(4, '0')}${text}\n`;
  const adding = (lines: readonly string[]): ((asking: Asking) => Behaviour | undefined) => {
    const rewrite = (body: Buffer): Buffer =>
      Buffer.from(body.toString('latin1').replace(/0000$/, `${lines.map(line).join('')}0000`), 'latin1');
    return ({ what }) => (what === 'ls-refs' ? { rewrite } : undefined);
  };
  test('to a commit that is not there: nothing is said of others', async () => {
    const remotes = await asker(await serving(adding([`${'ab'.repeat(20)} refs/heads/zz`])));
    expect(why(await remotes.reaching(URL, repo.oids.old))).toMatch(/^no-answer: /);
    expect((await judgePin(remotes, URL, repo.oids.tip)).kind).toBe('ok-tip');
  });
  test('names that are none are left out', async () => {
    const { tip } = repo.oids;
    const names = ['refs/heads/../x', 'refs/heads/a\u001b[2J', 'refs/heads/x.lock', 'refs/tags/a..b', '../../etc/passwd', 'refs/tags/.x'];
    const remotes = await asker(await serving(adding(names.map((name) => `${tip} ${name}`))));
    const answer = await remotes.advertised(URL);
    const plain = await (await asker(await serving(() => undefined))).advertised(URL);
    expect(answer.kind === 'refs' && [...answer.refs.keys()]).toEqual(plain.kind === 'refs' && [...plain.refs.keys()]);
    expect((await judgePin(remotes, URL, repo.oids.old)).kind).toBe('ok-reachable');
  });
  test('more than anybody reads', async () => {
    const { tip } = repo.oids;
    const pulls = Array.from({ length: 3000 }, (_, at) => `${tip} refs/pull/${at}/head`);
    const server = await serving((asking) => (asking.what === 'ls-refs' && asking.count < 2 ? adding(pulls)(asking) : undefined));
    const remotes = await asker(server, { limits: { refsBytes: 50_000 } });
    expect((await judgePin(remotes, URL, tip)).kind).toBe('ok-tip');
    const endless = Array.from({ length: 3000 }, (_, at) => `${tip} refs/heads/b${at}`);
    const never = await asker(await serving(adding(endless)), { limits: { refsBytes: 50_000 } });
    expect(why(await never.advertised(URL))).toBe('no-answer: it sends more than is taken');
  });
});

test.runIf(HAS_HTTP)('a history that is larger than it may be', async () => {
  const large = await makeSpecimens();
  await large.work.git('checkout', '--quiet', 'main');
  for (let at = 0; at < 6; at++) {
    await large.work.write(`noise${at}`, Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(Math.random() * 256))));
    await large.work.commit();
  }
  await large.work.git('push', '--quiet', 'origin', 'main');
  const server = await serveGit({ root: large.root, protocol: 'http', behave: () => ({ settings: ['uploadpack.allowFilter=false'] }) });
  const home = await makeFolder();
  const remotes = await asker(server, { home, limits: { mirrorBytes: 100_000 } });
  expect(why(await remotes.reaching(URL, large.oids.old))).toBe('no-answer: it sends more than is taken');
  await remotes.close();
  expect(readdirSync(join(home, 'cache/mirrors'), { recursive: true }).filter((name) => String(name).includes('work-'))).toEqual([]);
  const filtered = await asker(await serveGit({ root: large.root, protocol: 'http' }), { limits: { mirrorBytes: 100_000 } });
  expect((await judgePin(filtered, URL, large.oids.old)).kind).toBe('ok-reachable');
});

describe('files of a commit', () => {
  test.for(PROTOCOLS)('over %s', async (protocol) => {
    const remotes = await asker(await serveGit({ root: repo.root, protocol }));
    const { tagged, fork, fabricated } = repo.oids;
    const text = async (oid: string, path: string): Promise<string | undefined> => {
      const answer = await remotes.read(URL, oid, path);
      return answer.kind === 'file' ? answer.bytes && Buffer.from(answer.bytes).toString() : why(answer);
    };
    expect(await text(tagged, 'sub/action.yml')).toBe('name: sub 2\n');
    expect(await text(tagged, 'action.yml')).toContain('name: act 2\n');
    expect(await text(fork, 'action.yml')).toBe('name: forked 0\n');
    expect(await text(tagged, 'action.yaml')).toBeUndefined();
    expect(await text(tagged, 'sub')).toBeUndefined();
    expect(await text(tagged, 'none/action.yml')).toBeUndefined();
    expect(await text(fabricated, 'action.yml')).toMatch(/^no-answer: /);
    for (const path of ['../x', '/etc/passwd', 'sub/../action.yml', 'a\nb', '', '.', 'sub/'])
      expect(await text(tagged, path)).toBe('refused: that is no path of a file');
    expect(await text(tagged, ':(top)*')).toBeUndefined();
    await remotes.close();
  });
});

test.runIf(HAS_HTTP)('where nothing can be written, refs still answer, and what needs room says so', async () => {
  const home = await makeFolder();
  await writeFile(join(home, 'cache'), 'a file');
  const remotes = await asker(await serving(() => undefined), { home });
  expect((await judgePin(remotes, URL, repo.oids.tip)).kind).toBe('ok-tip');
  expect(await judgePin(remotes, URL, repo.oids.old)).toMatchObject({
    kind: 'no-answer',
    detail: expect.stringMatching(/cannot make .*cache/),
  });
});

test.runIf(HAS_HTTP)('an interrupted run leaves no git behind', async () => {
  const server = await serving(() => ({ hang: true }));
  const home = await makeFolder();
  const ending = new AbortController();
  const remotes = openRemotes({
    env: { ...isolatedEnv(home), ...server.insteadOf(FORGE) },
    cwd: home,
    signal: ending.signal,
    now: () => new Date(),
    cacheFolder: join(home, 'cache'),
  });
  const answer = judgePin(remotes, URL, repo.oids.old);
  while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 10));
  expect(await server.connections()).toBe(1);
  ending.abort();
  await expect(answer).rejects.toThrow(InterruptedError);
  for (let tries = 0; (await server.connections()) > 0 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 20));
  expect(await server.connections()).toBe(0);
});
