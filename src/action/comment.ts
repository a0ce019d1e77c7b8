/** The pull request that a run is of. */
export interface PullRequestPlace {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

export interface PlacedComment {
  readonly id: number;
  readonly body: string;
}

/** The comments of one pull request, with the rights of a token. Each @throws {HostError} */
export interface CommentDoor {
  /** Those that the token's owner wrote. */
  mine(): Promise<readonly PlacedComment[]>;
  create(body: string): Promise<number>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
}

/** GitHub refuses longer bodies; other hosts take them. Characters there, bytes here. */
export const COMMENT_BYTES = 60_000;
/** A comment is read on a page with others. */
export const COMMENT_ROWS = 30;

type Env = Readonly<Record<string, string | undefined>>;

const member = (value: unknown, ...keys: readonly string[]): unknown => {
  let at = value;
  for (const key of keys) at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  return at;
};

const parsed = (bytes: Uint8Array | undefined): unknown => {
  try {
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
};

/** undefined where the event is of no pull request. @param read the bytes of a file, undefined when there is none */
export const pullRequestPlace = (env: Env, read: (path: string) => Uint8Array | undefined): PullRequestPlace | undefined => {
  if (env['GITHUB_EVENT_NAME']?.startsWith('pull_request') !== true) return undefined;
  const file = env['GITHUB_EVENT_PATH'];
  const number = member(parsed(file === undefined || file === '' ? undefined : read(file)), 'pull_request', 'number');
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(env['GITHUB_REPOSITORY'] ?? '') ?? [];
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined;
  return owner === undefined || repo === undefined ? undefined : { owner, repo, number };
};

/** The first line of our comment: each job keeps one of its own. */
export const markOf = (env: Env): string => {
  const job = [env['GITHUB_WORKFLOW'], env['GITHUB_JOB']].map((name) => encodeURIComponent(name ?? '').replaceAll('-', '%2D'));
  return `<!-- kei-git ${job.join('/')} -->`;
};

/** Where the whole run is to be read; undefined where the host does not say. */
export const runUrl = (env: Env): string | undefined => {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  // Gitea and Forgejo count the runs of a repository.
  const run = env['GITEA_ACTIONS'] === 'true' || env['FORGEJO_ACTIONS'] === 'true' ? env['GITHUB_RUN_NUMBER'] : env['GITHUB_RUN_ID'];
  return /^https?:\/\/[^\s()<>]+$/.test(server ?? '') && /^[\w./-]+$/.test(repository ?? '') && /^\d+$/.test(run ?? '')
    ? `${server}/${repository}/actions/runs/${run}`
    : undefined;
};

export type Kept = 'created' | 'updated' | 'unchanged' | 'none';

/**
 * Keeps the one comment that begins with `mark` up to date. None is made when there is nothing to say.
 * @throws {HostError}
 */
export const keepComment = async (door: CommentDoor, mark: string, body: string, isClean: boolean): Promise<Kept> => {
  const ours = async (): Promise<readonly PlacedComment[]> =>
    (await door.mine()).filter((comment) => comment.body.startsWith(mark)).toSorted((a, b) => a.id - b.id);
  const text = `${mark}\n${body}`;
  const [known] = await ours();
  if (known === undefined && isClean) return 'none';
  if (known === undefined) {
    const id = await door.create(text);
    // A run of the same job may have done so meanwhile: of two the older one stays.
    const [first] = await ours();
    if (first === undefined || first.id >= id) return 'created';
    await door.remove(id);
    await door.update(first.id, text);
    return 'updated';
  }
  // Hosts may keep other line ends, and no white space at the end.
  if (known.body.replaceAll('\r\n', '\n').trimEnd() === text.trimEnd()) return 'unchanged';
  await door.update(known.id, text);
  return 'updated';
};
