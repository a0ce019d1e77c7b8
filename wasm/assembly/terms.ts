// Finds where terms may stand: spans from one word boundary to another whose folded letters and digits have a term's hash, whatever separators stand between
// its words. The host (src/engine/term-search.ts) writes the tables and confirms what comes out. Nothing here allocates; 32 readable bytes follow the text.

/** Asks the host for the 256 code points of this block: per code point its folded one and, from CLASS_SHIFT on, its class. */
// @ts-ignore: decorator
@external("env", "fold")
declare function fold(block: u32): void;

// These, the hashes and the classes stand in src/terms/tag.ts, src/terms/tables.ts and src/terms/characters.ts as well.
const CLASS_SHIFT: u32 = 24;
const POINT: u32 = 0x1fffff;
const OTHER: u32 = 0;
const LETTER: u32 = 1; // without case, small, or a digit
const CAPITAL: u32 = 2;
const SYLLABLE: u32 = 3; // of scripts that put no spaces between words: every place beside one is a boundary
const BLANK: u32 = 4;
const MARK: u32 = 5;
const STOP: u32 = 6; // . and :, which separate words only where no blank follows
const BREAK: u32 = 7;
const COMMENT: u32 = 8; // stands before a continued line, and nowhere else between words
const CONTINUES: u32 = 9; // a mark that may stand there too
const BLOCKS: u32 = 0x200; // code points above are letters of scripts without case

const INLINE: u32 = 3; // separators between two words of a line
const CONTINUED: u32 = 24; // characters before the word of the next line
const PIECES: u32 = 8; // words and humps of one span
const MOST: u32 = 64; // characters of a term

const SEED: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;
const GRAM_BITS: u32 = 16; // of the first four characters, a byte each
const HEAD_BITS: u32 = 18; // of the first eight, and of the first twelve
const FOLD: u32 = 0x20202020;
const FOLD8: u64 = 0x2020202020202020;

// Table block, written by the host: bitmaps of [0] grams [4] heads [8] long heads [12] slots [16] their mask
// [24] characters by code point [28] per block of them 1 when it is there [32] notes [36] where search stopped [40] bitmap of what terms begin with, 1 to 7
// characters [44] 1 when a term has fewer than four
let grams: usize = 0;
let heads: usize = 0;
let longHeads: usize = 0;
let parts: usize = 0;
let slots: usize = 0;
let slotMask: u32 = 0;
let points: usize = 0;
let known: usize = 0;
let floor: usize = 0;
let end: usize = 0;
let out: usize = 0;
let found: u32 = 0;
let limit: u32 = 0;
let size: u32 = 0; // bytes of the character that was looked at last

@inline function bit(bitmap: usize, hash: u32): u32 { return <u32>load<u8>(bitmap + (hash >>> 3)) >>> (hash & 7) & 1; }
@inline function gramHash(gram: u32): u32 { return (gram * 0x9E3779B1) >>> (32 - GRAM_BITS); }
@inline function headHash(low: u32, high: u32): u32 { return ((low * 0x9E3779B1) ^ (high * 0x85EBCA6B) ^ (low >>> 15)) * 0xC2B2AE35 >>> (32 - HEAD_BITS); }
@inline function longHash(low: u32, high: u32, third: u32): u32 { return headHash(low ^ third, high + (third * 0x27D4EB2F)); }

function pointAt(point: u32): u32 {
  const block = point >>> 8;
  if (block >= BLOCKS) return point | (SYLLABLE << CLASS_SHIFT);
  if (!load<u8>(known + block)) fold(block);
  return load<u32>(points + (<usize>point << 2));
}

/** What stands at `p`: class and folded code point; `size` is its length. What is no UTF-8 is OTHER. */
function wideAt(p: usize): u32 {
  const a: u32 = load<u8>(p);
  const b: u32 = load<u8>(p, 1) ^ 0x80;
  size = 1;
  if (a < 0xc2 || b > 0x3f) return OTHER;
  if (a < 0xe0) {
    size = 2;
    return pointAt((a & 0x1f) << 6 | b);
  }
  const c: u32 = load<u8>(p, 2) ^ 0x80;
  if (c > 0x3f) return OTHER;
  if (a < 0xf0) {
    const point = (a & 0xf) << 12 | b << 6 | c;
    if (point < 0x800 || (point & 0xf800) == 0xd800) return OTHER;
    size = 3;
    return pointAt(point);
  }
  const d: u32 = load<u8>(p, 3) ^ 0x80;
  if (d > 0x3f || a > 0xf4) return OTHER;
  const point = (a & 7) << 18 | b << 12 | c << 6 | d;
  if (point < 0x10000 || point > 0x10ffff) return OTHER;
  size = 4;
  return pointAt(point);
}

@inline function at(p: usize): u32 {
  if (p >= end) {
    size = 1;
    return OTHER;
  }
  const byte: u32 = load<u8>(p);
  if (byte < 0x80) {
    size = 1;
    return load<u32>(points + (<usize>byte << 2));
  }
  return wideAt(p);
}

/** The class of the character that ends before `p`. */
function classBefore(p: usize): u32 {
  if (p == floor) return OTHER;
  let start = p - 1;
  const first = p - floor > 4 ? p - 4 : floor;
  while (start > first && (load<u8>(start) & 0xc0) == 0x80) start--;
  const before = at(start);
  return start + size == p ? before >>> CLASS_SHIFT : OTHER;
}

@inline function isWord(kind: u32): bool { return kind - 1 < 3; }

/** True between characters of these classes. @param next where the character behind them stands, which is asked for between capitals */
function isBoundary(before: u32, kind: u32, next: usize): bool {
  if (!isWord(before) || before == SYLLABLE || kind == SYLLABLE) return true;
  if (kind != CAPITAL) return false;
  if (before != CAPITAL) return true;
  const kept = size;
  const after = at(next);
  size = kept;
  // A digit is of the class of small letters, but ends no hump: X8 in MAX8.
  return after >>> CLASS_SHIFT == LETTER && !isDigit(after & POINT);
}

@inline function isDigit(point: u32): bool { return point - 0x30 < 10; }

/** Where the next word begins behind what separates the words of a term; 0: none does. */
function gapEnd(p: usize): usize {
  let kind: u32 = OTHER;
  for (let n: u32 = 0; ; n++) {
    kind = at(p) >>> CLASS_SHIFT;
    if (isWord(kind)) return p;
    if (kind == BREAK) break;
    if (n == INLINE || (kind != BLANK && kind != MARK && kind != CONTINUES && kind != STOP)) return 0;
    p += size;
    if (kind == STOP) {
      const next = at(p) >>> CLASS_SHIFT;
      if (next == BLANK || next == BREAK) return 0;
    }
  }
  p++;
  for (let n: u32 = 0; n <= CONTINUED; n++) {
    kind = at(p) >>> CLASS_SHIFT;
    if (isWord(kind)) return p;
    if (kind != BLANK && kind != COMMENT && kind != CONTINUES) return 0;
    p += size;
  }
  return 0;
}

/** Follows the words from `start` and writes down the spans that a term may have. */
function walk(start: usize): void {
  let here = at(start);
  let kind = here >>> CLASS_SHIFT;
  let q = start + size;
  if (!isWord(kind) || !isBoundary(classBefore(start), kind, q)) return;
  let hash = SEED;
  let low: u32 = 0; // the first twelve characters
  let high: u32 = 0;
  let third: u32 = 0;
  let count: u32 = 0;
  let pieces: u32 = 1;
  while (true) {
    const point = here & POINT;
    if (count < 12) {
      const byte = (point < 0x80 ? point : 0x80 | ((point ^ point >>> 7 ^ point >>> 14) & 0x7f)) << (count << 3 & 31);
      if (count < 4) low |= byte;
      else if (count < 8) high |= byte;
      else third |= byte;
    }
    hash = (hash ^ point) * PRIME;
    count++;
    if (count == 4 && !bit(grams, gramHash(low))) return;
    const next = at(q);
    const after = next >>> CLASS_SHIFT;
    const length = size;
    const word = isWord(after);
    const boundary = !word || isBoundary(kind, after, q + length);
    if (count <= 12) {
      if (boundary || (count & 3) == 0) {
        const fits = count <= 8 ? bit(heads, headHash(low, high)) : bit(longHeads, longHash(low, high, third));
        if (boundary && fits) emit(start, q, hash, low, high, third);
        if (!fits && (count == 8 || count == 12)) return;
      }
    } else if (boundary) emit(start, q, hash, low, high, third);
    if (count == MOST) return;
    if (!word) {
      q = gapEnd(q);
      if (q == 0 || ++pieces > PIECES) return;
      here = at(q);
      kind = here >>> CLASS_SHIFT;
      q += size;
      continue;
    }
    if (boundary && kind != SYLLABLE && after != SYLLABLE && ++pieces > PIECES) return;
    here = next;
    kind = after;
    q += length;
  }
}

// slot, 20 bytes: hash, the first twelve characters, number of the term + 1 (0: free)
function emit(start: usize, stop: usize, hash: u32, low: u32, high: u32, third: u32): void {
  let slot = (hash ^ hash >>> 15) & slotMask;
  while (true) {
    const entry = slots + <usize>slot * 20;
    const term = load<u32>(entry, 16);
    if (term == 0) return;
    if (load<u32>(entry) == hash && load<u32>(entry, 4) == low && load<u32>(entry, 8) == high && load<u32>(entry, 12) == third && found < limit) {
      const to = out + <usize>found * 12;
      store<u32>(to, <u32>(start - floor));
      store<u32>(to, <u32>(stop - floor), 4);
      store<u32>(to, term - 1, 8);
      found++;
    }
    slot = (slot + 1) & slotMask;
  }
}

// Of 64 bytes: letters and digits, capitals, small letters, bytes that begin a character beyond ASCII, separators,
// what may follow one of them on its line, line feeds, what may follow those.
let alnum: u64 = 0;
let capital: u64 = 0;
let small: u64 = 0;
let lead: u64 = 0;
let separator: u64 = 0;
let follows: u64 = 0;
let feed: u64 = 0;
let comment: u64 = 0;

@inline function mask(v: v128, shift: u32): u64 { return <u64><u32>i8x16.bitmask(v) << shift; }

function classify(p: usize): void {
  let a: u64 = 0;
  let c: u64 = 0;
  let s: u64 = 0;
  let l: u64 = 0;
  let g: u64 = 0;
  let f: u64 = 0;
  let n: u64 = 0;
  let k: u64 = 0;
  for (let i: u32 = 0; i < 64; i += 16) {
    const v = v128.load(p + i);
    const capitals = i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x41)), i8x16.splat(26));
    const smalls = i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x61)), i8x16.splat(26));
    const digits = i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x30)), i8x16.splat(10));
    const words = v128.or(v128.or(capitals, smalls), digits);
    // A byte whose halves share a group is one: 1 \t\n\v\f\r, 2 space & ' + - . /, 4 :, 8 @, 16 \ and _; of what stands before a continued line 32 ! # % *,
    // 64 ; >, 128 |.
    const low = i8x16.swizzle(i8x16(10, 32, 0, 32, 0, 32, 2, 2, 0, 1, 37, 67, -111, 3, 66, 18), v128.and(v, i8x16.splat(15)));
    const high = i8x16.swizzle(i8x16(1, 0, 34, 68, 8, 16, 0, -128, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(v, 4));
    const wide = i8x16.lt_s(v, i8x16.splat(0));
    const groups = v128.and(low, high);
    const comments = i8x16.gt_u(groups, i8x16.splat(31));
    const separators = v128.or(v128.andnot(i8x16.ne(groups, i8x16.splat(0)), comments), wide);
    a |= mask(words, i);
    c |= mask(capitals, i);
    s |= mask(smalls, i);
    l |= mask(i8x16.ge_u(v, i8x16.splat(<i8>0xc2)), i);
    g |= mask(separators, i);
    f |= mask(v128.or(words, separators), i);
    n |= mask(i8x16.eq(v, i8x16.splat(10)), i);
    k |= mask(comments, i);
  }
  alnum = a;
  capital = c;
  small = s;
  lead = l;
  separator = g;
  follows = f;
  feed = n;
  comment = k;
}

// Of a stretch of text, block by block: a word of bits for each thing that is asked of its bytes. Behind them lists of places in it.
const BLOCKS_AT_ONCE: u32 = 16;
const STRETCH: u32 = BLOCKS_AT_ONCE * 64;
const MASKS: usize = (BLOCKS_AT_ONCE + 2) * 8;
const HUMPS: usize = MASKS;
const JOINS: usize = 2 * MASKS;
const MORE: usize = 3 * MASKS;
const PLACES: usize = 4 * MASKS;
const ODD: usize = PLACES + STRETCH * 4;

/** The bits from place `q` of the stretch on. */
@inline function bitsAt(masks: usize, q: u32): u64 {
  const word = masks + (<usize>(q >>> 6) << 3);
  const shift = <u64>(q & 63);
  return load<u64>(word) >>> shift | load<u64>(word, 8) << 1 << (63 - shift);
}

@inline function firstOf(word: u64, length: u32): u64 { return word & ((<u64>1 << <u64>(length << 3)) - 1); }

/** True when a term may begin where a word of eight or more does, which begins as one. @param run letters and digits from there on */
function goesOnLong(p: usize, q: u32, run: u32, notes: usize): bool {
  const low = load<u32>(p + q) | FOLD;
  const high = load<u32>(p + q, 4) | FOLD;
  const third = load<u32>(p + q, 8) | FOLD;
  if (run >= 12) return <bool>bit(longHeads, longHash(low, high, third)) || (bitsAt(notes + HUMPS, q) & 0xf00) != 0;
  const bits = (run - 8) << 3;
  const own = third & ((1 << bits) - 1);
  if (bit(longHeads, longHash(low, high, own)) || (bitsAt(notes + HUMPS, q) & 0xf00) != 0) return true;
  if (!(bitsAt(notes + JOINS, q + run) & 1)) return false;
  const then = q + run + 1;
  if (run - 8 + <u32>ctz<u64>(~bitsAt(notes, then)) < 4 || (bitsAt(notes + HUMPS, then) & 0xe) != 0) return true;
  return <bool>bit(longHeads, longHash(low, high, own | (load<u32>(p + then) | FOLD) << bits));
}

/** The same for a shorter word, which is what a term begins with. */
function goesOnShort(p: usize, q: u32, run: u32, own: u64, notes: usize): bool {
  if (bit(heads, headHash(<u32>own, <u32>(own >>> 32)))) return true;
  if (!(bitsAt(notes + JOINS, q + run) & 1)) return false;
  // Together with the next word, where a single separator stands between them.
  const then = q + run + 1;
  const length = run + <u32>ctz<u64>(~bitsAt(notes, then));
  const both = own | (load<u64>(p + then) | FOLD8) << <u64>(run << 3);
  const all = length < 8 ? firstOf(both, length) : both;
  const low = <u32>all;
  if (length >= 4 && !bit(grams, gramHash(low))) return false;
  const hash = headHash(low, <u32>(all >>> 32));
  if (bit(heads, hash)) return true;
  // A term of fewer than eight may end at a hump of that word.
  if ((bitsAt(notes + HUMPS, then) & ((<u64>1 << <u64>(8 - run)) - 2)) != 0) return true;
  return length < 8 && (bitsAt(notes + MORE, then + length - run) & 1) != 0 && <bool>bit(parts, hash);
}

/** True when a term may begin at a word, as far as its first characters and what follows it tell. */
@inline function mayBegin(p: usize, q: u32, notes: usize): bool {
  const run = <u32>ctz<u64>(~bitsAt(notes, q));
  const word = load<u64>(p + q) | FOLD8;
  let inner = bitsAt(notes + HUMPS, q) & 0xfe;
  while (inner != 0) {
    const first = firstOf(word, <u32>ctz<u64>(inner));
    inner &= inner - 1;
    if (bit(heads, headHash(<u32>first, <u32>(first >>> 32)))) return true;
  }
  if (run < 8) {
    const own = firstOf(word, run);
    return <bool>bit(parts, headHash(<u32>own, <u32>(own >>> 32))) && goesOnShort(p, q, run, own, notes);
  }
  return <bool>bit(heads, headHash(<u32>word, <u32>(word >>> 32))) && goesOnLong(p, q, run, notes);
}

/**
 * Spans in bytes `from` to `length` of the text at `base` that may be terms, as triples of u32 (start, end, term) at `to`; overlapping ones too. Returns their
 * number; the position to go on from stands in the table block (`length` when done).
 */
export function findTerms(base: usize, from: u32, length: u32, block: usize, to: usize, room: u32): u32 {
  grams = load<u32>(block);
  heads = load<u32>(block, 4);
  longHeads = load<u32>(block, 8);
  slots = load<u32>(block, 12);
  slotMask = load<u32>(block, 16);
  points = load<u32>(block, 24);
  known = load<u32>(block, 28);
  const notes: usize = load<u32>(block, 32);
  parts = load<u32>(block, 40);
  const short: u64 = load<u32>(block, 44) ? ~(<u64>0) : 0; // words of fewer than four letters may be all of a term
  floor = base;
  end = base + length;
  out = to;
  found = 0;
  limit = room;
  const enough = room >>> 1;
  let p = base + from;
  while (p < end) {
    let alnumBefore: u64 = 0; // of the byte before the block
    let capitalBefore: u64 = 0;
    if (p > base) {
      const byte: u32 = load<u8>(p - 1);
      capitalBefore = <u64>(byte - 0x41 < 26);
      alnumBefore = capitalBefore | <u64>(byte - 0x61 < 26) | <u64>(byte - 0x30 < 10);
    }
    let places = notes + PLACES;
    let odds = notes + ODD;
    classify(p);
    // One block more than is gone through: what follows a word may stand there.
    for (let i: u32 = 0; i <= BLOCKS_AT_ONCE; i++) {
      const here = p + i * 64;
      const a = alnum;
      const c = capital;
      const s = small;
      const g = separator;
      const f = follows;
      const n = feed;
      const k = comment;
      const l = lead;
      const past = here >= end;
      if (past) {
        alnum = 0;
        capital = 0;
        small = 0;
        separator = 0;
        follows = 0;
        feed = 0;
        comment = 0;
        lead = 0;
      } else classify(here + 64);
      const humps = c & (~(c << 1 | capitalBefore) | (s >>> 1 | small << 63) | (l >>> 1 | lead << 63));
      // Separators that another word may follow, or one more separator.
      const joins = (g & (f >>> 1 | follows << 63)) | (n & (k >>> 1 | comment << 63));
      const at = notes + (<usize>i << 3);
      store<u64>(at, a);
      store<u64>(at, humps, HUMPS);
      store<u64>(at, joins, JOINS);
      store<u64>(at, joins | k, MORE);
      if (i == BLOCKS_AT_ONCE || past) {
        store<u64>(at + 8, 0);
        store<u64>(at + 8, 0, HUMPS);
        store<u64>(at + 8, 0, JOINS);
        store<u64>(at + 8, 0, MORE);
        break;
      }
      // Where a word or a hump of one begins, as far as ASCII tells: beside other characters it may not be one.
      let starts = a & (~(a << 1 | alnumBefore) | humps);
      let odd = l; // to be followed without a look at the bitmaps
      alnumBefore = a >>> 63;
      capitalBefore = c >>> 63;
      if (here + 64 > end) {
        const valid = (<u64>1 << <u64>(end - here)) - 1;
        starts &= valid;
        odd &= valid;
      }
      // Bytes from which on so many are letters and digits; and of fewer than four those that a separator ends.
      const two = a & (a >>> 1 | alnum << 63);
      const three = two & (a >>> 2 | alnum << 62);
      const four = three & (a >>> 3 | alnum << 61);
      const joinsNext = (separator & (follows >>> 1)) | (feed & (comment >>> 1));
      const ended = (joins >>> 1 | joinsNext << 63) | (two & (joins >>> 2 | joinsNext << 62)) | (three & (joins >>> 3 | joinsNext << 61));
      let some = starts & (four | ended | short);
      const free = ~four;
      while (some != 0) {
        const q = <u32>ctz<u64>(some);
        some &= some - 1;
        store<u32>(places, i * 64 + q);
        // Most words begin as no term does.
        places += (bit(grams, gramHash(load<u32>(here + q) | FOLD)) | <u32>((free | short) >>> <u64>q) & 1) << 2;
      }
      while (odd != 0) {
        store<u32>(odds, i * 64 + <u32>ctz<u64>(odd));
        odds += 4;
        odd &= odd - 1;
      }
    }
    for (let i = notes + PLACES; i < places; i += 4) {
      const q = load<u32>(i);
      if (mayBegin(p, q, notes)) walk(p + q);
    }
    for (let i = notes + ODD; i < odds; i += 4) walk(p + load<u32>(i));
    p += STRETCH;
    if (found >= enough) break;
  }
  store<u32>(block, min<u32>(<u32>(p - base), length), 36);
  return found;
}
