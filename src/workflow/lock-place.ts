import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { LOCK_PATH } from '../lock/lock.ts';
import { printable } from '../report/printable.ts';

/** Where a lock is, and what it is for. */
export interface LockPlace {
  /** The folder whose workflows it is for; undefined: it stands by itself. */
  readonly root: string | undefined;
  readonly file: string;
  /** As findings name it. */
  readonly shown: string;
}

/** A folder: the lock of the repository there. A file at its place in a repository: the lock of that one. */
export const lockPlace = (
  named: string | undefined,
  { cwd, root, isFolder }: { readonly cwd: string; readonly root: string | undefined; readonly isFolder: (path: string) => boolean },
): LockPlace => {
  const at = (folder: string): LockPlace => ({ root: folder, file: join(folder, LOCK_PATH), shown: LOCK_PATH });
  if (named === undefined) return at(root ?? cwd);
  const path = resolve(cwd, named);
  if (isFolder(path)) return at(path);
  const folder = dirname(dirname(dirname(path)));
  const isInPlace = join(folder, LOCK_PATH) === path;
  return isInPlace ? at(folder) : { root: undefined, file: path, shown: basename(path) };
};

/** @throws {UsageError} where there is no lock */
export const lockBytes = ({ file, shown, root }: LockPlace, readIfThere: (path: string) => Uint8Array | undefined): Uint8Array => {
  const bytes = readIfThere(file);
  if (bytes !== undefined) return bytes;
  throw new UsageError(`there is no ${printable(root === undefined ? file : shown)}`, {
    hint: 'the tool of the host makes one: gh actions-lock',
  });
};

/** What a gate is opened on for it. @param repositoryRoot of the repository that we are in */
export const gateChoice = (
  { root }: LockPlace,
  repositoryRoot: string | undefined,
): { readonly paths: readonly string[]; readonly all?: true; readonly folder?: { readonly path: string; readonly from: string } } =>
  root === undefined || root === repositoryRoot ? { paths: [], all: true } : { paths: [], folder: { path: root, from: root } };
