import { spawn } from 'node:child_process';
import { endGroup, HAS_GROUPS } from './processes.ts';

export interface ProgramRun {
  /** Absolute path, as `findProgram` gives it. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  readonly timeoutMs: number;
  /** More output than this ends it. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs somebody else's program without a shell, within a time and an amount of output; what it started is ended with it. Does not throw. */
export const runProgram = ({ program, args, cwd, env, stdin, timeoutMs, maxBytes, signal }: ProgramRun): Promise<ProgramEnd> =>
  new Promise((done) => {
    const failed = (reason: string): void => done({ kind: 'failed', reason });
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true, detached: HAS_GROUPS });
    let reason: string | undefined;
    const end = (why: string): void => {
      reason ??= why;
      if (child.pid !== undefined) endGroup(child.pid);
    };
    const timer = setTimeout(() => end(`gave no answer for ${timeoutMs / 1000} s`), timeoutMs);
    const stop = (): void => end('interrupted');
    signal?.addEventListener('abort', stop, { once: true });
    let bytes = 0;
    const collect = (pieces: Buffer[]) => (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > maxBytes) end(`wrote more than ${maxBytes} bytes`);
      else pieces.push(piece);
    };
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    child.stdin.on('error', () => {}); // it may end before it has read everything
    child.once('error', (error) => {
      clearTimeout(timer);
      failed(`could not be started: ${error.message}`);
    });
    child.once('close', (code, killed) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (reason !== undefined) failed(reason);
      else if (code === null) failed(`was ended by ${killed ?? 'a signal'}`);
      else done({ kind: 'ended', code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    });
    child.stdin.end(stdin ?? new Uint8Array());
  });
