import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { platform, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { CacheStore } from '../command.ts';
import { writeWhole } from './files.ts';

const MAGIC = Buffer.from('kei/cache/1\n');
const HASH_BYTES = 32;
const HEADER_BYTES = MAGIC.length + HASH_BYTES;

/** The person's own cache, `$XDG_CACHE_HOME/kei-git`. Undefined when there is no home for it or it is not safely theirs. */
export function openCache(env: Readonly<Record<string, string | undefined>>): CacheStore | undefined {
  const base = cacheBase(env);
  return base === undefined ? undefined : openFolder(base, 'kei-git');
}

/** Opened when something is first asked of it: most runs that could use it need not. One that cannot be opened is as good as an empty one. */
const late = (open: () => CacheStore | undefined): CacheStore => {
  let opened: { readonly store: CacheStore | undefined } | undefined;
  const store = (): CacheStore | undefined => (opened ??= { store: open() }).store;
  return { read: (entry) => store()?.read(entry), write: (entry, bytes) => store()?.write(entry, bytes) };
};

/** The person's own cache, opened late. */
export const lateCache = (env: Readonly<Record<string, string | undefined>>): CacheStore => late(() => openCache(env));

/** What belongs to one clone, `<common git dir>/kei`. Deletable without loss. */
export const openRepositoryCache = (commonGitDir: string): CacheStore | undefined => openFolder(commonGitDir, 'kei');

/** The same, opened late. */
export const lateRepositoryCache = (commonGitDir: string): CacheStore => late(() => openRepositoryCache(commonGitDir));

/** The folder of the person's own cache, made if need be; undefined as for {@link openCache}. */
export function personalCacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = cacheBase(env);
  return base === undefined ? undefined : safeFolder(base, 'kei-git');
}

/** A folder below such a one. */
export const openCacheFolder = (folder: string): CacheStore | undefined => openFolder(dirname(folder), basename(folder));

function cacheBase(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification: a relative path is invalid and is to be ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  const local = platform() === 'win32' ? env['LOCALAPPDATA'] : undefined;
  if (local !== undefined && isAbsolute(local)) return local;
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home !== undefined && isAbsolute(home) ? join(home, '.cache') : undefined;
}

function safeFolder(base: string, name: string): string | undefined {
  const folder = join(base, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOurs(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function openFolder(base: string, name: string): CacheStore | undefined {
  const folder = safeFolder(base, name);
  if (folder === undefined) return undefined;
  return {
    read: (entry) => (isName(entry) ? readEntry(join(folder, entry)) : undefined),
    write: (entry, bytes) => {
      if (isName(entry)) writeEntry(join(folder, entry), bytes);
    },
  };
}

/** Somebody else's folder, or a link to a place of their choice, could feed us verdicts. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) return false;
  return platform() === 'win32' || (stat.uid === userInfo().uid && (stat.mode & 0o022) === 0);
}

const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(name) && !name.endsWith('.tmp');

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function readEntry(path: string): Uint8Array | undefined {
  try {
    const whole = readFileSync(path);
    const body = whole.subarray(HEADER_BYTES);
    const intact = whole.length >= HEADER_BYTES && whole.subarray(0, MAGIC.length).equals(MAGIC);
    return intact && digest(body).equals(whole.subarray(MAGIC.length, HEADER_BYTES)) ? body : undefined;
  } catch {
    return undefined;
  }
}

function writeEntry(path: string, bytes: Uint8Array): void {
  try {
    writeWhole(path, Buffer.concat([MAGIC, digest(bytes), bytes]), { mode: 0o600, durable: false });
  } catch {
    // A cache that cannot be written is as good as an empty one.
  }
}
