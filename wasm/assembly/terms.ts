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

const LIST: usize = 64 * 4; // bytes of a list of places in 64 bytes

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
let tiny: u32 = 0;
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

@inline function windowAt(now: u64, then: u64, at: u32): u64 {
  return select<u64>(then >> <u64>at, now >> <u64>at | then << 1 << <u64>(63 - at), at >= 64);
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
  tiny = load<u32>(block, 44);
  floor = base;
  end = base + length;
  out = to;
  found = 0;
  limit = room;
  const enough = room >>> 1;
  let p = base + from;
  let alnumBefore: u64 = 0; // of the byte before p
  let capitalBefore: u64 = 0;
  if (from > 0) {
    const byte: u32 = load<u8>(p - 1);
    capitalBefore = <u64>(byte - 0x41 < 26);
    alnumBefore = capitalBefore | <u64>(byte - 0x61 < 26) | <u64>(byte - 0x30 < 10);
  }
  classify(p);
  while (p < end) {
    const a = alnum;
    const c = capital;
    const s = small;
    const g = separator;
    const f = follows;
    const n = feed;
    const k = comment;
    let odd = lead; // to be followed without a look at the bitmaps
    classify(p + 64);
    const smallNext = s >>> 1 | small << 63;
    const leadNext = odd >>> 1 | lead << 63;
    const alnumLast = a << 1 | alnumBefore;
    const capitalLast = c << 1 | capitalBefore;
    alnumBefore = a >>> 63;
    capitalBefore = c >>> 63;
    // Where a word or a hump of one begins, as far as ASCII tells: beside other characters it may not be one.
    const humps = c & (~capitalLast | smallNext | leadNext);
    let starts = a & (~alnumLast | humps);
    if (p + 64 > end) {
      const valid = (<u64>1 << <u64>(end - p)) - 1;
      starts &= valid;
      odd &= valid;
    }
    // Bytes from which on so many are letters and digits.
    const two = a & (a >>> 1 | alnum << 63);
    const twoNext = alnum & alnum >>> 1;
    const four = two & (two >>> 2 | twoNext << 62);
    const fourNext = twoNext & twoNext >>> 2;
    const eight = four & (four >>> 4 | fourNext << 60);
    // A hump within the next seven; of the next block any capital may be one.
    let near = humps >>> 1 | capital << 63;
    near |= near >>> 1 | capital << 62;
    near |= near >>> 2 | capital << 60 | capital << 61;
    near |= near >>> 3 | (capital | capital << 1 | capital << 2) << 57;

    // Separators that another word may follow, or one more separator.
    const joins = (g & (f >>> 1 | follows << 63)) | (n & (k >>> 1 | comment << 63));
    const joinsNext = (separator & (follows >>> 1)) | (feed & (comment >>> 1));
    // What the text does cannot be foretold, so nothing below branches on it before few places are left.
    // Places to be looked at further, in lists: with a hump among the first eight, of fewer than eight letters and digits, of eight or more.
    let sure = notes;
    let short = notes + LIST;
    let long = notes + 2 * LIST;
    let humped = notes + 3 * LIST;
    // Most words begin as no term does.
    let some = starts & four;
    while (some != 0) {
      const q = <u32>ctz<u64>(some);
      some &= some - 1;
      store<u32>(sure, q);
      sure += (bit(grams, gramHash(load<u32>(p + q) | FOLD)) | tiny) << 2;
    }
    for (let i = notes; i < sure; i += 4) {
      const q = load<u32>(i);
      const isHumped = <u32>(near >>> <u64>q) & 1;
      const isLong = <u32>(eight >>> <u64>q) & ~isHumped & 1;
      store<u32>(humped, q);
      store<u32>(long, q);
      store<u32>(short, q);
      humped += isHumped << 2;
      long += isLong << 2;
      short += ((isHumped | isLong) ^ 1) << 2;
    }
    sure = notes;
    some = starts & ~four & ~near;
    while (some != 0) {
      store<u32>(short, <u32>ctz<u64>(some));
      short += 4;
      some &= some - 1;
    }
    some = starts & ~four & near;
    while (some != 0) {
      store<u32>(humped, <u32>ctz<u64>(some));
      humped += 4;
      some &= some - 1;
    }
    // Eight letters or digits with no hump among them.
    let kept = notes + 2 * LIST;
    for (let i = kept; i < long; i += 4) {
      const q = load<u32>(i);
      store<u32>(kept, q);
      kept += bit(heads, headHash(load<u32>(p + q) | FOLD, load<u32>(p + q, 4) | FOLD)) << 2;
    }
    long = kept;
    // A shorter word: another follows, or it is all.
    kept = notes + LIST;
    for (let i = kept; i < short; i += 4) {
      const q = load<u32>(i);
      const run = <u32>ctz<u64>(~windowAt(a, alnum, q));
      const own = (load<u64>(p + q) | FOLD8) & ((<u64>1 << <u64>(run << 3 & 63)) - 1);
      store<u32>(kept, q);
      kept += bit(parts, headHash(<u32>own, <u32>(own >>> 32))) << 2;
    }
    short = kept;
    // Humps within the first eight: a term may end at each, or go on.
    for (let i = notes + 3 * LIST; i < humped; i += 4) {
      const q = load<u32>(i);
      const run = <u32>ctz<u64>(~windowAt(a, alnum, q));
      const part = run < 8;
      const word = load<u64>(p + q) | FOLD8;
      const own = select<u64>(word & ((<u64>1 << <u64>(run << 3 & 63)) - 1), word, part);
      const hash = headHash(<u32>own, <u32>(own >>> 32));
      let inner = windowAt(humps, capital, q) & 0xfe;
      let ends: u32 = 0;
      while (inner != 0) {
        const first = word & ((<u64>1 << (ctz<u64>(inner) << 3)) - 1);
        inner &= inner - 1;
        ends |= bit(heads, headHash(<u32>first, <u32>(first >>> 32)));
      }
      const goes = bit(select<usize>(parts, heads, part), hash) & ~ends;
      store<u32>(sure, q);
      store<u32>(short, q);
      store<u32>(long, q);
      sure += ends << 2;
      short += (goes & <u32>part) << 2;
      long += (goes & <u32>!part) << 2;
    }

    for (let i = notes + 2 * LIST; i < long; i += 4) {
      const q = load<u32>(i);
      const run = <u32>ctz<u64>(~windowAt(a, alnum, q));
      const rest = min<u32>(run - 8, 4);
      const part = rest < 4;
      const low = load<u32>(p + q) | FOLD;
      const high = load<u32>(p + q, 4) | FOLD;
      const bits = rest << 3 & 31;
      const word = load<u32>(p + q, 8) | FOLD;
      const own = select<u32>(word & ((1 << bits) - 1), word, part);
      const then = q + run + 1;
      const both = select<u32>(own | (load<u32>(p + then) | FOLD) << bits, own, part);
      const length = rest + select<u32>(<u32>ctz<u64>(~windowAt(a, alnum, then)), 0, part);
      const goesOn = <u32>(windowAt(joins, joinsNext, q + run) & 1) | <u32>!part;
      const atHump = <u32>((windowAt(humps, capital, q) & 0xf00) != 0) | <u32>((windowAt(humps, capital, then) & 0xe) != 0);
      const alone = bit(longHeads, longHash(low, high, own));
      store<u32>(sure, q);
      sure += (alone | (goesOn & (bit(longHeads, longHash(low, high, both)) | <u32>(length < 4))) | atHump) << 2;
    }
    const more = joins | k;
    const moreNext = joinsNext | comment;
    for (let i = notes + LIST; i < short; i += 4) {
      const q = load<u32>(i);
      const run = <u32>ctz<u64>(~windowAt(a, alnum, q));
      const bits = <u64>(run << 3 & 63);
      const own = (load<u64>(p + q) | FOLD8) & ((<u64>1 << bits) - 1);
      // Together with the next word, where a single separator stands between them.
      const then = q + run + 1;
      const both = own | (load<u64>(p + then) | FOLD8) << bits;
      const length = run + <u32>ctz<u64>(~windowAt(a, alnum, then));
      const all = select<u64>(both & ((<u64>1 << <u64>(length << 3 & 63)) - 1), both, length < 8);
      const low = <u32>all;
      const high = <u32>(all >>> 32);
      // A term of fewer than eight may end at a hump of that word.
      const atHump = <u32>((windowAt(humps, capital, then) & ((<u64>1 << <u64>(8 - run)) - 2)) != 0);
      const third = <u32>(length < 8) & <u32>windowAt(more, moreNext, then + length - run) & bit(parts, headHash(low, high));
      const alone = bit(heads, headHash(<u32>own, <u32>(own >>> 32)));
      const goesOn = <u32>windowAt(joins, joinsNext, q + run) & 1;
      const begins = <u32>(length < 4) | bit(grams, gramHash(low));
      store<u32>(sure, q);
      sure += (alone | (goesOn & begins & (bit(heads, headHash(low, high)) | third | atHump))) << 2;
    }
    for (let i = notes; i < sure; i += 4) walk(p + load<u32>(i));
    while (odd != 0) {
      walk(p + <usize>ctz<u64>(odd));
      odd &= odd - 1;
    }
    p += 64;
    if (found >= enough) break;
  }
  store<u32>(block, min<u32>(<u32>(p - base), length), 36);
  return found;
}
