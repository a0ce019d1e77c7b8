import { describe, expect, test } from 'vitest';
import type { TestRepo } from '../repo.ts';
import { ACME, checkout, commits, FOUND, look, makeServer, naive, ofPush, PLANTED, short, ZERO } from './runner.ts';

const tipOf = (server: TestRepo, ref = 'HEAD'): Promise<string> => server.git('rev-parse', ref);
const ofBranch = (server: TestRepo, oid: string, name: string, depth: number): Promise<TestRepo> =>
  checkout(server, { depth, oid, ref: `refs/remotes/origin/${name}` });

/** A branch `work` with seven commits on top of `main`. */
const branched = async (): Promise<{ readonly server: TestRepo; readonly made: readonly string[]; readonly head: string }> => {
  const server = await makeServer();
  await server.git('checkout', '--quiet', '-b', 'work');
  const made = await commits(server, 'work', 7, PLANTED);
  return { server, made, head: made.at(-1) ?? '' };
};

describe('a push to a branch', () => {
  test.for([1, 3, 0])('before..after, depth %i', async (depth) => {
    const server = await makeServer();
    const before = await tipOf(server);
    const made = await commits(server, 'work', 7, PLANTED);
    const after = await tipOf(server);
    const clone = await ofBranch(server, after, 'main', depth);
    expect(await naive(clone, `${before}..${after}`)).toBe(depth === 0 ? 7 : undefined);
    const said = await look(clone, ofPush({ ref: 'refs/heads/main', before, after, commits: made }));
    expect(said).toMatchObject({ code: 1, found: [`${short(made[3])} config.yml ${FOUND}`], messages: 7 });
    expect(said.description).toBe('7 commits of a push to main');
  });

  test('Gitea says how many there are, and lists a few', async () => {
    const server = await makeServer();
    const before = await tipOf(server);
    const made = await commits(server, 'work', 7, PLANTED);
    const after = await tipOf(server);
    const push = (total: number) =>
      ofPush({
        ref: 'refs/heads/main',
        before,
        after,
        more: { commits: made.slice(-2).map((id) => ({ id })), total_commits: total, created: undefined },
      });
    expect(await look(await ofBranch(server, after, 'main', 1), push(7))).toMatchObject({ code: 1, messages: 7 });
    const said = await look(await ofBranch(server, after, 'main', 1), push(8));
    expect([said.code, said.err]).toEqual([3, expect.stringContaining('only 7 of its 8 commits are in this clone')]);
  });

  test.for([1, 0])('forced, what was there is fetched by its name, depth %i', async (depth) => {
    const { server, head: before } = await branched();
    await server.git('reset', '--quiet', '--hard', 'main');
    const made = await commits(server, 'again', 5, { 2: { 'b.yml': `key: ${ACME}\n` }, 3: { 'b.yml': undefined } });
    const after = await tipOf(server);
    const clone = await ofBranch(server, after, 'work', depth);
    expect(await naive(clone, `${before}..${after}`)).toBeUndefined();
    const said = await look(clone, ofPush({ ref: 'refs/heads/work', before, after, commits: made, more: { forced: true } }));
    expect(said).toMatchObject({ code: 1, found: [`${short(made[1])} b.yml ${FOUND}`], messages: 5 });
  });

  test.for([1, 0])('forced, and nobody has what was there: from the default branch on, depth %i', async (depth) => {
    const { server, made, head } = await branched();
    const push = ofPush({ ref: 'refs/heads/work', before: 'ab'.repeat(20), after: head, commits: made.slice(-2) });
    const said = await look(await ofBranch(server, head, 'work', depth), push);
    expect(said).toMatchObject({ code: 1, found: [`${short(made[3])} config.yml ${FOUND}`], messages: 7, changed: [] });
  });

  test('forced on the default branch, and nobody has what was there: everything', async () => {
    const { server, made } = await branched();
    await server.git('checkout', '--quiet', '-B', 'main', 'work');
    const after = await tipOf(server);
    const push = ofPush({ ref: 'refs/heads/main', before: 'ab'.repeat(20), after });
    const said = await look(await ofBranch(server, after, 'main', 1), push);
    expect(said).toMatchObject({ code: 1, found: [`${short(made[3])} config.yml ${FOUND}`], messages: 13 });
  });
});

describe('a push of a new branch', () => {
  const leak = (made: readonly string[]): readonly string[] => [`${short(made[3])} config.yml ${FOUND}`];

  test.for([1, 0])('from the default branch on, depth %i', async (depth) => {
    const { server, made, head } = await branched();
    const clone = await ofBranch(server, head, 'work', depth);
    expect(await naive(clone, `${ZERO}..${head}`)).toBeUndefined();
    for (const push of [
      ofPush({ ref: 'refs/heads/work', after: head, commits: made }),
      // Gitea's payload has the last ten of whatever.
      ofPush({ ref: 'refs/heads/work', after: head, more: { created: undefined, commits: made.map((id) => ({ id })), total_commits: 12 } }),
    ]) {
      const said = await look(clone, push);
      expect(said).toMatchObject({ code: 1, found: leak(made), messages: 7, description: '7 commits of the new branch work' });
    }
  });

  test('on top of another one: only what the payload calls new', async () => {
    const { server, made, head } = await branched();
    await server.git('checkout', '--quiet', '-b', 'next');
    const more = await commits(server, 'next', 2);
    const after = more.at(-1) ?? '';
    const push = ofPush({
      ref: 'refs/heads/next',
      after,
      more: { commits: [...made.map((id) => ({ id, distinct: false })), ...more.map((id) => ({ id, distinct: true }))] },
    });
    const clone = await ofBranch(server, after, 'next', 0);
    expect(await tipOf(clone, 'refs/remotes/origin/work')).toBe(head);
    expect(await look(clone, push)).toMatchObject({ code: 0, messages: 2 });
  });

  test('two that are pushed together do not hide each other', async () => {
    const { server, made, head } = await branched();
    await server.git('branch', 'twin');
    const clone = await ofBranch(server, head, 'work', 0);
    expect(await naive(clone, `^refs/remotes/origin/twin`)).toBe(0);
    for (const more of [{}, { created: undefined, commits: made.map((id) => ({ id })) }])
      expect(await look(clone, ofPush({ ref: 'refs/heads/work', after: head, commits: made, more }))).toMatchObject({
        code: 1,
        found: leak(made),
        messages: 7,
      });
  });

  test('the first of a repository, and one that shares nothing', async () => {
    const { server, made, head } = await branched();
    await server.git('checkout', '--quiet', '-B', 'main', 'work');
    const first = await look(await ofBranch(server, head, 'main', 1), ofPush({ ref: 'refs/heads/main', after: head, commits: made }));
    expect(first).toMatchObject({ code: 1, found: leak(made), messages: 13 });
    await server.git('checkout', '--quiet', '--orphan', 'pages');
    await server.git('rm', '-r', '--quiet', '--cached', '.');
    await server.git('clean', '-fdq');
    const alone = await commits(server, 'work', 5, { 4: { 'config.yml': `key: ${ACME}\n` }, 5: { 'config.yml': undefined } });
    const after = alone.at(-1) ?? '';
    const said = await look(await ofBranch(server, after, 'pages', 1), ofPush({ ref: 'refs/heads/pages', after, commits: alone }));
    expect(said).toMatchObject({ code: 1, found: [`${short(alone[3])} config.yml ${FOUND}`], messages: 5 });
  });
});

describe('a push of a tag', () => {
  const tag = (server: TestRepo, oid: string, name: string, depth: number): Promise<TestRepo> =>
    checkout(server, { depth, oid, ref: `refs/tags/${name}` });

  test.for([1, 0])('new, on a commit that no branch has, depth %i', async (depth) => {
    const { server, made, head } = await branched();
    await server.git('tag', 'v1');
    await server.git('checkout', '--quiet', 'main');
    await server.git('branch', '-D', '--quiet', 'work');
    const clone = await tag(server, head, 'v1', depth);
    expect(await naive(clone, 'v1')).toBe(depth === 0 ? 13 : 1);
    const said = await look(clone, ofPush({ ref: 'refs/tags/v1', after: head }));
    expect(said).toMatchObject({
      code: 1,
      found: [`${short(made[3])} config.yml ${FOUND}`],
      messages: 7,
      description: '7 commits of the tag v1',
    });
  });

  test.for([1, 0])('annotated: its message too, also where the checkout put the commit in its place, depth %i', async (depth) => {
    const server = await makeServer();
    await server.git('tag', '-a', 'v1', '-m', `key: ${ACME}`);
    const [oid, head] = [await tipOf(server, 'v1'), await tipOf(server)];
    const clone = await checkout(server, { depth, oid: head, ref: 'refs/tags/v1' });
    if (depth === 1) expect(await tipOf(clone, 'v1')).toBe(head);
    const said = await look(clone, ofPush({ ref: 'refs/tags/v1', after: oid }));
    expect(said).toMatchObject({ code: 1, found: [`${short(oid)} ${FOUND}`], messages: 1 });
    // GitLab names the commit only.
    const whole = await checkout(server, { depth: 0, oid, ref: 'refs/tags/v1' });
    const variables = {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_TAG: 'v1',
      CI_COMMIT_SHA: head,
      CI_COMMIT_BEFORE_SHA: ZERO,
      CI_DEFAULT_BRANCH: 'main',
    };
    expect(await look(whole, variables)).toMatchObject({ code: 1, found: [`${short(oid)} ${FOUND}`], messages: 1 });
  });

  test.for([1, 0])('moved, depth %i', async (depth) => {
    const { server, made, head } = await branched();
    await server.git('tag', 'v1', made[1] ?? '');
    await server.git('tag', '--force', 'v1');
    await server.git('checkout', '--quiet', 'main');
    await server.git('branch', '-D', '--quiet', 'work');
    const said = await look(await tag(server, head, 'v1', depth), ofPush({ ref: 'refs/tags/v1', before: made[1] ?? '', after: head }));
    expect(said).toMatchObject({ code: 1, found: [`${short(made[3])} config.yml ${FOUND}`], messages: 5 });
  });

  test('of a file', async () => {
    const server = await makeServer();
    const oid = await server.gitWith({ stdin: `key: ${ACME}\n` }, 'hash-object', '-w', '--stdin');
    await server.git('tag', 'file', oid);
    const clone = await checkout(server, { depth: 1, oid: await tipOf(server), ref: 'refs/remotes/origin/main' });
    const said = await look(clone, ofPush({ ref: 'refs/tags/file', after: oid }));
    expect(said).toMatchObject({ code: 1, found: [`${oid} ${FOUND}`] });
  });
});

test('what is deleted brings nothing, and that is said', async () => {
  const server = await makeServer();
  const tip = await tipOf(server);
  const clone = await ofBranch(server, tip, 'main', 1);
  for (const event of [
    ofPush({ ref: 'refs/heads/old', before: tip }),
    { name: 'delete', sha: tip, payload: { ref: 'old', ref_type: 'branch' } },
  ]) {
    const said = await look(clone, event);
    expect(said).toMatchObject({ code: 0, found: [], description: 'old was deleted', messages: 0 });
  }
});

test('events that bring no commits: the whole worktree', async () => {
  const server = await makeServer(2, { 'leak.yml': `key: ${ACME}\n` });
  const tip = await tipOf(server);
  const clone = await ofBranch(server, tip, 'main', 1);
  const payload = { repository: { default_branch: 'main' } };
  for (const name of ['schedule', 'workflow_dispatch', 'repository_dispatch', 'release', 'workflow_run', 'issue_comment']) {
    const said = await look(clone, { name, sha: tip, payload });
    expect(said).toMatchObject({ code: 1, found: [`leak.yml ${FOUND}`], skipped: [] });
  }
  const said = await look(clone, { name: 'full_moon', sha: tip, payload });
  const reason = 'the event full_moon is not known: the whole worktree was looked at';
  expect(said).toMatchObject({ code: 1, found: [`leak.yml ${FOUND}`], skipped: [{ kind: 'policy', reason }] });
  const gitlab = { GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_SHA: tip };
  expect(await look(clone, gitlab)).toMatchObject({ code: 1, found: [`leak.yml ${FOUND}`], skipped: [] });
  expect(await look(clone, { ...gitlab, CI_PIPELINE_SOURCE: 'moon' })).toMatchObject({ code: 1, skipped: [{ kind: 'policy' }] });
});
