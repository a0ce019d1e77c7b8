import type { Content, Entry, Snapshot, SnapshotSource } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Skipped } from '../report/finding.ts';
import type { Repository } from './layout.ts';
import { DEFAULT_LIMIT, readObjectBatches } from './objects.ts';
import type { IndexFile } from './plain-index-file.ts';
import { ObjectSession } from './object-session.ts';
import { decodePath, printable, sortByPath, splitNul } from './paths.ts';
import { pathspecMatcher, toGitPathspecs } from './pathspec.ts';
import { openPlainIndex, pathOf, type PlainIndex } from './plain-index.ts';
import { inWords } from './read-file.ts';
import type { ObjectAnswer } from './response.ts';
import { run, stream } from './run.ts';

export interface SnapshotOptions {
  /** Larger files come as skipped, with their size; `stream` still gives them. Default 1 GiB. */
  readonly limit?: number;
}

const SUBMODULE = 0o160000;
const TREE = 0o040000;
// Up to here the answers come from the session that is running anyway.
const FEW = 32;

interface IndexOptions extends SnapshotOptions {
  /** The index where it could be read without git. */
  readonly plain?: PlainIndex | undefined;
}

export interface Listing {
  readonly entries: readonly Entry[];
  readonly unlisted: readonly Skipped[];
}

/** What is staged: the index, or the one that GIT_INDEX_FILE names. */
export const indexSnapshot = (place: Place, { plain, ...options }: IndexOptions = {}): Snapshot => {
  const snapshot = objectSnapshot(place, options, {
    kind: 'index',
    description: 'index',
    list: async (globs) =>
      globs.length === 0 && plain !== undefined
        ? plainListing(plain.file)
        : parseIndex(
            await lines(place, ['ls-files', '-s', '-z', '--full-name', '--', ...toGitPathspecs(globs.length > 0 ? globs : ['.'])]),
          ),
    prefix: ':0:',
    plain,
  });
  if (plain === undefined) return snapshot;
  const { changedPaths } = plain;
  const listBelow = (folder: string): Promise<readonly Entry[]> => Promise.resolve(plainListing(plain.file, folder).entries);
  return Object.defineProperties(
    { ...snapshot, listBelow, changedPaths },
    { unlisted: { get: () => snapshot.unlisted, enumerable: true } },
  );
};

/** What is staged in a repository. */
export const stagedSnapshot = (place: Place, repository: Repository, env: Context['env']): Snapshot =>
  indexSnapshot(place, { plain: openPlainIndex(repository, env) });

/** @param folder with a slash; undefined: all */
function plainListing(file: IndexFile, folder?: string): Listing {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  const prefix = folder === undefined ? '' : nameOf(folder);
  for (let at = file.lowerBound(prefix); at < file.count && file.name(at).startsWith(prefix); at++) {
    const path = pathOf(file.name(at));
    const mode = file.mode(at);
    if (mode === SUBMODULE) unlisted.push(submodule(path));
    else entries.push({ path, oid: file.oid(at), mode });
  }
  return { entries: sortByPath(entries), unlisted };
}

/** The bytes of a path, one character each. */
const nameOf = (path: string): string => Buffer.from(decodePath(path)).toString('latin1');

/** The folders that simple patterns lie in, with `/`; none when one may match anywhere. */
const foldersOf = (globs: readonly string[]): readonly string[] => {
  const folders = globs.map((glob) => /^([\w.-]+\/)+/.exec(glob)?.[0] ?? '');
  return folders.includes('') ? [] : [...new Set(folders)];
};

/**
 * The tree of a commit.
 * @param commit full object name: see `resolveCommit`
 */
export const commitSnapshot = (place: Place, commit: string, options: SnapshotOptions = {}): Snapshot =>
  objectSnapshot(place, options, {
    kind: 'commit',
    description: `commit ${printable(commit.slice(0, 12))}`,
    commit,
    list: async (globs) => {
      const list = (...sizes: readonly string[]) =>
        lines(place, ['ls-tree', '-r', '-z', ...sizes, '--full-tree', '--end-of-options', commit, ...foldersOf(globs)]);
      // Some gits die where the size of something that a partial clone left out is asked for.
      return parseTree(await list('-l').catch(() => list()), pathspecMatcher(globs));
    },
    prefix: `${commit}:`,
  });

/** Contents by object name only, for a worker that is handed the entries. It lists nothing. */
export const objectsOnly = (place: Place, options: SnapshotOptions = {}): Snapshot =>
  objectSnapshot(place, options, {
    kind: 'commit',
    description: 'objects',
    list: () => Promise.resolve({ entries: [], unlisted: [] }),
    prefix: undefined,
  });

const lines = async (place: Place, args: readonly string[]): Promise<readonly string[]> => splitNul((await run(place, args)).stdout);

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

interface Tree {
  readonly kind: 'index' | 'commit';
  readonly description: string;
  readonly commit?: string;
  readonly list: (globs: readonly string[]) => Promise<Listing>;
  /** Makes a path an object name of git; undefined where paths mean nothing. */
  readonly prefix: string | undefined;
  readonly plain?: PlainIndex | undefined;
}

function objectSnapshot(place: Place, { limit = DEFAULT_LIMIT }: SnapshotOptions, tree: Tree): Snapshot {
  let unlisted: readonly Skipped[] = [];
  let session: ObjectSession | undefined;
  let everything: Promise<Listing> | undefined;
  const ask = (name: string | Buffer): Promise<ObjectAnswer> => (session ??= new ObjectSession(place, limit)).ask(name);
  const askObject = async (oid: string): Promise<ObjectAnswer> => {
    const found = tree.plain?.object(oid);
    return found === undefined || found.bytes.length > limit ? ask(oid) : { kind: 'object', oid, ...found };
  };
  const list = async (globs: readonly string[] = []): Promise<readonly Entry[]> => {
    const listing = await (globs.length === 0 ? (everything ??= tree.list([])) : tree.list(globs));
    unlisted = listing.unlisted;
    return listing.entries;
  };
  const ofIndex = async ({ file }: PlainIndex, path: string): Promise<ObjectAnswer> => {
    const name = nameOf(path);
    const at = file.lowerBound(name);
    if (at === file.count || file.name(at) !== name || file.mode(at) === SUBMODULE) return { kind: 'missing' };
    const answer = await askObject(file.oid(at));
    return answer.kind === 'missing' ? { kind: 'corrupt' } : answer;
  };
  const byOid = async (path: string): Promise<ObjectAnswer> => {
    const decoded = decodePath(path);
    // Node passes arguments as text: for bytes that are none, look through all.
    const { entries } = await tree.list(typeof decoded === 'string' ? [`:(literal)${decoded}`] : []);
    const oid = entries.find((entry) => entry.path === path)?.oid;
    if (oid === undefined) return { kind: 'missing' };
    const answer = await ask(oid);
    return answer.kind === 'missing' ? { kind: 'corrupt' } : answer;
  };
  // Git says `missing` to a path that is not there and to content that is gone.
  const isGone = async (path: string, decoded: string): Promise<boolean> => {
    if (tree.kind === 'index') return (await list()).some((entry) => entry.path === path);
    for (let at = decoded; at !== ''; at = parentOf(at)) {
      const folder = await ask(`${tree.prefix ?? ''}${parentOf(at)}`);
      if (folder.kind === 'object') return folder.type === 'tree' && folder.bytes.includes(` ${at.slice(at.lastIndexOf('/') + 1)}\0`);
    }
    return true; // Not even the commit's own tree can be read.
  };
  return {
    kind: tree.kind,
    description: tree.description,
    ...(tree.commit === undefined ? {} : { commit: tree.commit }),
    list,
    async read(path) {
      if (tree.prefix === undefined) return undefined;
      const decoded = decodePath(path);
      const simple = typeof decoded === 'string' && !decoded.includes('\n') && !/^\.{0,2}\//.test(decoded);
      let answer =
        tree.plain !== undefined ? await ofIndex(tree.plain, path) : simple ? await ask(`${tree.prefix}${decoded}`) : await byOid(path);
      if (tree.plain === undefined && answer.kind === 'missing' && simple && (await isGone(path, decoded))) answer = { kind: 'corrupt' };
      if (answer.kind === 'missing' || (answer.kind === 'object' && answer.type !== 'blob')) return undefined;
      const content = contentOf(path, answer, limit);
      if (content.kind === 'bytes') return content.bytes;
      throw new GitError(`cannot read ${printable(path)} from the ${tree.description}: ${content.skipped.reason}`, { hint: 'git fsck' });
    },
    readMany: (entries, signal) => readMany(place, entries, limit, entries.length <= FEW ? askObject : undefined, signal),
    stream: (entry) => (entry.oid === undefined ? nothing() : stream(place, ['cat-file', 'blob', entry.oid])),
    source: (): SnapshotSource => ({ kind: 'objects', cwd: place.cwd, env: place.env, program: place.program }),
    get unlisted() {
      return unlisted;
    },
    close() {
      session?.close();
      session = undefined;
      return Promise.resolve();
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}

async function* readMany(
  place: Place,
  entries: readonly Entry[],
  limit: number,
  ask: ((oid: string) => Promise<ObjectAnswer>) | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [Entry, Content], void, void> {
  // An entry without an object name cannot be asked for; the all-zero name is answered with `missing`.
  const oids = entries.map(({ oid }) => oid ?? '0'.repeat(40));
  if (ask !== undefined) {
    const answers = oids.map(ask);
    for (const answer of answers) answer.catch(() => {}); // Each is awaited in its turn.
    for (const [at, entry] of entries.entries()) yield [entry, contentOf(entry.path, (await answers[at]) ?? { kind: 'missing' }, limit)];
    return;
  }
  let next = 0;
  for await (const batch of readObjectBatches(place, oids, { limit, ...(signal === undefined ? {} : { signal }) })) {
    for (const answer of batch) {
      const entry = entries[next++];
      if (entry !== undefined) yield [entry, contentOf(entry.path, answer, limit)];
    }
  }
}

function contentOf(path: string, answer: ObjectAnswer, limit: number): Content {
  const failed = (reason: string): Content => ({ kind: 'skipped', skipped: { path, reason, kind: 'failed' } });
  switch (answer.kind) {
    case 'object':
      return answer.type === 'blob' ? { kind: 'bytes', bytes: answer.bytes } : failed(`its object is a ${answer.type}, no file`);
    case 'large':
      return { kind: 'skipped', size: answer.size, skipped: { path, reason: `larger than ${inWords(limit)}`, kind: 'policy' } };
    case 'missing':
      return failed('its object is missing or cannot be read');
    case 'corrupt':
      return failed('its object is corrupt');
  }
}

/** Of `ls-files -s -z`: `<mode> <oid> <stage>\t<path>`. */
function parseIndex(records: readonly string[]): Listing {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  const unmerged = new Set<string>();
  for (const record of records) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const mode = Number.parseInt(record.slice(0, 6), 8);
    if (record.charCodeAt(tab - 1) !== 0x30) unmerged.add(path);
    else if (mode === SUBMODULE) unlisted.push(submodule(path));
    else entries.push({ path, oid: record.slice(7, tab - 2), mode });
  }
  for (const path of unmerged) unlisted.push({ path, reason: 'unmerged: it has no staged content', kind: 'policy' });
  return { entries: sortByPath(entries), unlisted };
}

/** Of `ls-tree -r -z -l`: `<mode> <type> <oid> <size, padded>\t<path>`. */
function parseTree(records: readonly string[], wanted: (path: string) => boolean): Listing {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  for (const record of records) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    if (!wanted(path)) continue;
    const [octal = '', , oid = '', size = ''] = record.slice(0, tab).split(/ +/);
    const mode = Number.parseInt(octal, 8);
    if (mode === SUBMODULE) unlisted.push(submodule(path));
    // A size that git cannot tell is `-` or `BAD`.
    else if (mode !== TREE) entries.push(/^\d+$/.test(size) ? { path, oid, mode, size: Number(size) } : { path, oid, mode });
  }
  return { entries: sortByPath(entries), unlisted };
}

export const submodule = (path: string): Skipped => ({
  path,
  reason: 'a submodule: it is looked at in its own repository',
  kind: 'policy',
});
