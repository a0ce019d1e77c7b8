import type { CheckPolicy } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import type { JobDoors, JobRepository } from './doors.ts';
import { jobsOf, type Job, type JobFile } from './job.ts';
import { planJobs, type PlannedJob } from './plan.ts';
import { runAll } from './run-all.ts';
import type { Surroundings } from './run-job.ts';
import { fixedLine, indexLine, leftLine, notTrustedLine, onlyByHandLine, restingLine, straysLine, strangersLine } from './say.ts';
import { permissionOf } from './trusted.ts';
import { openViews, type Views } from './views.ts';

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
  /** By `kei-git hook run`, not by git. */
  readonly byHand: boolean;
  /** Whether standard error takes colours. */
  readonly colour: boolean;
  /** How the keeper of fixes is started. */
  readonly keeper?: readonly string[];
}

export interface JobsOutcome {
  /** 0 passed, 1 a command said no, 2 its program is not there, 3 it gave no answer, 130 interrupted. */
  readonly exitCode: ExitCode;
  /** Files that are another content in the index now. */
  readonly fixed: readonly string[];
}

/** Events after which git commits what is staged. */
const BEFORE_COMMIT: ReadonlySet<string> = new Set(['pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'commit-msg']);
const PRECEDENCE: readonly ExitCode[] = [Exit.interrupted, Exit.usage, Exit.failed, Exit.found];
const NOTHING: JobsOutcome = { exitCode: Exit.clean, fixed: [] };

const worst = (codes: readonly ExitCode[]): ExitCode => PRECEDENCE.find((code) => codes.includes(code)) ?? Exit.clean;

/** Says why commands may not run; undefined: they may. */
const refusal = (jobs: readonly Job[], { event, byHand }: JobsAsked, trusted: boolean, { ci, env }: Context): string | undefined => {
  const permission = permissionOf({ trusted, ci, byHand, env });
  const names = jobs.map(({ name }) => name);
  switch (permission.kind) {
    case 'granted':
      return undefined;
    case 'not-trusted':
      return notTrustedLine(event, names);
    case 'only-by-hand':
      return onlyByHandLine(event, names);
    case 'strangers':
      return strangersLine(event, names, permission.event);
  }
};

/** What fixers changed becomes part of the commit. */
const takeFixes = async (jobs: readonly PlannedJob[], views: Views, { stderr }: Context): Promise<JobsOutcome> => {
  const fixed: string[] = [];
  let exitCode: ExitCode = Exit.clean;
  for (const kind of ['staged', 'index'] as const) {
    const paths = new Set(jobs.filter(({ job }) => job.stageFixed && job.view === kind).flatMap(({ files }) => files));
    const view = paths.size === 0 ? undefined : views[kind];
    if (view === undefined) continue;
    const taken = await view.takeFixes([...paths]);
    fixed.push(...taken.fixed);
    if (taken.strays.length > 0) stderr.write(straysLine(taken.strays));
    if (taken.fixed.length > 0) stderr.write(fixedLine(taken.fixed));
    if (taken.left.length === 0) continue;
    stderr.write(leftLine(taken.left, taken.patch));
    exitCode = Exit.found;
  }
  return { exitCode, fixed };
};

/** The commands that concern the event's files. */
const plan = async (
  all: readonly Job[],
  asked: JobsAsked,
  files: readonly JobFile[],
  { ci, stderr }: Context,
  doors: JobDoors,
): Promise<readonly PlannedJob[]> => {
  const state = doors.underway(asked.repository.gitDir);
  // Git says so on disk only after this hook.
  const underway = asked.event === 'pre-merge-commit' ? new Set([...state, 'merge' as const]) : state;
  const { jobs, resting } = planJobs({ jobs: all, files, underway, ci });
  for (const { name, during } of resting) stderr.write(restingLine(name, during));
  return jobs;
};

const around = (
  { event, args, stdin, repository: { root }, colour }: JobsAsked,
  { cwd, env, signal }: Context,
  { elsewhere }: JobDoors,
): Surroundings => ({
  event,
  args,
  stdin,
  cwd,
  root,
  base: elsewhere(root, env).env,
  colour,
  signal,
});

/** Runs them where they belong, and takes what they mended. */
const run = async (
  jobs: readonly PlannedJob[],
  asked: JobsAsked,
  files: readonly JobFile[],
  limit: number,
  context: Context,
  doors: JobDoors,
): Promise<JobsOutcome> => {
  const { event, place, repository, keeper, byHand } = asked;
  const there = files.filter(({ mode }) => mode !== undefined).map(({ path }) => path);
  const views = await openViews({ place, repository, keeper, isHook: !byHand }, jobs, there, doors);
  try {
    const watch = BEFORE_COMMIT.has(event) ? doors.watchIndex(place, repository.gitDir) : undefined;
    const { codes, suspects } = await runAll(
      jobs,
      { around: around(asked, context, doors), views, limit, isIndexChanged: () => watch?.changed() ?? Promise.resolve(false) },
      context,
      doors,
    );
    if (suspects.size > 0) context.stderr.write(indexLine([...suspects]));
    const exitCode = worst(suspects.size > 0 ? [...codes, Exit.found] : codes);
    return exitCode === Exit.clean ? await takeFixes(jobs, views, context) : { exitCode, fixed: [] };
  } finally {
    await views.close();
  }
};

/**
 * Runs the commands that [[hook.run]] has for an event, and says on standard error what came of it.
 * @throws {GitError} {FileError} where they cannot be given what they need
 */
export const runJobs = async (asked: JobsAsked, policy: CheckPolicy, context: Context, doors: JobDoors): Promise<JobsOutcome> => {
  const { event, args, stdin, place, isSkipped } = asked;
  const { hook } = policy.config;
  const all = jobsOf(hook, event).filter(({ name }) => !isSkipped(name));
  if (all.length === 0) return NOTHING;
  const refused = refusal(all, asked, policy.mayRun, context);
  if (refused !== undefined) {
    context.stderr.write(refused);
    return NOTHING;
  }
  const files = asked.files ?? (await doors.eventFiles(event, { place, args, stdin }));
  const jobs = await plan(all, asked, files, context, doors);
  return jobs.length === 0 ? NOTHING : run(jobs, asked, files, hook.jobs || doors.cores(), context, doors);
};
