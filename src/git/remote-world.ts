import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheStore, Place } from '../command.ts';
import { FileError } from '../errors.ts';
import type { RemotesChoice, Silence } from '../remote.ts';
import { openCacheFolder } from '../sys/cache.ts';
import { findGit } from './program.ts';
import { type Access, type AccessWorld, lookupHost, looking, openAccess } from './remote-access.ts';
import { ask, type Told } from './remote-child.ts';
import { makeTemporary, objectBytes, removeFolder } from './remote-folder.ts';
import { REMOTE_LIMITS, type RemoteLimits } from './remote-limits.ts';
import { mirrorFolder } from './remote-mirror.ts';
import { elsewhere } from './run.ts';

export interface RemotesOptions extends RemotesChoice {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the user is: no program of the worktree there is run. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** The person's cache folder; undefined: nothing is read from there or kept, as in CI. */
  readonly cacheFolder: string | undefined;
  readonly limits?: Partial<RemoteLimits>;
  readonly lookup?: AccessWorld['lookup'];
  readonly isPublic?: AccessWorld['isPublic'];
}

/** What every question to a repository elsewhere needs. */
export interface RemoteWorld {
  readonly offline: boolean;
  /** False: what is made is this run's alone. */
  readonly keeps: boolean;
  readonly signal: AbortSignal;
  now(): Date;
  /** True for an answer that may still be given. */
  isRecent(askedAt: Date): boolean;
  access(url: string): Promise<Access | Silence>;
  /** Holds a folder for each repository, and what is being made. */
  root(): string;
  /** @throws {FileError} */
  folderOf(way: Access): string;
  /** What is kept of a repository, as good as empty where it cannot be. */
  storeOf(way: Access): CacheStore;
  /** git without network, in a bare repository. */
  place(gitDir: string): Place;
  list(way: Access, args: readonly string[]): Promise<Told>;
  /** Fetches into a bare repository: a whole history, or an object. */
  fetch(what: 'mirror' | 'object', way: Access, gitDir: string, args: readonly string[], stdin: string): Promise<Told>;
  close(): void;
}

/** At most so many at once. */
const gate = (width: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
};

/** Each question once. */
export const once = <T>(): ((key: string, make: () => Promise<T>) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key, make) => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
};

const NO_STORE: CacheStore = { read: () => undefined, write: () => undefined };

/** Nothing is asked, made or looked for before the first question. */
export const openWorld = (options: RemotesOptions): RemoteWorld => {
  const { env, cwd, now, cacheFolder, offline = false, maxAgeMs } = options;
  const limits = { ...REMOTE_LIMITS, ...options.limits };
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const through = gate(limits.parallel);
  let program: string | undefined;
  const git = (): string => (program ??= findGit(cwd, env));
  let temporary: string | undefined;
  const root = (): string => (cacheFolder === undefined ? (temporary ??= makeTemporary()) : join(cacheFolder, 'mirrors'));
  const base = { signal, silentMs: limits.silentMs };
  const folderOf: RemoteWorld['folderOf'] = ({ shown }) => mirrorFolder(root(), shown);
  let accessOf: ReturnType<typeof openAccess> | undefined;
  const accesses = once<Access | Silence>();
  return {
    offline,
    keeps: cacheFolder !== undefined,
    signal,
    now,
    isRecent: (askedAt) => offline || Math.abs(now().getTime() - askedAt.getTime()) < (maxAgeMs ?? limits.keptMs),
    access: (url) => accesses(url, () => (accessOf ??= accessFor(options, git(), signal))(url)),
    root,
    folderOf,
    storeOf(way) {
      try {
        return openCacheFolder(folderOf(way)) ?? NO_STORE;
      } catch (error) {
        if (error instanceof FileError) return NO_STORE;
        throw error;
      }
    },
    place: (gitDir) => ({ cwd: gitDir, env: { ...elsewhere(gitDir, env).env, GIT_DIR: gitDir }, program: git() }),
    list: (way, args) =>
      through(() =>
        ask({
          ...base,
          program: git(),
          cwd: tmpdir(),
          args: [...way.settings, ...args],
          env: way.env,
          deadlineMs: limits.answerMs,
          outputBytes: limits.refsBytes,
        }),
      ),
    fetch: (what, way, gitDir, args, stdin) => {
      const before = objectBytes(gitDir);
      const [deadlineMs, limit] = what === 'mirror' ? [limits.mirrorMs, limits.mirrorBytes] : [limits.answerMs, limits.objectBytes];
      return through(() =>
        ask({
          ...base,
          program: git(),
          cwd: gitDir,
          args: [...way.settings, ...args],
          env: { ...way.env, GIT_DIR: gitDir },
          stdin,
          deadlineMs,
          outputBytes: 2 ** 20,
          arriving: { bytes: () => objectBytes(gitDir) - before, limit },
        }),
      );
    },
    close() {
      ending.abort();
      if (temporary !== undefined) removeFolder(temporary);
    },
  };
};

const accessFor = (
  { env, hosts = [], lookup = lookupHost, isPublic, offline = false }: RemotesOptions,
  program: string,
  signal: AbortSignal,
): ReturnType<typeof openAccess> =>
  openAccess({ env, hosts, lookup, offline, look: looking(program, tmpdir(), signal), ...(isPublic === undefined ? {} : { isPublic }) });
