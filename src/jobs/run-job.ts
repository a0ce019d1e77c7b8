import { join, resolve } from 'node:path';
import { Exit, type ExitCode } from '../errors.ts';
import { commandLine, fileArgument, MESSAGE_EVENTS } from './arguments.ts';
import { inBatches, lineLimit } from './batches.ts';
import type { JobDoors, JobEnd, JobOutput } from './doors.ts';
import { jobEnvironment } from './environment.ts';
import { isUnnameable } from './globs.ts';
import type { PlannedJob } from './plan.ts';
import { failedLine, killedLine, lateLine, missingLine, notRunLine, passedLine, unnameableLine, type Ran } from './say.ts';
import { isBatch, startedBy } from './windows.ts';

/** What all commands of an event share. */
export interface Surroundings {
  readonly event: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array | undefined;
  /** Where git started the hook: what its arguments are relative to. */
  readonly cwd: string;
  readonly root: string;
  /** Without git's variables of one repository. */
  readonly base: Readonly<Record<string, string>>;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

/** What came of a command. */
export interface JobResult {
  readonly code: ExitCode;
  /** For a person; empty where there is nothing to say. */
  readonly text: string;
}

type Run = (files: readonly string[]) => Promise<JobEnd>;

/** Runs of all batches, one after the other, until there is no answer to one. Files of a batch that the system finds too long go in two. */
const runBatches = async (batches: readonly (readonly string[])[], run: Run): Promise<readonly JobEnd[]> => {
  const due = [...batches];
  const ends: JobEnd[] = [];
  for (let batch = due.shift(); batch !== undefined; batch = due.shift()) {
    const end = await run(batch);
    if (end.kind === 'too-long' && batch.length > 1) {
      const half = batch.length >> 1;
      due.unshift(batch.slice(0, half), batch.slice(half));
      continue;
    }
    ends.push(end);
    if (end.kind !== 'ended') break;
  }
  return ends;
};

const joined = (outputs: readonly JobOutput[]): JobOutput => ({
  text: outputs.map(({ text }) => text).join(''),
  left: outputs.reduce((sum, { left }) => sum + left, 0),
});

const outputsOf = (ends: readonly JobEnd[]): readonly JobOutput[] => ends.flatMap((end) => ('output' in end ? [end.output] : []));

/** The end of all batches as one: the first that is no answer, else the first that failed. */
const resultOf = (ran: Ran, ends: readonly JobEnd[], timeoutMs = 0): JobResult => {
  const worst = ends.find(({ kind }) => kind !== 'ended') ?? ends.find((end) => end.kind === 'ended' && end.code !== 0) ?? ends[0];
  // Of batches that passed nothing is told beside one that did not.
  const output = joined(outputsOf(ends.filter((end) => end === worst || (end.kind === 'ended' && end.code !== 0))));
  switch (worst?.kind) {
    case undefined:
      return { code: Exit.clean, text: '' };
    case 'ended':
      return worst.code === 0
        ? { code: Exit.clean, text: passedLine(ran, joined(outputsOf(ends))) }
        : { code: Exit.found, text: failedLine(ran, worst.code, output) };
    case 'killed':
      return { code: Exit.failed, text: killedLine(ran, worst.by, output) };
    case 'late':
      return { code: Exit.failed, text: lateLine(ran, timeoutMs, output) };
    case 'too-long':
      return { code: Exit.failed, text: notRunLine(ran.name, 'did not run: its arguments are longer than the system takes') };
    case 'interrupted':
      return { code: Exit.interrupted, text: notRunLine(ran.name, 'was interrupted') };
    case 'failed':
      return { code: Exit.failed, text: notRunLine(ran.name, worst.reason) };
  }
};

/** Runs a command in a folder that is, or looks like, the worktree. */
export const runJob = async ({ job, files }: PlannedJob, folder: string, around: Surroundings, doors: JobDoors): Promise<JobResult> => {
  const { event, args, stdin, cwd, root, base, colour, signal } = around;
  const windows = doors.platform === 'win32';
  const takesFiles = job.files !== undefined && job.passFiles;
  const unnameable = takesFiles ? files.find(isUnnameable) : undefined;
  if (unnameable !== undefined) return { code: Exit.failed, text: unnameableLine(job.name, unnameable) };

  const env = jobEnvironment({ base, own: job.env, bin: join(root, 'node_modules', '.bin'), windows, colour });
  const variable = (name: string): string | undefined => env[Object.keys(env).find((key) => key.toUpperCase() === name) ?? ''];
  const message = MESSAGE_EVENTS.has(event) && args[0] !== undefined ? resolve(cwd, args[0]) : undefined;
  const line = commandLine(job, { args, message });
  const program = doors.findJobProgram(line.program, { folder, path: variable('PATH') ?? '', extensions: variable('PATHEXT') });
  if (program === undefined) return { code: Exit.usage, text: missingLine(job.name, line.program) };

  const begun = performance.now();
  const run: Run = (batch) => {
    const started = startedBy(program, [...line.before, ...batch, ...line.after], variable('COMSPEC') ?? 'cmd.exe');
    if (started === undefined) return Promise.resolve({ kind: 'failed', reason: 'cannot be given an argument with a line break' });
    const timeoutMs = job.timeoutMs === undefined ? undefined : Math.max(1, job.timeoutMs - (performance.now() - begun));
    return doors.startJob({ ...started, cwd: folder, env, stdin: line.likeHook ? stdin : undefined, timeoutMs, signal });
  };
  const limit = lineLimit(doors.platform, windows && isBatch(program));
  const batches = takesFiles ? inBatches(files.map(fileArgument), [line.program, ...line.before, ...line.after], limit) : [[]];
  const ends = await runBatches(batches, run);
  const ran: Ran = { name: job.name, files: takesFiles ? files.length : undefined, ms: performance.now() - begun };
  return resultOf(ran, ends, job.timeoutMs);
};
