import type { Snapshot } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { FileError } from '../errors.ts';
import { readRepositoryPolicy, type RepositoryPolicy } from './load.ts';
import { personalFolder, readPersonal, type PersonalSettings } from './personal.ts';

/** What only commands may reach: functions of git/ and sys/ by these names. */
export interface Doors {
  readonly here: (context: Pick<Context, 'cwd' | 'env'>) => Place;
  readonly findRepository: (
    place: Place,
  ) => Promise<{ readonly root: string | undefined; readonly commonDir: string; readonly head: string | undefined } | undefined>;
  readonly worktreeSnapshot: (place: Place) => Promise<Snapshot>;
  readonly commitSnapshot: (place: Place, commit: string) => Snapshot;
  readonly directorySnapshot: (folder: string) => Snapshot;
  readonly readIfThere: (path: string) => Uint8Array | undefined;
}

/** Where policy is read from when a person asks, and whom it is weighed against. */
export interface Side {
  readonly policy: RepositoryPolicy;
  /** The repository as trust.toml names it. */
  readonly identity: string;
  /** What a person calls it: the root of the worktree where there is one. */
  readonly where: string;
  readonly personal: PersonalSettings | undefined;
  /** Where the personal settings lie; undefined without a home and in CI. */
  readonly folder: string | undefined;
}

/** True for the error that a folder is not there. */
const isMissing = (error: unknown): boolean =>
  error instanceof FileError && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ENOENT';

/** Files outside a repository. Only leak-matrix is listed: the folder may be somebody's home. */
const folderSource = (folder: string, { directorySnapshot, readIfThere }: Doors): Pick<Snapshot, 'list' | 'read'> => ({
  read: (path) => Promise.resolve(readIfThere(`${folder}/${path.replaceAll('%25', '%')}`)),
  async list() {
    try {
      const entries = await directorySnapshot(`${folder}/leak-matrix`).list();
      return entries.map((entry) => ({ ...entry, path: `leak-matrix/${entry.path}` }));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
});

/** The worktree, in a bare repository HEAD, elsewhere the folder. @throws {ConfigError} */
export const openSide = async (context: Pick<Context, 'cwd' | 'env' | 'ci'>, doors: Doors): Promise<Side> => {
  const place = doors.here(context);
  const repository = await doors.findRepository(place);
  const folder = context.ci ? undefined : personalFolder(context.env);
  const personal = folder === undefined ? undefined : readPersonal(folder, doors.readIfThere);
  const snapshot = await snapshotOf(place, repository, doors);
  try {
    const policy = await readRepositoryPolicy(snapshot ?? folderSource(context.cwd, doors));
    return { policy, identity: repository?.commonDir ?? context.cwd, where: repository?.root ?? context.cwd, personal, folder };
  } finally {
    await snapshot?.close?.();
  }
};

const snapshotOf = async (
  place: Place,
  repository: Awaited<ReturnType<Doors['findRepository']>>,
  { worktreeSnapshot, commitSnapshot }: Doors,
): Promise<Snapshot | undefined> => {
  if (repository?.root !== undefined) return worktreeSnapshot(place);
  return repository?.head === undefined ? undefined : commitSnapshot(place, repository.head);
};
