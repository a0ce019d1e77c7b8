import { copyFileSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { errorCode, fileError } from '../sys/files.ts';
import { encodePath, sortByPath } from './paths.ts';
import { placeOf } from './read-file.ts';
import { foldersTo } from './view-paths.ts';

/** What stands in a view for something of the worktree. */
export interface Linked {
  readonly path: string;
  /** Of the worktree's, when it was linked; undefined for folders and links. */
  readonly stamp: string | undefined;
  /** It is a link, and no copy. */
  readonly isLink: boolean;
}

/** Changes whenever somebody writes to the file. */
const stampOf = (place: string | Buffer): string | undefined => {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}` : undefined;
};

export const isAsLinked = (root: string, { path, stamp }: Linked): boolean => stamp === undefined || stampOf(placeOf(root, path)) === stamp;

// Git follows no link where it reads these.
const isReadByGit = (name: string): boolean => name === '.gitattributes' || name === '.gitignore' || name === '.gitmodules';

/**
 * Links something of the worktree; false: it is a copy, or is not there. Where links to files need a right that people do not have (Windows), a
 * folder is a junction and a file is copied.
 */
export const link = (from: string | Buffer, to: string | Buffer, kind: 'folder' | 'file' | 'other', asCopy = false): boolean => {
  try {
    if (asCopy && kind === 'file') copyFileSync(from, to);
    else symlinkSync(from, to, kind === 'folder' ? 'junction' : 'file');
    return !asCopy || kind !== 'file';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false; // names that differ only in case, where that makes none of a difference
    if (platform() !== 'win32' || kind !== 'file' || (code !== 'EPERM' && code !== 'EACCES')) throw error;
    copyFileSync(from, to);
    return false;
  }
};

/** What lies in a folder; nothing where there is none, or where we may not look. */
export const namesIn = (place: string | Buffer): readonly { readonly name: string; readonly kind: 'folder' | 'file' | 'other' }[] => {
  try {
    return readdirSync(place, { encoding: 'buffer', withFileTypes: true }).map((one) => ({
      name: encodePath(one.name),
      kind: one.isDirectory() ? 'folder' : one.isFile() ? 'file' : 'other',
    }));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw error;
  }
};

/**
 * Makes the folders on the way to the files, and links what lies beside in the worktree.
 * @param tree an empty folder
 * @throws {FileError}
 */
export function linkAround(root: string, tree: string, files: readonly string[]): readonly Linked[] {
  const folders = new Set(files.flatMap(foldersTo));
  const own = new Set([...folders, ...files]);
  const linked: Linked[] = [];
  const behindLinks = new Set<string>();
  try {
    for (const { path: folder } of sortByPath([...folders].map((path) => ({ path })))) {
      if (folder !== '') mkdirSync(placeOf(tree, folder), { recursive: true });
      const parent = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
      const isReal = folder === '' || lstatSync(placeOf(root, folder), { throwIfNoEntry: false })?.isDirectory() === true;
      if (!isReal || (folder !== '' && behindLinks.has(parent))) behindLinks.add(folder);
      else linked.push(...linkIn(folder, root, tree, own));
    }
  } catch (error) {
    throw fileError('make', tree, error);
  }
  return linked;
}

function linkIn(folder: string, root: string, tree: string, own: ReadonlySet<string>): readonly Linked[] {
  const out: Linked[] = [];
  for (const { name, kind } of namesIn(folder === '' ? root : placeOf(root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (own.has(path) || name.toLowerCase() === '.git') continue;
    const from = placeOf(root, path);
    const isLink = link(from, placeOf(tree, path), kind, isReadByGit(name));
    out.push({ path, stamp: kind === 'file' ? stampOf(from) : undefined, isLink });
  }
  return out;
}
