import type { PullRequest } from '../config/policy.ts';

/** What a CI system says about the run. */
export interface CiRun {
  /** undefined: the system does not say. */
  readonly pullRequest: PullRequest | undefined;
  /** What may be there of the branch it goes to, best first. */
  readonly base: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

const member = (value: unknown, ...keys: readonly string[]): unknown => {
  let at = value;
  for (const key of keys) at = typeof at === 'object' && at !== null ? new Map<string, unknown>(Object.entries(at)).get(key) : undefined;
  return at;
};

const parsed = (bytes: Uint8Array | undefined): unknown => {
  try {
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // then nobody says that it is of this repository
  }
};

const given = (...values: readonly (string | undefined)[]): readonly string[] =>
  values.flatMap((value) => (value === undefined || value === '' ? [] : [value]));

/** GitHub, Gitea and Forgejo: the event is a file. */
const ofGithub = (env: Env, read: (path: string) => Uint8Array | undefined): CiRun => {
  if (env['GITHUB_EVENT_NAME']?.startsWith('pull_request') !== true) return { pullRequest: 'none', base: [] };
  const file = env['GITHUB_EVENT_PATH'];
  const event = parsed(file === undefined || file === '' ? undefined : read(file));
  const [head, base] = (['head', 'base'] as const).map((side) => member(event, 'pull_request', side, 'repo', 'full_name'));
  const tip = member(event, 'pull_request', 'base', 'sha');
  const branch = env['GITHUB_BASE_REF'];
  return {
    pullRequest: typeof head === 'string' && head === base ? 'same-repository' : 'fork',
    base: given(typeof tip === 'string' && /^[0-9a-f]{40,64}$/.test(tip) ? tip : undefined, branch && `refs/remotes/origin/${branch}`),
  };
};

const ofGitlab = (env: Env): CiRun => {
  if (env['CI_MERGE_REQUEST_IID'] === undefined) return { pullRequest: 'none', base: [] };
  const [source, target] = [env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID'], env['CI_MERGE_REQUEST_PROJECT_ID']];
  const branch = env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];
  return {
    pullRequest: source !== undefined && source === target ? 'same-repository' : 'fork',
    base: given(env['CI_MERGE_REQUEST_DIFF_BASE_SHA'], branch && `refs/remotes/origin/${branch}`),
  };
};

/** What the environment says about a run in CI. @param read the bytes of a file, undefined when there is none */
export const ciRun = (env: Env, read: (path: string) => Uint8Array | undefined): CiRun => {
  if (env['GITHUB_EVENT_NAME'] !== undefined) return ofGithub(env, read);
  if (env['GITLAB_CI'] !== undefined) return ofGitlab(env);
  return { pullRequest: undefined, base: [] };
};
