import type { Place } from '../command.ts';
import type { JobDoors, JobRepository } from './doors.ts';
import type { Job } from './job.ts';
import type { FixView } from '../view.ts';

/** The folders that the commands of an event run in. */
export interface Views {
  folderOf(view: Job['view']): string;
  /** undefined for the worktree, and where no command needs it. */
  readonly staged: FixView | undefined;
  readonly index: FixView | undefined;
  close(): Promise<void>;
}

export interface ViewsAt {
  readonly place: Place;
  readonly repository: JobRepository;
  readonly keeper: readonly string[] | undefined;
  /** git waits for us. */
  readonly isHook: boolean;
}

/**
 * Makes the folders that commands need.
 * @param files what is staged and there, as snapshots name it
 * @throws {GitError} {FileError} when one cannot be made; then none is left behind
 */
export const openViews = async (
  { place, repository: { root, gitDir }, keeper, isHook }: ViewsAt,
  jobs: readonly { readonly job: Job }[],
  files: readonly string[],
  { openView }: Pick<JobDoors, 'openView'>,
): Promise<Views> => {
  const at = { place, root, gitDir, isHook, ...(keeper === undefined ? {} : { keeper }) };
  const open = async (kind: 'staged' | 'index'): Promise<FixView | undefined> =>
    jobs.some(({ job }) => job.view === kind) ? openView?.(kind, at, files) : undefined;
  const staged = await open('staged');
  try {
    const index = await open('index');
    const views = { staged, index, worktree: undefined };
    return {
      staged,
      index,
      folderOf: (view) => views[view]?.folder ?? root,
      close: async () => {
        await staged?.close();
        await index?.close();
      },
    };
  } catch (error) {
    await staged?.close();
    throw error;
  }
};
