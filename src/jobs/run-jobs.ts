import type { CheckPolicy } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import type { JobDoors, JobRepository } from './doors.ts';
import { jobsOf, type Job, type JobFile } from './job.ts';
import { runInOrder, waitsFor } from './order.ts';
import { planJobs, type PlannedJob } from './plan.ts';
import { runJob, type Surroundings } from './run-job.ts';
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
const TICK_MS = 100;

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

/** Shows on a terminal what is running. */
const showRunning = (
  { progress }: Context,
  total: number,
): { begin(name: string): void; end(name: string, say: () => void): void; stop(): void } => {
  const names = new Set<string>();
  const timer = setInterval(() => progress.advance(0), TICK_MS);
  const show = (): void => progress.start(`${[...names].join(', ')}${names.size < total ? ` (of ${total} commands)` : ''}`);
  return {
    begin: (name) => {
      names.add(name);
      if (names.size === 1) show();
    },
    end: (name, say) => {
      progress.stop();
      names.delete(name);
      say();
      if (names.size > 0) show();
    },
    stop: () => {
      clearInterval(timer);
      progress.stop();
    },
  };
};

interface Told {
  readonly codes: ExitCode[];
  /** Commands after which the index was another one. */
  readonly suspects: Set<string>;
}

const runAll = async (
  jobs: readonly PlannedJob[],
  limit: number,
  views: Views,
  around: Surroundings,
  context: Context,
  doors: JobDoors,
  indexChanged: () => Promise<boolean>,
): Promise<Told> => {
  const told: Told = { codes: [], suspects: new Set() };
  const running = new Set<string>();
  const shown = showRunning(context, jobs.length);
  try {
    await runInOrder(waitsFor(jobs), limit, async (index) => {
      const planned = jobs[index];
      if (planned === undefined || context.signal.aborted) return void told.codes.push(Exit.interrupted);
      const { name, view } = planned.job;
      const folder = await views.folderOf(view);
      running.add(name);
      shown.begin(name);
      const { code, text } = await runJob(planned, folder, around, doors);
      if (told.suspects.size === 0 && (await indexChanged())) for (const one of running) told.suspects.add(one);
      running.delete(name);
      told.codes.push(code);
      shown.end(name, () => context.stderr.write(text));
    });
  } finally {
    shown.stop();
  }
  return told;
};

/** What fixers changed becomes part of the commit. */
const takeFixes = async (jobs: readonly PlannedJob[], views: Views, { stderr }: Context): Promise<JobsOutcome> => {
  const fixed: string[] = [];
  let exitCode: ExitCode = Exit.clean;
  for (const kind of ['staged', 'index'] as const) {
    const paths = new Set(jobs.filter(({ job }) => job.stageFixed && job.view === kind).flatMap(({ files }) => files));
    const view = paths.size === 0 ? undefined : await views.opened(kind);
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

const isThere = ({ mode }: JobFile): boolean => mode !== undefined;

/**
 * Runs the commands that [[hook.run]] has for an event, and says on standard error what came of it.
 * @throws {GitError} {FileError} where they cannot be given what they need
 */
export const runJobs = async (asked: JobsAsked, policy: CheckPolicy, context: Context, doors: JobDoors): Promise<JobsOutcome> => {
  const { event, args, stdin, place, repository, isSkipped, colour } = asked;
  const { hook } = policy.config;
  const all = jobsOf(hook, event).filter(({ name }) => !isSkipped(name));
  if (all.length === 0) return { exitCode: Exit.clean, fixed: [] };
  const refused = refusal(all, asked, policy.trusted, context);
  if (refused !== undefined) {
    context.stderr.write(refused);
    return { exitCode: Exit.clean, fixed: [] };
  }
  const files = asked.files ?? (await doors.eventFiles(event, { place, args, stdin }));
  const state = doors.underway(repository.gitDir);
  const underway = event === 'pre-merge-commit' ? new Set([...state, 'merge' as const]) : state;
  const { jobs, resting } = planJobs({ jobs: all, files, underway, ci: context.ci });
  for (const { name, during } of resting) context.stderr.write(restingLine(name, during));
  if (jobs.length === 0) return { exitCode: Exit.clean, fixed: [] };

  const views = openViews(
    { place, repository, keeper: asked.keeper },
    files.filter(isThere).map(({ path }) => path),
    doors,
  );
  const around: Surroundings = {
    event,
    args,
    stdin,
    cwd: context.cwd,
    root: repository.root,
    base: doors.elsewhere(repository.root, context.env).env,
    colour,
    signal: context.signal,
  };
  const watch = BEFORE_COMMIT.has(event) ? doors.watchIndex(place, repository.gitDir) : undefined;
  const indexChanged = (): Promise<boolean> => watch?.changed() ?? Promise.resolve(false);
  try {
    const { codes, suspects } = await runAll(jobs, hook.jobs || doors.cores(), views, around, context, doors, indexChanged);
    if (suspects.size > 0) {
      context.stderr.write(indexLine([...suspects]));
      codes.push(Exit.found);
    }
    const exitCode = worst(codes);
    return exitCode === Exit.clean ? await takeFixes(jobs, views, context) : { exitCode, fixed: [] };
  } finally {
    await views.close();
  }
};
