import { realpathSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { run } from './run.ts';

// What git's configuration says about hooks, and where it says so.

export type Scope = 'system' | 'global' | 'local' | 'worktree' | 'command' | 'unknown';

/** One value of core.hooksPath; of several the last holds. */
export interface HooksPath {
  readonly scope: Scope;
  /** The file that says it, absolute; undefined where it comes from elsewhere than a file. */
  readonly file: string | undefined;
  /** As it is written. */
  readonly value: string;
  /** The folder that it means in this worktree, absolute. */
  readonly folder: string;
  /** It is what `install` wrote. */
  readonly ours: boolean;
}

/** A hook that stands in the configuration itself: git runs it from 2.54 on. */
export interface ConfigHook {
  readonly name: string;
  readonly scope: Scope;
  readonly file: string | undefined;
  readonly events: readonly string[];
  readonly command: string;
  readonly enabled: boolean;
  readonly ours: boolean;
}

export interface HookSettings {
  /** In the order in which git reads them. */
  readonly hooksPaths: readonly HooksPath[];
  readonly configHooks: readonly ConfigHook[];
}

/** Where `install` keeps its files: beside the config of all worktrees, and beside that of one. */
export const CHAIN_FOLDERS = { local: 'kei-git-hooks', worktree: 'kei-git-worktree-hooks' } as const;
/** The file in such a folder that the configuration includes. */
const INCLUDED = 'gitconfig';
/** What the names of our hooks in the configuration begin with. */
const HOOK_PREFIX = 'kei-git-';

interface Row {
  readonly scope: Scope;
  readonly file: string | undefined;
  readonly key: string;
  readonly value: string | undefined;
}

const SCOPES: readonly string[] = ['system', 'global', 'local', 'worktree', 'command'] satisfies readonly Scope[];
const scopeOf = (word: string): Scope => (SCOPES.includes(word) ? (word as Scope) : 'unknown');

const readRows = async (place: Place): Promise<readonly Row[]> => {
  const { stdout } = await run(
    place,
    ['config', '-z', '--show-scope', '--show-origin', '--get-regexp', String.raw`^(core\.hookspath|hook\..*)$`],
    { okCodes: [0, 1] },
  );
  const parts = stdout.toString('utf8').split('\0');
  const rows: Row[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [scope = '', origin = '', pair = ''] = parts.slice(at, at + 3);
    const newline = pair.indexOf('\n');
    rows.push({
      scope: scopeOf(scope),
      file: origin.startsWith('file:') ? resolve(place.cwd, origin.slice('file:'.length)) : undefined,
      key: newline === -1 ? pair : pair.slice(0, newline),
      value: newline === -1 ? undefined : pair.slice(newline + 1),
    });
  }
  // What a command line or the environment says holds for one run only; `run` says core.hooksPath there itself.
  return rows.filter(({ scope }) => scope !== 'command');
};

/** The folder that a value of core.hooksPath means: relative ones count from where git runs hooks. */
const folderOf = async (value: string, place: Place): Promise<string> => {
  if (value === '') return '/';
  let path = value;
  if (/^(?:~|%\(|:\()/.test(value)) {
    const { stdout } = await run(place, ['-c', `kei.path=${value}`, 'config', '-z', '--type=path', '--get', 'kei.path']);
    path = stdout.toString('utf8').split('\0')[0] ?? value;
  }
  return isAbsolute(path) ? path : join(place.cwd, path);
};

const real = (path: string): string => {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
};

const isOurs = (file: string | undefined, gitDirs: readonly string[]): boolean =>
  file !== undefined &&
  gitDirs.some((dir) => Object.values(CHAIN_FOLDERS).some((folder) => real(file) === join(real(dir), folder, INCLUDED)));

const configHooksOf = (rows: readonly Row[]): readonly ConfigHook[] => {
  const hooks = new Map<string, ConfigHook>();
  for (const { key, value = '', scope, file } of rows) {
    const [, name, variable] = /^hook\.(.*)\.([^.]*)$/s.exec(key) ?? [];
    if (name === undefined) continue;
    const hook = hooks.get(name) ?? { name, scope, file, events: [], command: '', enabled: true, ours: name.startsWith(HOOK_PREFIX) };
    if (variable === 'event') hooks.set(name, { ...hook, events: value === '' ? [] : [...hook.events, value] });
    if (variable === 'command') hooks.set(name, { ...hook, command: value, scope, file });
    if (variable === 'enabled') hooks.set(name, { ...hook, enabled: !/^(?:false|no|off|0|)$/i.test(value) });
  }
  return [...hooks.values()];
};

/**
 * What the configuration says about hooks, as a worktree sees it.
 * @param place its folder is where git runs hooks: the root of the worktree
 * @param gitDirs its git directory, and that of all worktrees
 * @throws {GitError}
 */
export const readHookSettings = async (place: Place, gitDirs: readonly string[]): Promise<HookSettings> => {
  const rows = await readRows(place);
  const hooksPaths: HooksPath[] = [];
  for (const { key, value, scope, file } of rows) {
    if (key !== 'core.hookspath') continue;
    if (value === undefined) throw new GitError(`core.hooksPath has no value in ${file ?? scope}`, { hint: 'give it one, or take it out' });
    hooksPaths.push({ scope, file, value, folder: await folderOf(value, place), ours: isOurs(file, gitDirs) });
  }
  return { hooksPaths, configHooks: configHooksOf(rows) };
};
