import { Readable } from 'node:stream';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { readObjectBatches } from './objects.ts';
import { encodePath } from './paths.ts';
import { stream } from './run.ts';
import { taggedObjects } from './tags.ts';

/** One of `count` parts, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `3/16`; undefined when it is no such thing. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  return shard.index >= 1 && shard.index <= shard.count ? shard : undefined;
}

/** By the object's name: the same on every machine and in every clone. */
export const inShard = (oid: string, shard: Shard | undefined): boolean =>
  shard === undefined || Number.parseInt(oid.slice(0, 8), 16) % shard.count === shard.index - 1;

export interface HistoryOptions {
  readonly shard?: Shard;
  readonly signal?: AbortSignal;
}

export interface HistoryBlob {
  readonly path: string;
  readonly oid: string;
  readonly mode: number;
  /** The oldest commit that has it; undefined for what only a tag of a file or folder holds. */
  readonly commit?: string;
}

const SUBMODULE = 0o160000;
// Parents before children, else by date: the first commit that shows a blob is the one that brought it in.
const OLDEST_FIRST: readonly string[] = ['rev-list', '--all', '--reverse', '--date-order'];
// Of a merge only what differs from every parent: all else was seen there.
const RAW: readonly string[] = [
  'diff-tree',
  '--stdin',
  '--root',
  '-r',
  '-c',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-relative',
];

/** Every blob that a ref reaches, once, as it comes: in the order of the commits that brought them in. */
export async function* historyBlobs(
  place: Place,
  { shard, signal }: HistoryOptions = {},
): AsyncGenerator<readonly HistoryBlob[], void, void> {
  const seen = new Set<string>();
  const isNew = ({ oid, mode }: HistoryBlob): boolean => {
    if (mode === SUBMODULE || mode === 0 || !inShard(oid, shard) || seen.has(oid)) return false;
    seen.add(oid);
    return true;
  };
  const stop = signal === undefined ? {} : { signal };
  const parser = createRawParser();
  const commits = Readable.from(stream(place, OLDEST_FIRST, stop));
  for await (const piece of stream(place, RAW, { stdin: commits, ...stop })) {
    const fresh = parser(piece).filter(isNew);
    if (fresh.length > 0) yield fresh;
  }
  const fresh = (await taggedObjects(place, stop)).files.filter(isNew);
  if (fresh.length > 0) yield fresh;
}

/** Of `diff-tree --stdin -c --raw -z`: commit names, and `:<modes> <oids> <status>` with one colon, mode and oid for each parent. */
function createRawParser(): (piece: Buffer) => readonly HistoryBlob[] {
  let rest: Buffer = Buffer.alloc(0);
  let commit = '';
  let change: readonly string[] | undefined;
  return (piece) => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const blobs: HistoryBlob[] = [];
    let at = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, at)) {
      if (change !== undefined) {
        const parents = change.length / 2 - 1.5;
        const mode = Number.parseInt(change[parents] ?? '0', 8);
        blobs.push({ path: encodePath(bytes.subarray(at, end)), oid: change[2 * parents + 1] ?? '', mode, commit });
        change = undefined;
      } else {
        const text = bytes.toString('latin1', at, end);
        if (text.startsWith(':')) change = text.split(' ');
        else commit = text;
      }
      at = end + 1;
    }
    rest = bytes.subarray(at);
    return blobs;
  };
}

export interface Message {
  readonly oid: string;
  readonly kind: 'commit' | 'tag';
  /** As stored; usually UTF-8. */
  readonly bytes: Uint8Array;
}

/** The messages of commits and annotated tags, in the order given. @param oids full object names */
export async function* messages(
  place: Place,
  oids: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Message, void, void> {
  for await (const batch of readObjectBatches(place, oids, options)) {
    for (const answer of batch) {
      if (answer.kind !== 'object') throw new GitError('a commit or tag is missing, corrupt or too large to read', { hint: 'git fsck' });
      if (answer.type !== 'commit' && answer.type !== 'tag') continue;
      const blank = answer.bytes.indexOf('\n\n');
      if (blank >= 0) yield { oid: answer.oid, kind: answer.type, bytes: answer.bytes.subarray(blank + 2) };
    }
  }
}

/** The messages of all commits and annotated tags that a ref reaches, oldest first. */
export async function* historyMessages(place: Place, { shard, signal }: HistoryOptions = {}): AsyncGenerator<Message, void, void> {
  const stop = signal === undefined ? {} : { signal };
  const oids: string[] = [];
  let rest = '';
  for await (const piece of stream(place, OLDEST_FIRST, stop)) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const oid of lines) if (inShard(oid, shard)) oids.push(oid);
  }
  for (const oid of (await taggedObjects(place, stop)).tags) if (inShard(oid, shard)) oids.push(oid);
  yield* messages(place, oids, stop);
}
