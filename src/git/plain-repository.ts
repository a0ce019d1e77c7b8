import { realpathSync } from 'node:fs';
import { platform, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Context } from '../command.ts';
import { readPlain, statOf } from './plain-file.ts';
import { plainHead } from './plain-head.ts';
import { parsePlainSettings } from './plain-settings.ts';
import type { Repository } from './layout.ts';

/** Variables that say nothing about where a repository is or what is in it. With any other of git's, git is asked. */
const HARMLESS =
  /^GIT_(?:AUTHOR_|COMMITTER_|EDITOR$|SEQUENCE_EDITOR$|PAGER|ASKPASS$|TERMINAL_PROMPT$|SSH|SSL_|HTTP_|PROXY_|EXEC_PATH$|PREFIX$|REFLOG_ACTION$|MERGE_AUTOEDIT$|INDEX_FILE$|DIR$|CEILING_DIRECTORIES$|OPTIONAL_LOCKS$|TRACE|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)$|DEFAULT_REF_FORMAT$|DEFAULT_HASH$|CURL_|FLUSH$|ADVICE$|NO_LAZY_FETCH$)/;

/** True where no variable leads git to another index, other objects or other settings than a repository's own; but GIT_INDEX_FILE may. */
export const isPlainWorld = (env: Context['env']): boolean => {
  // Node asks the system for each variable that one looks at: here names alone are.
  for (const name of Reflect.ownKeys(env))
    if (typeof name === 'string' && name.startsWith('GIT_') && !HARMLESS.test(name) && env[name] !== undefined) return false;
  return true;
};

const isReal = (path: string): boolean => isAbsolute(path) && realpathSync.native(path) === path;

/** Where a worktree's git directory is said to be. */
interface Found {
  readonly root: string;
  readonly gitDir: string;
  /** The file that points there. */
  readonly pointer: string | undefined;
}

const ofPointer = (root: string): Found | undefined => {
  const pointer = join(root, '.git');
  const said = /^gitdir: ([^\n]+)\n$/.exec(readPlain(pointer) ?? '')?.[1];
  if (said === undefined) return undefined;
  const gitDir = resolve(root, said);
  return isReal(gitDir) ? { root, gitDir, pointer } : undefined;
};

/** The first folder from here upwards that has a `.git`. @param isBound there are folders above which git does not look */
const search = (cwd: string, isBound: boolean): Found | undefined => {
  const device = statOf(cwd)?.dev;
  for (let folder = cwd; statOf(folder)?.dev === device; folder = dirname(folder)) {
    const stat = statOf(join(folder, '.git'));
    // One that is no repository git passes over, and it takes a folder for a bare one by its HEAD.
    if (stat?.isDirectory() === true) return { root: folder, gitDir: join(folder, '.git'), pointer: undefined };
    if (stat !== undefined) return stat.isFile() ? ofPointer(folder) : undefined;
    if (isBound || dirname(folder) === folder || statOf(join(folder, 'HEAD')) !== undefined) return undefined;
  }
  return undefined; // where another file system begins git stops, unless it is told not to
};

/** In a hook of a linked worktree git says where its directory is, and takes the current folder for the root. */
const named = (cwd: string, gitDir: string): Found | undefined => {
  const found = statOf(join(cwd, '.git'))?.isFile() === true ? ofPointer(cwd) : undefined;
  return found?.gitDir === gitDir ? found : undefined;
};

const commonDirOf = (gitDir: string): string | undefined => {
  if (statOf(join(gitDir, 'commondir')) === undefined) return gitDir;
  const said = /^([^\n]+)\n$/.exec(readPlain(join(gitDir, 'commondir')) ?? '')?.[1];
  const commonDir = said === undefined ? undefined : resolve(gitDir, said);
  return commonDir !== undefined && isReal(commonDir) ? commonDir : undefined;
};

/** Git refuses what belongs to somebody else, with exceptions that it must tell itself. */
const isOurs = ({ root, gitDir, pointer }: Found): boolean => {
  if (platform() === 'win32') return false;
  const user = userInfo().uid;
  return [root, gitDir, ...(pointer === undefined ? [] : [pointer])].every((path) => statOf(path)?.uid === user);
};

const OF_ANY_VERSION: ReadonlySet<string> = new Set(['noop', 'preciousobjects', 'partialclone', 'worktreeconfig']);
const FORMATS: ReadonlySet<string | undefined> = new Set(['sha1', 'sha256']);

/** The extensions of a repository, none of which asks for more than what is read here. */
const knownExtensions = (settings: ReadonlyMap<string, string>): boolean => {
  const version = settings.get('core.repositoryformatversion');
  for (const [name, value] of settings) {
    const extension = /^extensions\.(.*)$/.exec(name)?.[1];
    if (extension === undefined || OF_ANY_VERSION.has(extension)) continue;
    if (version !== '1') return false;
    if (!(extension === 'objectformat' && FORMATS.has(value)) && !(extension === 'refstorage' && value === 'files')) return false;
  }
  return version === '0' || version === '1';
};

const settingsOf = (gitDir: string, commonDir: string): ReadonlyMap<string, string> | undefined => {
  const settings = parsePlainSettings(readPlain(join(commonDir, 'config')) ?? '[');
  const perWorktree = settings?.get('extensions.worktreeconfig');
  if (settings === undefined || perWorktree === undefined || perWorktree === 'false') return settings;
  const path = join(gitDir, 'config.worktree');
  const own = statOf(path) === undefined ? new Map<string, string>() : parsePlainSettings(readPlain(path) ?? '[');
  return own === undefined || perWorktree !== 'true' ? undefined : new Map([...settings, ...own]);
};

const read = (cwd: string, env: Context['env']): Repository | undefined => {
  if (!isPlainWorld(env) || !isReal(cwd)) return undefined;
  const found = env['GIT_DIR'] === undefined ? search(cwd, env['GIT_CEILING_DIRECTORIES'] !== undefined) : named(cwd, env['GIT_DIR']);
  if (found === undefined || !isOurs(found)) return undefined;
  const { root, gitDir } = found;
  const commonDir = commonDirOf(gitDir);
  if (commonDir === undefined || statOf(join(commonDir, 'shallow')) !== undefined) return undefined;
  if (!['objects', 'refs'].every((name) => statOf(join(commonDir, name))?.isDirectory() === true)) return undefined;
  const settings = settingsOf(gitDir, commonDir);
  if (settings === undefined || !knownExtensions(settings)) return undefined;
  if (settings.get('core.bare') !== 'false' || settings.has('core.worktree')) return undefined;
  const objectFormat = settings.get('extensions.objectformat') === 'sha256' ? 'sha256' : 'sha1';
  const head = plainHead(gitDir, commonDir, objectFormat === 'sha256' ? 64 : 40);
  if (head === undefined) return undefined;
  return { root, gitDir, commonDir, bare: false, shallow: false, objectFormat, head: head === '' ? undefined : head };
};

/**
 * The repository around a folder as `git rev-parse` would tell it, from its files alone: starting git costs as much as all else that a look at
 * a small commit does. Undefined where anything is out of the ordinary, and git must be asked.
 */
export const plainRepository = (cwd: string, env: Context['env']): Repository | undefined => {
  try {
    return read(cwd, env);
  } catch {
    return undefined; // git says what is wrong
  }
};
