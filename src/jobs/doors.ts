import type { Context, Place } from '../command.ts';
import type { JobFile } from './job.ts';
import type { JobEnd, JobStart } from './ended.ts';
import type { StagedView } from './view.ts';

/** The repository that a hook is in. */
export interface JobRepository {
  /** Absolute path of the worktree. */
  readonly root: string;
  /** Absolute path of this worktree's git directory. */
  readonly gitDir: string;
}

/** Says whether git's index still holds the same. */
export interface IndexWatch {
  /** True when an entry is another one than when the watch began; a refresh of the times in it is none. */
  changed(): Promise<boolean>;
}

/** What only commands may reach; `git/job-doors.ts` has them. */
export interface JobDoors {
  readonly cores: () => number;
  readonly platform: string;
  /** Absolute path of a program; undefined: there is none. */
  readonly findJobProgram: (name: string, at: { readonly folder: string; readonly env: Context['env'] }) => string | undefined;
  readonly startJob: (start: JobStart) => Promise<JobEnd>;
  readonly watchIndex: (place: Place, gitDir: string) => IndexWatch;
  /** What git is in the middle of: `merge`, `rebase`, `cherry-pick`, `revert`. */
  readonly underway: (gitDir: string) => ReadonlySet<string>;
  /** The environment without what git says in it about one repository. */
  readonly elsewhere: (folder: string, env: Context['env']) => Place;
  /** The files that an event is about: staged, pushed, merged, checked out. */
  readonly eventFiles: (
    event: string,
    asked: { readonly place: Place; readonly args: readonly string[]; readonly stdin?: Uint8Array },
  ) => Promise<readonly JobFile[]>;
  /** @param kind `staged`: the files as staged and the rest linked; `index`: a whole checkout of the index */
  readonly openView: (
    kind: 'staged' | 'index',
    at: { readonly place: Place; readonly repository: JobRepository; readonly files: readonly JobFile[] },
  ) => Promise<StagedView>;
}
