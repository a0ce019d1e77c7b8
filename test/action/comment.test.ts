import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keepComment, markOf, pullRequestPlace, runUrl, type PlacedComment } from '../../src/action/comment.ts';
import { ACME, makeServer, ofMerge, ofPullRequest, pullRequest, type PullRequest } from '../gate/runner.ts';
import type { TestRepo } from '../repo.ts';
import { makeAction, runStep, type Done, type Step } from './bundle.ts';

interface Kept {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type?: string };
}

/** What of a host's interface a run asks for. */
interface Host {
  readonly api: string;
  readonly comments: Kept[];
  readonly asked: string[];
  readonly tokens: Set<string>;
  close(): Promise<void>;
}

interface Kind {
  readonly base: string;
  /** Whom the token belongs to; undefined: it may not ask. */
  readonly me?: string;
  readonly author: Kept['user'];
  /** Comments to a page; undefined: all of them on each page, as Gitea does. */
  readonly page?: number;
  readonly refuse?: number;
}

const GITHUB: Kind = { base: '', author: { login: 'github-actions[bot]', type: 'Bot' }, page: 100 };
const FORGEJO: Kind = { base: '/api/v1', me: 'forgejo-actions', author: { login: 'forgejo-actions' } };

const openHost = async ({ base, me, author, page, refuse }: Kind): Promise<Host> => {
  const comments: Kept[] = [];
  const asked: string[] = [];
  const tokens = new Set<string>();
  let last = 1000;
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://host');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const sent = Buffer.concat(parts).toString();
      asked.push(`${request.method} ${url.pathname}`);
      tokens.add(request.headers.authorization ?? '');
      const answer = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
        response.end(value === undefined ? undefined : JSON.stringify(value));
      };
      const path = url.pathname.slice(base.length);
      const all = '/repos/owner/repo/issues/7/comments';
      const [, one] = /^\/repos\/owner\/repo\/issues\/comments\/(\d+)$/.exec(path) ?? [];
      const known = comments.find(({ id }) => id === Number(one));
      if (refuse !== undefined) return answer(refuse, { message: `no: ${request.headers.authorization ?? ''}` });
      if (path === '/user') return me === undefined ? answer(403, { message: 'no' }) : answer(200, { login: me });
      if (path === all && request.method === 'GET') {
        if (page === undefined) return answer(200, comments);
        const at = Number(url.searchParams.get('page') ?? 1);
        const next =
          comments.length > at * page ? { link: `<http://127.0.0.1:${port()}${base}${all}?page=${at + 1}>; rel="next"` } : undefined;
        return answer(200, comments.slice((at - 1) * page, at * page), next);
      }
      if (path === all && request.method === 'POST') {
        const made = { id: ++last, body: (JSON.parse(sent) as { body: string }).body, user: author };
        comments.push(made);
        return answer(201, made);
      }
      if (known !== undefined && request.method === 'PATCH') {
        known.body = (JSON.parse(sent) as { body: string }).body;
        return answer(200, known);
      }
      if (known !== undefined && request.method === 'DELETE') {
        comments.splice(comments.indexOf(known), 1);
        return answer(204, undefined);
      }
      return answer(404, { message: 'not found' });
    });
  });
  const port = (): number => (server.address() as AddressInfo).port;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    api: `http://127.0.0.1:${port()}${base}`,
    comments,
    asked,
    tokens,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const TOKEN = ['not', 'a', 'token'].join('-');

describe('a run', () => {
  let action = '';
  let pr: PullRequest;
  let server: TestRepo;
  let clone: TestRepo;
  let host: Host;
  beforeAll(async () => {
    action = await makeAction();
    server = await makeServer();
    pr = await pullRequest(server);
    clone = await ofMerge(server, pr, { depth: 0 });
  }, 120_000);
  beforeEach(() => {
    host = { api: '', comments: [], asked: [], tokens: new Set(), close: () => Promise.resolve() };
  });
  afterEach(() => host.close());

  const step = (more: Partial<Step> = {}): Promise<Done> => {
    const env = {
      GITHUB_API_URL: host.api,
      GITHUB_SERVER_URL: 'https://host.example',
      GITHUB_RUN_ID: '12',
      GITHUB_JOB: 'check',
      ...more.env,
    };
    const inputs = { comment: 'true', token: TOKEN, ...more.inputs };
    return runStep({ action, workspace: clone.dir, event: ofPullRequest(pr), ...more, env, inputs });
  };

  test.for([
    { name: 'GitHub', kind: GITHUB },
    { name: 'Forgejo', kind: FORGEJO },
    { name: 'Gitea, whose token may not ask who it is', kind: { base: '/api/v1', author: { login: 'gitea-actions' } } },
  ])('$name: one comment, made once and kept up to date', async ({ kind }) => {
    host = await openHost(kind);
    const mark = markOf({ GITHUB_JOB: 'check' });
    // Whoever writes our mark is not us.
    for (let n = 0; n < 120; n++) host.comments.push({ id: n, body: `${mark}\nnothing found`, user: { login: 'mallory', type: 'User' } });
    const first = await step();
    expect([first.code, first.err]).toEqual([1, '']);
    const ours = (): readonly Kept[] => host.comments.filter(({ user }) => user.login !== 'mallory');
    expect(ours()).toHaveLength(1);
    const [made] = ours();
    expect(made?.body).toMatch(/^<!-- kei-git \/check -->\n### kei-git: 1 error\n/);
    expect(made?.body).toContain('<code>config.yml:1</code> in commit');
    expect(made?.body).toContain('[The whole run](https://host.example/owner/repo/actions/runs/12)');
    expect(made?.body).not.toContain(ACME);
    const before = made?.body;
    // The same again is no reason to touch it.
    host.asked.length = 0;
    expect((await step()).code).toBe(1);
    expect(host.asked.filter((line) => !line.startsWith('GET '))).toEqual([]);
    expect((await step({ inputs: { paths: 'work' } })).code).toBe(0);

    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.id).toBe(made?.id);
    expect(ours()[0]?.body).toContain('### kei-git: nothing found');
    expect(ours()[0]?.body).not.toBe(before);
    expect(host.comments.filter(({ body }) => body === `${mark}\nnothing found`)).toHaveLength(120);
    expect([...host.tokens]).toEqual([`token ${TOKEN}`]);
    expect(first.all).not.toContain(TOKEN);
  });

  test.for([
    { refuse: 403, says: 'no comment: the token may not write one (403); permissions: pull-requests: write' },
    { refuse: 401, says: 'no comment: the host does not know the token (401)' },
    { refuse: 404, says: 'no comment: the pull request is not there for the token (404)' },
    { refuse: 502, says: 'no comment: the host answered 502' },
  ])('a host that answers $refuse is a warning', async ({ refuse, says }) => {
    host = await openHost({ ...GITHUB, refuse });
    const done = await step();
    expect([done.code, done.err, done.outputs['exit']]).toEqual([1, '', '1']);
    expect(done.log).toContain(`::warning title=kei-git::${says}\n`);
    expect(done.all).not.toContain(TOKEN);
  });

  test('no host, no token, no pull request, nothing asked for', async () => {
    host = await openHost(GITHUB);
    const { api } = host;
    await host.close();
    const gone = await step({ env: { GITHUB_API_URL: api } });
    expect([gone.code, gone.log.includes('::warning title=kei-git::no comment: the host could not be reached')]).toEqual([1, true]);
    host = await openHost(GITHUB);
    expect((await step({ inputs: { token: '' } })).log).toContain('::warning title=kei-git::no comment: it needs the input token');
    expect((await step({ inputs: { comment: 'false' } })).code).toBe(1);
    expect((await step({ event: { name: 'schedule', payload: {}, sha: '' } })).code).toBe(0);
    expect(host.asked).toEqual([]);
  });

  test('nothing to say is not said first', async () => {
    host = await openHost(GITHUB);
    expect((await step({ inputs: { paths: 'work' } })).code).toBe(0);
    expect(host.comments).toEqual([]);
  });
});

test('two runs at once leave one comment, the older', async () => {
  const comments = new Map<number, string>();
  let last = 0;
  let waiting: (() => void)[] = [];
  // Both see that there is none before either makes one.
  const together = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 2) for (const go of waiting.splice(0)) go();
    });
  const door = () => {
    let asked = 0;
    return {
      mine: async (): Promise<readonly PlacedComment[]> => {
        const seen = [...comments].map(([id, body]) => ({ id, body }));
        if (asked++ === 0) await together();
        return asked === 1 ? seen : [...comments].map(([id, body]) => ({ id, body }));
      },
      create: (body: string) => Promise.resolve((comments.set(++last, body), last)),
      update: (id: number, body: string) => Promise.resolve(void comments.set(id, body)),
      remove: (id: number) => Promise.resolve(void comments.delete(id)),
    };
  };
  await Promise.all([keepComment(door(), '<!-- m -->', 'a', false), keepComment(door(), '<!-- m -->', 'b', false)]);
  waiting = [];
  expect([...comments.keys()]).toEqual([1]);
});

test('which pull request, which mark, which page', () => {
  const read = (payload: unknown) => (): Uint8Array => Buffer.from(JSON.stringify(payload));
  const env = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_EVENT_PATH: '/e', GITHUB_REPOSITORY: 'a/b' };
  expect(pullRequestPlace(env, read({ pull_request: { number: 3 } }))).toEqual({ owner: 'a', repo: 'b', number: 3 });
  expect(pullRequestPlace(env, read({ pull_request: { number: '3/../4' } }))).toBeUndefined();
  expect(pullRequestPlace({ ...env, GITHUB_REPOSITORY: 'a/b/../c' }, read({ pull_request: { number: 3 } }))).toBeUndefined();
  expect(pullRequestPlace({ ...env, GITHUB_EVENT_NAME: 'push' }, read({ pull_request: { number: 3 } }))).toBeUndefined();
  expect(markOf({ GITHUB_WORKFLOW: 'a --> b', GITHUB_JOB: 'é' })).toBe('<!-- kei-git a%20%2D%2D%3E%20b/%C3%A9 -->');
  const run = { GITHUB_SERVER_URL: 'https://h', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '12', GITHUB_RUN_NUMBER: '3' };
  expect(runUrl(run)).toBe('https://h/a/b/actions/runs/12');
  expect(runUrl({ ...run, GITEA_ACTIONS: 'true' })).toBe('https://h/a/b/actions/runs/3');
  expect(runUrl({ ...run, GITHUB_SERVER_URL: 'https://h)](x' })).toBeUndefined();
});
