import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GitError, InterruptedError } from '../../src/errors.ts';
import { fetchObjects, originBranch } from '../../src/git/origin.ts';
import { here } from '../../src/git/run.ts';
import { drawn } from '../leak/tokens.ts';
import type { TestRepo } from '../repo.ts';
import { serveGit, type Asking, type Behaviour, type GitServer } from '../servers.ts';
import { checkout, FOUND, look, makeServer, ofMerge, ofPullRequest, pullRequest, short, type PullRequest } from './runner.ts';

interface Served {
  readonly server: TestRepo;
  readonly pr: PullRequest;
  readonly http: GitServer;
  readonly clone: TestRepo;
}

/** A pull request on a server that is asked over http; the clone has depth 1. `behave` holds from when it is made. */
const served = async (behave: (asking: Asking) => Behaviour | undefined = () => undefined): Promise<Served> => {
  const server = await makeServer(2);
  const pr = await pullRequest(server);
  const http = await serveGit({ root: dirname(server.dir), protocol: 'http', behave });
  const clone = await ofMerge(server, pr);
  await clone.git('remote', 'set-url', 'origin', `${http.base}repo/.git`);
  return { server, pr, http, clone };
};

const found = ({ commits }: PullRequest): readonly string[] => [`${short(commits[3])} config.yml ${FOUND}`];
const TOKEN = drawn('origin', 40);
const BASIC = `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
const guarded = ({ headers }: Asking): Behaviour | undefined =>
  headers['authorization']?.toLowerCase() === BASIC.toLowerCase()
    ? undefined
    : { status: 401, headers: { 'www-authenticate': 'Basic realm="git"' } };

describe('over http', () => {
  test('a public repository, without credentials', async () => {
    const { pr, http, clone } = await served();
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
    expect(http.requests.length).toBeGreaterThan(0);
    expect(http.requests.every(({ headers }) => headers['authorization'] === undefined && headers['git-protocol'] === 'version=2')).toBe(
      true,
    );
  });

  test('an old server gives out what refs name, which is enough here', async () => {
    const { pr, clone } = await served(() => ({ protocol: 0 }) as const);
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test('the header that actions/checkout leaves is sent, and never shown', async () => {
    const { pr, http, clone } = await served(guarded);
    await clone.git('config', `http.${http.base}.extraheader`, `AUTHORIZATION: ${BASIC}`);
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: found(pr), messages: 8 });
    expect(http.requests.every(({ headers }) => headers['authorization'] === BASIC)).toBe(true);
  });

  test('credentials in the URL, as GitLab has them', async () => {
    const { pr, http, clone } = await served(guarded);
    await clone.git('remote', 'set-url', 'origin', `${http.base.replace('//', `//x-access-token:${TOKEN}@`)}repo/.git`);
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test.for<[name: string, behaviour: Behaviour, why: string]>([
    [
      'persist-credentials: false on a private one',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="git"' } },
      'the origin asks for credentials',
    ],
    ['forbidden', { status: 403 }, 'the origin asks for credentials'],
    ['gone', { status: 404 }, 'there is no such repository, or it is private'],
    ['broken', { status: 503 }, 'the origin cannot be reached'],
    ['busy', { status: 429 }, 'the origin cannot be reached'],
    ['without git', { status: 200, body: '<html>welcome</html>' }, 'could not fetch from the origin'],
    ['cut off in the middle', { dropAfter: 300 }, ''],
  ])('refused, with what is wrong and without the token: %s', async ([, behaviour, why]) => {
    const { pr, http, clone } = await served(() => behaviour);
    await clone.git('remote', 'set-url', 'origin', `${http.base.replace('//', `//x-access-token:${TOKEN}@`)}repo/.git`);
    const said = await look(clone, ofPullRequest(pr));
    expect([said.code, said.found, said.err]).toEqual([3, [], expect.stringContaining(why)]);
    expect(said.err).not.toContain(TOKEN);
    expect(said.err).not.toContain('127.0.0.1');
    expect(await clone.git('rev-list', '--count', 'HEAD')).toBe('1');
  });

  test('an answer that breaks off leaves a clone that the next run can go on with', async () => {
    let isBroken = true;
    const { pr, clone } = await served(({ what }) => (isBroken && what === 'fetch' ? { dropAfter: 400 } : undefined));
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 3, found: [] });
    isBroken = false;
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test('a commit whose history a killed fetch did not bring', async () => {
    const { server, pr, clone } = await served();
    const objects = await server.git('rev-list', '--objects', '--no-object-names', '--no-walk', 'work');
    await server.gitWith({ stdin: objects }, 'pack-objects', '--quiet', `${clone.dir}/.git/objects/pack/pack`);
    await expect(clone.git('rev-list', '--count', pr.head)).rejects.toThrow('rev-list');
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test('no program of the configuration is started', async () => {
    const { pr, clone } = await served(guarded);
    const touch = `touch ${clone.dir}/pwned; false`;
    for (const [key, value] of [
      ['credential.helper', `!${touch}`],
      ['core.askPass', touch],
      ['core.sshCommand', touch],
      ['core.gitProxy', touch],
      ['core.fsmonitor', touch],
      ['core.alternateRefsCommand', touch],
      ['remote.origin.uploadpack', touch],
      ['remote.origin.vcs', 'ext'],
    ] as const)
      await clone.git('config', key, value);
    expect(await look(clone, ofPullRequest(pr), { env: { GIT_ASKPASS: `${clone.dir}/x`, SSH_ASKPASS: `${clone.dir}/x` } })).toMatchObject({
      code: 3,
    });
    expect(await clone.git('-c', 'core.fsmonitor=false', 'status', '--porcelain')).toBe('');
  });
});

describe('a server that says nothing', () => {
  test('is left after the deadline, or when the run is interrupted', async () => {
    const { pr, http, clone } = await served(() => ({ hang: true }));
    const place = here({ cwd: clone.dir, env: clone.env });
    const url = `${http.base}repo/.git`;
    const late = { kind: 'unanswered', why: 'the origin is too slow' };
    expect(await fetchObjects(place, url, ['--depth=1'], [pr.head], { deadlineMs: 300 })).toEqual(late);
    expect(await originBranch(place, url, 'main', { deadlineMs: 300 })).toEqual(late);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    await expect(fetchObjects(place, url, [], [pr.head], { signal: stop.signal })).rejects.toThrow(InterruptedError);
    expect(() => fetchObjects(place, url, [], ['--upload-pack=x'], {})).toThrow(GitError);
  });

  test('while it sends', async () => {
    const { pr, http, clone } = await served(({ what }) => (what === 'fetch' ? { stallAfter: 400 } : undefined));
    const place = here({ cwd: clone.dir, env: clone.env });
    const answer = await fetchObjects(place, `${http.base}repo/.git`, ['--depth=1'], [pr.head], { deadlineMs: 1500 });
    expect(answer).toEqual({ kind: 'unanswered', why: 'the origin is too slow' });
    expect(await clone.git('fsck', '--connectivity-only')).toBe('');
    await expect(clone.git('cat-file', '-e', pr.head)).rejects.toThrow('cat-file');
  });
});

test('branches are told apart by their whole name', async () => {
  const server = await makeServer(1);
  await server.git('branch', 'x/main');
  const clone = await checkout(server, { depth: 1, oid: await server.git('rev-parse', 'main'), ref: 'refs/remotes/origin/main' });
  const place = here({ cwd: clone.dir, env: clone.env });
  const url = `file://${server.dir}`;
  expect(await originBranch(place, url, 'main', {})).toBe(await server.git('rev-parse', 'main'));
  expect(await originBranch(place, url, 'mai', {})).toBeUndefined();
  expect(await originBranch(place, url, '*', {})).toBeUndefined();
});
