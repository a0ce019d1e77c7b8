import { FileError, UsageError } from '../errors.ts';
import type { EventPlan, Incoming } from '../incoming.ts';
import { printable } from '../report/printable.ts';
import { withoutSecrets } from '../report/quoted.ts';
import { planGitlab } from './event-gitlab.ts';
import { branchOf, isZero, member, oidOf, readPayload, textOf, type Env, type ReadFile } from './payload.ts';

/** A payload names at most so many commits of a push: GitHub 2048, older servers 20. */
const LIMITS: readonly number[] = [20, 2048];

interface Event {
  readonly name: string;
  readonly payload: unknown;
  readonly env: Env;
}

/** Events of one kind. */
export interface EventRow {
  readonly events: readonly string[];
  readonly looksAt: string;
  /** What changes that by the payload. */
  readonly cases?: readonly (readonly [when: string, looksAt: string])[];
  readonly plan: (event: Event) => EventPlan;
}

const incomplete = (name: string, what: string): FileError =>
  new FileError(`the payload of the event ${printable(name)} says no ${what}`, {
    hint: 'name the commits: kei-git check --range origin/main..HEAD',
  });

const needed = ({ name, payload }: Event, ...keys: readonly string[]): string => {
  const oid = oidOf(member(payload, ...keys));
  if (oid === undefined) throw incomplete(name, keys.join('.'));
  return oid;
};

const shown = (ref: string): string => withoutSecrets(printable(ref.replace(/^refs\/(?:heads|tags)\//, '')));

const countOf = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0);

const NONE = { base: undefined, onto: undefined, ref: undefined, merge: undefined, atLeast: 0, fresh: undefined } as const;

const ofPullRequest = (event: Event): Incoming => {
  const { payload, env } = event;
  const number = countOf(member(payload, 'pull_request', 'number')) || countOf(member(payload, 'number'));
  const head = needed(event, 'pull_request', 'head', 'sha');
  const tried = oidOf(env['GITHUB_SHA']);
  return {
    ...NONE,
    kind: 'commits',
    as: 'proposal',
    what: number > 0 ? `pull request ${number}` : 'a pull request',
    head,
    base: needed(event, 'pull_request', 'base', 'sha'),
    onto: branchOf(member(payload, 'pull_request', 'base', 'ref')) ?? branchOf(env['GITHUB_BASE_REF']),
    merge: tried === head ? undefined : tried,
    atLeast: countOf(member(payload, 'pull_request', 'commits')),
  };
};

const ofMergeGroup = (event: Event): Incoming => {
  const onto = branchOf(textOf(member(event.payload, 'merge_group', 'base_ref'))?.replace(/^refs\/heads\//, ''));
  return {
    ...NONE,
    kind: 'commits',
    as: 'proposal',
    what: `a merge group${onto === undefined ? '' : ` for ${shown(onto)}`}`,
    head: needed(event, 'merge_group', 'head_sha'),
    base: needed(event, 'merge_group', 'base_sha'),
    onto,
  };
};

const commitsOf = (payload: unknown): readonly unknown[] => {
  const commits = member(payload, 'commits');
  return Array.isArray(commits) ? commits : [];
};

/** GitHub says of each commit whether it is new to the repository; where it left some out, nobody knows of those. */
const freshOf = (payload: unknown): readonly string[] | undefined => {
  const commits = commitsOf(payload);
  if (member(payload, 'created') !== true || LIMITS.includes(commits.length)) return undefined;
  const all = commits.map((commit) => [oidOf(member(commit, 'id')), member(commit, 'distinct')] as const);
  if (all.some(([id, distinct]) => id === undefined || typeof distinct !== 'boolean')) return undefined;
  return all.flatMap(([id, distinct]) => (id !== undefined && distinct === true ? [id] : []));
};

const ofPush = (event: Event): EventPlan => {
  const { name, payload } = event;
  const ref = textOf(member(payload, 'ref'));
  if (ref === undefined) throw incomplete(name, 'ref');
  if (member(payload, 'deleted') === true || isZero(member(payload, 'after')))
    return { kind: 'nothing', what: `${shown(ref)} was deleted` };
  const head = needed(event, 'after');
  const base = isZero(member(payload, 'before')) ? undefined : needed(event, 'before');
  const main = branchOf(member(payload, 'repository', 'default_branch'));
  const common = { ...NONE, kind: 'commits', head, base, ref, onto: ref === `refs/heads/${main ?? ''}` ? undefined : main } as const;
  if (ref.startsWith('refs/tags/')) return { ...common, as: 'tag', what: `the tag ${shown(ref)}` };
  if (base === undefined) return { ...common, as: 'new-branch', what: `the new branch ${shown(ref)}`, fresh: freshOf(payload) };
  const atLeast = Math.max(commitsOf(payload).length, countOf(member(payload, 'total_commits')));
  return { ...common, as: 'update', what: `a push to ${shown(ref)}`, atLeast };
};

const ofDelete = ({ payload }: Event): EventPlan => ({
  kind: 'nothing',
  what: `${shown(textOf(member(payload, 'ref')) ?? 'a branch or tag')} was deleted`,
});

const ofAll = ({ name, env }: Event): EventPlan => {
  // A job may have checked out something else than what the event is for.
  const trusted = oidOf(env['GITHUB_SHA']);
  return { kind: 'all', what: `the worktree, for ${printable(name)}`, ...(trusted === undefined ? {} : { trusted }) };
};

/** What is looked at for the events of GitHub, Forgejo and Gitea. docs/check-events.md says the same. */
export const EVENT_ROWS: readonly EventRow[] = [
  {
    events: ['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'],
    looksAt: 'the commits of the pull request, and the merge that the server tried, where it is in the clone',
    plan: ofPullRequest,
  },
  {
    events: ['merge_group'],
    looksAt: 'the commits from `base_sha` to `head_sha`',
    plan: ofMergeGroup,
  },
  {
    events: ['push'],
    looksAt: 'the commits from `before` to `after`',
    cases: [
      ['the branch is new', 'the commits that the payload calls new; where it does not say, those that the default branch does not have'],
      ['forced, and `before` is gone from the server', 'the commits that the default branch does not have; of the default branch all'],
      ['a tag, new or moved', 'the commits that no branch has and that `before` did not have, and the message of the tag'],
      ['deleted', 'nothing'],
    ],
    plan: ofPush,
  },
  { events: ['delete'], looksAt: 'nothing', plan: ofDelete },
  {
    events: [
      'schedule',
      'workflow_dispatch',
      'workflow_call',
      'workflow_run',
      'repository_dispatch',
      'release',
      'create',
      'issues',
      'issue_comment',
      'deployment',
    ],
    looksAt: 'the whole worktree',
    plan: ofAll,
  },
];

const planOf = (event: Event): EventPlan => {
  const row = EVENT_ROWS.find(({ events }) => events.includes(event.name));
  if (row !== undefined) return row.plan(event);
  // Gitea has more of them, each with the pull request: pull_request_sync, pull_request_approved …
  if (event.name.startsWith('pull_request')) return ofPullRequest(event);
  const name = withoutSecrets(printable(event.name));
  return { kind: 'all', what: `the worktree, for ${name}`, because: `the event ${name} is not known: the whole worktree was looked at` };
};

/**
 * What the event of this CI run brings.
 * @param read the bytes of a file, undefined when there is none
 * @throws {UsageError} where no event is told; {FileError} when its payload cannot be read or does not say what it must
 */
export const planEvent = (env: Env, read: ReadFile): EventPlan => {
  const name = textOf(env['GITHUB_EVENT_NAME']);
  if (name === undefined) {
    const plan = planGitlab(env);
    if (plan !== undefined) return plan;
    throw new UsageError('no CI event here: GITHUB_EVENT_NAME and GITLAB_CI are not set', { hint: '--range A..B names commits anywhere' });
  }
  const path = textOf(env['GITHUB_EVENT_PATH']);
  if (path === undefined)
    throw new UsageError('no CI event here: GITHUB_EVENT_PATH is not set', { hint: '--range A..B names commits anywhere' });
  const payload = readPayload(env, read);
  if (typeof payload !== 'object' || payload === null)
    throw new FileError(`${read(path) === undefined ? 'there is no event file' : 'the event file is no JSON object'}: ${printable(path)}`, {
      hint: 'name the commits: kei-git check --range origin/main..HEAD',
    });
  return planOf({ name, payload, env });
};
