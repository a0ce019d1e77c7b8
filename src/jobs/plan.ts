import { filesTest } from './globs.ts';
import type { Job, JobFile } from './job.ts';

/** What git is in the middle of. */
export type Underway = 'merge' | 'rebase';

export interface PlanAsked {
  /** Those of the event. */
  readonly jobs: readonly Job[];
  readonly files: readonly JobFile[];
  readonly underway: ReadonlySet<Underway>;
  readonly ci: boolean;
}

/** A command that is to run. */
export interface PlannedJob {
  readonly job: Job;
  /** What it is about, those that it is not handed over too. Deleted files, links and submodules are not among them. */
  readonly files: readonly string[];
}

export interface Plan {
  readonly jobs: readonly PlannedJob[];
  /** Commands that the settings let rest now. Those that concern no file are not told. */
  readonly resting: readonly { readonly name: string; readonly during: Underway }[];
}

const REGULAR = 0o100000;
const isRegular = ({ mode }: JobFile): boolean => mode !== undefined && (mode & 0o170000) === REGULAR;

/** The files of a command; undefined: none of them concerns it. */
const filesOf = (job: Job, files: readonly JobFile[]): readonly string[] | undefined => {
  if (job.files === undefined) return [];
  const matches = filesTest(job.files, job.exclude);
  const concerned = files.filter(({ path }) => matches(path));
  const regular = concerned.filter(isRegular).map(({ path }) => path);
  // A file that went concerns a build as much as one that came; nobody can be given it.
  const isConcerned = job.passFiles ? regular.length > 0 : concerned.length > 0;
  return isConcerned ? regular : undefined;
};

/** Which commands run, in the order of the file, and on which files. */
export const planJobs = ({ jobs: all, files, underway, ci }: PlanAsked): Plan => {
  const jobs: PlannedJob[] = [];
  const resting: { name: string; during: Underway }[] = [];
  for (const job of all) {
    if (ci && !job.ci) continue;
    const given = filesOf(job, files);
    if (given === undefined) continue;
    const during = job.skipOn.find((name) => underway.has(name));
    if (during === undefined) jobs.push({ job, files: given });
    else resting.push({ name: job.name, during });
  }
  return { jobs, resting };
};
