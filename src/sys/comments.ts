import { getOctokit } from '@actions/github';
import { HostError } from '../errors.ts';

const TIMEOUT_MS = 30_000;
const PAGE = 100;

/** A pull request of a host that speaks GitHub's API: GitHub, Gitea, Forgejo. */
export interface CommentPlace {
  readonly token: string;
  /** GITHUB_API_URL */
  readonly api: string;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
  readonly signal: AbortSignal;
}

interface Author {
  readonly login: string;
  readonly type?: string;
}

// Tokens that a host makes for a job may not ask who they are.
const isJob = ({ login, type }: Author): boolean => type === 'Bot' || /^(?:github|gitea|forgejo)-actions$/.test(login);

const status = (error: unknown): number | undefined =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;

/** In words of ours: a host's answer may quote what it was sent. */
const failure = (error: unknown): HostError => {
  const code = status(error);
  const details = { cause: error };
  if (code === 401) return new HostError('the host does not know the token (401)', details);
  if (code === 403) return new HostError('the token may not write one (403)', { ...details, hint: 'permissions: pull-requests: write' });
  if (code === 404) return new HostError('the pull request is not there for the token (404)', details);
  if (code === 429) return new HostError('too many requests (429)', details);
  return new HostError(
    code === undefined || code === 500 ? 'the host could not be reached, or did not answer in time' : `the host answered ${code}`,
    details,
  );
};

/** The comments of a pull request as the token's owner sees and writes them. */
export const openComments = ({ token, api, owner, repo, number, signal }: CommentPlace) => {
  const quiet = (): void => undefined;
  const octokit = getOctokit(token, { baseUrl: api, log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
  const place = { owner, repo };
  const asked = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw failure(error);
    });
  const request = () => ({ request: { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) } });
  let own: Promise<string | undefined> | undefined;
  const login = (): Promise<string | undefined> =>
    (own ??= octokit.rest.users.getAuthenticated(request()).then(
      ({ data }) => data.login,
      (error: unknown) => {
        if (status(error) === undefined || (status(error) ?? 0) >= 500) throw error;
        return undefined;
      },
    ));
  const mine = async (): Promise<readonly { readonly id: number; readonly body: string }[]> => {
    const me = await login();
    const all = await octokit.paginate(octokit.rest.issues.listComments, { ...place, issue_number: number, per_page: PAGE, ...request() });
    return all
      .filter(({ user }) => user !== null && (me === undefined ? isJob(user) : user.login === me))
      .map(({ id, body = '' }) => ({ id, body }));
  };
  const { issues } = octokit.rest;
  return {
    mine: () => asked(mine()),
    create: async (body: string) => (await asked(issues.createComment({ ...place, issue_number: number, body, ...request() }))).data.id,
    update: async (id: number, body: string) => {
      await asked(issues.updateComment({ ...place, comment_id: id, body, ...request() }));
    },
    remove: async (id: number) => {
      await asked(issues.deleteComment({ ...place, comment_id: id, ...request() }));
    },
  };
};
