import type { Context } from '../command.ts';
import type { GateDoors } from '../gate/open.ts';
import type { JobDoors } from '../jobs/doors.ts';
import type { JobFile } from '../jobs/job.ts';

/** What only commands may reach, for hooks; `git/hook-doors.ts` has it. `C`: what a target is asked by. */
export interface HookDoors<C> {
  readonly gate: GateDoors<C>;
  /** Ends what a killed commit left, and says what a person should know. */
  readonly settle: (context: Context) => Promise<void>;
  readonly openJobs: () => Promise<JobDoors>;
  /** Of a hook that is started by hand: what differs in `A..B`, else every file. */
  readonly chosenFiles: (context: Context, range: string | undefined) => Promise<readonly JobFile[]>;
  /** How the keeper of fixes is started; undefined: it cannot be. */
  readonly keeper: () => readonly string[] | undefined;
  readonly wantsColour: (env: Context['env'], isTTY: boolean) => boolean;
}
