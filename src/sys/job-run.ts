import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { errorCode, reasonOf } from './files.ts';
import { type BoundedOutput, collectOutput } from './job-output.ts';
import { endGroup, endWithUs, groupIsAlive, HAS_GROUPS } from './processes.ts';

/** How a command is started. */
export interface JobStart {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Windows: the arguments are one command line already. */
  readonly verbatim: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** undefined: it has nothing to read. */
  readonly stdin: Uint8Array | undefined;
  /** undefined: it may take as long as it likes. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

export type JobEnd =
  | { readonly kind: 'ended'; readonly code: number; readonly output: BoundedOutput }
  /** Somebody or the system ended it. */
  | { readonly kind: 'killed'; readonly by: string; readonly output: BoundedOutput }
  | { readonly kind: 'late'; readonly output: BoundedOutput }
  | { readonly kind: 'interrupted' }
  /** The arguments are more than the system takes; nothing ran. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'failed'; readonly reason: string };

interface Exited {
  readonly end: JobEnd;
  /** Why it was made to end. */
  readonly why: 'late' | 'interrupted' | undefined;
}

const NONE: BoundedOutput = { text: '', left: 0 };

/** To clear up in, before it is killed. After Ctrl-C the entries wait three seconds for everything. */
const GRACE_MS = { late: 2000, interrupted: 1000 } as const;
/** For the system to kill it. */
const KILL_MS = 1000;
/** For what it left running in its group. */
const REST_MS = 500;
const LOOK_MS = 20;
/** What a timer can hold. */
const LONGEST_MS = 2 ** 31 - 1;

const after = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

/** Ends a command and all that it started. On Windows there is no asking first. */
const endAll = (pid: number, signal: 'SIGTERM' | 'SIGKILL', { env }: JobStart): void => {
  if (HAS_GROUPS) return endGroup(pid, signal);
  const program = join(env['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', 'taskkill.exe');
  spawn(program, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () => endGroup(pid));
};

/** Ends what is left of the group: a program that goes on in a view that is removed would only do harm. */
const endRest = async (pid: number): Promise<void> => {
  if (!HAS_GROUPS || !groupIsAlive(pid)) return;
  endGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < REST_MS && groupIsAlive(pid); waited += LOOK_MS) await after(LOOK_MS);
  if (groupIsAlive(pid)) endGroup(pid);
};

const TOO_LONG: ReadonlySet<string | undefined> = new Set(['E2BIG', 'ENAMETOOLONG']);
const NOT_STARTED: Readonly<Record<string, string>> = {
  ENOENT: 'it, or the program that its first line names, is not there',
  EAGAIN: 'the system has no room for another process',
};

const notStarted = (error: unknown): JobEnd => {
  const code = errorCode(error);
  if (TOO_LONG.has(code)) return { kind: 'too-long' };
  return { kind: 'failed', reason: `could not be started: ${NOT_STARTED[code ?? ''] ?? reasonOf(error)}` };
};

const start = ({ program, args, verbatim, cwd, env, stdin }: JobStart): ChildProcess =>
  spawn(program, args, {
    cwd,
    env,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
    detached: HAS_GROUPS,
  });

/** Waits for the exit, and asks and then forces the command to it when its time is up or the person says so. */
const waitForExit = (child: ChildProcess, asked: JobStart): Promise<Exited> =>
  new Promise((done) => {
    const { signal, timeoutMs } = asked;
    let why: Exited['why'];
    let force: NodeJS.Timeout | undefined;
    const finish = (end: JobEnd): void => {
      clearTimeout(timer);
      clearTimeout(force);
      signal.removeEventListener('abort', interrupt);
      done({ end, why });
    };
    const stop = (because: 'late' | 'interrupted'): void => {
      why ??= because;
      const { pid } = child;
      if (pid === undefined || force !== undefined) return;
      endAll(pid, 'SIGTERM', asked);
      force = setTimeout(() => {
        endAll(pid, 'SIGKILL', asked);
        // A process that waits for a dead disk cannot even be killed.
        force = setTimeout(() => finish({ kind: 'killed', by: 'SIGKILL', output: NONE }), KILL_MS);
      }, GRACE_MS[because]);
    };
    const interrupt = (): void => stop('interrupted');
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop('late'), Math.min(timeoutMs, LONGEST_MS));
    signal.addEventListener('abort', interrupt, { once: true });
    child.once('error', (error) => finish(notStarted(error)));
    child.once('exit', (code, by) =>
      finish(code === null ? { kind: 'killed', by: by ?? 'a signal', output: NONE } : { kind: 'ended', code, output: NONE }),
    );
  });

/**
 * Runs a command of the person to its end, in a process group of its own, and ends with it what it left running there. A daemon that made a session of its
 * own stays; it is not waited for. Does not throw.
 */
export const startJob = async (asked: JobStart): Promise<JobEnd> => {
  if (asked.signal.aborted) return { kind: 'interrupted' };
  let child: ChildProcess;
  try {
    child = start(asked);
  } catch (error) {
    return notStarted(error);
  }
  const { pid } = child;
  const letBe = pid === undefined ? undefined : endWithUs(pid);
  const output = collectOutput();
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => output.add(piece)).on('error', () => undefined);
  child.stdin?.on('error', () => undefined).end(asked.stdin); // it may end before it has read everything
  const closed = new Promise<void>((done) => void child.once('close', () => done()));
  const { end, why } = await waitForExit(child, asked);
  if (pid === undefined) return end;
  await endRest(pid);
  letBe?.();
  await Promise.race([closed, after(REST_MS)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (why === 'interrupted') return { kind: 'interrupted' };
  const told = output.take();
  if (why === 'late') return { kind: 'late', output: told };
  return 'output' in end ? { ...end, output: told } : end;
};
