import { randomBytes } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, fileError } from '../sys/files.ts';
import { isAlive, ownId } from '../sys/processes.ts';

// Bare repositories for what was fetched: nothing of a template, of the person's settings, or of a remote is in them.

const HEAD = 'ref: refs/heads/none\n';

/** Without a remote nothing is fetched behind our back: git would, for what a filter left out, and a foreign commit would then be there. */
const configOf = (format: 'sha1' | 'sha256'): string =>
  format === 'sha256'
    ? '[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tlogallrefupdates = false\n[extensions]\n\tobjectFormat = sha256\n'
    : '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tlogallrefupdates = false\n';

/** Makes the folder an empty repository. @throws {FileError} */
export const makeBare = (folder: string, format: 'sha1' | 'sha256'): void => {
  try {
    for (const name of ['objects/info', 'objects/pack', 'refs']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'HEAD'), HEAD);
    cutOff(folder, format);
  } catch (error) {
    throw fileError('make the repository', folder, error);
  }
};

/** Takes out what `git fetch --filter` wrote into the settings. */
export const cutOff = (folder: string, format: 'sha1' | 'sha256'): void => writeFileSync(join(folder, 'config'), configOf(format));

const packs = (folder: string): readonly string[] => readdirSync(join(folder, 'objects', 'pack'));

/** Names and sizes of the packs. */
export const packSizes = (folder: string): readonly (readonly [name: string, size: number])[] =>
  packs(folder)
    .filter((name) => /\.(pack|idx)$/.test(name))
    .sort()
    .map((name) => [name, statSync(join(folder, 'objects', 'pack', name)).size] as const);

/** Gives one repository the packs of another. Packs never change, so both may have the same files. */
export const sharePacks = (from: string, to: string): void => {
  for (const name of packs(from)) {
    if (!name.startsWith('pack-')) continue;
    const [source, target] = [join(from, 'objects', 'pack', name), join(to, 'objects', 'pack', name)];
    try {
      linkSync(source, target);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw error;
      copyFileSync(source, target); // a file system without hard links
    }
  }
};

/** Bytes of the objects that lie there, half-written packs included; 0 where nothing can be seen. */
export const objectBytes = (folder: string): number => {
  let sum = 0;
  try {
    for (const name of packs(folder)) sum += statSync(join(folder, 'objects', 'pack', name), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // It is being made, or gone.
  }
  return sum;
};

const WORK = /^work-([0-9]+)-[0-9a-f]+$/;
const HOUR_MS = 3600 * 1000;

/** An empty folder for a piece of work, below a folder that is made if need be. What dead runs left there is removed. @throws {FileError} */
export const makeWork = (above: string): string => {
  try {
    mkdirSync(above, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(above)) {
      const owner = WORK.exec(name)?.[1];
      if (owner === undefined) continue;
      const path = join(above, name);
      if (!isAlive(Number(owner)) || isOlder(path, HOUR_MS)) removeFolder(path);
    }
    const folder = join(above, `work-${ownId()}-${randomBytes(6).toString('hex')}`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (error) {
    throw fileError('make a folder in', above, error);
  }
};

export const isOlder = (path: string, ms: number): boolean => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ms;
};

/** Removes a folder; what cannot be removed now is left to a later run. */
export const removeFolder = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // In use on a system that keeps it.
  }
};

/** A folder of this run alone. */
export const makeTemporary = (): string => mkdtempSync(join(tmpdir(), 'kei-git-'));
