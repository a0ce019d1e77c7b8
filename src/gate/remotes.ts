import type { Context } from '../command.ts';
import type { Remotes, RemotesChoice } from '../remote.ts';

/** What repositories elsewhere are asked through. */
export interface RemoteDoors {
  readonly personalCacheFolder: (env: Context['env']) => string | undefined;
  readonly openRemotes: (
    options: Pick<Context, 'cwd' | 'env' | 'now' | 'signal'> & RemotesChoice & { readonly cacheFolder: string | undefined },
  ) => Remotes;
}

/** Opens the door to repositories elsewhere; the one that is open already for the same choice. In CI nothing is kept or read from before. */
export const remotesOf = (
  choice: RemotesChoice | undefined,
  opened: Map<string, Remotes>,
  { cwd, env, now, signal, ci }: Context,
  doors: RemoteDoors,
): Remotes => {
  const key = JSON.stringify([choice?.offline === true, choice?.maxAgeMs, choice?.hosts ?? []]);
  const cacheFolder = ci ? undefined : doors.personalCacheFolder(env);
  const found = opened.get(key) ?? doors.openRemotes({ cwd, env, now, signal, cacheFolder, ...choice });
  opened.set(key, found);
  return found;
};
