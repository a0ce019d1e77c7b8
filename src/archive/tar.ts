import { memberName } from './names.ts';
import { damaged, type ArchiveReader, type Part } from './part.ts';
import { limited, type Source } from './source.ts';
import { BLOCK, parseHeader, parsePax, type TarHeader } from './tar-header.ts';

// Our own reader: libraries end at the first damaged header or at the end mark, and hold what they should pass on. GNU tar reads on with -i.

const META = 1 << 20; // bytes of a long name or of pax records that are read
const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** What headers of their own say of the file that follows. */
interface Said {
  name?: Buffer;
  size?: number;
}

const take = async (source: Source, size: number): Promise<Buffer> => {
  const bytes = Buffer.from(await source.peek(Math.min(size, META)));
  await source.skip(padded(size));
  return bytes;
};

const passSparseMap = async (source: Source): Promise<void> => {
  for (;;) {
    const block = await source.peek(BLOCK);
    if ((await source.skip(BLOCK)) < BLOCK || block[504] !== 1) return;
  }
};

/** Links, devices and folders have none, whatever size they state; only pax writes the content of a hard link once more. */
const sizeOf = async (source: Source, { type, size }: TarHeader, said: Said): Promise<number> => {
  const stated = said.size ?? size;
  if (!'123456V'.includes(type) || stated === 0) return stated;
  const next = await source.peek(BLOCK);
  return parseHeader(next) !== undefined || next.every((byte) => byte === 0) ? 0 : stated;
};

/** A file as it stands: holes of sparse files are left out, and the rest of a volume that goes on elsewhere. */
async function* file(source: Source, header: TarHeader, said: Said): AsyncGenerator<Part, void, void> {
  const name = memberName(said.name ?? header.name);
  if (header.extended) await passSparseMap(source);
  const size = await sizeOf(source, header, said);
  if (size === 0) {
    yield { kind: 'name', name };
    return;
  }
  const at = source.position;
  const content = limited(source, size);
  yield { kind: 'member', name, content, at };
  await content.skip(size);
  if (source.position < at + size) yield damaged('truncated: the rest of it is missing', name);
  else await source.skip(padded(size) - size);
}

/** Members of all headers that hold, behind end marks and damage too. */
export const readTar: ArchiveReader = async function* readTar(source, budget) {
  let said: Said = {};
  let isLost = false;
  for (;;) {
    const block = await source.peek(BLOCK);
    if (block.length < BLOCK) {
      if (block.some((byte) => byte !== 0)) yield damaged('truncated: a header is not whole');
      return;
    }
    const header = parseHeader(block);
    if (header === undefined) {
      if (!isLost && block.some((byte) => byte !== 0)) {
        isLost = true;
        yield damaged('damaged: bytes that are no header are passed over');
      }
      await source.skip(BLOCK);
      continue;
    }
    isLost = false;
    await source.skip(BLOCK);
    const { type, size } = header;
    if (type === 'L') said.name = trimmed(await take(source, size));
    else if (type === 'K' || type === 'g') await take(source, size);
    else if (type === 'x' || type === 'X') {
      const pax = parsePax(await take(source, size));
      said = { ...said, ...(pax.path === undefined ? {} : { name: pax.path }), ...(pax.size === undefined ? {} : { size: pax.size }) };
    } else {
      yield* file(source, header, said);
      said = {};
    }
    if (budget.spent !== undefined) return;
  }
};

const trimmed = (name: Buffer): Buffer => {
  const end = name.indexOf(0);
  return end < 0 ? name : name.subarray(0, end);
};
