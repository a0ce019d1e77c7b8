import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheStore, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Advertised, Silence } from '../remote.ts';
import { makeFolder } from '../sys/files.ts';
import type { Access } from './remote-access.ts';
import type { Told } from './remote-child.ts';
import { failureOf } from './remote-failure.ts';
import { cutOff, isOlder, makeBare, makeWork, packSizes, removeFolder, sharePacks } from './remote-folder.ts';
import { formatOf } from './advertisement.ts';
import { run } from './run.ts';

// A mirror is the commits of a repository, and its branches and tags. It is never changed: an update makes another beside it, which shares its packs, and then points
// to that one. So there is nothing to lock, and a run that is killed leaves a folder that nobody points to.

/** The mirror that holds now. */
export interface Mirror {
  readonly folder: string;
  /** When its refs were those of the server. */
  readonly askedAt: Date;
}

interface Pointer {
  readonly version: 1;
  readonly name: string;
  readonly askedAt: number;
  /** Hash of its file of refs, and of what it was made of: the same tips need no fetch. */
  readonly refs: string;
  readonly packs: ReturnType<typeof packSizes>;
}

/** What a mirror needs of the world. */
export interface MirrorWorld {
  /** The folder of this repository's mirrors. */
  readonly folder: string;
  /** Where it is written which of them holds. */
  readonly store: CacheStore;
  readonly access: Access;
  /** Runs git with the network. */
  readonly fetch: (access: Access, gitDir: string, args: readonly string[], stdin: string) => Promise<Told>;
  /** git without it, in a repository. */
  readonly place: (gitDir: string) => Place;
  readonly signal: AbortSignal;
}

const POINTER = 'mirror';
const REFS = 'packed-refs';
const MANY_PACKS = 24;
const OUTDATED_MS = 600_000;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The file of refs as git packs them: the same on a file system that knows no case, and written in one go. */
const packedRefs = ({ refs }: Advertised): string => {
  const names = [...refs.keys()].sort(byBytes);
  const lines = names.map((name) => {
    const tip = refs.get(name);
    return tip === undefined ? '' : `${tip.oid} ${name}\n${tip.peeled === undefined ? '' : `^${tip.peeled}\n`}`;
  });
  return `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`;
};

interface Named {
  readonly name: string;
  readonly oid: string;
  readonly tip: string;
}

const readRefs = (text: string): readonly Named[] => {
  const refs: Named[] = [];
  for (const line of text.split('\n')) {
    const last = refs.at(-1);
    if (line.startsWith('^') && last !== undefined) refs[refs.length - 1] = { ...last, tip: line.slice(1) };
    else if (/^[0-9a-f]/.test(line)) {
      const oid = line.slice(0, line.indexOf(' '));
      refs.push({ name: line.slice(line.indexOf(' ') + 1), oid, tip: oid });
    }
  }
  return refs;
};

/** The mirror that is there; undefined when there is none, or it is not what it was. */
const pointed = ({ folder, store }: Pick<MirrorWorld, 'folder' | 'store'>): (Pointer & { readonly text: string }) | undefined => {
  const bytes = store.read(POINTER);
  if (bytes === undefined) return undefined;
  try {
    const pointer = JSON.parse(Buffer.from(bytes).toString('utf8')) as Pointer;
    const text = readFileSync(join(folder, pointer.name, REFS), 'utf8');
    const whole = pointer.version === 1 && sha256(text) === pointer.refs && same(packSizes(join(folder, pointer.name)), pointer.packs);
    return whole ? { ...pointer, text } : undefined;
  } catch {
    return undefined;
  }
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The mirror that was kept. */
export const keptMirror = (world: Pick<MirrorWorld, 'folder' | 'store'>): Mirror | undefined => {
  const pointer = pointed(world);
  return pointer === undefined ? undefined : { folder: join(world.folder, pointer.name), askedAt: new Date(pointer.askedAt) };
};

/** The mirror for what the server advertises now: the kept one where nothing changed, else a new one. */
export const updatedMirror = async (world: MirrorWorld, advertised: Advertised): Promise<Mirror | Silence> => {
  const pointer = pointed(world);
  const text = packedRefs(advertised);
  const askedAt = advertised.askedAt;
  if (pointer !== undefined && pointer.text === text) {
    point(world, { ...pointer, askedAt: askedAt.getTime() });
    return { folder: join(world.folder, pointer.name), askedAt };
  }
  const base = pointer !== undefined && pointer.packs.length < 2 * MANY_PACKS ? pointer : undefined;
  const made = await makeMirror(world, advertised, text, base);
  if (!('ours' in made)) return made;
  // What was kept may be at fault: once more without it.
  const again = made.ours && base !== undefined ? await makeMirror(world, advertised, text, undefined) : made;
  return 'ours' in again ? again.silence : again;
};

/** Forgets the kept one: it is damaged. */
export const forgetMirror = ({ folder }: Pick<MirrorWorld, 'folder'>): void => rmSync(join(folder, POINTER), { force: true });

const point = ({ store }: MirrorWorld, { version, name, askedAt, refs, packs }: Pointer): void =>
  store.write(POINTER, Buffer.from(JSON.stringify({ version, name, askedAt, refs, packs })));

async function makeMirror(
  world: MirrorWorld,
  advertised: Advertised,
  text: string,
  base: (Pointer & { readonly text: string }) | undefined,
): Promise<Mirror | ReturnType<typeof failureOf>> {
  const { folder, access, fetch } = world;
  const format = formatOf(advertised) ?? 'sha1';
  const work = makeWork(folder);
  try {
    makeBare(work, format);
    if (base !== undefined) {
      sharePacks(join(folder, base.name), work);
      writeFileSync(join(work, REFS), base.text);
    }
    const there = new Set(base === undefined ? [] : readRefs(base.text).map(({ oid }) => oid));
    const wanted = [...new Set([...advertised.refs.values()].map(({ oid }) => oid))].filter((oid) => !there.has(oid));
    if (wanted.length > 0) {
      const args = [
        'fetch',
        '--stdin',
        '--progress',
        '--filter=tree:0',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-auto-gc',
        '--',
        access.url,
      ];
      const told = await fetch(access, work, args, `${wanted.join('\n')}\n`);
      if (told.code !== 0) return failureOf(told, access.shown, access.protocol);
    }
    cutOff(work, format);
    writeFileSync(join(work, REFS), text);
    const name = `at-${randomBytes(8).toString('hex')}`;
    const packs = packSizes(work);
    renameSync(work, join(folder, name));
    point(world, { version: 1, name, askedAt: advertised.askedAt.getTime(), refs: sha256(text), packs });
    removeOld(folder, name);
    return { folder: join(folder, name), askedAt: advertised.askedAt };
  } finally {
    removeFolder(work);
  }
}

/** Those that nobody points to any more. Another run may still be reading one: it goes when that run is surely over. */
function removeOld(folder: string, current: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith('at-') && name !== current && isOlder(path, OUTDATED_MS)) removeFolder(path);
  }
}

/** True when indexes are what they were when they were written: only then does it say anything that they lack an object. */
const isIntact = (folder: string): boolean =>
  packSizes(folder).every(([name]) => {
    if (!name.endsWith('.idx')) return true;
    const bytes = readFileSync(join(folder, 'objects', 'pack', name));
    return [20, 32].some((width) => {
      const hash = createHash(width === 20 ? 'sha1' : 'sha256')
        .update(bytes.subarray(0, -width))
        .digest();
      return hash.equals(bytes.subarray(-width));
    });
  });

/**
 * Branches and tags of a mirror that reach a commit. Asked of its refs, never of its objects: what a forced push threw away is still among those.
 * @throws {GitError} when the mirror is damaged
 */
export const reachingRefs = async (place: Place, oid: string, signal: AbortSignal): Promise<readonly string[]> => {
  const { stdout } = await run(place, ['cat-file', '--batch-check'], { stdin: `${oid}\n`, signal });
  const [name, type] = stdout.toString('latin1').trim().split(' ');
  // Forty digits are an abbreviation where names have sixty-four.
  if (type !== 'commit' || name !== oid) {
    if (type === 'missing' && !isIntact(place.cwd)) throw new GitError('the mirror is damaged');
    return [];
  }
  const refs = readRefs(readFileSync(join(place.cwd, REFS), 'utf8'));
  const walk = await run(place, ['rev-list', '--ancestry-path', '--all', `^${oid}`], { signal });
  const above = new Set(walk.stdout.toString('latin1').split('\n'));
  return refs.flatMap(({ name, tip }) => (tip === oid || above.has(tip) ? [name] : []));
};

/** A folder for the mirrors of one repository. @throws {FileError} */
export const mirrorFolder = (root: string, shown: string): string => {
  const folder = join(root, sha256(shown).slice(0, 40));
  makeFolder(folder, 0o700);
  return folder;
};
