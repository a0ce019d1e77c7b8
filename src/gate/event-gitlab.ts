import { FileError } from '../errors.ts';
import type { EventPlan, Incoming } from '../incoming.ts';
import { printable } from '../report/printable.ts';
import { withoutSecrets } from '../report/quoted.ts';
import { branchOf, isZero, oidOf, textOf, type Env } from './payload.ts';

const NONE = { base: undefined, onto: undefined, ref: undefined, merge: undefined, atLeast: 0, fresh: undefined } as const;

const shown = (name: string): string => withoutSecrets(printable(name));

const needed = (env: Env, name: string): string => {
  const oid = oidOf(env[name]);
  if (oid === undefined)
    throw new FileError(`${name} is no object name`, { hint: 'name the commits: kei-git check --range origin/main..HEAD' });
  return oid;
};

const ofMergeRequest = (env: Env): Incoming => {
  const head = oidOf(env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA']); // only where the merge was tried
  const tip = needed(env, 'CI_COMMIT_SHA');
  return {
    ...NONE,
    kind: 'commits',
    as: 'proposal',
    what: `merge request ${shown(env['CI_MERGE_REQUEST_IID'] ?? '')}`.trimEnd(),
    head: head ?? tip,
    base: needed(env, 'CI_MERGE_REQUEST_DIFF_BASE_SHA'),
    onto: branchOf(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']),
    merge: head === undefined || head === tip ? undefined : tip,
  };
};

const ofPush = (env: Env): Incoming => {
  const main = branchOf(env['CI_DEFAULT_BRANCH']);
  const before = env['CI_COMMIT_BEFORE_SHA'];
  const base = before === undefined || isZero(before) ? undefined : needed(env, 'CI_COMMIT_BEFORE_SHA');
  const tag = textOf(env['CI_COMMIT_TAG']);
  const name = tag ?? textOf(env['CI_COMMIT_BRANCH']) ?? textOf(env['CI_COMMIT_REF_NAME']) ?? '';
  const ref = tag === undefined ? `refs/heads/${name}` : `refs/tags/${name}`;
  const onto = tag === undefined && name === main ? undefined : main;
  const common = { ...NONE, kind: 'commits', head: needed(env, 'CI_COMMIT_SHA'), base, ref, onto } as const;
  if (tag !== undefined) return { ...common, as: 'tag', what: `the tag ${shown(name)}` };
  if (base === undefined) return { ...common, as: 'new-branch', what: `the new branch ${shown(name)}` };
  return { ...common, as: 'update', what: `a push to ${shown(name)}` };
};

/** Pipelines that bring no commits. */
export const GITLAB_SOURCES: readonly string[] = [
  'schedule',
  'web',
  'api',
  'trigger',
  'pipeline',
  'parent_pipeline',
  'chat',
  'webide',
  'ondemand_dast_scan',
];

/** GitLab tells its event by variables; undefined elsewhere. @throws {FileError} when one of them is not what it must be */
export const planGitlab = (env: Env): EventPlan | undefined => {
  if (textOf(env['GITLAB_CI']) === undefined) return undefined;
  if (textOf(env['CI_MERGE_REQUEST_IID']) !== undefined) return ofMergeRequest(env);
  const source = textOf(env['CI_PIPELINE_SOURCE']) ?? '';
  if (source === 'push') return ofPush(env);
  const name = shown(source);
  if (GITLAB_SOURCES.includes(source)) return { kind: 'all', what: `the worktree, for ${name}` };
  const because = `the event ${name === '' ? 'without a name' : name} is not known: the whole worktree was looked at`;
  return { kind: 'all', what: `the worktree, for ${name === '' ? 'an event without a name' : name}`, because };
};
