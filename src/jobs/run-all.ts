import type { Context } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import type { JobDoors } from './doors.ts';
import { runInOrder, waitsFor } from './order.ts';
import type { PlannedJob } from './plan.ts';
import { runJob, type Surroundings } from './run-job.ts';
import { changedLine } from './say.ts';
import type { Views } from './views.ts';

const TICK_MS = 100;

/** What is running, for a terminal. */
const showRunning = (
  { progress, stderr }: Context,
  total: number,
): { readonly names: ReadonlySet<string>; begin(name: string): void; end(name: string, text: string): void; stop(): void } => {
  const names = new Set<string>();
  const timer = setInterval(() => progress.advance(0), TICK_MS);
  const show = (): void => progress.start(`${[...names].join(', ')}${names.size < total ? ` (of ${total} commands)` : ''}`);
  return {
    names,
    begin: (name) => {
      names.add(name);
      show();
    },
    end: (name, text) => {
      progress.stop();
      names.delete(name);
      stderr.write(text);
      if (names.size > 0) show();
    },
    stop: () => {
      clearInterval(timer);
      progress.stop();
    },
  };
};

export interface Together {
  readonly around: Surroundings;
  readonly views: Views;
  /** Commands at once. */
  readonly limit: number;
  readonly isIndexChanged: () => Promise<boolean>;
}

export interface Ended {
  readonly codes: readonly ExitCode[];
  /** Commands that ran when the index became another one; empty: it did not. */
  readonly suspects: ReadonlySet<string>;
}

/** Runs all commands, each as soon as it may, and says what came of each when it has ended. One that fails stops no other: people want to see all there is. */
export const runAll = async (
  jobs: readonly PlannedJob[],
  { around, views, limit, isIndexChanged }: Together,
  context: Context,
  doors: JobDoors,
): Promise<Ended> => {
  const codes: ExitCode[] = [];
  let suspects: ReadonlySet<string> = new Set();
  const shown = showRunning(context, jobs.length);
  const runOne = async (planned: PlannedJob): Promise<void> => {
    const { name, view, stageFixed } = planned.job;
    shown.begin(name);
    const folder = views.folderOf(view);
    // A folder that is thrown away: what a formatter does there must not be taken for done.
    const watch = stageFixed || folder === around.root ? undefined : doors.watchFiles(folder, planned.files);
    const { code, text } = await runJob(planned, folder, around, doors);
    const changed = code === Exit.clean ? (watch?.changed() ?? []) : [];
    if (suspects.size === 0 && (await isIndexChanged())) suspects = new Set(shown.names);
    codes.push(changed.length > 0 ? Exit.found : code);
    shown.end(name, changed.length > 0 ? changedLine(name, changed) : text);
  };
  try {
    await runInOrder(waitsFor(jobs), limit, async (index) => {
      const planned = jobs[index];
      if (planned === undefined) return;
      if (context.signal.aborted) codes.push(Exit.interrupted);
      else await runOne(planned);
    });
  } finally {
    shown.stop();
  }
  return { codes, suspects };
};
