import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program as it was built; test/built.ts keeps it fresh. */
export const PROGRAM = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'bin.cjs');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How a process is started: the folder, and all of its environment. */
export interface Start {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts kei-git as a process of its own. */
export const startProgram = (args: readonly string[], { cwd, env }: Start): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...env } });

/** The end of a process and all it wrote. */
export const ended = (child: ChildProcessWithoutNullStreams): Promise<Ended & { readonly signal: NodeJS.Signals | null }> =>
  new Promise((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('close', (code, signal) => resolve({ code, signal, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
  });

/** Runs kei-git as a process of its own to its end. */
export const runProgram = (args: readonly string[], start: Start): Promise<Ended> => ended(startProgram(args, start));

/** Runs a script of bash in which `kei` is the program. */
export const shell = (script: string, { cwd, env }: Start): Ended => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `kei() { '${process.execPath}' '${PROGRAM}' "$@"; }\n${script}`], {
    cwd,
    env: { ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
};
