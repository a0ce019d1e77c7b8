import { accessSync, constants, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';

const WINDOWS = sep === '\\';
const DEFAULT_EXTENSIONS = '.COM;.EXE;.BAT;.CMD';

/** Processors that this process may use. */
export const cores = (): number => availableParallelism();

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

const extensionsOf = (name: string, given: string | undefined): readonly string[] => {
  if (!WINDOWS) return [''];
  const extensions = (given ?? DEFAULT_EXTENSIONS).split(';').filter((extension) => extension !== '');
  const has = extensions.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase()));
  return has ? ['', ...extensions] : extensions;
};

/**
 * Absolute path of a program that the person's settings name: in the folders of a PATH, the relative ones left out, or where it has a slash, from `folder` on.
 * undefined: there is none that may be run.
 */
export const findJobProgram = (
  name: string,
  { folder, path, extensions }: { readonly folder: string; readonly path: string; readonly extensions?: string | undefined },
): string | undefined => {
  const hasFolder = name.includes('/') || (WINDOWS && name.includes('\\'));
  const folders = hasFolder ? [folder] : path.split(WINDOWS ? ';' : ':').filter((entry) => isAbsolute(entry));
  for (const entry of folders) {
    for (const extension of extensionsOf(name, extensions)) {
      const file = hasFolder ? resolve(entry, name + extension) : join(entry, name + extension);
      if (isProgram(file)) return file;
    }
  }
  return undefined;
};
