import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheStore, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Advertised, Held, Reaching, RemoteFile, Remotes, RemotesChoice, Silence } from '../remote.ts';
import { openCacheFolder } from '../sys/cache.ts';
import { keepAdvertisement, keptAdvertisement, parseAdvertisement } from './advertisement.ts';
import { findGit } from './program.ts';
import { type Access, type AccessWorld, lookupHost, looking, openAccess } from './remote-access.ts';
import { ask, type Told } from './remote-child.ts';
import { failureOf, silent } from './remote-failure.ts';
import { makeBare, makeTemporary, makeWork, objectBytes, removeFolder } from './remote-folder.ts';
import { REMOTE_LIMITS, type RemoteLimits } from './remote-limits.ts';
import { forgetMirror, keptMirror, type Mirror, mirrorFolder, type MirrorWorld, reachingRefs, updatedMirror } from './remote-mirror.ts';
import { fileOf, heldObject, type ObjectWorld } from './remote-object.ts';
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

const REFS = 'refs';
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

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
const once = <T>(): ((key: string, make: () => Promise<T>) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key, make) => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
};

/** Opens the door to repositories elsewhere. Nothing is asked, made or looked for before the first question. */
export const openRemotes = (options: RemotesOptions): Remotes => {
  const { env, cwd, now, cacheFolder, offline = false, hosts = [] } = options;
  const limits = { ...REMOTE_LIMITS, ...options.limits };
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const through = gate(limits.parallel);
  let program: string | undefined;
  const git = (): string => (program ??= findGit(cwd, env));
  let temporary: string | undefined;
  const root = (): string => (cacheFolder === undefined ? (temporary ??= makeTemporary()) : join(cacheFolder, 'mirrors'));

  let accessOf: ReturnType<typeof openAccess> | undefined;
  const openAll = (): ReturnType<typeof openAccess> =>
    openAccess({
      env,
      hosts,
      lookup: options.lookup ?? lookupHost,
      ...(options.isPublic === undefined ? {} : { isPublic: options.isPublic }),
      look: looking(git(), tmpdir(), signal),
    });
  const accesses = once<Access | Silence>();
  const access = (url: string): Promise<Access | Silence> => accesses(url, () => (accessOf ??= openAll())(url));

  const storeOf = (folder: string): CacheStore => openCacheFolder(folder) ?? { read: () => undefined, write: () => undefined };
  const folderOf = ({ shown }: Access): string => mirrorFolder(root(), shown);
  const place = (gitDir: string): Place => {
    const found = elsewhere(gitDir, env);
    return { cwd: gitDir, env: { ...found.env, GIT_DIR: gitDir }, program: git() };
  };
  const fetcher =
    (deadlineMs: number, largest: number): MirrorWorld['fetch'] =>
    (way, gitDir, args, stdin) => {
      const before = objectBytes(gitDir);
      return through(() =>
        ask({
          program: git(),
          cwd: gitDir,
          args: [...way.settings, ...args],
          env: { ...way.env, GIT_DIR: gitDir },
          stdin,
          signal,
          deadlineMs,
          silentMs: limits.silentMs,
          outputBytes: 2 ** 20,
          arriving: { bytes: () => objectBytes(gitDir) - before, limit: largest },
        }),
      );
    };

  const listRefs = (way: Access): Promise<Told> =>
    through(() =>
      ask({
        program: git(),
        cwd: tmpdir(),
        args: [...way.settings, 'ls-remote', '--symref', '--', way.url],
        env: way.env,
        signal,
        deadlineMs: limits.answerMs,
        silentMs: limits.silentMs,
        outputBytes: limits.refsBytes,
      }),
    );
  const asked = once<Advertised | Silence>();
  const fresh = (way: Access): Promise<Advertised | Silence> =>
    asked(way.shown, async () => {
      if (offline) return silent('no-answer', way.shown, 'offline');
      const askedAt = now();
      const told = await listRefs(way);
      if (told.code !== 0) return failureOf(told, way.shown, way.protocol).silence;
      const answer = parseAdvertisement(told.stdout.toString('utf8'), askedAt);
      if (cacheFolder !== undefined) keepAdvertisement(storeOf(folderOf(way)), REFS, answer);
      return answer;
    });
  const isRecent = (at: Date): boolean => offline || Math.abs(now().getTime() - at.getTime()) < limits.keptMs;
  const kept = once<Advertised | Silence>();
  const keptOrFresh = (way: Access): Promise<Advertised | Silence> =>
    kept(way.shown, async () => {
      const found = cacheFolder === undefined ? undefined : keptAdvertisement(storeOf(folderOf(way)), REFS);
      if (found !== undefined && isRecent(found.askedAt)) return found;
      return offline ? silent('no-answer', way.shown, 'offline, and it was never asked') : await fresh(way);
    });

  const mirrorWorld = (way: Access): MirrorWorld => {
    const folder = folderOf(way);
    return { folder, store: storeOf(folder), access: way, place, signal, fetch: fetcher(limits.mirrorMs, limits.mirrorBytes) };
  };
  const reachIn = async ({ folder, askedAt }: Mirror, oid: string): Promise<Reaching> => ({
    kind: 'reaching',
    refs: await reachingRefs(place(folder), oid, signal),
    askedAt,
  });
  const updated = once<Mirror | Silence>();
  const current = (way: Access): Promise<Mirror | Silence> =>
    updated(way.shown, async () => {
      const advertised = await fresh(way);
      return advertised.kind === 'silent' ? advertised : await updatedMirror(mirrorWorld(way), advertised);
    });
  const rebuilt = once<Mirror | Silence>();
  const rebuild = (way: Access): Promise<Mirror | Silence> =>
    rebuilt(way.shown, async () => {
      const world = mirrorWorld(way);
      forgetMirror(world);
      const advertised = await fresh(way);
      return advertised.kind === 'silent' ? advertised : await updatedMirror(world, advertised);
    });
  const reachKept = async (way: Access, oid: string): Promise<Reaching | undefined> => {
    const mirror = cacheFolder === undefined ? undefined : keptMirror(mirrorWorld(way));
    if (mirror === undefined || !isRecent(mirror.askedAt)) return undefined;
    try {
      const answer = await reachIn(mirror, oid);
      return answer.refs.length > 0 ? answer : undefined;
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  };
  const reach = async (way: Access, oid: string): Promise<Reaching | Silence> => {
    const early = await reachKept(way, oid);
    if (early !== undefined) return early;
    if (offline) return silent('no-answer', way.shown, 'offline, and what was kept does not have it');
    const mirror = await current(way);
    if ('kind' in mirror) return mirror;
    try {
      return await reachIn(mirror, oid);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const again = await rebuild(way);
      return 'kind' in again ? again : await reachIn(again, oid);
    }
  };

  const withObject = async <T>(way: Access, oid: string, work: (world: ObjectWorld) => Promise<T>): Promise<T> => {
    const format = oid.length === 64 ? 'sha256' : 'sha1';
    const gitDir = makeWork(root());
    try {
      makeBare(gitDir, format);
      return await work({ access: way, gitDir, format, place, signal, fetch: fetcher(limits.answerMs, limits.objectBytes) });
    } finally {
      removeFolder(gitDir);
    }
  };
  const reachings = once<Reaching | Silence>();
  const holdings = once<Held | Silence>();
  const files = once<RemoteFile | Silence>();
  const answering = async <T>(url: string, oid: string, answer: (way: Access) => Promise<T>): Promise<T | Silence> => {
    const way = await access(url);
    if ('kind' in way) return way;
    return OID.test(oid) ? await answer(way) : silent('refused', way.shown, 'that is no full object name in lower case');
  };
  return {
    async advertised(url, age = 'kept') {
      const way = await access(url);
      return 'kind' in way ? way : age === 'fresh' ? await fresh(way) : await keptOrFresh(way);
    },
    reaching: (url, oid) => answering(url, oid, (way) => reachings(`${way.shown} ${oid}`, () => reach(way, oid))),
    held: (url, oid) =>
      answering(url, oid, (way) =>
        holdings(`${way.shown} ${oid}`, async () =>
          offline ? silent('no-answer', way.shown, 'offline') : await withObject(way, oid, (world) => heldObject(world, oid, now)),
        ),
      ),
    read: (url, oid, path) =>
      answering(url, oid, (way) =>
        files(`${way.shown} ${oid} ${path}`, async () =>
          offline ? silent('no-answer', way.shown, 'offline') : await withObject(way, oid, (world) => fileOf(world, oid, path, now)),
        ),
      ),
    async close() {
      ending.abort();
      if (temporary !== undefined) removeFolder(temporary);
    },
  };
};
