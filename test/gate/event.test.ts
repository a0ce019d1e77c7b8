import { describe, expect, test } from 'vitest';
import { checkout, commit, FOUND, look, makeServer, naive, ofMerge, ofPullRequest, pullRequest } from './runner.ts';

const short = (oid: string | undefined): string => (oid ?? '').slice(0, 8);

describe('pull request', () => {
  test('checked out as the merge, depth 1', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr);
    expect(await naive(clone, `${pr.base}..${pr.head}`)).toBeUndefined();
    expect(await naive(clone, 'HEAD')).toBe(1);
    // What many do about that: each side by itself. Then a range is there, and it is one of seven.
    const other = await ofMerge(server, pr);
    await other.git('fetch', '--quiet', '--depth=1', 'origin', pr.base, pr.head);
    expect(await naive(other, `${pr.base}..${pr.head}`)).toBe(1);
    for (const repo of [clone, other]) {
      const said = await look(repo, ofPullRequest(pr));
      expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[3])} config.yml ${FOUND}`], messages: 8, skipped: [] });
      expect(said.description).toBe('7 commits of pull request 7, and the merge');
    }
    expect(await naive(clone, `${pr.base}..${pr.head}`)).toBe(7);
  });

  test('the whole history is there', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr, { depth: 0 });
    await clone.git('remote', 'set-url', 'origin', 'file:///nowhere'); // nothing is fetched
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[3])} config.yml ${FOUND}`], messages: 8 });
  });

  test('the head is checked out, depth 1', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await checkout(server, { depth: 1, oid: pr.head, ref: 'refs/remotes/origin/work' });
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[3])} config.yml ${FOUND}`], messages: 7 });
  });

  test('without leave to fetch, and without an origin, it is refused', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr);
    const asked = await look(clone, ofPullRequest(pr), { ci: false });
    expect([asked.code, asked.err]).toEqual([3, expect.stringContaining('--deepen')]);
    expect((await look(clone, ofPullRequest(pr), { ci: false, argv: ['check', '--event', '--deepen'] })).code).toBe(1);
    const lost = await ofMerge(server, pr);
    await lost.git('remote', 'remove', 'origin');
    expect(await look(lost, ofPullRequest(pr))).toMatchObject({ code: 3, found: [] });
  });
});

describe('push', () => {
  test('before..after, depth 1', async () => {
    const server = await makeServer();
    const before = await server.git('rev-parse', 'main');
    const pr = await pullRequest(server);
    await server.git('merge', '--quiet', '--ff-only', 'work').catch(() => server.git('reset', '--quiet', '--hard', 'work'));
    const after = await server.git('rev-parse', 'main');
    const clone = await checkout(server, { depth: 1, oid: after, ref: 'refs/remotes/origin/main' });
    expect(await naive(clone, `${before}..${after}`)).toBeUndefined();
    const payload = {
      ref: 'refs/heads/main',
      before,
      after,
      created: false,
      deleted: false,
      forced: false,
      commits: pr.commits.map((id) => ({ id, distinct: true })),
      repository: { default_branch: 'main' },
    };
    const said = await look(clone, { name: 'push', sha: after, payload });
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[3])} config.yml ${FOUND}`], messages: 7 });
    expect(said.description).toBe('7 commits of a push to main');
    await commit(server, { a: 'b' });
  });
});
