import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isInside } from './inside.ts';
import { stateOfCopy, type CopyState } from './installed-copy.ts';

export interface TriedPrograms {
  readonly node: 'runs' | 'absent' | 'fails';
  readonly copy: CopyState;
  /** What `--version` said. */
  readonly version: string | undefined;
  /** Which of the roots it lies in. */
  readonly inside: string | undefined;
}

const SECONDS = 20;

const mayRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const real = (path: string): string => {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
};

/** Starts what a hook starts, with nothing in its environment: as an editor with windows starts git, which knows no PATH of a shell. */
export const tryPrograms = (node: string, hook: string, roots: readonly string[]): TriedPrograms => {
  const copy = stateOfCopy(dirname(hook));
  const inside = roots.find((root) => [node, hook].some((path) => isInside(path, root) || isInside(real(path), real(root))));
  if (!mayRun(node)) return { node: 'absent', copy, version: undefined, inside };
  const { status, stdout } = spawnSync(node, [hook, '--version'], { env: {}, encoding: 'utf8', timeout: SECONDS * 1000 });
  const version = /^\d+\.\d+\.\S+\n$/.exec(stdout)?.[0].trim();
  return { node: status === 0 && version !== undefined ? 'runs' : 'fails', copy, version, inside };
};
