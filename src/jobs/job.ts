import { parseDuration } from '../config/units.ts';
import type { Config } from '../config/schema.ts';

/** [hook] of kei.toml, and a row of its [[hook.run]]. */
export type JobSettings = Config['hook'];
type Row = JobSettings['run'][number];

/** A command of the person. */
export interface Job {
  /** One of a kind; SKIP=name leaves it out. */
  readonly name: string;
  readonly on: readonly string[];
  /** Program and arguments; no shell reads them. */
  readonly run: readonly string[];
  /** Globs; undefined: it runs whatever was changed, and is given no files. */
  readonly files: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** False: files only decide whether it runs. */
  readonly passFiles: boolean;
  readonly stageFixed: boolean;
  readonly view: 'staged' | 'index' | 'worktree';
  readonly skipOn: readonly ('merge' | 'rebase')[];
  /** undefined: it may take as long as it likes. */
  readonly timeoutMs: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly ci: boolean;
  readonly alone: boolean;
}

/** A file that an event is about, named as a snapshot names it. */
export interface JobFile {
  readonly path: string;
  /** Git's file mode; undefined: it is deleted. */
  readonly mode: number | undefined;
}

/** Events whose commands can run in what is staged; to others it means nothing. */
const STAGED_EVENTS: ReadonlySet<string> = new Set(['pre-commit', 'pre-merge-commit']);

const isOn = ({ on = ['pre-commit'] }: Row, event: string): boolean => on.some((name) => name === event);

/** True where an event has commands: whoever asks first loads nothing for the many repositories that have none. */
export const hasJobs = ({ run }: Pick<JobSettings, 'run'>, event: string): boolean => run.some((row) => isOn(row, event));

/** The commands of an event, in the order of the file. */
export const jobsOf = ({ run, timeout }: Pick<JobSettings, 'run' | 'timeout'>, event: string): readonly Job[] =>
  run
    .filter((row) => isOn(row, event))
    .map((row) => ({
      name: row.name,
      on: row.on ?? ['pre-commit'],
      run: row.run,
      files: row.files,
      exclude: row.exclude ?? [],
      passFiles: row['pass-files'] ?? true,
      stageFixed: row['stage-fixed'] ?? false,
      view: STAGED_EVENTS.has(event) ? (row.view ?? 'staged') : 'worktree',
      skipOn: row['skip-on'] ?? [],
      timeoutMs: (row.timeout === undefined ? timeout : parseDuration(row.timeout)) || undefined,
      env: row.env ?? {},
      ci: row.ci ?? true,
      alone: row.alone ?? false,
    }));
