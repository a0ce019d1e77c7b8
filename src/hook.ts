import type { Context } from './command.ts';
import { KeiError } from './errors.ts';
import { eventOf } from './hook/event.ts';
import { HANDLERS, type LoadHandler } from './hook/table.ts';
import { readAndGiveBack } from './sys/kept-stdin.ts';
import { mayBeTerminal, outputTo, type Terminal } from './sys/terminal.ts';
import { VERSION } from './version.ts';

const GRACE_MS = 3000;
const INTERRUPTED = 130;
const FAILED = 3;

/** What a block of hooks/ wants in the place of 0. */
const fine = /^\d{1,3}$/.exec(process.env['KEI_HOOK_FINE'] ?? '')?.[0] ?? '0';
delete process.env['KEI_HOOK_FINE']; // it is said to us, and not to what is started from here

const isCi = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());

/** Node's streams are only made for what may be a terminal. */
const terminalOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): Terminal => ({
  isTTY: isTTY === true,
  columns: columns !== undefined && columns > 0 ? columns : 80,
});

const once = (bytes: Uint8Array): Context['stdin'] => ({
  async *[Symbol.asyncIterator]() {
    if (bytes.length > 0) yield await Promise.resolve(bytes);
  },
});

/** What git wrote. The block that started us may ask for it back, for the rest of its file. */
const takeStdin = (signal: AbortSignal): Context['stdin'] => {
  const fd = process.env['KEI_HOOK_STDIN'];
  delete process.env['KEI_HOOK_STDIN']; // what is started from here has no such file
  if (fd !== undefined && /^\d$/.test(fd)) return once(readAndGiveBack(Number(fd)));
  return {
    [Symbol.asyncIterator]: () => {
      signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
      return process.stdin[Symbol.asyncIterator]();
    },
  };
};

/** What is said of an error that nobody foresaw: its kind and place, no message, which could quote what was read. */
const brief = (error: unknown): string => {
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`;
  if (/^\.\/[\w.-]+ is missing/.test(error.message)) return 'a part of the program is missing';
  const system = ['code', 'syscall', 'path'].map((key) => String(Reflect.get(error, key) ?? '')).filter((text) => text !== '');
  if (system.length > 0) return system.join(' ').replaceAll(/[^ -~]/g, '?');
  const [, place = 'an unknown place'] = /^ {4}at (.+)$/m.exec(error.stack ?? '') ?? [];
  return `${/^\w{1,40}$/.test(error.name) ? error.name : 'Error'} at ${place}`;
};

/** One line for what must never be silence; the exit code. */
const broken = (event: string, error: unknown): number => {
  const isGuard = eventOf(event)?.guard !== false;
  const then = isGuard ? 'is stopped' : 'is not looked at';
  const line = `kei-git: ${event} ${then}, kei-git is broken (${brief(error)}): run \`npx kei-git install\`, or \`npx kei-git uninstall\` to go without\n`;
  outputTo(2, terminalOf({})).write(line);
  return isGuard ? FAILED : 0;
};

const tell = async (error: KeiError, { stderr }: Context): Promise<number> => {
  const { printable } = await import('./report/printable.ts');
  const hints = (error.hint ?? '').split('\n').filter((line) => line !== '');
  stderr.write(`kei-git: ${printable(error.message)}\n${hints.map((line) => `  hint: ${printable(line)}\n`).join('')}`);
  return error.exitCode;
};

const answer = async (event: string, args: readonly string[], load: LoadHandler): Promise<void> => {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (code: number): never => process.exit(signal.aborted ? INTERRUPTED : code === 0 ? Number(fine) : code);
  const interrupt = (): void => {
    if (signal.aborted) end(INTERRUPTED);
    controller.abort();
    setTimeout(() => end(INTERRUPTED), GRACE_MS).unref();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  const crash = (error: unknown): void => end(broken(event, error));
  process.on('uncaughtException', crash).on('unhandledRejection', crash);

  const stdin = takeStdin(signal);
  const [{ lateCache }, { progressOn }, { manyListeners }, { handler }] = await Promise.all([
    import('./sys/cache.ts'),
    import('./face/progress.ts'),
    import('./sys/listeners.ts'),
    load(),
  ]);
  manyListeners(signal);
  const stdout = outputTo(1, terminalOf(mayBeTerminal(1) ? process.stdout : {}));
  const stderr = outputTo(2, terminalOf(mayBeTerminal(2) ? process.stderr : {}));
  const progress = progressOn(stderr, () => performance.now());
  const { env } = process;
  const ci = isCi(env['CI']);
  const cache = ci ? undefined : lateCache(env);
  const context: Context = { cwd: process.cwd(), env, stdin, stdout, stderr, now: () => new Date(), signal, progress, cache, ci };
  let code: number;
  try {
    code = await handler({ event, args }, context);
  } catch (error) {
    if (!(error instanceof KeiError)) throw error;
    code = signal.aborted ? INTERRUPTED : await tell(error, context);
  }
  progress.stop();
  end(code);
};

const [event = '', ...args] = process.argv.slice(2);
const load = HANDLERS.get(event);
if (load !== undefined) void answer(event, args, load);
else if (event === '--version') outputTo(1, terminalOf({})).write(`${VERSION}\n`);
else process.exitCode = Number(fine);
