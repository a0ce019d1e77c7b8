/** A row of [[hook.run]] in kei.toml, with its defaults. */
export interface Job {
  /** One of a kind. SKIP=name leaves it out. */
  readonly name: string;
  readonly on: readonly string[];
  /** Program and arguments; no shell reads them. */
  readonly run: readonly string[];
  /** undefined: it runs whatever was changed, and is given no files. */
  readonly files?: readonly string[] | undefined;
  readonly exclude: readonly string[];
  readonly 'pass-files': boolean;
  readonly 'stage-fixed': boolean;
  readonly view: 'staged' | 'index' | 'worktree';
  readonly 'skip-on': readonly string[];
  /** Milliseconds; undefined: that of [hook]. 0: none. */
  readonly timeout?: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly ci: boolean;
  readonly alone: boolean;
}

/** [hook] of kei.toml, as far as it is about users' commands. */
export interface JobSettings {
  /** Commands at once; 0: as many as the machine has cores. */
  readonly jobs: number;
  /** Milliseconds of a command that says nothing of its own; 0: none. */
  readonly timeout: number;
  readonly run: readonly Job[];
}

/** A file that an event is about, named as a snapshot names it. */
export interface JobFile {
  readonly path: string;
  /** Git's file mode; undefined: it is deleted. */
  readonly mode: number | undefined;
}

/** True where an event has commands: whoever asks first loads nothing for the many repositories that have none. */
export const hasJobs = ({ run }: Pick<JobSettings, 'run'>, event: string): boolean => run.some(({ on }) => on.includes(event));
