import type { PullRequest } from '../config/policy.ts';
import { branchOf, member, oidOf, readPayload, textOf, type Env, type ReadFile } from './payload.ts';

/** What a CI system says about the run. */
export interface CiRun {
  /** undefined: the system does not say. */
  readonly pullRequest: PullRequest | undefined;
  /** What may be there of the branch it goes to, best first. */
  readonly base: readonly string[];
}

const given = (...values: readonly (string | undefined)[]): readonly string[] =>
  values.flatMap((value) => (value === undefined || value === '' ? [] : [value]));

const branch = (value: unknown): string | undefined => {
  const name = branchOf(value);
  return name === undefined ? undefined : `refs/remotes/origin/${name}`;
};

/** Events about a pull request that run for the default branch; a job of theirs may have checked out what was proposed. */
const isAboutProposal = (name: string, event: unknown): boolean =>
  (name === 'issue_comment' && member(event, 'issue', 'pull_request') !== undefined) ||
  (name === 'workflow_run' && textOf(member(event, 'workflow_run', 'event'))?.startsWith('pull_request') === true);

/** GitHub, Gitea and Forgejo: the event is a file. */
const ofGithub = (name: string, env: Env, read: ReadFile): CiRun => {
  // Its pull requests were judged each by itself; from where they come is not said.
  if (name === 'merge_group') {
    const event = readPayload(env, read);
    return { pullRequest: 'same-repository', base: given(oidOf(member(event, 'merge_group', 'base_sha'))) };
  }
  if (!name.startsWith('pull_request')) {
    if (name !== 'issue_comment' && name !== 'workflow_run') return { pullRequest: 'none', base: [] };
    const event = readPayload(env, read);
    const main = branch(member(event, 'repository', 'default_branch'));
    return isAboutProposal(name, event)
      ? { pullRequest: 'fork', base: given(oidOf(env['GITHUB_SHA']), main) }
      : { pullRequest: 'none', base: [] };
  }
  const event = readPayload(env, read);
  const [head, base] = (['head', 'base'] as const).map((side) => textOf(member(event, 'pull_request', side, 'repo', 'full_name')));
  return {
    pullRequest: head !== undefined && head === base ? 'same-repository' : 'fork',
    base: given(oidOf(member(event, 'pull_request', 'base', 'sha')), branch(env['GITHUB_BASE_REF'])),
  };
};

const ofGitlab = (env: Env): CiRun => {
  if (env['CI_MERGE_REQUEST_IID'] === undefined) return { pullRequest: 'none', base: [] };
  const [source, target] = [env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID'], env['CI_MERGE_REQUEST_PROJECT_ID']];
  return {
    pullRequest: source !== undefined && source === target ? 'same-repository' : 'fork',
    base: given(oidOf(env['CI_MERGE_REQUEST_DIFF_BASE_SHA']), branch(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'])),
  };
};

/** What the environment says about a run in CI. @param read the bytes of a file, undefined when there is none */
export const ciRun = (env: Env, read: ReadFile): CiRun => {
  const name = env['GITHUB_EVENT_NAME'];
  if (name !== undefined) return ofGithub(name, env, read);
  if (env['GITLAB_CI'] !== undefined) return ofGitlab(env);
  return { pullRequest: undefined, base: [] };
};
