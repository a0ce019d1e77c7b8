import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import type { Content, Entry, ReadInto, Snapshot } from '../check.ts';
import { FileError } from '../errors.ts';
import type { Skipped } from '../report/finding.ts';
import { fileError, reasonOf } from '../sys/files.ts';
import { DEFAULT_LIMIT } from './objects.ts';
import { comparePaths, encodePath, encodeText, printable, sortByPath } from './paths.ts';
import { pathspecMatcher } from './pathspec.ts';
import { placeOf, readInto, readLink, readWhole, streamFile, type FileRead } from './read-file.ts';
import { throwIfAborted } from './run.ts';
import type { Listing, SnapshotOptions } from './snapshot.ts';

const REGULAR = 0o100644;
const LINK = 0o120000;

/**
 * All files below a folder, or one file, without any git. Links are not followed and what is inside `.git` is not looked at.
 * @param options.from a folder above it that paths are told from; default: the folder itself
 * @throws {FileError} when there is no such folder or file
 */
export function directorySnapshot(where: string, { from, ...options }: SnapshotOptions & { readonly from?: string } = {}): Snapshot {
  const start = startOf(where);
  const above = from === undefined ? undefined : aboveOf(start.root, realpathSync.native(from));
  const root = above?.root ?? start.root;
  const prefix = above?.prefix ?? '';
  const only = start.only === undefined ? undefined : prefix + encodeText(start.only);
  return fileSnapshot(root, options, {
    kind: 'directory',
    description: printable(where),
    list: (globs) =>
      Promise.resolve(only === undefined ? walk(root, globs, prefix) : { entries: [{ path: only, mode: REGULAR }], unlisted: [] }),
  });
}

/** undefined when it does not lie there. */
function aboveOf(folder: string, root: string): { readonly root: string; readonly prefix: string } | undefined {
  const between = relative(root, folder);
  if (between === '') return { root, prefix: '' };
  if (isAbsolute(between) || between.split(sep)[0] === '..') return undefined;
  return { root, prefix: `${encodeText(between.split(sep).join('/'))}/` };
}

function startOf(where: string): { readonly root: string; readonly only: string | undefined } {
  try {
    const real = realpathSync.native(where);
    return lstatSync(real).isFile() ? { root: dirname(real), only: basename(real) } : { root: real, only: undefined };
  } catch (error) {
    throw fileError('look at', where, error);
  }
}

/** A snapshot whose contents lie on disk below `root`. */
export function fileSnapshot(
  root: string,
  { limit = DEFAULT_LIMIT }: SnapshotOptions,
  tree: Pick<Snapshot, 'kind' | 'description'> & { readonly list: (globs: readonly string[]) => Promise<Listing> },
): Snapshot {
  let unlisted: readonly Skipped[] = [];
  return {
    kind: tree.kind,
    description: tree.description,
    async list(globs = []) {
      const listing = await tree.list(globs);
      unlisted = listing.unlisted;
      return listing.entries;
    },
    read(path) {
      const stat = lstatSync(placeOf(root, path), { throwIfNoEntry: false });
      if (stat === undefined || stat.isDirectory()) return Promise.resolve(undefined);
      const content = readEntry(root, { path, mode: stat.isSymbolicLink() ? LINK : REGULAR }, limit);
      if (content.kind === 'bytes') return Promise.resolve(content.bytes);
      return Promise.reject(new FileError(`cannot read ${printable(path)}: ${content.skipped.reason}`));
    },
    async *readMany(entries, signal) {
      for (const entry of entries) {
        throwIfAborted(signal);
        yield [entry, readEntry(root, entry, limit)];
      }
    },
    readInto(entry, memory) {
      if (entry.mode !== LINK) return intoAnswer(readInto(root, entry.path, memory.view, memory.grow, limit));
      const content = readEntry(root, entry, limit);
      if (content.kind === 'skipped') return content;
      (memory.view().length < content.bytes.length ? memory.grow(content.bytes.length) : memory.view()).set(content.bytes);
      return { kind: 'read', size: content.bytes.length };
    },
    stream: (entry) => streamFile(root, entry.path),
    source: () => ({ kind: 'directory', root }),
    get unlisted() {
      return unlisted;
    },
  };
}

function intoAnswer(read: FileRead): ReadInto {
  if (read.kind === 'read') return read;
  const { size, ...skipped } = read;
  return size === undefined ? { kind: 'skipped', skipped } : { kind: 'skipped', skipped, size };
}

function readEntry(root: string, { path, mode }: Entry, limit: number): Content {
  const read = mode === LINK ? readLink(root, path) : readWhole(root, path, limit);
  if (read.kind === 'bytes') return read;
  const { size, ...skipped } = read;
  return size === undefined ? { kind: 'skipped', skipped } : { kind: 'skipped', skipped, size };
}

function walk(root: string, globs: readonly string[], start: string): Listing {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  const wanted = globs.length === 0 ? undefined : pathspecMatcher(globs);
  let links = 0;
  const folders: string[] = [start];
  for (let prefix = folders.pop(); prefix !== undefined; prefix = folders.pop()) {
    for (const { name, kind } of children(root, prefix, unlisted)) {
      const path = prefix + name;
      if (kind === 'folder') {
        if (name !== '.git') folders.push(`${path}/`);
      } else if (wanted !== undefined && !wanted(path)) continue;
      else if (kind === 'file') entries.push({ path, mode: REGULAR });
      else if (kind === 'link') links++;
      else unlisted.push({ path, reason: kind, kind: 'policy' });
    }
  }
  if (links > 0) unlisted.push({ reason: `${links} symbolic ${links === 1 ? 'link was' : 'links were'} not followed`, kind: 'policy' });
  return { entries: sortByPath(entries), unlisted: unlisted.sort((a, b) => comparePaths(a.path ?? '', b.path ?? '')) };
}

interface Child {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'a FIFO' | 'a socket' | 'a device' | 'of unknown kind';
}

function children(root: string, prefix: string, unlisted: Skipped[]): readonly Child[] {
  const folder = placeOf(root, prefix);
  try {
    const found = readdirSync(folder, { withFileTypes: true });
    // U+FFFD stands for bytes that are no UTF-8 (or for itself): ask again for the bytes.
    if (!found.some(({ name }) => name.includes('\ufffd')))
      return found.map((child) => ({ name: encodeText(child.name), kind: kindOf(child) }));
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).map((child) => ({
      name: encodePath(child.name),
      kind: kindOf(child),
    }));
  } catch (error) {
    unlisted.push({ path: prefix === '' ? './' : prefix, reason: reasonOf(error), kind: 'failed' });
    return [];
  }
}

function kindOf(
  child: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice'>,
): Child['kind'] {
  if (child.isFile()) return 'file';
  if (child.isDirectory()) return 'folder';
  if (child.isSymbolicLink()) return 'link';
  if (child.isFIFO()) return 'a FIFO';
  if (child.isSocket()) return 'a socket';
  return child.isBlockDevice() || child.isCharacterDevice() ? 'a device' : 'of unknown kind';
}
