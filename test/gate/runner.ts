import { join } from 'node:path';
import type { CacheStore } from '../../src/command.ts';
import type { Finding, Report } from '../../src/report/finding.ts';
import type { Overrides } from '../captured.ts';
import { run } from '../leak/commands.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

/** What the rule of `RULES` finds. */
export const ACME = ['acme', 'k3v9x0q2m7c5b8n1z6l4w0ty'].join('_');
export const FOUND = 'leak/acme';
export const rule = (id: string): string =>
  `schema = "leak-matrix/1"\n[[rules]]\nid = "${id}"\ndescription = "${id}"\nregex = '''\\b(${id}_[a-z0-9]{24})\\b'''\nnoise = false\n`;
/** Without the built-in rules compiling takes no time. */
export const RULES = { 'kei.toml': '[leak]\nbuiltin = false\n', 'leak-matrix/acme.toml': rule('acme') };

export type Files = Readonly<Record<string, string | undefined>>;

/** Commits files; undefined takes one out. */
export const commit = async (repo: TestRepo, files: Files, message = 'change'): Promise<string> => {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) await repo.git('rm', '--quiet', path);
    else await repo.write(path, text);
  }
  return repo.commit(message);
};

/** Commits one after the other, each a new file; what `special` says of one by its number. */
export const commits = async (
  repo: TestRepo,
  name: string,
  count: number,
  special: Readonly<Record<number, Files>> = {},
): Promise<readonly string[]> => {
  const made: string[] = [];
  for (let n = 1; n <= count; n++) made.push(await commit(repo, { [`${name}/${n}.txt`]: `${n}\n`, ...special[n] }, `${name} ${n}`));
  return made;
};

/** A token that comes in the fourth commit and goes with the fifth: the last commit alone does not show it. */
export const PLANTED: Readonly<Record<number, Files>> = { 4: { 'config.yml': `key: ${ACME}\n` }, 5: { 'config.yml': undefined } };

/** The server: a repository whose `main` has a history and the rules. */
export const makeServer = async (history = 5, files: Files = {}): Promise<TestRepo> => {
  const server = await makeRepo();
  await commit(server, { ...RULES, ...files }, 'rules');
  await commits(server, 'base', history);
  return server;
};

export interface PullRequest {
  readonly base: string;
  readonly head: string;
  /** The merge that the server tried. */
  readonly merge: string;
  readonly commits: readonly string[];
}

/** Refs as a server has them for a pull request of branch `work`: `refs/pull/7/head` and `refs/pull/7/merge`. `main` went on meanwhile. */
export const pullRequest = async (server: TestRepo, count = 7, special = PLANTED): Promise<PullRequest> => {
  await server.git('checkout', '--quiet', '-b', 'work');
  const made = await commits(server, 'work', count, special);
  await server.git('checkout', '--quiet', 'main');
  await commits(server, 'later', 3);
  return tried(server, made);
};

/** Tries the merge of `work` into `main`, as a server does. */
export const tried = async (server: TestRepo, made: readonly string[]): Promise<PullRequest> => {
  const [base, head] = [await server.git('rev-parse', 'main'), await server.git('rev-parse', 'work')];
  await server.git('checkout', '--quiet', '--detach', 'main');
  await server.git('merge', '--quiet', '--no-ff', '--allow-unrelated-histories', '-m', `Merge ${head} into ${base}`, 'work');
  const merge = await server.git('rev-parse', 'HEAD');
  await server.git('update-ref', 'refs/pull/7/head', head);
  await server.git('update-ref', 'refs/pull/7/merge', merge);
  await server.git('checkout', '--quiet', 'main');
  return { base, head, merge, commits: made };
};

export interface Checkout {
  /** 0: the whole history, with branches and tags. */
  readonly depth: number;
  /** What is checked out, under the name that it gets here. */
  readonly oid: string;
  readonly ref: string;
  readonly url?: string;
  readonly filter?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A clone as actions/checkout makes it. */
export const checkout = async (
  server: TestRepo,
  { depth, oid, ref, url = `file://${server.dir}`, filter, env = {} }: Checkout,
): Promise<TestRepo> => {
  const base = await makeFolder();
  const clone = openRepo(join(base, 'work'), { ...server.env, ...env });
  await clone.gitWith({ cwd: base }, 'init', '--quiet', 'work');
  await clone.git('remote', 'add', 'origin', url);
  await clone.git('config', 'gc.auto', '0');
  const all = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const isAll = depth === 0 && /^refs\/(?:tags|remotes\/origin)\//.test(ref);
  const specs = [...(depth === 0 ? all : []), ...(isAll ? [] : [`+${oid}:${ref}`])];
  const how = [...(depth === 0 ? [] : ['--no-tags', `--depth=${depth}`]), ...(filter === undefined ? [] : [`--filter=${filter}`])];
  await clone.git('-c', 'protocol.version=2', 'fetch', '--quiet', '--prune', '--no-recurse-submodules', ...how, 'origin', ...specs);
  await clone.git('checkout', '--quiet', '--force', '--detach', ref);
  return clone;
};

/** The checkout of a pull request's merge. */
export const ofMerge = (server: TestRepo, { merge }: PullRequest, more: Partial<Checkout> = {}): Promise<TestRepo> =>
  checkout(server, { depth: 1, oid: merge, ref: 'refs/remotes/pull/7/merge', ...more });

export interface CiEvent {
  readonly name: string;
  readonly payload: unknown;
  readonly sha: string;
}

const kept = new Map<string, Uint8Array>();
const cache: CacheStore = { read: (name) => kept.get(name), write: (name, bytes) => void kept.set(name, bytes) };

/** The environment of a job. */
export const jobOf = async ({ name, payload, sha }: CiEvent): Promise<Readonly<Record<string, string>>> => {
  const folder = openRepo(await makeFolder(), {});
  await folder.write('event.json', typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: join(folder.dir, 'event.json'), GITHUB_SHA: sha, GITHUB_ACTIONS: 'true' };
};

export interface Said {
  readonly code: number;
  readonly err: string;
  readonly description: string;
  /** `path rule` of what is no note, without policy; each with the first letters of its commit. */
  readonly found: readonly string[];
  readonly noted: readonly string[];
  readonly changed: readonly string[];
  readonly refused: readonly string[];
  readonly skipped: Report['skipped'];
  readonly messages: number;
}

/** `kei-git check --event` in a job, or another command line. */
export const look = async (
  repo: TestRepo,
  event: CiEvent | Readonly<Record<string, string>>,
  { argv = ['check', '--event'], ci = true, ...overrides }: Overrides & { readonly argv?: readonly string[] } = {},
): Promise<Said> => {
  const env = 'payload' in event ? await jobOf(event as CiEvent) : (event as Readonly<Record<string, string>>);
  const { code, out, err } = await run(repo, [...argv, '--format', 'json'], { cache, ci, ...overrides, env: { ...env, ...overrides.env } });
  const none = { findings: [], skipped: [], target: { description: '' }, stats: {} };
  const { findings, skipped, target, stats } = (out === '' ? none : JSON.parse(out)) as Pick<
    Report,
    'findings' | 'skipped' | 'target' | 'stats'
  >;
  const isPolicy = ({ rule: id }: Finding): boolean => id.startsWith('policy/');
  const of = (wanted: (one: Finding) => boolean): readonly string[] =>
    findings
      .filter(wanted)
      .map(({ commit: oid, path, rule: id }) => [oid?.slice(0, 8), path, id].filter((part) => part !== undefined).join(' '));
  return {
    code,
    err,
    description: target.description,
    found: of((one) => !isPolicy(one) && one.severity !== 'note'),
    noted: of((one) => !isPolicy(one) && one.severity === 'note'),
    changed: findings.filter((one) => one.rule === 'policy/changed').map(({ message }) => message),
    refused: findings.filter((one) => one.rule === 'policy/refused').map(({ message }) => message),
    skipped,
    messages: stats.extra?.['messages'] ?? 0,
  };
};

/** What a naive range finds: `git rev-list A..B` in the clone as it is, with the number of commits; undefined where git refuses. */
export const naive = async (repo: TestRepo, range: string): Promise<number | undefined> => {
  try {
    return Number(await repo.git('rev-list', '--count', range));
  } catch {
    return undefined;
  }
};

/** A pull request as GitHub says it. */
export const ofPullRequest = (
  { base, head, merge, commits: made }: PullRequest,
  more: Readonly<Record<string, unknown>> = {},
): CiEvent => ({
  name: 'pull_request',
  sha: merge,
  payload: {
    action: 'synchronize',
    number: 7,
    pull_request: {
      number: 7,
      commits: made.length,
      head: { sha: head, ref: 'work', repo: { full_name: 'owner/repo' } },
      base: { sha: base, ref: 'main', repo: { full_name: 'owner/repo' } },
      ...more,
    },
    repository: { full_name: 'owner/repo', default_branch: 'main' },
  },
});

interface Push {
  readonly ref: string;
  readonly before?: string;
  readonly after?: string;
  /** Commits that the payload names. */
  readonly commits?: readonly string[];
  readonly more?: Readonly<Record<string, unknown>>;
}

export const ZERO = '0'.repeat(40);

/** A push as GitHub says it. */
export const ofPush = ({ ref, before = ZERO, after = ZERO, commits: made = [], more = {} }: Push): CiEvent => ({
  name: 'push',
  sha: after,
  payload: {
    ref,
    before,
    after,
    created: before === ZERO,
    deleted: after === ZERO,
    forced: false,
    commits: made.map((id) => ({ id, distinct: true })),
    repository: { full_name: 'owner/repo', default_branch: 'main' },
    ...more,
  },
});

/** Letters by which a report names a commit. */
export const short = (oid: string | undefined): string => (oid ?? '').slice(0, 8);
