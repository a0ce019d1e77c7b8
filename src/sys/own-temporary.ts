import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { isAlive, ownId } from './processes.ts';

// Temporary files that say whose they are: what a killed process left is known for what it is, and cleared away by the next.

const NAME = /^\.kei-git-(\d+)-[0-9a-f]{12}\.tmp$/;

/** A name that {@link writeTemporary} gives. */
export const isTemporary = (name: string): boolean => NAME.test(name);

/** Writes a file beside others, durably; the caller renames or removes it. */
export const writeTemporary = (folder: string, bytes: Uint8Array, mode: number | undefined): string => {
  const path = join(folder, `.kei-git-${ownId()}-${randomBytes(6).toString('hex')}.tmp`);
  const file = openSync(path, 'wx', mode ?? 0o666);
  try {
    if (mode !== undefined) fchmodSync(file, mode);
    writeFileSync(file, bytes);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return path;
};

/** Temporary files of processes that are gone. */
export const leftTemporaries = (folder: string): readonly string[] => {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => {
      const [, id] = NAME.exec(name) ?? [];
      return id !== undefined && Number(id) !== ownId() && !isAlive(Number(id));
    })
    .map((name) => join(folder, name));
};

/** Makes what was renamed in a folder last. Windows and some file systems cannot, and need not. */
export const syncFolder = (folder: string): void => {
  if (platform() === 'win32') return;
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // Nothing is lost by it that has been written.
  }
};
