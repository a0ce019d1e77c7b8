import { describe, expect, test } from 'vitest';
import type { TestRepo } from '../repo.ts';
import {
  ACME,
  checkout,
  commit,
  commits,
  FOUND,
  jobOf,
  look,
  makeServer,
  naive,
  ofMerge,
  ofPullRequest,
  PLANTED,
  pullRequest,
  short,
  tried,
  type PullRequest,
} from './runner.ts';

const found = ({ commits: made }: PullRequest): readonly string[] => [`${short(made[3])} config.yml ${FOUND}`];

describe('a pull request', () => {
  test('is checked out as its merge, depth 1: fetched until its seven commits are there', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr);
    expect(await naive(clone, `${pr.base}..${pr.head}`)).toBeUndefined();
    expect(await naive(clone, 'HEAD')).toBe(1);
    // Each side fetched by itself gives a range: one of seven.
    const other = await ofMerge(server, pr);
    await other.git('fetch', '--quiet', '--depth=1', 'origin', pr.base, pr.head);
    expect(await naive(other, `${pr.base}..${pr.head}`)).toBe(1);
    const one = await look(other, ofPullRequest(pr), { argv: ['check', '--range', `${pr.base}..${pr.head}`] });
    expect([one.code, one.err]).toEqual([3, expect.stringContaining('is cut off in this clone: some of its commits are not here')]);
    for (const repo of [clone, other]) {
      const refs = await repo.git('for-each-ref');
      const said = await look(repo, ofPullRequest(pr));
      expect(said).toMatchObject({ code: 1, found: found(pr), messages: 8, skipped: [], changed: [], refused: [] });
      expect(said.description).toBe('7 commits of pull request 7, and the merge');
      expect(await naive(repo, `${pr.base}..${pr.head}`)).toBe(7);
      expect(await repo.git('for-each-ref')).toBe(refs);
    }
  });

  test('leak scan --event looks at the same', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr), { argv: ['leak', 'scan', '--event'] });
    expect(said).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test('fetch-depth: 0: nothing is fetched', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr, { depth: 0 });
    await clone.git('remote', 'set-url', 'origin', 'file:///nowhere');
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
  });

  test.for([1, 3, 0])('its head is checked out, depth %i, as Forgejo does: no count of commits is told', async (depth) => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await checkout(server, { depth, oid: pr.head, ref: 'refs/remotes/pull/7/head' });
    const { payload } = ofPullRequest(pr, { commits: undefined, merge_base: await server.git('merge-base', 'main', 'work') });
    expect(await naive(clone, 'HEAD')).not.toBe(7);
    const said = await look(clone, { name: 'pull_request', sha: pr.head, payload });
    expect(said).toMatchObject({ code: 1, found: found(pr), messages: 7, description: '7 commits of pull request 7' });
  });

  test.for(['pull_request_target', 'pull_request_review', 'pull_request_sync'])('%s: the base is checked out', async (name) => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await checkout(server, { depth: 1, oid: pr.base, ref: 'refs/remotes/origin/main' });
    const { payload } = ofPullRequest(pr);
    expect(await look(clone, { name, sha: pr.base, payload })).toMatchObject({ code: 1, found: found(pr), messages: 7 });
  });

  test('goes on from an old commit, with a long history on both sides', async () => {
    const server = await makeServer(70);
    await server.git('checkout', '--quiet', '-b', 'work', 'HEAD~65');
    const made = await commits(server, 'work', 7, PLANTED);
    const pr = await tried(server, made);
    const clone = await ofMerge(server, pr);
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: found(pr), messages: 8, refused: [] });
    expect(await naive(clone, `${pr.base}..${pr.head}`)).toBe(7);
  });

  test('has merged its base on the way: all of its own commits, none of the base', async () => {
    const server = await makeServer();
    await server.git('checkout', '--quiet', '-b', 'work');
    const first = await commits(server, 'work', 5, PLANTED);
    await server.git('checkout', '--quiet', 'main');
    await commit(server, { 'old.txt': `key: ${ACME}\n` }, 'what is on the base is no matter of the pull request');
    await server.git('checkout', '--quiet', 'work');
    await server.git('merge', '--quiet', '--no-ff', '-m', 'catch up', 'main');
    const merged = await server.git('rev-parse', 'HEAD');
    const last = await commits(server, 'more', 2);
    const pr = await tried(server, [...first, merged, ...last]);
    const clone = await ofMerge(server, pr);
    // Where the server leaves out what the base has, a merge of the base is where history ends: everything before it is missed.
    const other = await ofMerge(server, pr);
    await other.git('fetch', '--quiet', '--shallow-exclude=refs/heads/main', 'origin', pr.head);
    expect(await naive(other, pr.head)).toBe(3);
    // And git cannot go on from there.
    expect(await look(other, ofPullRequest(pr))).toMatchObject({ code: 3, found: [] });
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(first[3])} config.yml ${FOUND}`], messages: 9 });
    expect(said.description).toBe('8 commits of pull request 7, and the merge');
  });

  test('what only the tried merge has counts too', async () => {
    const server = await makeServer(2);
    const { base, head } = await pullRequest(server, 2, {});
    await server.git('checkout', '--quiet', '--detach', base);
    await server.git('merge', '--quiet', '--no-ff', '--no-commit', head);
    await server.write('evil.yml', `key: ${ACME}\n`);
    const merge = await server.commit('merge');
    await server.git('update-ref', 'refs/pull/7/merge', merge);
    const pr = { base, head, merge, commits: [head, head] };
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(merge)} evil.yml ${FOUND}`], messages: 3 });
    // A commit that merges nothing of the pull request is none of it.
    const other = await ofMerge(server, pr);
    expect(await look(other, { ...ofPullRequest(pr), sha: base })).toMatchObject({ code: 0, messages: 2 });
  });

  test('goes on from its base by a short way, and by a long one that is cut off', async () => {
    const server = await makeServer();
    await server.git('checkout', '--quiet', '-b', 'work');
    const first = await commits(server, 'long', 12, PLANTED);
    await server.git('checkout', '--quiet', '-b', 'brief', 'main');
    await commits(server, 'brief', 1);
    await server.git('merge', '--quiet', '--no-ff', '-m', 'both', 'work');
    const head = await server.git('rev-parse', 'HEAD');
    const base = await server.git('rev-parse', 'main');
    const pr = { base, head, merge: head, commits: [...first, head] };
    const clone = await checkout(server, { depth: 6, oid: head, ref: 'refs/remotes/pull/7/head' });
    expect(await clone.git('merge-base', base, head)).toBe(base);
    expect(await naive(clone, `${base}..${head}`)).toBe(7);
    const said = await look(clone, ofPullRequest(pr, { commits: undefined }));
    expect(said).toMatchObject({ code: 1, found: [`${short(first[3])} config.yml ${FOUND}`], messages: 14 });
  });

  test('the payload knows of more commits than there are: refused', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server, 7, {});
    for (const depth of [0, 1]) {
      const said = await look(await ofMerge(server, pr, { depth }), ofPullRequest(pr, { commits: 9 }));
      expect([said.code, said.err]).toEqual([3, expect.stringContaining('only 7 of its 9 commits are in this clone')]);
    }
    expect(await look(await ofMerge(server, pr), ofPullRequest(pr))).toMatchObject({ code: 0, found: [] });
  });

  test('its base was rewritten since: what was there is fetched by its name', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    await server.git('reset', '--quiet', '--hard', 'main~2');
    await commits(server, 'other', 2);
    const now = await tried(server, pr.commits);
    for (const depth of [0, 1]) {
      const clone = await ofMerge(server, now, { depth });
      expect(await naive(clone, `${pr.base}..${pr.head}`)).toBeUndefined();
      expect(await look(clone, ofPullRequest({ ...now, base: pr.base }))).toMatchObject({ code: 1, found: found(pr), messages: 8 });
    }
  });

  test.for([1, 0])('brings back what was taken out of its base, depth %i', async (depth) => {
    const server = await makeServer();
    const [bad] = await commits(server, 'bad', 1, { 1: { 'config.yml': `key: ${ACME}\n` } });
    await server.git('checkout', '--quiet', '-b', 'work');
    const made = await commits(server, 'work', 3);
    await server.git('checkout', '--quiet', 'main');
    await server.git('reset', '--quiet', '--hard', 'HEAD~1');
    const pr = await tried(server, made);
    const said = await look(await ofMerge(server, pr, { depth }), ofPullRequest({ ...pr, base: bad ?? '' }));
    expect(said).toMatchObject({ code: 1, found: [`${short(bad)} config.yml ${FOUND}`], messages: 5 });
  });

  test('part of it has landed meanwhile: the payload counts it still', async () => {
    const server = await makeServer();
    const base = await server.git('rev-parse', 'main');
    await server.git('checkout', '--quiet', '-b', 'work');
    const made = await commits(server, 'work', 7, PLANTED);
    await server.git('checkout', '--quiet', 'main');
    await server.git('merge', '--quiet', '--no-ff', '-m', 'part', made[5] ?? '');
    const pr = await tried(server, made);
    const said = await look(await ofMerge(server, pr), ofPullRequest({ ...pr, base }));
    expect(said).toMatchObject({ code: 1, found: found(pr) });
  });

  test('shares nothing with its base', async () => {
    const server = await makeServer();
    await server.git('checkout', '--quiet', '--orphan', 'work');
    await server.git('rm', '-r', '--quiet', '--cached', '.');
    await server.git('clean', '-fdq');
    const made = await commits(server, 'work', 7, { ...PLANTED, 1: { 'kei.toml': '[leak]\nbuiltin = false\n[check]\nskip = ["leak"]\n' } });
    await commit(server, { 'kei.toml': undefined });
    await server.git('checkout', '--quiet', 'main');
    const pr = await tried(server, [...made, await server.git('rev-parse', 'work')]);
    const clone = await ofMerge(server, pr);
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: found(pr), messages: 9, description: '8 commits of pull request 7, and the merge' });
    expect(said.changed).toContain('rule acme is gone');
  });

  test('only its first commit is a root: octopus and evil merges count with what only they have', async () => {
    const server = await makeServer();
    await server.git('checkout', '--quiet', '-b', 'work');
    const [root] = await commits(server, 'work', 1);
    for (const name of ['a', 'b', 'c']) {
      await server.git('checkout', '--quiet', '-b', name, root ?? '');
      await commit(server, { [`${name}.txt`]: `${name}\n` });
    }
    await server.git('checkout', '--quiet', 'work');
    await server.git('merge', '--quiet', '--no-commit', '--no-ff', 'a', 'b', 'c');
    await server.write('evil.yml', `key: ${ACME}\n`);
    const evil = await server.commit('octopus');
    const after = await commit(server, { 'evil.yml': undefined });
    const own = (await server.git('rev-list', 'main..work')).split('\n');
    await server.git('checkout', '--quiet', 'main');
    const pr = await tried(server, own);
    expect(own).toHaveLength(6);
    expect(after).toBe(pr.head);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(evil)} evil.yml ${FOUND}`], messages: 7 });
  });
});

describe('a clone that lacks what is needed', () => {
  const set = async (): Promise<{ readonly server: TestRepo; readonly pr: PullRequest; readonly clone: TestRepo }> => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    return { server, pr, clone: await ofMerge(server, pr) };
  };

  test('outside CI nothing is fetched without --deepen', async () => {
    const { pr, clone } = await set();
    const said = await look(clone, ofPullRequest(pr), { ci: false });
    expect([said.code, said.err]).toEqual([
      3,
      'kei-git: pull request 7: its last commit is not in this clone, and nothing is fetched without --deepen outside CI\n' +
        '  hint: fetch the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or let it be fetched: --deepen\n',
    ]);
    const more = { ci: false, argv: ['check', '--event', '--deepen'] };
    expect(await look(clone, ofPullRequest(pr), more)).toMatchObject({ code: 1, found: found(pr) });
  });

  test.for([
    ['without an origin', ['remote', 'remove', 'origin'], 'there is no remote named origin'],
    ['whose origin is gone', ['remote', 'set-url', 'origin', 'file:///nowhere/at/all'], 'no such repository'],
    ['whose origin would need a program', ['remote', 'set-url', 'origin', 'ext::sh -c touch% pwned'], 'only http, https, git and file'],
    ['whose origin is spoken to by ssh', ['remote', 'set-url', 'origin', 'ssh://git@127.0.0.1/x.git'], 'only http, https, git and file'],
    ['whose origin looks like an option', ['config', 'remote.origin.url', '--upload-pack=touch pwned'], 'could not fetch'],
  ] as const)('%s', async ([, args, why]) => {
    const { pr, clone } = await set();
    await clone.git(...args);
    const said = await look(clone, ofPullRequest(pr));
    expect([said.code, said.found, said.err]).toEqual([3, [], expect.stringContaining(why)]);
    expect(await clone.git('status', '--porcelain')).toBe('');
  });

  test('a half-written shallow file of another run: refused, and the lock stays', async () => {
    const { pr, clone } = await set();
    await clone.write('.git/shallow.lock', '');
    expect(await look(clone, ofPullRequest(pr))).toMatchObject({
      code: 3,
      found: [],
      err: expect.stringContaining('another git is changing this clone') as string,
    });
  });

  test.for(['blob:none', 'tree:0'])('a partial clone, %s: contents are brought in one go', async (filter) => {
    const { server, pr } = await set();
    await server.git('config', 'uploadpack.allowFilter', 'true');
    const clone = await ofMerge(server, pr, { filter });
    const said = await look(clone, ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: found(pr), messages: 8, skipped: [] });
    const whole = await ofMerge(server, pr, { filter, depth: 0 });
    const again = await look(whole, ofPullRequest(pr));
    // Without any tree nobody can say what is missing.
    if (filter === 'tree:0') expect(again).toMatchObject({ code: 3, found: [] });
    else expect(again).toMatchObject({ code: 1, found: found(pr), messages: 8, skipped: [] });
    const deaf = await ofMerge(server, pr, { filter, depth: 0 });
    await deaf.git('config', 'remote.origin.url', 'file:///nowhere');
    expect(await look(deaf, ofPullRequest(pr))).toMatchObject({ code: 3, found: [] });
  });

  test('submodules and pointers of LFS are looked at as what stands in the commit', async () => {
    const server = await makeServer();
    await server.git('checkout', '--quiet', '-b', 'work');
    const made = await commits(server, 'work', 2, {
      1: {
        'big.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 4096\n`,
        '.gitattributes': '*.bin filter=lfs diff=lfs -text\n',
      },
    });
    await server.git('update-index', '--add', '--cacheinfo', `160000,${made[0] ?? ''},vendor/sub`);
    await server.write('.gitmodules', '[submodule "sub"]\n\tpath = vendor/sub\n\turl = ext::sh -c touch% pwned\n');
    await server.git('add', '.gitmodules');
    await server.git('commit', '--quiet', '-m', 'sub');
    const sub = await server.git('rev-parse', 'HEAD');
    await server.git('checkout', '--quiet', '--force', 'main');
    const pr = await tried(server, [...made, sub]);
    expect(await look(await ofMerge(server, pr), ofPullRequest(pr))).toMatchObject({
      code: 0,
      found: [],
      messages: 4,
      skipped: [{ path: 'vendor/sub', reason: 'a submodule: it is looked at in its own repository', kind: 'policy' }],
    });
  });
});

test('a merge group', async () => {
  const server = await makeServer();
  const pr = await pullRequest(server);
  const payload = {
    action: 'checks_requested',
    merge_group: { head_sha: pr.merge, head_ref: 'refs/heads/gh-readonly-queue/main/pr-7', base_sha: pr.base, base_ref: 'refs/heads/main' },
    repository: { default_branch: 'main' },
  };
  const clone = await ofMerge(server, pr);
  expect(await naive(clone, `${pr.base}..${pr.merge}`)).toBeUndefined();
  const said = await look(clone, { name: 'merge_group', sha: pr.merge, payload });
  expect(said).toMatchObject({ code: 1, found: found(pr), messages: 8, description: '8 commits of a merge group for main' });
});

test('GitLab: a merge request and a push, with the depth that its runner fetches', async () => {
  const server = await makeServer();
  const pr = await pullRequest(server);
  const variables = { GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main' };
  const request = {
    ...variables,
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_PROJECT_ID: '1',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '1',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: await server.git('merge-base', 'main', 'work'),
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    CI_COMMIT_SHA: pr.head,
  };
  for (const depth of [2, 20]) {
    const clone = await checkout(server, { depth, oid: pr.head, ref: 'refs/pipelines/1' });
    expect(await look(clone, request)).toMatchObject({
      code: 1,
      found: found(pr),
      messages: 7,
      description: '7 commits of merge request 7',
    });
    const push = {
      ...variables,
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_BRANCH: 'work',
      CI_COMMIT_SHA: pr.head,
      CI_COMMIT_BEFORE_SHA: pr.commits[0] ?? '',
    };
    expect(await look(clone, push)).toMatchObject({ code: 1, found: found(pr), messages: 6, description: '6 commits of a push to work' });
  }
  const merged = { ...request, CI_COMMIT_SHA: pr.merge, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: pr.head };
  expect(await look(await ofMerge(server, pr), merged)).toMatchObject({ code: 1, found: found(pr), messages: 8 });
});

test('what no event names is not guessed', async () => {
  const server = await makeServer();
  const pr = await pullRequest(server);
  const clone = await ofMerge(server, pr);
  const event = ofPullRequest(pr);
  const job = await jobOf(event);
  const cases: readonly (readonly [env: Readonly<Record<string, string>>, code: number, err: string])[] = [
    [{}, 2, 'no CI event here: GITHUB_EVENT_NAME and GITLAB_CI are not set'],
    [{ GITHUB_EVENT_NAME: 'push' }, 2, 'GITHUB_EVENT_PATH is not set'],
    [{ ...job, GITHUB_EVENT_PATH: '/nowhere/event.json' }, 3, 'there is no event file'],
    [{ ...job, GITHUB_EVENT_PATH: clone.dir }, 3, 'cannot read'],
    [await jobOf({ ...event, payload: '{"pull_request":' }), 3, 'the event file is no JSON object'],
    [await jobOf({ ...event, payload: 'null' }), 3, 'the event file is no JSON object'],
    [await jobOf({ ...event, payload: {} }), 3, 'says no pull_request.head.sha'],
    [
      await jobOf({ ...event, payload: { pull_request: { head: { sha: '--all' }, base: { sha: pr.base } } } }),
      3,
      'says no pull_request.head.sha',
    ],
    [await jobOf({ ...event, name: 'push', payload: {} }), 3, 'says no ref'],
    [await jobOf({ ...event, name: 'push', payload: { ref: 'refs/heads/main', after: pr.head } }), 3, 'says no before'],
    [await jobOf({ ...event, name: 'merge_group', payload: {} }), 3, 'says no merge_group.head_sha'],
    [{ GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'push' }, 3, 'CI_COMMIT_SHA is no object name'],
  ];
  for (const [env, code, err] of cases) {
    const said = await look(clone, env);
    expect([said.code, said.found, said.err]).toEqual([code, [], expect.stringContaining(err)]);
  }
  expect(await look(clone, event, { argv: ['check', '--event', 'main'] })).toMatchObject({ code: 2 });
  expect(await look(clone, event, { argv: ['check', '--event', '--all'] })).toMatchObject({ code: 2 });
  expect(await look(clone, event, { argv: ['check', '--deepen'] })).toMatchObject({ code: 2 });
});
