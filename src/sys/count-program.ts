import { isAbsolute, resolve } from 'node:path';
import type { RunCounter } from '../counting.ts';
import { findProgram } from './program.ts';
import { runProgram } from './run-program.ts';

const MOST_BYTES = 1024 * 1024;

export interface CountPrograms {
  /** The worktree's; programs with a slash in their name are looked for from here. */
  readonly root: string;
  /** Without git's variables of one repository. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs the commands of counters, without a shell and without anything to read. */
export const openCountPrograms =
  ({ root, env, signal }: CountPrograms): RunCounter =>
  async ([name = '', ...args], timeoutMs) => {
    const program = /[\\/]/.test(name) ? resolve(root, name) : findProgram(name, { env });
    if (program === undefined || !isAbsolute(program)) return { kind: 'failed', reason: 'there is no such program on PATH' };
    const end = await runProgram({ program, args, cwd: root, env, timeoutMs, maxBytes: MOST_BYTES, signal });
    if (end.kind === 'failed') return end;
    return end.code === 0 ? { kind: 'printed', text: end.stdout } : { kind: 'failed', reason: `ended with code ${end.code}` };
  };
