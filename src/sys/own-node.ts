import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { arch, execPath, versions } from 'node:process'; // oxlint-disable-line no-restricted-imports -- which node this is
import { FileError } from '../errors.ts';
import { isInside } from './inside.ts';
import { findProgram, type ProgramSearch } from './program.ts';

/** A node that stays where it is when a branch changes. */
export interface NodeProgram {
  /** With all links followed: what a version manager's link leads to tomorrow is another one. */
  readonly path: string;
  readonly version: string;
  /** Whose kept code it takes: V8's version and the machine's. */
  readonly engine: string;
}

const OLDEST = [20, 19] as const;
const SECONDS = 20;
const ASK = 'process.stdout.write(JSON.stringify([process.versions.node, `${process.versions.v8} ${process.arch}`]))';

const belongsToBranch = (path: string, outside: readonly string[]): boolean =>
  path.split(/[\\/]/).includes('node_modules') || outside.some((root) => isInside(path, root));

const isOldEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

const other = (path: string): NodeProgram | undefined => {
  const { status, stdout } = spawnSync(path, ['-e', ASK], { env: {}, encoding: 'utf8', timeout: SECONDS * 1000 });
  if (status !== 0) return undefined;
  const [version, engine] = JSON.parse(stdout) as readonly [string, string]; // what ASK prints
  return { path, version, engine };
};

/**
 * The node that hooks are to run: the one that we run on, unless it lies in a worktree or in a node_modules (the npm package `node`), where the next
 * branch may have another or none.
 * @param outside the roots of worktrees
 * @throws {FileError} when there is no other, or it is too old
 */
export const nodeForHooks = ({ env, outside = [] }: ProgramSearch): NodeProgram => {
  const roots = outside.map((root) => realpathSync.native(root));
  const own = realpathSync.native(execPath);
  if (!belongsToBranch(own, roots)) return { path: own, version: versions.node, engine: `${versions.v8} ${arch}` };
  const found = findProgram('node', { env, outside });
  const node = found === undefined ? undefined : other(realpathSync.native(found));
  if (node !== undefined && isOldEnough(node.version)) return node;
  throw new FileError(`${own} lies where a branch can replace it, and PATH has no other node that hooks could run`, {
    hint: `install node ${OLDEST.join('.')} or newer outside the worktree, and run the install again with it`,
  });
};
