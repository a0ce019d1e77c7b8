import type { PlannedJob } from './plan.ts';

/** It may read any file, not only those that it was given. */
const readsAll = ({ job }: PlannedJob): boolean => job.files === undefined || !job.passFiles;

const shareFiles = (a: PlannedJob, b: PlannedJob): boolean => {
  if (readsAll(a) || readsAll(b)) return true;
  const files = new Set(a.files);
  return b.files.some((path) => files.has(path));
};

/** Whether two commands must not run at once. A command never sees a file that another one is writing. */
const isApart = (a: PlannedJob, b: PlannedJob): boolean => {
  if (a.job.alone || b.job.alone) return true;
  return (a.job.stageFixed || b.job.stageFixed) && a.job.view === b.job.view && shareFiles(a, b);
};

/** For each command the earlier ones that must have ended before it begins. */
export const waitsFor = (jobs: readonly PlannedJob[]): readonly (readonly number[])[] =>
  jobs.map((job, at) => [...jobs.slice(0, at).entries()].filter(([, earlier]) => isApart(earlier, job)).map(([index]) => index));

/**
 * Runs pieces of work, at most `limit` at once and each after those that it waits for, earlier ones first. When one throws, no other begins; those that
 * run are waited for.
 * @param waits for each piece the earlier ones
 */
export const runInOrder = async (
  waits: readonly (readonly number[])[],
  limit: number,
  run: (index: number) => Promise<void>,
): Promise<void> => {
  const ended = new Set<number>();
  const due = new Set(waits.keys());
  const running = new Map<number, Promise<void>>();
  const errors: unknown[] = [];
  const begin = async (index: number): Promise<void> => {
    try {
      await run(index);
    } catch (error) {
      errors.push(error);
      due.clear();
    }
    running.delete(index);
    ended.add(index);
  };
  while (due.size > 0 || running.size > 0) {
    for (const index of due) {
      if (running.size >= limit) break;
      if (!(waits[index] ?? []).every((earlier) => ended.has(earlier))) continue;
      due.delete(index);
      running.set(index, begin(index));
    }
    await Promise.race(running.values());
  }
  if (errors.length > 0) throw errors[0];
};
