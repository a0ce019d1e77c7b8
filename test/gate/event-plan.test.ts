import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVENT_ROWS, planEvent } from '../../src/gate/event.ts';
import { GITLAB_SOURCES } from '../../src/gate/event-gitlab.ts';
import { ciRun } from '../../src/gate/pull-request.ts';
import type { EventPlan } from '../../src/incoming.ts';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
const ZERO = '0'.repeat(40);

const jobOf = (name: string, payload: unknown, env: Readonly<Record<string, string>> = {}) =>
  [
    { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: '/event.json', ...env },
    (path: string) => (path === '/event.json' ? Buffer.from(JSON.stringify(payload)) : undefined),
  ] as const;

const planOf = (name: string, payload: unknown, env?: Readonly<Record<string, string>>): EventPlan =>
  planEvent(...jobOf(name, payload, env));

const NOTHING = { base: undefined, onto: undefined, ref: undefined, merge: undefined, atLeast: 0, fresh: undefined };
const REPOSITORY = { repository: { default_branch: 'main' } };

test('docs/check-events.md has every row of the table', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'check-events.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => /^\| (`.*) \| (.*) \|$/.exec(line)?.slice(1, 3).map(String) ?? []);
  const pairs = Array.from({ length: rows.length / 2 }, (_, at) => [rows[2 * at], rows[2 * at + 1]]);
  const named = (events: readonly string[]): string => events.map((event) => `\`${event}\``).join(', ');
  const wanted = EVENT_ROWS.flatMap(({ events, looksAt, cases = [] }) => [
    [named(events), looksAt],
    ...cases.map(([when, what]) => [`${named(events)}, ${when}`, what]),
  ]);
  expect(pairs.slice(0, wanted.length)).toEqual(wanted);
  expect(pairs.at(-1)).toEqual([named(GITLAB_SOURCES), 'the whole worktree']);
});

describe('GitHub, Forgejo and Gitea', () => {
  test('a pull request', () => {
    const payload = { number: 7, pull_request: { commits: 3, head: { sha: A }, base: { sha: B, ref: 'main' } } };
    const plan = { ...NOTHING, kind: 'commits', as: 'proposal', what: 'pull request 7', head: A, base: B, onto: 'main', atLeast: 3 };
    expect(planOf('pull_request', payload, { GITHUB_SHA: C })).toEqual({ ...plan, merge: C });
    expect(planOf('pull_request', payload, { GITHUB_SHA: A })).toEqual(plan);
    for (const name of ['pull_request_target', 'pull_request_review', 'pull_request_review_comment', 'pull_request_rejected'])
      expect(planOf(name, payload)).toEqual(plan);
    expect(planOf('pull_request', { pull_request: { head: { sha: A }, base: { sha: B } } })).toMatchObject({
      what: 'a pull request',
      atLeast: 0,
    });
    for (const count of [-1, 1.5, '7', 1e300, null]) {
      const odd = { pull_request: { ...payload.pull_request, commits: count } };
      expect(planOf('pull_request', odd)).toMatchObject({ atLeast: 0 });
    }
  });

  test('a push', () => {
    const payload = { ref: 'refs/heads/main', before: A, after: B, commits: [{ id: B }], ...REPOSITORY };
    const plan = {
      ...NOTHING,
      kind: 'commits',
      as: 'update',
      what: 'a push to main',
      head: B,
      base: A,
      ref: 'refs/heads/main',
      atLeast: 1,
    };
    expect(planOf('push', payload)).toEqual(plan);
    expect(planOf('push', { ...payload, total_commits: 9 })).toEqual({ ...plan, atLeast: 9 });
    expect(planOf('push', { ...payload, ref: 'refs/heads/x' })).toEqual({
      ...plan,
      ref: 'refs/heads/x',
      what: 'a push to x',
      onto: 'main',
    });
    expect(planOf('push', { ...payload, after: ZERO })).toEqual({ kind: 'nothing', what: 'main was deleted' });
    expect(planOf('push', { ...payload, deleted: true })).toEqual({ kind: 'nothing', what: 'main was deleted' });
    expect(planOf('push', { ...payload, ref: 'refs/tags/v1', before: ZERO })).toMatchObject({
      as: 'tag',
      what: 'the tag v1',
      base: undefined,
      onto: 'main',
    });
    const long = 'f'.repeat(64);
    expect(planOf('push', { ...payload, before: long, after: long })).toMatchObject({ head: long, base: long });
  });

  test.for<[name: string, payload: Readonly<Record<string, unknown>>, fresh: readonly string[] | undefined]>([
    [
      'the payload says which commits are new',
      {
        created: true,
        commits: [
          { id: A, distinct: false },
          { id: B, distinct: true },
        ],
      },
      [B],
    ],
    ['none is new', { created: true, commits: [] }, []],
    ['Gitea does not say', { commits: [{ id: B }] }, undefined],
    ['Gitea lists none', { commits: [] }, undefined],
    ['the list may be cut off', { created: true, commits: Array.from({ length: 20 }, () => ({ id: B, distinct: true })) }, undefined],
    ['a name is none', { created: true, commits: [{ id: 'main', distinct: true }] }, undefined],
  ])('a new branch: %s', ([, more, fresh]) => {
    const plan = planOf('push', { ref: 'refs/heads/x', before: ZERO, after: B, ...REPOSITORY, ...more });
    expect(plan).toEqual({
      ...NOTHING,
      kind: 'commits',
      as: 'new-branch',
      what: 'the new branch x',
      head: B,
      ref: 'refs/heads/x',
      onto: 'main',
      fresh,
    });
  });

  test('names from a payload cannot steer a terminal', () => {
    expect(planOf('push', { ref: 'refs/heads/\u001b[2J\u202e', before: A, after: ZERO })).toEqual({
      kind: 'nothing',
      what: String.raw`\x1b[2J\u{202e} was deleted`,
    });
    expect(planOf('\u001b[2J', {})).toMatchObject({ kind: 'all', because: expect.stringContaining(String.raw`\x1b[2J`) as string });
  });

  test.for(['a/../b', 'a b', 'x^{tree}', '-x', 'a\nb', '@{1}', 'a*'])('a base that is no name of a branch is none: %s', (ref) => {
    expect(planOf('pull_request', { pull_request: { head: { sha: A }, base: { sha: B, ref } } })).toMatchObject({ onto: undefined });
  });
});

test.for<[name: string, env: Readonly<Record<string, string>>, payload: unknown, pullRequest: string, base: readonly string[]]>([
  ['push', {}, {}, 'none', []],
  ['schedule', {}, {}, 'none', []],
  ['merge_group', {}, { merge_group: { base_sha: B } }, 'same-repository', [B]],
  ['workflow_run', { GITHUB_SHA: C }, { workflow_run: { event: 'push' }, ...REPOSITORY }, 'none', []],
  ['workflow_run', { GITHUB_SHA: C }, { workflow_run: { event: 'pull_request' }, ...REPOSITORY }, 'fork', [C, 'refs/remotes/origin/main']],
  ['issue_comment', { GITHUB_SHA: C }, { issue: {}, ...REPOSITORY }, 'none', []],
  ['issue_comment', { GITHUB_SHA: C }, { issue: { pull_request: {} }, ...REPOSITORY }, 'fork', [C, 'refs/remotes/origin/main']],
  ['pull_request', {}, { pull_request: { head: { repo: null }, base: { sha: B, repo: { full_name: 'o/r' } } } }, 'fork', [B]],
  ['pull_request', { GITHUB_BASE_REF: 'main' }, 'broken', 'fork', ['refs/remotes/origin/main']],
])('whose proposal a run of %s is, %o', ([name, env, payload, pullRequest, base]) => {
  expect(ciRun(...jobOf(name, payload, env))).toEqual({ pullRequest, base });
});
