import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../command.ts';
import { fileError } from '../sys/files.ts';
import { ownId } from '../sys/processes.ts';
import { gitAbove } from './committer.ts';

/** hooks/*.sh looks for it before it starts a program. @param gitDir of the worktree */
const sealPath = (gitDir: string): string => join(gitDir, 'kei', 'seal');

/** Not by rename: one that is cut short is no seal, and nothing else is left behind. @throws {FileError} */
export function writeSeal(gitDir: string, text: string): void {
  const path = sealPath(gitDir);
  try {
    mkdirSync(join(gitDir, 'kei'), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw fileError('write', path, error);
  }
}

export function readSeal(gitDir: string): string | undefined {
  try {
    return readFileSync(sealPath(gitDir), 'utf8');
  } catch {
    return undefined;
  }
}

/** It does no harm where it stays. */
export function removeSeal(gitDir: string): void {
  try {
    rmSync(sealPath(gitDir), { force: true });
  } catch {
    // Somebody took the right to do so.
  }
}

/** The number of the git process that runs the hook; its file says so (KEI_HOOK_PARENT), else it is looked for. undefined: nobody knows. */
export const runningGit = (env: Context['env']): number | undefined => {
  const told = Number(env['KEI_HOOK_PARENT'] ?? '');
  return Number.isSafeInteger(told) && told > 0 ? told : gitAbove(ownId())?.pid;
};
