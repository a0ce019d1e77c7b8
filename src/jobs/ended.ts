/** How a command is started. */
export interface JobStart {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** undefined: it has nothing to read. */
  readonly stdin?: Uint8Array | undefined;
  /** undefined: it may take as long as it likes. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** What a command wrote to both streams, in the order it came: of a flood the first and the last part. */
export interface JobOutput {
  readonly text: string;
  /** Bytes between the two that are not there. */
  readonly left: number;
}

/** How it ended. */
export type JobEnd =
  | { readonly kind: 'ended'; readonly code: number; readonly output: JobOutput }
  /** Somebody or the system ended it. */
  | { readonly kind: 'killed'; readonly by: string; readonly output: JobOutput }
  | { readonly kind: 'late'; readonly output: JobOutput }
  | { readonly kind: 'interrupted' }
  /** The arguments are more than the system takes; nothing ran. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'failed'; readonly reason: string };
