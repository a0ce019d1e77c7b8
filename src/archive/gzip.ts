import { crc32 } from 'node:zlib';
import type { Budget } from './budget.ts';
import { inflate, type Expanding } from './inflate.ts';
import { memberName, stem } from './names.ts';
import { damaged, type ArchiveReader } from './part.ts';
import { createSource, PIECE, type Source } from './source.ts';

const HEAD = 10;
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

const isMember = (head: Buffer): boolean =>
  head.length >= HEAD && head.readUInt16BE(0) === 0x1f8b && head[2] === 8 && ((head[3] ?? 0) & 0xe0) === 0;

/** Bytes up to a NUL, which is taken too; undefined when there is none within reach. */
const takeText = async (source: Source): Promise<Buffer | undefined> => {
  const text = await source.peek(PIECE);
  const end = text.indexOf(0);
  if (end < 0) return undefined;
  await source.skip(end + 1);
  return text.subarray(0, end);
};

/** Takes a header (RFC 1952). @returns the name in it, '' when it has none, undefined when it is damaged */
const takeHeader = async (source: Source): Promise<Buffer | undefined> => {
  const head = await source.peek(HEAD);
  if (!isMember(head)) return undefined;
  const flags = head[3] ?? 0;
  await source.skip(HEAD);
  if ((flags & FEXTRA) !== 0) {
    const size = await source.peek(2);
    if (size.length < 2) return undefined;
    await source.skip(2 + size.readUInt16LE(0));
  }
  const name = (flags & FNAME) === 0 ? Buffer.alloc(0) : await takeText(source);
  if ((flags & FCOMMENT) !== 0 && (await takeText(source)) === undefined) return undefined;
  if ((flags & FHCRC) !== 0) await source.skip(2);
  return name;
};

/** All members of a file, one after the other; the header of the first is taken already. */
async function* content(source: Source, budget: Budget, state: Expanding & { wrong?: string }): AsyncGenerator<Buffer, void, void> {
  for (;;) {
    let sum = 0;
    let size = 0;
    for await (const piece of inflate(source, budget, state)) {
      sum = crc32(piece, sum);
      size = (size + piece.length) % 2 ** 32;
      yield piece;
    }
    if (state.ending !== 'whole') return;
    const trailer = await source.peek(8);
    if (trailer.length < 8) {
      state.ending = 'cut';
      return;
    }
    if (trailer.readUInt32LE(0) !== sum || trailer.readUInt32LE(4) !== size) state.wrong = 'its checksum does not hold';
    await source.skip(8);
    if (!isMember(await source.peek(HEAD))) return;
    if ((await takeHeader(source)) === undefined) {
      state.ending = 'cut';
      return;
    }
  }
}

/** One member: what all of the file's members hold, one after the other, as gunzip writes it. */
export const readGzip: ArchiveReader = async function* readGzip(source, budget, path) {
  const written = await takeHeader(source);
  if (written === undefined) {
    yield damaged('damaged gzip header');
    return;
  }
  const name = written.length === 0 ? stem(path) : memberName(written);
  const state: Expanding & { wrong?: string } = { ending: undefined };
  const inner = createSource(content(source, budget, state));
  yield { kind: 'member', name, content: inner };
  await inner.skip(Infinity);
  if (state.ending === 'cut') yield damaged('truncated: the rest of it is missing', name);
  else if (state.ending === 'damaged') yield damaged('damaged: the rest of it cannot be decompressed', name);
  else if (state.ending === 'whole' && state.wrong !== undefined) yield damaged(state.wrong, name);
};
