import { fromBase64, fromEscapes, fromHex, fromPercent } from '../decode/codecs.ts';
import { BASE64, HEX, PERCENT, type Filter, type Piece, type Region } from './filter.ts';

/** Text that stands encoded in a region, with what surrounds it there. */
export interface Decoded {
  /** Bytes of the encoded text in the region. */
  readonly start: number;
  readonly end: number;
  readonly encoding: 'base64' | 'hex' | 'percent' | 'escapes';
  /** `before` + the decoded text + `after`. */
  readonly text: Buffer;
  /** Bytes of `text` that were decoded. */
  readonly from: number;
  readonly to: number;
}

const BEFORE = 96; // bytes of the line kept before: the name that a value is given
const AFTER = 16;
const SHORTEST = 8; // decoded bytes worth looking at
const LONGEST = 1 << 20; // encoded bytes decoded at once
const WORD_BACK = 256;
const WORD_AHEAD = 8192;
const MIME_LINE = 60;

const isBreak = (byte: number): boolean =>
  byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x3c || byte === 0x3e;

/** Encoded lines of one text, as MIME and PEM wrap them, are one piece. */
const joinLines = (pieces: readonly Piece[], bytes: Buffer): Piece[] => {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out[out.length - 1];
    const gap = last === undefined ? '' : bytes.toString('latin1', last.end, Math.min(piece.start, last.end + 16));
    const joins =
      last !== undefined &&
      piece.start - last.end < 16 &&
      /^\r?\n[ \t]*$/.test(gap) &&
      piece.end - last.start < LONGEST &&
      last.end - last.start >= MIME_LINE;
    if (joins && (last.kind & piece.kind) !== 0) out[out.length - 1] = { start: last.start, end: piece.end, kind: last.kind & piece.kind };
    else out.push(piece);
  }
  return out;
};

const wordAround = (bytes: Buffer, at: number, length: number): { start: number; end: number } => {
  let start = at;
  while (start > Math.max(0, at - WORD_BACK) && !isBreak(bytes[start - 1] ?? 0)) start--;
  let end = at;
  while (end < Math.min(length, at + WORD_AHEAD) && !isBreak(bytes[end] ?? 0)) end++;
  return { start, end };
};

const surrounded = (bytes: Buffer, start: number, end: number, length: number, encoding: Decoded['encoding'], text: Buffer): Decoded => {
  const left = Math.max(0, start - BEFORE);
  const feed = bytes.subarray(left, start).lastIndexOf(10);
  const before = bytes.subarray(feed < 0 ? left : left + feed + 1, start);
  const after = bytes.subarray(end, Math.min(length, end + AFTER));
  return { start, end, encoding, text: Buffer.concat([before, text, after]), from: before.length, to: before.length + text.length };
};

/** The encoded texts of a region's first `length` bytes. */
export function* decodedTexts(filter: Filter, region: Region, length: number): Generator<Decoded, void, void> {
  for (const { start, end, kind } of joinLines(filter.pieces('runs', region, length), region.bytes)) {
    const stop = Math.min(end, start + LONGEST);
    const encoded = region.bytes.toString('latin1', start, stop);
    const hex = (kind & HEX) !== 0 ? fromHex(encoded.replace(/\s+/g, '')) : undefined;
    const text = hex ?? ((kind & BASE64) !== 0 ? fromBase64(encoded) : undefined);
    if (text !== undefined && text.length >= SHORTEST)
      yield surrounded(region.bytes, start, stop, length, hex === undefined ? 'base64' : 'hex', text);
  }
  let done = 0;
  for (const { start: at, kind } of filter.pieces('escapes', region, length)) {
    if (at < done) continue;
    const { start, end } = wordAround(region.bytes, at, length);
    done = end;
    const encoded = region.bytes.toString('utf8', start, end);
    const text = kind === PERCENT ? fromPercent(encoded) : fromEscapes(encoded);
    if (text.length >= SHORTEST) yield surrounded(region.bytes, start, end, length, kind === PERCENT ? 'percent' : 'escapes', text);
  }
}
