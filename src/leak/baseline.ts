import { join } from 'node:path';
import { addEntries, parseIgnores, type Ignore } from '../config/ignores.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { UsageError } from '../errors.ts';
import { count } from '../report/quantity.ts';

/** What of the file system it takes to keep exceptions. */
export interface IgnoresDoors {
  readonly readIfThere: (path: string) => Buffer | undefined;
  readonly makeFolder: (path: string) => void;
  readonly writeWhole: (path: string, bytes: string) => void;
}

/** Where exceptions are kept. @param command as messages name it @throws {UsageError} in a bare repository */
export const ignoresFolder = (command: string, repository: { readonly root: string | undefined } | undefined, cwd: string): string => {
  if (repository !== undefined && repository.root === undefined)
    throw new UsageError(`${command}: a bare repository has no files to write into`, { hint: 'run it in a clone' });
  return repository?.root ?? cwd;
};

/** Adds exceptions to the ignores of a folder; how many were not there yet. Nothing is written where nothing is new. */
export const recordIgnores = (
  folder: string,
  entries: readonly Ignore[],
  { readIfThere, makeFolder, writeWhole }: IgnoresDoors,
): number => {
  const file = join(folder, IGNORES_FILE);
  const bytes = readIfThere(file) ?? Buffer.alloc(0);
  const known = parseIgnores(bytes).length;
  const after = addEntries(bytes.toString(), entries);
  const added = parseIgnores(after).length - known;
  if (added > 0) {
    makeFolder(join(folder, '.kei'));
    writeWhole(file, after);
  }
  return added;
};

/** What a person reads of it. */
export const recordedWords = (added: number): string =>
  added === 0
    ? `${IGNORES_FILE}: nothing to add\n`
    : `${IGNORES_FILE}: ${count(added, 'finding')} recorded; commit the file, so that it holds for everybody\n`;
