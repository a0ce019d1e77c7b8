import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheStore, Context, Output } from '../src/command.ts';

export interface Overrides {
  /** Laid over the clean environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly ci?: boolean;
  readonly now?: Date;
  readonly signal?: AbortSignal;
  readonly cache?: CacheStore;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Captured extends Context {
  /** What was written to standard output so far. */
  out(): string;
  err(): string;
}

const collector = (isTTY: boolean, columns: number): Output & { all(): string } => {
  const chunks: Uint8Array[] = [];
  return {
    isTTY,
    columns,
    write: (text) => void chunks.push(typeof text === 'string' ? Buffer.from(text) : Uint8Array.from(text)),
    all: () => Buffer.concat(chunks).toString(),
  };
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** A context for tests: output kept as text, nothing of the machine's or the person's git configuration, no cache, no CI, a fixed clock. */
export const captured = (cwd: string, overrides: Overrides = {}): Captured => {
  const { env, stdin = '', ci = false, now = new Date('2030-01-02T03:04:05Z'), signal, cache, isTTY = false, columns = 80 } = overrides;
  const stdout = collector(isTTY, columns);
  const stderr = collector(isTTY, columns);
  return {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: join(tmpdir(), 'kei-git-no-home'),
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      ...env,
    },
    stdin: once(Buffer.from(stdin)),
    stdout,
    stderr,
    now: () => now,
    signal: signal ?? new AbortController().signal,
    progress: { start: () => undefined, advance: () => undefined, stop: () => undefined },
    cache,
    ci,
    out: () => stdout.all(),
    err: () => stderr.all(),
  };
};
