import { lstatSync, realpathSync } from 'node:fs';
import { platform, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { FileError } from '../errors.ts';
import { makeFolder } from './files.ts';
import { isInside } from './inside.ts';

type Env = Readonly<Record<string, string | undefined>>;

const HINT = 'set XDG_DATA_HOME to a folder of your own, as in XDG_DATA_HOME=/home/you/.local/share';

const baseOf = (env: Env): string => {
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification: a relative path is invalid and is to be ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  const local = platform() === 'win32' ? env['LOCALAPPDATA'] : undefined;
  if (local !== undefined && isAbsolute(local)) return local;
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (home !== undefined && isAbsolute(home)) return join(home, '.local', 'share');
  throw new FileError('there is no place for the programs of hooks: neither HOME nor XDG_DATA_HOME names a folder', { hint: HINT });
};

/** Where the programs that hooks run belong, `$XDG_DATA_HOME/kei-git`. @throws {FileError} when the environment names no place */
export const dataFolder = (env: Env): string => join(baseOf(env), 'kei-git');

/**
 * The same folder, made if need be, links followed: the person's own, which nobody else can write to.
 * @param outside roots of worktrees, where a branch could bring other programs
 * @throws {FileError}
 */
export const openDataFolder = (env: Env, outside: readonly string[]): string => {
  const folder = dataFolder(env);
  makeFolder(folder, 0o700);
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) throw new FileError(`${folder} is no folder`, { hint: `remove it, or ${HINT}` });
  if (platform() !== 'win32') {
    if (stat.uid !== userInfo().uid) throw new FileError(`${folder} belongs to somebody else`, { hint: HINT });
    if ((stat.mode & 0o022) !== 0) throw new FileError(`others may write to ${folder}`, { hint: `chmod 700 ${folder}` });
  }
  const real = realpathSync.native(folder);
  const root = outside.map((one) => realpathSync.native(one)).find((one) => isInside(real, one));
  if (root !== undefined) throw new FileError(`${folder} lies in the worktree ${root}, where a branch could replace it`, { hint: HINT });
  return real;
};
