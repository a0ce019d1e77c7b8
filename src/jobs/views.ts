import type { Place } from '../command.ts';
import type { JobDoors, JobRepository } from './doors.ts';
import type { Job } from './job.ts';
import type { FixView } from './view.ts';

/** The folders that the commands of an event run in; each is made when the first command needs it. */
export interface Views {
  folderOf(view: Job['view']): Promise<string>;
  /** undefined: no command ran there. */
  opened(view: Job['view']): Promise<FixView | undefined>;
  close(): Promise<void>;
}

/** @param files what is staged and there, as snapshots name it */
export const openViews = (
  at: { readonly place: Place; readonly repository: JobRepository; readonly keeper?: readonly string[] | undefined },
  files: readonly string[],
  { openView }: Pick<JobDoors, 'openView'>,
): Views => {
  const { place, repository, keeper } = at;
  const views = new Map<Job['view'], Promise<FixView>>();
  return {
    folderOf: async (view) => {
      if (view === 'worktree' || openView === undefined) return repository.root;
      const opened =
        views.get(view) ??
        openView(view, { place, root: repository.root, gitDir: repository.gitDir, ...(keeper === undefined ? {} : { keeper }) }, files);
      views.set(view, opened);
      return (await opened).folder;
    },
    opened: async (view) => views.get(view),
    close: async () => {
      for (const opened of views.values()) await opened.then(async (view) => view.close()).catch(() => undefined);
    },
  };
};
