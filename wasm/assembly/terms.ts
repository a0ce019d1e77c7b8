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
const HEAD_BITS: u32 = 18; // of the first eight
const LONG_BITS: u32 = 21; // of the first twelve

// Table block, written by the host: bitmaps of [0] grams [4] heads [8] long heads [12] slots [16] their mask
// [24] characters by code point [28] per block of them 1 when it is there [32] notes [36] where search stopped [40] bitmap of grams of terms of fewer than
// eight characters, and of whole terms of fewer than four [44] 0 when there is none, 2 when there is one of fewer than four [48] bitmap of heads of terms of eight to eleven
// [52] per byte of bits where those that are set stand
let grams: usize = 0;
let heads: usize = 0;
let longHeads: usize = 0;
let brief: usize = 0;
let ends: usize = 0;
let packs: usize = 0;
let anyBrief: bool = false;
let tiny: bool = false;
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
@inline function headHash(low: u32, high: u32): u32 { return (low * 0x9E3779B1 + high) * 0xC2B2AE35 >>> (32 - HEAD_BITS); }
@inline function longHash(low: u32, high: u32, third: u32): u32 { return ((low ^ third) * 0x9E3779B1 + high + third * 0x27D4EB2F) * 0xC2B2AE35 >>> (32 - LONG_BITS); }

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

// Of a stretch of text, block by block of 64 bytes, a word of bits for each thing that is asked of its bytes; and its letters and digits in small letters, one
// after the other, whatever stands between them: a term is there as it is folded, with other characters behind it.
const BLOCKS_AT_ONCE: u32 = 32;
const STRETCH: u32 = BLOCKS_AT_ONCE * 64;
const MASKS: usize = (BLOCKS_AT_ONCE + 2) * 8;
const CAPITALS: usize = MASKS;
const SMALLS: usize = 2 * MASKS;
const WIDES: usize = 3 * MASKS; // bytes beyond ASCII
const UNTILS: usize = 4 * MASKS; // where the letters end that are known behind the block
const LETTERS: usize = 5 * MASKS;
const PLACES: usize = LETTERS + STRETCH + 128;

@inline function mask(v: v128, shift: u32): u64 { return <u64><u32>i8x16.bitmask(v) << shift; }

/** Notes the block at `p`, of which `valid` bytes are text. Returns where letters go on. */
@inline function note(p: usize, valid: u64, at: usize, letters: usize): usize {
  let a: u64 = 0;
  let c: u64 = 0;
  let s: u64 = 0;
  let w: u64 = 0;
  for (let i: u32 = 0; i < 64; i += 16) {
    const v = v128.load(p + i);
    // Moved to where the least numbers are: only signed ones are compared in one step.
    const capitals = i8x16.lt_s(i8x16.add(v, i8x16.splat(63)), i8x16.splat(-102));
    const smalls = i8x16.lt_s(i8x16.add(v, i8x16.splat(31)), i8x16.splat(-102));
    const digits = i8x16.lt_s(i8x16.add(v, i8x16.splat(80)), i8x16.splat(-118));
    a |= mask(v128.or(v128.or(capitals, smalls), digits), i);
    c |= mask(capitals, i);
    s |= mask(smalls, i);
    w |= mask(v, i);
  }
  a &= valid;
  store<u64>(at, a);
  store<u64>(at, c & valid, CAPITALS);
  store<u64>(at, s & valid, SMALLS);
  store<u64>(at, w & valid, WIDES);
  for (let rest = a; rest != 0; rest >>>= 8) {
    const bits = <u32>rest & 0xff;
    const small = v128.or(v128.load(p), i8x16.splat(0x20));
    v128.store(letters, i8x16.swizzle(small, v128.load(packs + (<usize>bits << 3))));
    letters += <usize>popcnt<u32>(bits);
    p += 8;
  }
  return letters;
}

/** True when these may be the first four letters of a term of fewer than eight. */
@inline function isBrief(gram: u32): bool {
  return (
    <bool>bit(brief, gramHash(gram)) ||
    (tiny && <bool>(bit(brief, gramHash(gram & 0xff)) | bit(brief, gramHash(gram & 0xffff)) | bit(brief, gramHash(gram & 0xffffff))))
  );
}

/** True when a term of eight or more may begin with these twelve letters, of which the first eight are those of one. */
@inline function mayGoOn(letters: usize): bool {
  const low = load<u32>(letters);
  const high = load<u32>(letters, 4);
  const third = load<u32>(letters, 8);
  if (bit(longHeads, longHash(low, high, third))) return true;
  if (!bit(ends, headHash(low, high))) return false;
  return <bool>(
    bit(longHeads, longHash(low, high, third & 0xffffff)) |
    bit(longHeads, longHash(low, high, third & 0xffff)) |
    bit(longHeads, longHash(low, high, third & 0xff)) |
    bit(longHeads, longHash(low, high, 0))
  );
}

/** True when a term may begin with these letters, of which so many are known. */
function mayBegin(letters: usize, known: u32): bool {
  const low = load<u32>(letters);
  if (known < 4 || (anyBrief && isBrief(low))) return true;
  if (known < 8) return <bool>bit(grams, gramHash(low));
  return <bool>bit(heads, headHash(low, load<u32>(letters, 4))) && (known < 12 || mayGoOn(letters));
}

/** Lists where terms may begin in a block of which the letters that follow are known. Returns the end of the list. */
@inline function list(starts: u64, a: u64, here: u32, letters: usize, notes: usize, places: usize, briefToo: bool): usize {
  const first = here + (<u32>(letters - notes - LETTERS) << 16);
  const table = heads;
  while (starts != 0) {
    const less = starts - 1;
    const n = <u32>popcnt<u64>(a & (starts ^ less)) - 1;
    const q = <u32>ctz<u64>(starts);
    starts &= less;
    const word = letters + n;
    store<u32>(places, first + q + (n << 16));
    // Most words begin as no term does.
    const low = load<u32>(word);
    const fits = bit(table, headHash(low, load<u32>(word, 4)));
    places += <usize>(briefToo ? fits | <u32>isBrief(low) : fits) << 2;
  }
  return places;
}

/** Follows what begins in a block of which not all letters that follow are known. @param until where the letters end that are known behind the block */
function followEach(starts: u64, a: u64, wides: u64, p: usize, letters: usize, until: usize): void {
  while (starts != 0) {
    const lowest = starts & (0 - starts);
    starts ^= lowest;
    const word = letters + <usize>popcnt<u64>(a & (lowest - 1));
    const beyond = wides & ~(lowest - 1);
    const stop = beyond == 0 ? until : letters + <usize>popcnt<u64>(a & ((beyond & (0 - beyond)) - 1));
    if (mayBegin(word, <u32>(stop - word))) walk(p + <usize>ctz<u64>(lowest));
  }
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
  brief = load<u32>(block, 40);
  anyBrief = load<u32>(block, 44) > 0;
  tiny = load<u32>(block, 44) > 1;
  ends = load<u32>(block, 48);
  packs = load<u32>(block, 52);
  floor = base;
  end = base + length;
  out = to;
  found = 0;
  limit = room;
  const enough = room >>> 1;
  let p = base + from;
  while (p < end) {
    // One block more than is gone through: what follows a word may stand there.
    let stop = notes + LETTERS;
    let at = notes;
    let wides: u64 = 0;
    for (let i: usize = 0; i <= STRETCH; i += 64) {
      const here = p + i;
      if (here >= end) break;
      stop = note(here, here + 64 > end ? (<u64>1 << <u64>(end - here)) - 1 : ~(<u64>0), at, stop);
      wides |= load<u64>(at, WIDES);
      at += 8;
    }
    store<u64>(at, 0, SMALLS);
    store<u64>(at, 0, WIDES);
    const last = at;
    if (wides != 0) {
      let until = stop;
      let letters = stop;
      while (at > notes) {
        at -= 8;
        const a = load<u64>(at);
        const beyond = load<u64>(at, WIDES);
        store<u32>(at, <u32>until, UNTILS);
        letters -= <usize>popcnt<u64>(a);
        if (beyond != 0) until = letters + <usize>popcnt<u64>(a & ((beyond & (0 - beyond)) - 1));
      }
    }
    let alnumBefore: u64 = 0; // of the byte before the block
    let capitalBefore: u64 = 0;
    if (p > base) {
      const byte: u32 = load<u8>(p - 1);
      capitalBefore = <u64>(byte - 0x41 < 26);
      alnumBefore = capitalBefore | <u64>(byte - 0x61 < 26) | <u64>(byte - 0x30 < 10);
    }
    let letters = notes + LETTERS;
    let places = notes + PLACES;
    at = notes;
    for (let here: u32 = 0; here < STRETCH && at < last; here += 64) {
      const a = load<u64>(at);
      const c = load<u64>(at, CAPITALS);
      const others = load<u64>(at, WIDES);
      const humps =
        c & (~(c << 1 | capitalBefore) | (load<u64>(at, SMALLS) >>> 1 | load<u64>(at + 8, SMALLS) << 63) | (others >>> 1 | load<u64>(at + 8, WIDES) << 63));
      // Where a word or a hump of one begins, as far as ASCII tells: beside other characters it may not be one.
      const starts = a & (~(a << 1 | alnumBefore) | humps);
      alnumBefore = a >>> 63;
      capitalBefore = c >>> 63;
      const after = letters + <usize>popcnt<u64>(a);
      const until = wides == 0 ? stop : <usize>load<u32>(at, UNTILS);
      if (others != 0 || until - after < 12) {
        followEach(starts, a, others, p + here, letters, until);
        // What begins with another character is followed without a look at the bitmaps.
        for (let odd = others; odd != 0; odd &= odd - 1) {
          const place = p + here + <usize>ctz<u64>(odd);
          if (load<u8>(place) >= 0xc2) walk(place);
        }
      } else if (anyBrief) places = list(starts, a, here, letters, notes, places, true);
      else places = list(starts, a, here, letters, notes, places, false);
      letters = after;
      at += 8;
    }
    for (let i = notes + PLACES; i < places; i += 4) {
      const place = load<u32>(i);
      const word = notes + LETTERS + (place >>> 16);
      if ((anyBrief && isBrief(load<u32>(word))) || mayGoOn(word)) walk(p + (place & 0xffff));
    }
    p += STRETCH;
    if (found >= enough) break;
  }
  store<u32>(block, min<u32>(<u32>(p - base), length), 36);
  return found;
}
