// Inflates and hashes git's small objects: RFC 1950 and 1951, FIPS 180-4. To load node:zlib and node:crypto takes ten times as long. Nothing here allocates. The host
// (src/git/small-objects.ts) knows where input and output are; below them lie, in this order:
const LENGTHS: usize = 0x400; // of codes, a byte each
const COUNTS: usize = 0x800; // of codes of each length, 16 bits each
const NEXT: usize = 0x900; // the next code of each length, 32 bits each
const WORDS: usize = 0xa00; // of a block of SHA-1
const LITERALS: usize = 0x1000; // what the next bits mean: symbol << 4 | length of its code
const DISTANCES: usize = 0x11000;

const END: u32 = 256;
const ORDER: u64 = 0xf1e2d3c4b5a69780; // of code lengths, from the fourth on

let at: usize = 0;
let end: usize = 0;
let hold: u64 = 0;
let held: u32 = 0;
let failed: bool = false;
let width: u32 = 0; // of the table that was made last

function take(count: u32): u32 {
  while (held < count) {
    if (at >= end) {
      failed = true;
      return 0;
    }
    hold |= (<u64>load<u8>(at++)) << (<u64>held);
    held += 8;
  }
  const value = <u32>hold & ((1 << count) - 1);
  hold >>= <u64>count;
  held -= count;
  return value;
}

function symbolOf(table: usize, bits: u32): u32 {
  while (held < bits && at < end) {
    hold |= (<u64>load<u8>(at++)) << (<u64>held);
    held += 8;
  }
  const entry = <u32>load<u16>(table + ((<u32>hold & ((1 << bits) - 1)) << 1));
  const length = entry & 15;
  if (length == 0 || length > held) {
    failed = true;
    return 0;
  }
  hold >>= <u64>length;
  held -= length;
  return entry >> 4;
}

function makeTable(lengths: usize, count: u32, table: usize): void {
  memory.fill(COUNTS, 0, 64);
  width = 1;
  for (let i: u32 = 0; i < count; i++) {
    const length = <u32>load<u8>(lengths + i);
    if (length == 0) continue;
    store<u16>(COUNTS + (length << 1), load<u16>(COUNTS + (length << 1)) + 1);
    if (length > width) width = length;
  }
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    store<u32>(NEXT + (length << 2), code);
    code = (code + <u32>load<u16>(COUNTS + (length << 1))) << 1;
  }
  const size: u32 = 1 << width;
  memory.fill(table, 0, size << 1);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const own = load<u32>(NEXT + (length << 2));
    store<u32>(NEXT + (length << 2), own + 1);
    if (own >= <u32>1 << length) {
      failed = true;
      return;
    }
    let from: u32 = 0;
    for (let i: u32 = 0; i < length; i++) from |= ((own >> i) & 1) << (length - 1 - i);
    for (; from < size; from += 1 << length) store<u16>(table + (from << 1), <u16>((symbol << 4) | length));
  }
}

/** Widths of both tables, the second one << 8. */
function fixedCodes(): u32 {
  for (let i: u32 = 0; i < 288; i++) store<u8>(LENGTHS + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  makeTable(LENGTHS, 288, LITERALS);
  memory.fill(LENGTHS, 5, 30);
  makeTable(LENGTHS, 30, DISTANCES);
  return 9 | (5 << 8);
}

function dynamicCodes(): u32 {
  const literals = take(5) + 257;
  const all = literals + take(5) + 1;
  const ofLengths = take(4) + 4;
  memory.fill(LENGTHS, 0, 19);
  for (let i: u32 = 0; i < ofLengths; i++)
    store<u8>(LENGTHS + (i < 3 ? 16 + i : <u32>((ORDER >> (<u64>((i - 3) << 2))) & 15)), <u8>take(3));
  if (failed) return 0;
  makeTable(LENGTHS, 19, LITERALS);
  const bits = width;
  let last: u32 = 0;
  for (let i: u32 = 0; i < all && !failed;) {
    const symbol = symbolOf(LITERALS, bits);
    let times: u32 = 1;
    if (symbol < 16) last = symbol;
    else {
      if (symbol != 16) last = 0;
      times = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    }
    if (i + times > all) times = all - i;
    memory.fill(LENGTHS + i, <u8>last, times);
    i += times;
  }
  if (failed) return 0;
  makeTable(LENGTHS + literals, all - literals, DISTANCES);
  const ofDistances = width;
  makeTable(LENGTHS, literals, LITERALS);
  return width | (ofDistances << 8);
}

function lengthOf(symbol: u32): u32 {
  if (symbol > 284) return 258;
  if (symbol < 265) return symbol - 254;
  const extra = (symbol - 261) >> 2;
  return 3 + ((4 + ((symbol - 261) & 3)) << extra) + take(extra);
}

function distanceOf(symbol: u32): u32 {
  if (symbol < 4) return symbol + 1;
  const extra = (symbol >> 1) - 1;
  return 1 + ((2 + (symbol & 1)) << extra) + take(extra);
}

/**
 * Decompresses what begins at `from` to `out`: how many bytes came out, -1 where it is damaged or more than `most`. The checksum at the end is not looked
 * at.
 */
export function inflate(from: usize, length: u32, out: usize, most: u32): i32 {
  const head = (<u32>load<u8>(from) << 8) | load<u8>(from + 1);
  if (length < 2 || ((head >> 8) & 15) != 8 || (head & 0x20) != 0 || head % 31 != 0) return -1;
  at = from + 2;
  end = from + length;
  hold = 0;
  held = 0;
  failed = false;
  let to: u32 = 0;
  for (let isLast: u32 = 0; isLast == 0 && !failed;) {
    isLast = take(1);
    const kind = take(2);
    if (failed || kind == 3) return -1;
    if (kind == 0) {
      at -= held >> 3; // whole bytes that were taken ahead
      hold = 0;
      held = 0;
      const count = take(16);
      if ((take(16) ^ 0xffff) != count || failed || at + count > end || to + count > most) return -1;
      memory.copy(out + to, at, count);
      at += count;
      to += count;
      continue;
    }
    const widths = kind == 1 ? fixedCodes() : dynamicCodes();
    const literals = widths & 0xff;
    const distances = widths >> 8;
    while (!failed) {
      const symbol = symbolOf(LITERALS, literals);
      if (failed || symbol == END) break;
      if (symbol < END) {
        if (to == most) return -1;
        store<u8>(out + to++, <u8>symbol);
        continue;
      }
      const copied = lengthOf(symbol);
      const distance = distanceOf(symbolOf(DISTANCES, distances));
      if (failed || distance > to || to + copied > most) return -1;
      for (const stop = to + copied; to < stop; to++) store<u8>(out + to, load<u8>(out + to - distance));
    }
  }
  return failed ? -1 : <i32>to;
}

/** SHA-1 of the bytes at `from`, five words at `out`. 72 writable bytes follow them. */
export function sha1(from: usize, length: u32, out: usize): void {
  const whole = ((length + 72) >> 6) << 6;
  store<u8>(from + length, 0x80);
  memory.fill(from + length + 1, 0, whole - length - 1);
  store<u32>(from + whole - 4, bswap<u32>(length << 3));
  store<u32>(from + whole - 8, bswap<u32>(length >> 29));
  let h0: u32 = 0x67452301;
  let h1: u32 = 0xefcdab89;
  let h2: u32 = 0x98badcfe;
  let h3: u32 = 0x10325476;
  let h4: u32 = 0xc3d2e1f0;
  for (let block = from; block < from + whole; block += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(WORDS + i, bswap<u32>(load<u32>(block + i)));
    for (let i: usize = WORDS + 64; i < WORDS + 320; i += 4)
      store<u32>(i, rotl<u32>(load<u32>(i - 12) ^ load<u32>(i - 32) ^ load<u32>(i - 56) ^ load<u32>(i - 64), 1));
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    for (let i: u32 = 0; i < 80; i++) {
      const mixed: u32 =
        i < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : i < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : i < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const next = rotl<u32>(a, 5) + mixed + e + load<u32>(WORDS + (<usize>i << 2));
      e = d;
      d = c;
      c = rotl<u32>(b, 30);
      b = a;
      a = next;
    }
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
  }
  store<u32>(out, bswap<u32>(h0));
  store<u32>(out + 4, bswap<u32>(h1));
  store<u32>(out + 8, bswap<u32>(h2));
  store<u32>(out + 12, bswap<u32>(h3));
  store<u32>(out + 16, bswap<u32>(h4));
}
