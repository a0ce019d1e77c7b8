import { lstatSync, readFileSync, type Stats } from 'node:fs';

/** What a path is, links not followed; undefined: nothing. @throws where it cannot be told */
export const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** The text of a regular file of UTF-8; undefined where it is no such file. @throws where it cannot be read */
export const readPlain = (path: string): string | undefined => {
  if (statOf(path)?.isFile() !== true) return undefined;
  const text = readFileSync(path, 'utf8');
  return text.includes('\ufffd') ? undefined : text;
};
