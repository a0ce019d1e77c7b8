import type { Entry } from '../check.ts';
import type { Place } from '../command.ts';
import { GitError, UsageError } from '../errors.ts';
import { run } from './run.ts';
import { peel } from './tags.ts';

/** One line of what git tells a pre-push hook. Refs that the push deletes send nothing and are left out. */
export interface PushUpdate {
  readonly localRef: string;
  readonly localOid: string;
  readonly remoteRef: string;
  /** Undefined when the ref is new on the remote. */
  readonly remoteOid: string | undefined;
}

const OID = '[0-9a-f]{40}|[0-9a-f]{64}';
// The local side is as it was typed: `HEAD@{1 day ago}` has spaces.
const LINE = new RegExp(`^(.+) (${OID}) (\\S+) (${OID})$`);
const isZero = (oid: string): boolean => /^0+$/.test(oid);

/** @throws {UsageError} for a line that is not git's: what cannot be read must not be pushed */
export function parsePrePush(stdin: string): readonly PushUpdate[] {
  return stdin
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, localRef = '', localOid = '', remoteRef = '', remoteOid = ''] = LINE.exec(line) ?? [];
      if (localRef === '')
        throw new UsageError('pre-push input is not what git writes', { hint: '<local ref> <local oid> <remote ref> <remote oid>' });
      return isZero(localOid) ? [] : [{ localRef, localOid, remoteRef, remoteOid: isZero(remoteOid) ? undefined : remoteOid }];
    });
}

/** The two arguments of a pre-push hook; equal when the push names a URL. */
export interface Remote {
  readonly name: string;
  readonly url: string;
}

export interface Pushed {
  /** New to the remote, parents before children. */
  readonly commits: readonly string[];
  /** Annotated tags that are sent. */
  readonly tags: readonly string[];
  /** Files that are sent without a commit: a tag can name a file or a folder. */
  readonly files: readonly (Entry & { readonly oid: string })[];
}

/**
 * What a push sends that the remote does not have, as far as its tracking refs and the updated refs tell.
 * @throws {GitError} when something that is to be pushed cannot be read
 */
export async function pushed(
  place: Place,
  updates: readonly PushUpdate[],
  remote: Remote,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Pushed> {
  const {
    commits: tips,
    tags,
    files,
  } = await peel(
    place,
    updates.map(({ localOid }) => localOid),
  );
  if (tips.length === 0) return { commits: [], tags, files };
  const known = updates.flatMap(({ remoteOid }) => (remoteOid === undefined ? [] : [`^${remoteOid}`]));
  // A URL has no tracking refs, and as a pattern it could match those of somebody else.
  const tracked = remote.name === remote.url ? [] : ['--not', `--remotes=${remote.name.replace(/[*?[\\]/g, '\\$&')}`];
  // The remote's old tip need not be here (somebody else pushed it): then it excludes nothing. The tips were all read above.
  const { stdout } = await run(place, ['rev-list', '--reverse', '--topo-order', '--ignore-missing', '--stdin', ...tracked], {
    stdin: `${[...tips, ...known].join('\n')}\n`,
    ...options,
  });
  const commits = stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
  if (commits.some((commit) => !/^[0-9a-f]{40,64}$/.test(commit))) throw new GitError('git rev-list did not answer with commits');
  return { commits, tags, files };
}

/**
 * The name of the remote that is fetched from this very URL: what its tracking refs hold is there already.
 * @returns undefined where there is none; then all that is pushed counts as new
 */
export async function remoteOfUrl(place: Place, url: string): Promise<string | undefined> {
  const { stdout } = await run(place, ['config', '-z', '--get-regexp', String.raw`^remote\..*\.url$`], { okCodes: [0, 1] });
  for (const record of stdout.toString('utf8').split('\0')) {
    const end = record.indexOf('\n');
    if (end > 0 && record.slice(end + 1) === url) return record.slice('remote.'.length, end - '.url'.length);
  }
  return undefined;
}
