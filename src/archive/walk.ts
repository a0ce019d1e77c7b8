import { createBudget, type Budget, type Limits } from './budget.ts';
import { HEAD_BYTES, kindOf, type Format, type Kind } from './kinds.ts';
import { unread, type ArchiveReader, type Left, type Part } from './part.ts';
import { createSource, type Source } from './source.ts';

/** As `Part`, but names are paths within the outermost file: `b`, `c.tar!/d`. A member that is opened itself does not come. */
export type Found = Part;

const readerOf = async (format: Format): Promise<ArchiveReader> => {
  switch (format) {
    case 'zip':
      return (await import('./zip.ts')).readZip;
    case 'gzip':
      return (await import('./gzip.ts')).readGzip;
    case 'zstd':
      return (await import('./zstd.ts')).readZstd;
    case 'tar':
      return (await import('./tar.ts')).readTar;
  }
};

interface Place {
  /** '' or a path that ends in `!/`. */
  readonly prefix: string;
  /** Its own name. */
  readonly name: string;
  readonly depth: number;
  /** Where it stands in the outermost file as it is; undefined: nowhere. */
  readonly at: number | undefined;
}

const named = (part: Exclude<Part, Left>, prefix: string, base: number | undefined): Part => {
  const name = prefix + part.name;
  if (part.kind === 'name') return { kind: 'name', name };
  const { at, ...rest } = part;
  return { ...rest, name, ...(at === undefined || base === undefined ? {} : { at: base + at }) };
};

const leftIn = (left: Left, prefix: string): Left => {
  const name = prefix + (left.name ?? '');
  return { ...left, name: left.name === undefined ? name.replace(/!\/$/, '') : name };
};

async function* readAll(source: Source, kind: Kind, place: Place, budget: Budget): AsyncGenerator<Found, void, void> {
  const { prefix, depth, at: base } = place;
  if ('unread' in kind) {
    yield leftIn(unread(`${kind.unread} is not opened`), prefix);
    return;
  }
  const reader = await readerOf(kind.format);
  for await (const part of reader(source, budget, place.name)) {
    if (part.kind === 'left') {
      yield leftIn(part, prefix);
      continue;
    }
    if (!budget.member()) return;
    const found = named(part, prefix, base);
    if (found.kind !== 'member') yield found;
    else yield* memberOf(found, part.name, depth, budget);
    if (budget.spent !== undefined) return;
  }
}

async function* memberOf(
  found: Extract<Found, { readonly kind: 'member' }>,
  own: string,
  depth: number,
  budget: Budget,
): AsyncGenerator<Found, void, void> {
  const kind = kindOf(await found.content.peek(HEAD_BYTES));
  const isDeep = depth >= budget.limits.depth;
  if (kind === undefined || 'unread' in kind || isDeep) yield found;
  if (kind === undefined) return;
  if (isDeep) yield unread(`archives are opened ${budget.limits.depth} deep`, found.name);
  else if ('unread' in kind) yield unread(`${kind.unread} is not opened`, found.name);
  else {
    yield { kind: 'name', name: found.name };
    yield* readAll(found.content, kind, { prefix: `${found.name}!/`, name: own, depth: depth + 1, at: found.at }, budget);
  }
}

/** Says only so many of the parts that were left, then how many more there are. */
async function* told(found: AsyncIterable<Found>, most: number): AsyncGenerator<Found, void, void> {
  let left = 0;
  let last: Left | undefined;
  for await (const part of found) {
    if (part.kind === 'left' && ++left > most) last = last?.because === 'content' ? last : part;
    else yield part;
  }
  if (last !== undefined) yield { kind: 'left', name: '', reason: `${left - most} parts more were not looked at`, because: last.because };
}

/**
 * What an archive holds, and the archives in it, by their bytes, whatever their names. Reads its chunks once and holds a few of them; never throws
 * for content. Members, and what is left of the input where a limit ends it, are passed over where they are not read.
 * @param path what it is called: a compressed file's member takes its name from there
 * @param kind what `kindOf` says of its beginning
 */
export async function* walkArchive(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
  kind: Kind,
  limits: Limits,
): AsyncGenerator<Found, void, void> {
  const source = createSource(chunks);
  const budget = createBudget(limits, () => source.position);
  let last = '';
  const all = readAll(source, kind, { prefix: '', name: path, depth: 1, at: 0 }, budget);
  for await (const found of told(all, limits.told)) {
    if (found.kind !== 'left') last = found.name;
    yield found;
  }
  if (budget.spent !== undefined) yield unread(`${budget.spent}: this and what follows`, last);
}
