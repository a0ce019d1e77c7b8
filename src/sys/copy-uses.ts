import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isThere, makeFolder, removeFile, writeWhole } from './files.ts';
import { takeAway } from './copy-folder.ts';

/** Which copies the hooks of a repository run: one, or two while an install writes its blocks. */
export interface CopyUse {
  /** Its git directory, absolute. */
  readonly repository: string;
  /** Names of folders. */
  readonly copies: readonly string[];
}

const RECORDS = 'repositories';
const DAY_MS = 86_400_000;
/** A repository that is not there may lie on a disk that is not plugged in. */
const KEPT_DAYS = 30;

const recordOf = (data: string, repository: string): string =>
  join(data, RECORDS, `${createHash('sha256').update(repository).digest('hex').slice(0, 32)}.json`);

const parse = (path: string): CopyUse | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { repository, copies } = value as Partial<Record<keyof CopyUse, unknown>>;
    if (typeof repository !== 'string' || !Array.isArray(copies)) return undefined;
    return { repository, copies: copies.filter((name): name is string => typeof name === 'string') };
  } catch {
    return undefined; // it was removed meanwhile, or is damaged: the next install writes it
  }
};

const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

const write = (data: string, use: CopyUse): void => {
  makeFolder(join(data, RECORDS), 0o700);
  writeWhole(recordOf(data, use.repository), `${JSON.stringify(use)}\n`, { mode: 0o600 });
};

/** Says that the hooks of a repository are going to run a copy as well. To be said before it is looked whether it is there. @throws {FileError} */
export const addUse = (data: string, repository: string, copy: string): void => {
  const known = parse(recordOf(data, repository))?.copies ?? [];
  if (!known.includes(copy)) write(data, { repository, copies: [...known, copy] });
};

/** Says that the hooks of a repository run this copy and no other one any more. @throws {FileError} */
export const settleUse = (data: string, repository: string, copy: string): void => write(data, { repository, copies: [copy] });

/** Says that the hooks of a repository run none. @throws {FileError} */
export const forgetUse = (data: string, repository: string): void => removeFile(recordOf(data, repository));

/** Which repositories run which copy, as it was recorded. */
export const usesOf = (data: string): readonly CopyUse[] =>
  names(join(data, RECORDS)).flatMap((name) => parse(join(data, RECORDS, name)) ?? []);

const isGone = (data: string, { repository }: CopyUse): boolean => {
  if (isThere(repository)) return false;
  const stat = statSync(recordOf(data, repository), { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) > KEPT_DAYS * DAY_MS;
};

/** Takes a copy away, unless somebody began to use it meanwhile. */
const removeCopy = (data: string, name: string): boolean =>
  takeAway(data, join(data, name), () => usesOf(data).some(({ copies }) => copies.includes(name)));

/**
 * Removes copies that no repository uses any more; their names.
 * @param data of `openDataFolder`
 */
export const removeUnusedCopies = (data: string): readonly string[] => {
  for (const use of usesOf(data)) if (isGone(data, use)) forgetUse(data, use.repository);
  const used = new Set(usesOf(data).flatMap((use) => use.copies));
  const copies = names(data).filter((name) => /^\d[\w.+-]*-[0-9a-f]{16}$/.test(name));
  return copies.filter((name) => !used.has(name) && removeCopy(data, name));
};
