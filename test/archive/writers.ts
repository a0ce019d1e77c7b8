import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** 0 stored, 8 deflated (default); others as they are given. */
  readonly method?: number;
  /** Bits of the general purpose flag. */
  readonly flags?: number;
  /** Sizes behind the content, not in front of it; `bare`: without a signature. */
  readonly descriptor?: 'signed' | 'bare' | 'zip64';
  /** What the directory says in place of the truth. */
  readonly central?: { readonly name?: string; readonly packed?: number; readonly absent?: boolean };
  readonly crc?: number;
  /** Bytes between this entry and the one before. */
  readonly gap?: Buffer;
  readonly zip64?: boolean;
}

const u16 = (value: number): Buffer => {
  const out = Buffer.alloc(2);
  out.writeUInt16LE(value);
  return out;
};
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0);
  return out;
};
const u64 = (value: number): Buffer => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
};

/** A zip as its members say, which need not be a sound one. */
export const zipOf = (members: readonly ZipMember[], { comment = '', before = Buffer.alloc(0) } = {}): Buffer => {
  const parts: Buffer[] = [before];
  const central: Buffer[] = [];
  let at = before.length;
  const push = (...more: readonly Buffer[]): void => {
    for (const part of more) {
      parts.push(part);
      at += part.length;
    }
  };
  for (const member of members) {
    const data = Buffer.from(member.data ?? '');
    const { method = 8, descriptor } = member;
    const packed = method === 8 ? deflateRawSync(data) : data;
    const sum = member.crc ?? crc32(data);
    const name = Buffer.from(member.name);
    const flags = (member.flags ?? 0) | (descriptor === undefined ? 0 : 8);
    const isLong = member.zip64 === true;
    const extra = isLong ? Buffer.concat([u16(1), u16(16), u64(data.length), u64(packed.length)]) : Buffer.alloc(0);
    const stated = isLong ? [0xffff_ffff, 0xffff_ffff] : [packed.length, data.length];
    const head = (sizes: readonly number[], crc: number): Buffer =>
      Buffer.concat([u16(flags), u16(method), u32(0), u32(crc), ...sizes.map(u32)]);
    if (member.gap !== undefined) push(member.gap);
    const offset = at;
    push(
      Buffer.from('PK\x03\x04'),
      u16(20),
      descriptor === undefined ? head(stated, sum) : head([0, 0], 0),
      u16(name.length),
      u16(extra.length),
      name,
      extra,
      packed,
    );
    const size = descriptor === 'zip64' ? u64 : u32;
    if (descriptor !== undefined)
      push(...(descriptor === 'bare' ? [] : [Buffer.from('PK\x07\x08')]), u32(sum), size(packed.length), size(data.length));
    if (member.central?.absent === true) continue;
    const said = Buffer.from(member.central?.name ?? name);
    central.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        u16(20),
        u16(20),
        head([member.central?.packed ?? packed.length, data.length], sum),
        u16(said.length),
        u16(0),
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(offset),
        said,
      ]),
    );
  }
  const directory = Buffer.concat(central);
  const start = at;
  push(
    directory,
    Buffer.from('PK\x05\x06'),
    u16(0),
    u16(0),
    u16(central.length & 0xffff),
    u16(central.length & 0xffff),
    u32(directory.length),
    u32(start),
    u16(comment.length),
    Buffer.from(comment),
  );
  return Buffer.concat(parts);
};

export interface TarMember {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  readonly type?: string;
  readonly link?: string;
  /** What the header says in place of the truth. */
  readonly size?: Buffer | number;
  readonly prefix?: string;
  readonly format?: 'ustar' | 'gnu' | 'v7';
  readonly sum?: number;
}

const BLOCK = 512;

/** A header and its content, padded. */
export const tarMember = ({ name, data = '', type = '0', link = '', size, prefix = '', format = 'ustar', sum }: TarMember): Buffer => {
  const content = Buffer.from(data);
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  if (Buffer.isBuffer(size)) size.copy(block, 124);
  else block.write(`${(size ?? content.length).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(' '.repeat(8), 148);
  block.write(type, 156, 'latin1');
  block.write(link, 157);
  if (format === 'ustar') block.write('ustar\x0000', 257, 'latin1');
  if (format === 'gnu') block.write('ustar  \0', 257, 'latin1');
  block.write(prefix, 345);
  const total = sum ?? block.reduce((all, byte) => all + byte, 0);
  block.write(`${total.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
};

export const TAR_END = Buffer.alloc(2 * BLOCK);

export const tarOf = (members: readonly TarMember[]): Buffer => Buffer.concat([...members.map(tarMember), TAR_END]);

/** Pax records: `key=value` with their lengths. */
export const paxOf = (records: Readonly<Record<string, string | Buffer>>): Buffer =>
  Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );

/** A gzip member with a name in its header. */
export const gzipNamed = (name: string, data: string | Buffer): Buffer => {
  const plain = gzipSync(data);
  return Buffer.concat([plain.subarray(0, 3), Buffer.from([8]), plain.subarray(4, 10), Buffer.from(`${name}\0`), plain.subarray(10)]);
};

/** A zstd frame of raw and run-length blocks: what a compressor need not be there for. */
export const zstdOf = (
  blocks: readonly (Buffer | { readonly byte: number; readonly times: number })[],
  { window = 0x58, single = undefined as number | undefined, dictionary = undefined as number | undefined } = {},
): Buffer => {
  const flags = (single === undefined ? 0 : 0xa0) | (dictionary === undefined ? 0 : 1);
  const head = [
    Buffer.from('\x28\xb5\x2f\xfd', 'latin1'),
    Buffer.from([flags]),
    ...(single === undefined ? [Buffer.from([window])] : []),
    ...(dictionary === undefined ? [] : [Buffer.from([dictionary])]),
    ...(single === undefined ? [] : [u32(single)]),
  ];
  const body = blocks.map((block, i) => {
    const last = i === blocks.length - 1 ? 1 : 0;
    const word = Buffer.isBuffer(block) ? (block.length << 3) | last : (block.times << 3) | 2 | last;
    const header = Buffer.from([word & 255, (word >> 8) & 255, (word >> 16) & 255]);
    return Buffer.concat([header, Buffer.isBuffer(block) ? block : Buffer.from([block.byte])]);
  });
  return Buffer.concat([...head, ...body]);
};
