export const BLOCK = 512;

/** A header block (POSIX pax, GNU, v7). */
export interface TarHeader {
  readonly name: Buffer;
  readonly type: string;
  readonly size: number;
  /** Old GNU sparse files: more blocks of the map follow. */
  readonly extended: boolean;
}

const text = (field: Buffer): Buffer => {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
};

/** Octal with blanks around it, or base 256 (GNU); undefined when it is neither, negative or not exact. */
const number = (field: Buffer): number | undefined => {
  const first = field[0] ?? 0;
  if (first >= 0x80) {
    if (first !== 0x80) return undefined; // negative, or beyond any file
    let value = 0;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(field).toString('latin1').trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
};

/** The checksum is of bytes, signed in some old programs, with blanks in its own place. */
const sumHolds = (block: Buffer): boolean => {
  const wanted = number(block.subarray(148, 156));
  if (wanted === undefined || wanted === 0) return false;
  let plain = 0;
  let signed = 0;
  for (let at = 0; at < BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
    plain += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return wanted === plain || wanted === signed;
};

/** undefined when the block is no header. */
export const parseHeader = (block: Buffer): TarHeader | undefined => {
  if (block.length < BLOCK || !sumHolds(block)) return undefined;
  const type = String.fromCharCode(block[156] ?? 0);
  const size = number(block.subarray(124, 136));
  if (size === undefined) return undefined;
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? text(block.subarray(345, 500)) : Buffer.alloc(0);
  const base = text(block.subarray(0, 100));
  return {
    name: prefix.length === 0 ? base : Buffer.concat([prefix, Buffer.from('/'), base]),
    type,
    size,
    extended: type === 'S' && block[482] === 1,
  };
};

/** Of pax records (`length key=value\n`) those that say where and how long a file is; what is malformed is left out. */
export const parsePax = (bytes: Buffer): { readonly path?: Buffer; readonly size?: number } => {
  const found: { path?: Buffer; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(32, at);
    const length = blank < 0 || blank - at > 10 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    if (!Number.isInteger(length) || length <= blank - at + 1 || at + length > bytes.length) break;
    const equals = bytes.indexOf(61, blank);
    if (equals > 0 && equals < at + length) {
      const key = bytes.toString('latin1', blank + 1, equals);
      const value = bytes.subarray(equals + 1, at + length - 1);
      if (key === 'path' && found.path === undefined) found.path = value;
      else if (key === 'GNU.sparse.name') found.path = value;
      else if (key === 'size' && /^\d{1,15}$/.test(value.toString('latin1'))) found.size = Number(value.toString('latin1'));
    }
    at += length;
  }
  return found;
};
