import { lstatSync } from 'node:fs';
import { decodePath } from './paths.ts';
import { placeOf } from './read-file.ts';

/** The folders on the way to a path, outermost first; '' is the root. */
export const foldersTo = (path: string): readonly string[] => {
  const out = [''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) out.push(path.slice(0, at));
  return out;
};

// What some file system takes for `.git`: NTFS drops dots and spaces at the end, and knows 8.3 names and streams; HFS+ drops what is not shown.
const isGit = (name: string): boolean => {
  const shown = name
    .replace(/[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g, '')
    .replace(/(:.*|[. ]+)$/s, '')
    .toLowerCase();
  return shown === '.git' || shown === 'git~1';
};

/** False for a path that could lead out of the folder it is put below, or into a git directory there. Git stages none; an index that was made by hand may hold any. */
export const isSafe = (path: string): boolean => {
  const decoded = decodePath(path);
  const text = typeof decoded === 'string' ? decoded : decoded.toString('latin1');
  if (text === '' || text.includes('\\') || text.includes('\0')) return false;
  return text.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && !isGit(name));
};

/** Everything but the last part of it are real folders. A path behind a link belongs to another place. */
export const isReached = (root: string, path: string): boolean =>
  foldersTo(path).every((folder) => folder === '' || lstatSync(placeOf(root, folder), { throwIfNoEntry: false })?.isDirectory() === true);
