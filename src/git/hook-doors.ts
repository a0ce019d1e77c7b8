import type { Context } from '../command.ts';
import { hookProgram } from '../sys/own-program.ts';
import { doors } from './doors.ts';
import type { EventFile } from './event-files.ts';
import type { jobDoors } from './job-doors.ts';
import { settleFirst } from './unsettled.ts';

/** What hooks need of the world. Each is loaded when it is first asked for. */
export const hookDoors = {
  gate: doors,
  settle: settleFirst,
  openJobs: async (): Promise<typeof jobDoors> => (await import('./job-doors.ts')).jobDoors,
  /** Of a hook that is started by hand. */
  chosenFiles: async (context: Pick<Context, 'cwd' | 'env'>, range: string | undefined): Promise<readonly EventFile[]> =>
    (await import('./chosen-files.ts')).chosenFiles(doors.here(context), range),
  keeper: (): readonly string[] | undefined => {
    const program = hookProgram();
    return program === undefined ? undefined : [...program, 'fix-keeper'];
  },
};
