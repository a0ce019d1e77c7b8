/** Exit codes, one meaning each. Precedence when several apply: interrupted, usage, failed, found, clean. */
export const Exit = { clean: 0, found: 1, usage: 2, failed: 3, interrupted: 130 } as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

export interface ErrorDetails {
  /** What to type or change; shown on its own line. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * Something a person can mend: the message says what is wrong and where, lower case, no full stop; the hint says what to type.
 * Anything else that reaches an entry is a bug.
 */
export abstract class KeiError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
  }
}

/** The command line was wrong. */
export class UsageError extends KeiError {
  readonly exitCode = Exit.usage;
}

/** kei.toml, a rule file or another file of settings was wrong. The message begins with `file:line:column` where there is one. */
export class ConfigError extends KeiError {
  readonly exitCode = Exit.usage;
}

/** Git could not answer. */
export class GitError extends KeiError {
  readonly exitCode = Exit.failed;
}

/** The file system could not give or take something. */
export class FileError extends KeiError {
  readonly exitCode = Exit.failed;
}

/** A host's interface refused something, or was not there. The message holds no answer of it. */
export class HostError extends KeiError {
  readonly exitCode = Exit.failed;
}

/** The person or the system ended the run. */
export class InterruptedError extends KeiError {
  readonly exitCode = Exit.interrupted;
}
