import type { Context } from './command.ts';
import type { InputName } from './action/inputs.ts';

const GRACE_MS = 3000;
const INTERRUPTED = 130;
const FAILED = 3;

const start = async (): Promise<void> => {
  const [{ runAction }, { doors }, runner, files, { outputTo }, { withSafeDirectory }, { bugReport }, { manyListeners }] =
    await Promise.all([
      import('./action/run.ts'),
      import('./git/doors.ts'),
      import('./sys/runner.ts'),
      import('./sys/files.ts'),
      import('./sys/terminal.ts'),
      import('./git/safe-directory.ts'),
      import('./face/bug.ts'),
      import('./sys/listeners.ts'),
    ]);
  const controller = new AbortController();
  manyListeners(controller.signal);
  const log = { isTTY: false, columns: 80 };
  const stdout = outputTo(1, log);
  const stderr = outputTo(2, log);
  // Output is written by now; a connection that is kept open must not hold the job.
  const end = (code: number): never => process.exit(code);
  const interrupt = (): void => {
    if (controller.signal.aborted) end(INTERRUPTED);
    controller.abort();
    setTimeout(() => end(INTERRUPTED), GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const crash = (error: unknown): void => {
    if (controller.signal.aborted) end(INTERRUPTED);
    stderr.write(bugReport(error));
    end(FAILED);
  };
  process.on('uncaughtException', crash).on('unhandledRejection', crash);

  const quiet = (): void => undefined;
  const context: Context = {
    cwd: process.cwd(),
    env: process.env,
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    stdout,
    stderr,
    now: () => new Date(),
    signal: controller.signal,
    progress: { start: quiet, advance: quiet, stop: quiet },
    cache: undefined,
    ci: true,
  };
  end(
    await runAction(context, {
      gate: doors,
      input: (name: InputName) => runner.readInput(name),
      isFolder: files.isFolder,
      makeFolder: runner.makeJobFolder,
      withSafeDirectory,
      readIfThere: files.readIfThere,
      writeFile: (path, text) => files.writeWhole(path, text, { durable: false }),
      putOutput: runner.putOutput,
      summaryRoom: runner.summaryRoom,
      addSummary: runner.addSummary,
      bugReport,
      openComments: async (place) => (await import('./sys/comments.ts')).openComments(place),
    }),
  );
};

void start();
