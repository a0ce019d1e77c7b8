import type { Context } from '../command.ts';
import { Exit } from '../errors.ts';
import type { Opened } from '../gate/open.ts';
import type { JobFile } from '../jobs/job.ts';
import type { JobsOutcome } from '../jobs/run-jobs.ts';
import type { HookDoors } from './doors.ts';
import type { HookCall } from './event.ts';
import type { Skips } from './skip.ts';

/** A hook that runs what [[hook.run]] names. */
export interface Commanded {
  readonly call: HookCall;
  /** What git gave on standard input, where the event has any. */
  readonly stdin?: Uint8Array;
}

const NOTHING: JobsOutcome = { exitCode: Exit.clean, fixed: [] };

/** Files that somebody named; undefined: those that the event is about. */
const filesOf = async <C>({ byHand }: HookCall, context: Context, doors: HookDoors<C>): Promise<readonly JobFile[] | undefined> =>
  byHand === undefined || (!byHand.all && byHand.range === undefined) ? undefined : doors.chosenFiles(context, byHand.range);

/** Runs the commands that the settings have for an event; loads nothing where there are none. */
export const runCommands = async <C>(
  { call, stdin }: Commanded,
  { views: [{ policy }] }: Opened,
  { names }: Skips,
  context: Context,
  doors: HookDoors<C>,
): Promise<JobsOutcome> => {
  if (!policy.config.hook.run.some(({ on = ['pre-commit'] }) => on.some((name) => name === call.event))) return NOTHING;
  const place = doors.gate.here(context);
  const { root, gitDir } = (await doors.gate.findRepository(place, context.env)) ?? {};
  // A bare repository has no files to run on.
  if (root === undefined || gitDir === undefined) return NOTHING;
  const [{ runJobs }, jobDoors] = await Promise.all([import('../jobs/run-jobs.ts'), doors.openJobs()]);
  const files = await filesOf(call, context, doors);
  const keeper = doors.keeper();
  return runJobs(
    {
      event: call.event,
      args: call.args,
      place,
      repository: { root, gitDir },
      isSkipped: (name) => names.has(name),
      byHand: call.byHand !== undefined,
      colour: doors.wantsColour(context.env, context.stderr.isTTY),
      ...(stdin === undefined ? {} : { stdin }),
      ...(files === undefined ? {} : { files }),
      ...(keeper === undefined ? {} : { keeper }),
    },
    policy,
    context,
    jobDoors,
  );
};
