import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Context, Place } from '../command.ts';
import { FileError } from '../errors.ts';
import { errorCode, fileError, readIfThere } from '../sys/files.ts';
import { withLock } from '../sys/lock.ts';
import { addName, isTemporary, leftTemporaries, syncFolder, writeTemporary } from '../sys/own-temporary.ts';
import { replaceConfig } from './config-file.ts';
import { readFolder, readHookFile, type HookFile, type HookFolder } from './hook-file.ts';
import type { HookPlaces } from './hook-places.ts';
import { CHAIN_FOLDERS } from './hook-settings.ts';
import { elsewhere } from './run.ts';

/** A folder of hooks with all that lies in it. */
export interface ListedFolder extends HookFolder {
  readonly files: readonly HookFile[];
}
export interface ListedChain {
  readonly scope: keyof typeof CHAIN_FOLDERS;
  readonly config: string;
  readonly configBytes: Buffer | undefined;
  readonly folder: ListedFolder;
}
export interface ListedHooks {
  readonly commonDir: string;
  readonly hooks: ListedFolder;
  readonly chains: readonly ListedChain[];
}

/** Everything that `install` could have written, or would have to write beside. @throws {FileError} */
const listHooks = ({ commonDir, worktrees }: HookPlaces): ListedHooks => {
  const around = { commonDir, roots: worktrees.map(({ path }) => path), gitDirs: [commonDir, ...worktrees.map(({ gitDir }) => gitDir)] };
  const listed = (path: string): ListedFolder => {
    const folder = readFolder(path, around);
    const names =
      folder.kind === 'folder' || folder.kind === 'link'
        ? readdirSync(path)
            .filter((name) => !isTemporary(name))
            .toSorted()
        : [];
    return { ...folder, files: names.map((name) => readHookFile(path, name)) };
  };
  const chain = (gitDir: string, scope: keyof typeof CHAIN_FOLDERS, name: string): ListedChain => {
    const config = join(gitDir, name);
    return { scope, config, configBytes: readIfThere(config), folder: listed(join(gitDir, CHAIN_FOLDERS[scope])) };
  };
  const dirs = new Set([commonDir, ...worktrees.map(({ gitDir }) => gitDir)]);
  return {
    commonDir,
    hooks: listed(join(commonDir, 'hooks')),
    chains: [chain(commonDir, 'local', 'config'), ...[...dirs].map((dir) => chain(dir, 'worktree', 'config.worktree'))],
  };
};

/** True when a folder holds a file of that name that git would start. */
export const holdsHook = (folder: string, event: string): boolean => {
  try {
    accessSync(join(folder, event), constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Removes what killed runs left in these folders. */
const clearLeft = (folders: readonly string[]): void => {
  for (const folder of folders) for (const path of leftTemporaries(folder)) rmSync(path, { force: true });
};

/** Something to be done to a file, see src/hook/state.ts. */
export type HookStep =
  | { readonly kind: 'folder' | 'remove-folder'; readonly path: string }
  | {
      readonly kind: 'write' | 'config';
      readonly path: string;
      readonly bytes: Buffer;
      readonly mode: number | undefined;
      readonly was: Buffer | undefined;
    }
  | { readonly kind: 'aside'; readonly path: string; readonly to: string; readonly bytes: Buffer; readonly mode: number }
  | { readonly kind: 'back'; readonly path: string; readonly to: string; readonly was: Buffer | undefined }
  | { readonly kind: 'remove'; readonly path: string; readonly was: Buffer | undefined };

const changed = (path: string): FileError => new FileError(`${path} was changed meanwhile`, { hint: 'try again' });

const requireBytes = (path: string, was: Uint8Array): void => {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true || !readFileSync(path).equals(was)) throw changed(path);
};

/** Gives a temporary file its name. Where nothing was, nothing is replaced that came meanwhile. */
const settle = (temporary: string, path: string, was: Uint8Array | undefined): void => {
  if (was === undefined) {
    try {
      addName(temporary, path);
      return;
    } catch (error) {
      throw errorCode(error) === 'EEXIST' ? changed(path) : error;
    }
  }
  requireBytes(path, was);
  renameSync(temporary, path);
};

const write = (path: string, bytes: Uint8Array, mode: number | undefined, put: (temporary: string) => void): void => {
  const temporary = writeTemporary(dirname(path), bytes, mode, lstatSync(path, { throwIfNoEntry: false }));
  try {
    put(temporary);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
};

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [lstatSync(a), lstatSync(b)];
  if (one.isSymbolicLink() || other.isSymbolicLink())
    return one.isSymbolicLink() && other.isSymbolicLink() && readlinkSync(a) === readlinkSync(b);
  return one.isFile() && other.isFile() && readFileSync(a).equals(readFileSync(b));
};

/** A second name for a file; of a link, another link. @throws {FileError} when there is something of that name */
const alsoName = (path: string, to: string): void => {
  try {
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), to);
    else addName(path, to);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (!isSame(path, to)) throw changed(to); // else an install was killed right here
  }
};

const apply = async (place: Place, step: HookStep): Promise<void> => {
  switch (step.kind) {
    case 'folder':
      mkdirSync(step.path, { recursive: true });
      return;
    case 'config':
      await replaceConfig(place, step);
      return;
    case 'write':
      write(step.path, step.bytes, step.mode, (temporary) => settle(temporary, step.path, step.was));
      return;
    case 'aside':
      alsoName(step.path, step.to);
      write(step.path, step.bytes, step.mode, (temporary) => renameSync(temporary, step.path));
      return;
    case 'back':
      if (step.was === undefined) {
        if (lstatSync(step.to, { throwIfNoEntry: false }) !== undefined) throw changed(step.to);
      } else requireBytes(step.to, step.was);
      renameSync(step.path, step.to);
      syncFolder(dirname(step.to));
      return;
    case 'remove':
      if (step.was !== undefined) requireBytes(step.path, step.was);
      rmSync(step.path);
      return;
    case 'remove-folder':
      try {
        rmdirSync(step.path);
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
      }
  }
};

/**
 * Does one thing after another. Each is done whole or not at all.
 * @throws {FileError} at the first that cannot be done
 */
const applySteps = async (place: Place, steps: readonly HookStep[]): Promise<void> => {
  for (const step of steps) {
    try {
      await apply(place, step);
    } catch (error) {
      if (error instanceof FileError) throw error;
      throw fileError(step.kind.startsWith('remove') ? 'remove' : 'write', join(dirname(step.path), basename(step.path)), error);
    }
  }
};

interface HookPlan {
  readonly steps: readonly HookStep[];
  /** Why nothing can be done. */
  readonly problems: readonly string[];
}

const PATIENCE_MS = 30_000;

/**
 * Changes the hooks of a repository, one kei-git at a time.
 * @param plan from what is there to what is to be done
 * @throws {FileError} when the plan says why it cannot be done, or a step fails
 */
export const changeHooks = async <P extends HookPlan>(
  places: HookPlaces,
  { env, dryRun }: { readonly env: Context['env']; readonly dryRun: boolean },
  plan: (found: ListedHooks) => P,
): Promise<P> => {
  const { commonDir, worktrees } = places;
  const work = async (): Promise<P> => {
    const found = listHooks(places);
    const made = plan(found);
    const [problem, ...more] = made.problems;
    if (problem !== undefined)
      throw new FileError(`nothing was changed: ${problem}`, more.length === 0 ? {} : { hint: `also: ${more.join('\nalso: ')}` });
    if (dryRun) return made;
    clearLeft([found.hooks.path, ...found.chains.flatMap(({ folder, config }) => [folder.path, dirname(config)])]);
    await applySteps(elsewhere(worktrees[0]?.path ?? commonDir, env), made.steps);
    return made;
  };
  return dryRun ? work() : withLock(join(commonDir, 'kei-git-install.lock'), PATIENCE_MS, work);
};
