// What `doctor` is told of the machine.

export interface SeenHookFile {
  readonly event: string;
  readonly path: string;
  readonly kind: 'absent' | 'file' | 'link' | 'broken-link' | 'other';
  /** git would start it. */
  readonly runs: boolean;
  readonly tool: string | undefined;
  readonly bytes: Buffer | undefined;
}

export interface SeenFolder {
  readonly path: string;
  readonly kind: 'absent' | 'folder' | 'link' | 'broken-link' | 'other';
}

export interface SeenHooksPath {
  readonly scope: string;
  /** The file that says it. */
  readonly file: string | undefined;
  readonly value: string;
  readonly folder: string;
  readonly ours: boolean;
}

export interface SeenConfigHook {
  readonly name: string;
  readonly scope: string;
  readonly file: string | undefined;
  readonly events: readonly string[];
  readonly command: string;
  readonly ours: boolean;
}

export interface SeenWorktree {
  readonly path: string;
  readonly gitDir: string;
  readonly folder: SeenFolder;
  /** Where hooks would come from without what `install` wrote into the configuration. */
  readonly beneath: SeenFolder;
  readonly settings: { readonly hooksPaths: readonly SeenHooksPath[] };
  /** Of `folder`, one for each event. */
  readonly files: readonly SeenHookFile[];
  readonly configHooks: readonly SeenConfigHook[];
  /** Files of ours that hooks of the configuration start. */
  readonly configFiles: readonly SeenHookFile[];
  /** What a file of ours hands over to, by event. */
  readonly behind: Readonly<Record<string, SeenHookFile>>;
  /** The version of kei-git that the worktree's files ask for. */
  readonly locked: { readonly file: string; readonly version: string } | undefined;
  /** What became of fixes that a killed commit had begun with; lines for a person. */
  readonly settled: readonly string[];
}

/** What became of starting the program of a block with an empty environment. */
export interface SeenProgram {
  readonly node: 'runs' | 'absent' | 'fails';
  readonly copy: 'whole' | 'damaged' | 'absent';
  /** What `--version` said. */
  readonly version: string | undefined;
  /** The worktree that it lies in. */
  readonly inside: string | undefined;
}

export interface SeenHooks {
  readonly git: string;
  readonly runsConfigHooks: boolean;
  readonly worktrees: readonly SeenWorktree[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** Events on which the guard is to be. */
  readonly events: readonly string[];
  /** Variables of the environment that lead git away from the repository's hooks. */
  readonly environment: readonly string[];
  /** The version of the kei-git that asks. */
  readonly version: string;
  readonly program: (node: string, hook: string) => SeenProgram;
}
