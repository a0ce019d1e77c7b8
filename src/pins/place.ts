import type { Kinship } from '../config/pin-policy.ts';
import type { Config } from '../config/schema.ts';
import type { Use } from '../uses/use.ts';

/** Where what a file names is to be found. */
export interface Forges {
  /** Base URLs without a slash at the end. */
  readonly forge: string;
  readonly forgejo: string;
  readonly gitea: string;
  /** Whose repository is looked at, on the forge; undefined: nobody knows. */
  readonly owner: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const trimmed = (url: string): string => url.replace(/\/+$/, '');

/** The settings, else what the system that runs us says, else where such workflows usually run. @param owner as `ownerOf` gives it */
export const forgesOf = (workflow: Config['workflow'], env: Env, owner: string | undefined): Forges => {
  const said = env['GITHUB_SERVER_URL'];
  const server = said !== undefined && /^https?:\/\/[^/@\s]+/.test(said) ? said : undefined;
  const actions = workflow['actions-url'] ?? server;
  return {
    forge: trimmed(workflow.forge ?? server ?? 'https://github.com'),
    forgejo: trimmed(actions ?? 'https://code.forgejo.org'),
    gitea: trimmed(actions ?? 'https://github.com'),
    owner,
  };
};

/** The owner in `git@host:owner/repo.git` or `https://host/owner/repo`; undefined where there is none. */
export const ownerOf = (env: Env, origin: string | undefined): string | undefined => {
  const repository = env['GITHUB_REPOSITORY'];
  if (repository !== undefined && /^[^/\s]+\/[^/\s]+$/.test(repository)) return repository.split('/')[0];
  const path = /^(?:[a-z+]+:\/\/[^/]+\/|[^/:]+@[^/:]+:)(.+)$/i.exec(origin ?? '')?.[1];
  const parts = path?.split('/') ?? [];
  return parts.length < 2 ? undefined : parts.slice(0, -1).join('/');
};

/** A repository that a file names. */
export interface RepositoryPlace {
  readonly url: string;
  /** `owner/repo` on the forge, `host/owner/repo` elsewhere. */
  readonly name: string;
  readonly kinship: Kinship;
}

const hostOf = (url: string): string => /^[a-z+]+:\/\/(?:[^/@]*@)?([^/]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';

const baseOf = (path: string, { forge, forgejo, gitea }: Forges): string => {
  if (/(?:^|\/)\.forgejo\//.test(path)) return forgejo;
  return /(?:^|\/)\.gitea\//.test(path) ? gitea : forge;
};

/** Where the code of a reference lies; undefined where it is none of another repository. @param path of the file that the forge reads */
export const placeOf = (use: Use, path: string, forges: Forges): RepositoryPlace | undefined => {
  const { kind, owner, repo, host } = use;
  if (repo === undefined || (kind !== 'action' && kind !== 'workflow' && kind !== 'hook')) return undefined;
  const base = baseOf(path, forges);
  const short = owner === undefined ? repo : `${owner}/${repo}`;
  const elsewhere = host !== undefined && host.toLowerCase() !== hostOf(base);
  const isOwn = !elsewhere && owner !== undefined && owner.toLowerCase() === forges.owner?.toLowerCase();
  return {
    url: use.url ?? `${base}/${short}`,
    name: elsewhere ? `${host.toLowerCase()}/${short}` : short,
    kinship: kind === 'hook' ? 'hooks' : isOwn ? 'own' : '*',
  };
};
