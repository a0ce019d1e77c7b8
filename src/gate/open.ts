import { HELD_BYTES, type CheckContext, type Entry, type Event, type Snapshot, type Target, type Threads } from '../check.ts';
import type { CacheStore, Context, Place } from '../command.ts';
import { builtinPolicy, readRepositoryPolicy, refusalFindings, resolvePolicy, type Policy, type RepositoryPolicy } from '../config/load.ts';
import type { OptionValues } from '../config/merge.ts';
import { personalFolder, readPersonal } from '../config/personal.ts';
import type { Finding, TargetSummary } from '../report/finding.ts';

interface RepositoryPlace {
  readonly root: string | undefined;
  readonly commonDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly head: string | undefined;
}

/** What only commands may reach, by the names it has in git/ and sys/. `C`: what a target is asked by. */
export interface GateDoors<C> {
  readonly here: (context: Pick<Context, 'cwd' | 'env'>) => Place;
  readonly findRepository: (place: Place) => Promise<RepositoryPlace | undefined>;
  readonly openTarget: (
    choice: C,
    asked: { readonly place: Place; readonly repository: never; readonly event: Event; readonly context: Context; readonly limit: number },
  ) => Promise<{ readonly target: Target; readonly summary: TargetSummary }>;
  readonly directorySnapshot: (folder: string) => Snapshot;
  readonly commitSnapshot: (place: Place, commit: string) => Snapshot;
  readonly readIfThere: (path: string) => Uint8Array | undefined;
  readonly openRepositoryCache: (commonDir: string) => CacheStore | undefined;
  readonly readAsset: (name: string) => Uint8Array | undefined;
  readonly openAsset: CheckContext['openAsset'];
  readonly openThreads: () => Threads | undefined;
}

/** A run that is ready to begin. */
export interface Opened {
  readonly target: Target;
  readonly summary: TargetSummary;
  readonly context: CheckContext;
  readonly policy: Policy;
  /** What of the repository's settings does not count, as notes. */
  readonly notices: readonly Finding[];
}

/** The listing is asked for once: the policy's files are found in it. */
const remembered = (snapshot: Snapshot): Snapshot => {
  let all: Promise<readonly Entry[]> | undefined;
  const list: Snapshot['list'] = (globs) => (globs === undefined || globs.length === 0 ? (all ??= snapshot.list()) : snapshot.list(globs));
  return new Proxy(snapshot, { get: (target, key) => (key === 'list' ? list : Reflect.get(target, key)) });
};

const policySource = (snapshot: Snapshot): Pick<Snapshot, 'list' | 'read'> => ({
  read: (path) => snapshot.read(path),
  list: async () => (await snapshot.list()).filter(({ path }) => path.startsWith('leak-matrix/')),
});

/** Files of a folder that is no repository. Only leak-matrix is listed: the folder may be somebody's home. */
const folderSource = <C>(folder: string, doors: GateDoors<C>): Pick<Snapshot, 'list' | 'read'> => ({
  read: (path) => Promise.resolve(doors.readIfThere(`${folder}/${path.replaceAll('%25', '%')}`)),
  list: async () => {
    if (doors.readIfThere(`${folder}/kei.toml`) === undefined) return [];
    const entries = await doors.directorySnapshot(`${folder}/leak-matrix`).list();
    return entries.map((entry) => ({ ...entry, path: `leak-matrix/${entry.path}` }));
  },
});

type PolicySource = Pick<Snapshot, 'list' | 'read'>;

/** Where the settings are read; undefined: nowhere, the built-in ones hold. */
const sourceOf = <C>(
  target: Target,
  repository: RepositoryPlace | undefined,
  place: Place,
  context: Context,
  doors: GateDoors<C>,
): PolicySource | undefined => {
  const { after } = target;
  if (after.kind === 'worktree' || after.kind === 'index') return policySource(after);
  if (after.kind === 'commit' && target.event === 'check' && repository?.head !== undefined)
    return doors.commitSnapshot(place, repository.head);
  if (repository?.root !== undefined && after.kind !== 'directory') return folderSource(repository.root, doors);
  return after.kind === 'directory' && repository === undefined ? folderSource(context.cwd, doors) : undefined;
};

/** Finds the target, what holds for it, and what the checks may reach. @throws {KeiError} */
export const openGate = async <C>(
  choice: C,
  event: Event,
  options: OptionValues,
  context: Context,
  doors: GateDoors<C>,
): Promise<Opened> => {
  const place = doors.here(context);
  const repository = await doors.findRepository(place);
  const found = await doors.openTarget(choice, { place, repository: repository as never, event, context, limit: HELD_BYTES });
  const target: Target = { ...found.target, after: remembered(found.target.after) };
  const folder = context.ci ? undefined : personalFolder(context.env);
  const personal = folder === undefined ? undefined : readPersonal(folder, doors.readIfThere);
  const source = sourceOf(target, repository, place, context, doors);
  const settings: RepositoryPolicy = source === undefined ? builtinPolicy() : await readRepositoryPolicy(source);
  const policy = resolvePolicy({ repository: settings, identity: repository?.commonDir, personal, options });
  const inRepository = target.after.kind !== 'directory' && repository !== undefined;
  return {
    target,
    summary: found.summary,
    policy,
    notices: refusalFindings(policy.refused),
    context: {
      ...context,
      // Spreading would open it.
      get cache() {
        return context.cache;
      },
      policy,
      readPolicyFile: async (path) => source?.read(path.replaceAll('%', '%25')),
      clone: context.ci || !inRepository ? undefined : doors.openRepositoryCache(repository.commonDir),
      objectFormat: inRepository ? repository.objectFormat : undefined,
      asset: doors.readAsset,
      openAsset: doors.openAsset,
      threads: doors.openThreads(),
    },
  };
};
