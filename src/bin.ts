import type { Context } from './command.ts';
import type { Terminal } from './sys/terminal.ts';
import { VERSION } from './version.ts';

const GRACE_MS = 3000;
const INTERRUPTED = 130;
const FAILED = 3;

const isCi = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());

const widthOf = (columns: number | undefined): number => {
  const said = columns ?? Number(process.env['COLUMNS']);
  return Number.isSafeInteger(said) && said > 0 ? said : 80;
};

/** Node's streams are only made for what may be a terminal: making them takes as long as the scan of a small file. */
const terminalOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): Terminal => ({
  isTTY: isTTY === true,
  columns: widthOf(columns),
});

type Ready = Pick<Context, 'cwd' | 'stdout' | 'stderr' | 'progress' | 'ci' | 'signal' | 'cache'>;

const contextOf = (ready: Ready): Context => ({
  ...ready,
  env: process.env,
  stdin: {
    [Symbol.asyncIterator]: () => {
      ready.signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
      return process.stdin[Symbol.asyncIterator]();
    },
  },
  now: () => new Date(),
});

const start = async (argv: readonly string[]): Promise<void> => {
  const [{ main }, { lateCache }, { mayBeTerminal, outputTo }, { progressOn }, { bugReport }, { manyListeners }] = await Promise.all([
    import('./cli.ts'),
    import('./sys/cache.ts'),
    import('./sys/terminal.ts'),
    import('./face/progress.ts'),
    import('./face/bug.ts'),
    import('./sys/listeners.ts'),
  ]);
  const controller = new AbortController();
  manyListeners(controller.signal);
  const stdout = outputTo(1, terminalOf(mayBeTerminal(1) ? process.stdout : {}));
  const stderr = outputTo(2, terminalOf(mayBeTerminal(2) ? process.stderr : {}));
  const progress = progressOn(stderr, () => performance.now());
  const ci = isCi(process.env['CI']);

  const end = (code: number): never => {
    progress.stop();
    // Output is written by now; an open pipe or a worker must not hold the run.
    process.exit(code);
  };
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

  let cwd: string;
  try {
    cwd = process.cwd();
  } catch {
    stderr.write('kei-git: the current directory does not exist any more\n  hint: cd to one that does\n');
    return end(FAILED);
  }
  const cache = ci ? undefined : lateCache(process.env);
  end(await main(argv, contextOf({ cwd, stdout, stderr, progress, ci, signal: controller.signal, cache })));
};

const argv = process.argv.slice(2);
if (argv[0] === '--version') {
  process.stdout.on('error', () => undefined); // its reader may be gone
  process.stdout.write(`${VERSION}\n`);
} else {
  void start(argv);
}
