import type { Context, Place } from '../command.ts';
import type { JobFile } from './job.ts';
import type { Underway } from './plan.ts';
import type { FixView } from '../view.ts';

/** The repository that a hook is in. */
export interface JobRepository {
  /** Absolute path of the worktree. */
  readonly root: string;
  /** Absolute path of this worktree's git directory. */
  readonly gitDir: string;
}

interface JobStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly verbatim: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | undefined;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** What a command wrote to both streams, as it came: of a flood the first and the last part. */
export interface JobOutput {
  readonly text: string;
  /** Bytes that are not there. */
  readonly left: number;
}

/** How a command ended. */
export type JobEnd =
  | { readonly kind: 'ended'; readonly code: number; readonly output: JobOutput }
  | { readonly kind: 'killed'; readonly by: string; readonly output: JobOutput }
  | { readonly kind: 'late'; readonly output: JobOutput }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What only commands may reach; `git/job-doors.ts` has them. */
export interface JobDoors {
  readonly platform: string;
  readonly cores: () => number;
  readonly findJobProgram: (
    name: string,
    at: { readonly folder: string; readonly path: string; readonly extensions?: string | undefined },
  ) => string | undefined;
  readonly startJob: (start: JobStart) => Promise<JobEnd>;
  readonly watchIndex: (place: Place, gitDir: string) => { changed(): Promise<boolean> };
  readonly watchFiles: (folder: string, paths: readonly string[]) => { changed(): readonly string[] };
  readonly underway: (gitDir: string) => ReadonlySet<Underway>;
  readonly elsewhere: (folder: string, env: Context['env']) => Place;
  readonly eventFiles: (
    event: string,
    asked: { readonly place: Place; readonly args: readonly string[]; readonly stdin?: Uint8Array | undefined },
  ) => Promise<readonly JobFile[]>;
  /** undefined: commands run in the worktree. */
  readonly openView?: (
    kind: 'staged' | 'index',
    at: {
      readonly place: Place;
      readonly root: string;
      readonly gitDir: string;
      readonly isHook: boolean;
      readonly keeper?: readonly string[];
    },
    files: readonly string[],
  ) => Promise<FixView>;
}
