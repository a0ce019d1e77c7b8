import { realpathSync } from 'node:fs';
import { dirname, relative, isAbsolute, resolve, sep } from 'node:path';
import { FileError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { reasonOf } from './files.ts';
import { obstacle, replaceFile } from './replace.ts';

/** A file below a folder and what it is to become. */
export interface Replacement {
  /** From the folder, with `/`. */
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const NOTHING = 'nothing was written';

/** Why a file may not be written; a folder on its way may be a link that leads elsewhere. */
const refusal = (root: string, path: string): string | undefined => {
  const place = resolve(root, path);
  try {
    const way = relative(realpathSync.native(root), realpathSync.native(dirname(place)));
    if (isAbsolute(way) || way.split(sep)[0] === '..') return 'a link leads out of the worktree there';
  } catch (error) {
    return reasonOf(error);
  }
  return obstacle(place);
};

/** Puts the new content in the place of the old one; false when the file is not as it was. */
const swap = (root: string, { path, before, after }: Replacement): boolean =>
  replaceFile(resolve(root, path), printable(path), (bytes) => (bytes.equals(before) ? after : undefined));

/**
 * Replaces all of the files or, as far as the system lets it, none: each at any instant the old or the new one, with its mode. Those that were written
 * before one that cannot be get their old content again, unless somebody else wrote them meanwhile.
 * @throws {FileError} when one cannot be written or is not as it was
 */
export const replaceAll = (root: string, files: readonly Replacement[]): void => {
  for (const { path } of files) {
    const reason = refusal(root, path);
    if (reason !== undefined)
      throw new FileError(`cannot write ${printable(path)}: ${reason}`, { hint: `${NOTHING}; see to that file first` });
  }
  const done: Replacement[] = [];
  try {
    for (const file of files) {
      if (!swap(root, file)) throw new FileError(`${printable(file.path)} changed meanwhile`, { hint: `${NOTHING}: run it again` });
      done.push(file);
    }
  } catch (error) {
    for (const { path, before, after } of done.toReversed()) swap(root, { path, before: after, after: before });
    throw error;
  }
};
