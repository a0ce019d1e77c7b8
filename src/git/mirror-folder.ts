import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Context, Place } from '../command.ts';
import { FileError, UsageError } from '../errors.ts';
import { fileError } from '../sys/files.ts';
import { printable } from './paths.ts';
import type { Repository } from './layout.ts';
import { elsewhere, run } from './run.ts';

/** Where a mirror goes: a place where nothing is yet, or a bare repository. */
export interface MirrorFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** The repository that is there already. */
  readonly existing: { readonly place: Place; readonly objectFormat: 'sha1' | 'sha256' } | undefined;
}

const ANOTHER = 'name a folder that is not there, an empty one, or a bare repository that kei-git made';

const isInside = (root: string, path: string): boolean => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** The path without links above its last part. */
function placeOf(out: string, cwd: string): string {
  const path = resolve(cwd, out);
  try {
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    throw new UsageError(`${printable(out)}: the folder above it is not there`, { hint: `mkdir -p ${printable(dirname(out))}` });
  }
}

async function worktreesOf(source: Place): Promise<readonly string[]> {
  const { stdout } = await run(source, ['worktree', 'list', '--porcelain']);
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
}

/**
 * Where the mirror goes, if it may. Nothing is written.
 * @throws {UsageError} for what is no place for a mirror of this repository
 */
export async function judgeMirrorFolder(
  out: string,
  { cwd, env }: Pick<Context, 'cwd' | 'env'>,
  source: Place,
  repository: Repository,
): Promise<MirrorFolder> {
  if (out === '' || out.includes('\0') || basename(resolve(cwd, out)) === '') throw new UsageError('OUT is no folder');
  const path = placeOf(out, cwd);
  const own = [repository.root, repository.gitDir, repository.commonDir, ...(await worktreesOf(source))].filter((dir) => dir !== undefined);
  if (own.some((dir) => isInside(dir, path)))
    throw new UsageError(`${printable(out)} lies within the repository that is mirrored`, {
      hint: 'name a folder beside it: ../public.git',
    });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { path, existing: undefined };
  if (stat.isSymbolicLink()) throw new UsageError(`${printable(out)} is a symbolic link`, { hint: 'name the folder that it leads to' });
  if (!stat.isDirectory()) throw new UsageError(`${printable(out)} is no folder`, { hint: ANOTHER });
  const names = childrenOf(path);
  if (names.length === 0) return { path, existing: undefined };
  if (names.includes('.git'))
    throw new UsageError(`${printable(out)} has a worktree; a mirror is a bare repository`, {
      hint: `git clone --bare ${printable(out)} NEW, then: kei-git leak mirror NEW`,
    });
  const place = { ...elsewhere(path, env), program: source.program };
  const within = { ...place, env: { ...place.env, GIT_DIR: path } };
  const looks = ['HEAD', 'objects', 'refs'].every((name) => names.includes(name));
  const { code, stdout } = looks
    ? await run(within, ['rev-parse', '--is-bare-repository', '--show-object-format'], { okCodes: [0, 128] })
    : { code: 128, stdout: '' };
  const [bare, format] = stdout.toString().split('\n');
  if (code !== 0 || bare !== 'true') throw new UsageError(`${printable(out)} is not empty and is no mirror`, { hint: ANOTHER });
  return { path, existing: { place: within, objectFormat: format === 'sha256' ? 'sha256' : 'sha1' } };
}

function childrenOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw fileError('look at', path, error);
  }
}

const prefixOf = (path: string): string => `.${basename(path).slice(0, 100)}.kei-mirror-`;

/** A folder beside the mirror, on the same file system, in which it is made. What killed runs left there is removed. @throws {FileError} */
export function makeWorkshop(path: string): string {
  removeLeftovers(path);
  const folder = join(dirname(path), `${prefixOf(path)}${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw fileError('make the folder', folder, error);
  }
  return folder;
}

/** First out of the way, then away: a run that is still at work in one finds it gone, and never half of it. */
function removeLeftovers(path: string): void {
  const above = dirname(path);
  for (const name of childrenOf(above)) {
    if (!name.startsWith(prefixOf(path)) || lstatSync(join(above, name), { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    const old = join(above, `${prefixOf(path)}old-${randomBytes(6).toString('hex')}`);
    try {
      renameSync(join(above, name), old);
      rmSync(old, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Somebody else's, or in use on a system that keeps it: the next run tries again.
    }
  }
}

export const removeWorkshop = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/** Puts what was made where it belongs, in one step. @throws {FileError} when something is there by now */
export function moveIntoPlace(made: string, path: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmdirSync(path); // fails unless it is an empty folder
    renameSync(made, path);
  } catch (error) {
    if (lstatSync(made, { throwIfNoEntry: false }) === undefined)
      throw new FileError(`cannot make ${printable(path)}: another run for the same folder began meanwhile`, {
        cause: error,
        hint: 'run it again',
      });
    throw fileError('make', path, error);
  }
}
