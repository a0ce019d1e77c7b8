// The byte filter. The host places an image (src/engine/image.ts writes it) in memory and asks for candidates: places at which a rule's window of
// four bytes stands and what follows fits the rule. Nothing here allocates; buffers are padded with 16 readable bytes.

// These and the hashes stand in src/engine/image.ts as well, which fills the tables.
const FIRST_BITS: u32 = 21; // bitmap of 2^21 bits, looked up for each position
const SECOND_BITS: u32 = 20; // checked on a hit of the first

const LIST_BITS: u32 = 22; // of a slot: where its list stands; the others are a part of the gram's hash
const TAG_BITS: u32 = 10;
const BLOCK_BITS: u32 = 14; // slots of a block
const BLOCKS: usize = 64;
const FOLD: u32 = 0x20202020; // letters of both cases share a bit of the first, so that it is emptier
const MAX_WALK: usize = 256; // bytes an automaton looks ahead before it lets a candidate pass
const PEEK: usize = 16; // bytes it looks ahead before a run is searched that can begin at many places
const CHUNK: usize = 248; // positions looked up before any of them is confirmed; their addresses stand at NOTES
const NOTES: usize = 1024; // 1 KiB that nothing else is in

/** Puts what stands at this offset of the image into memory: a block of slots, or an automaton. */
// @ts-ignore: decorator
@external("env", "need")
declare function need(offset: u32): void;

// Table block, written by the host: [0] first bitmap [4] second bitmap [8] slots [12] their mask [16] anchors [20] where scan stopped [24] image
// [32] lists [BLOCKS] per block of slots: 1 when it is in memory
// A bit's place is 8 × a hash of the folded gram + the low bits of its product: an unaligned word has the bit where a plain shift finds it.
@inline function inFirst(first: usize, folded: u32): u32 { const m = folded * 0x85EBCA6B; return load<u32>(first + (m >>> (35 - FIRST_BITS))) >>> m & 1; }
@inline function secondHash(gram: u32): u32 { return (gram * 0xC2B2AE35) >>> (32 - SECOND_BITS); }
@inline function slotHash(gram: u32): u32 { gram *= 0x9E3779B1; return gram ^ (gram >>> 15); }
@inline function inSecond(second: usize, gram: u32): u32 { const hash = secondHash(gram); return <u32>load<u8>(second + (hash >>> 3)) >>> (hash & 7) & 1; }

// True when `need` bytes of a class stand in a row, beginning from `low` up to `high`. Looks at each need-th byte until one fits.
function hasRun(set: usize, need: usize, low: usize, high: usize, end: usize): bool {
  const stop = min<usize>(end, high + need);
  let p = low + need - 1;
  while (p < stop) {
    if (!load<u8>(set + load<u8>(p))) {
      p += need;
      continue;
    }
    let start = p;
    while (start > low && load<u8>(set + load<u8>(start - 1))) start--;
    const goal = start + need;
    let q = p + 1;
    while (q < goal && q < stop && load<u8>(set + load<u8>(q))) q++;
    if (q >= goal) return true;
    p = q + need;
  }
  return false;
}

// automaton: its length (0: not in memory yet), 0, 256 classes, then u16 rows; 0 dead, 1 accepts, else 2 + offset of the row
@inline function step(automaton: usize, state: u32, at: usize): u32 {
  return load<u16>(automaton + ((<usize>state + load<u8>(automaton + load<u8>(at), 8)) << 1), 260);
}

// Writes the anchors that fit at `at`; returns the new number of candidates.
function confirm(at: usize, end: usize, base: usize, tables: usize, out: usize, n: u32): u32 {
  const gram = load<u32>(at);
  const table: usize = load<u32>(tables, 8);
  const mask = load<u32>(tables, 12);
  const anchors: usize = load<u32>(tables, 16);
  const image: usize = load<u32>(tables, 24);
  const lists: usize = load<u32>(tables, 32);
  const hash = slotHash(gram);
  let slot = hash >>> TAG_BITS & mask;
  while (true) {
    // The slots come into memory by blocks; what is not there yet is noted behind the table block.
    if (!load<u8>(tables + BLOCKS + (slot >>> BLOCK_BITS))) need(<u32>(table - <usize>load<u32>(tables, 24)) + (slot >>> BLOCK_BITS << (BLOCK_BITS + 2)));
    const entry = load<u32>(table + (<usize>slot << 2));
    if (entry == 0) return n;
    // Another gram may have the same tag: what it stands for does not fit here, or is confirmed in vain.
    if (entry >>> LIST_BITS == (hash & ((1 << TAG_BITS) - 1))) {
      const list = lists + (<usize>(entry & ((1 << LIST_BITS) - 1)) << 2);
      const count = load<u32>(list);
      for (let k: u32 = 1; k <= count; k++) {
        const id = load<u32>(list + (<usize>k << 2));
        // anchor, 48 bytes: mask, value of 8 bytes; automaton (0: none), bytes before it, first state, bytes of the mask before the window
        const anchor = anchors + <usize>id * 48;
        const back: usize = load<u32>(anchor, 28);
        if (at < base + back || (load<u64>(at - back) & load<u64>(anchor)) != load<u64>(anchor, 8)) continue;
        const set: usize = load<u32>(anchor, 32);
        const automatonAt: usize = load<u32>(anchor, 16);
        const automaton = image + automatonAt;
        const begin = at + load<u32>(anchor, 20);
        let state: u32 = automatonAt == 0 ? 1 : load<u32>(anchor, 24);
        let p = begin;
        if (set != 0) {
          const length: usize = load<u32>(anchor, 36);
          const low: usize = load<u32>(anchor, 40);
          const high: usize = load<u32>(anchor, 44);
          // A run that can begin at many places takes many looks: a few steps of the automaton come before it.
          if (high - low > length) {
            const peek = min<usize>(end, begin + PEEK);
            if (state > 1 && load<u32>(automaton) == 0) need(<u32>automatonAt);
            while (state > 1 && p < peek) state = step(automaton, state, p++);
            if (state == 0) continue;
          }
          if (!hasRun(image + set, length, at + low, at + high, end)) continue;
        }
        if (state > 1) {
          if (load<u32>(automaton) == 0) need(<u32>automatonAt);
          const limit = min<usize>(end, begin + MAX_WALK);
          while (state > 1 && p < limit) state = step(automaton, state, p++);
        }
        if (state != 1 && (state == 0 || p == end)) continue;
        store<u32>(out + (<usize>n << 3), <u32>(at - base));
        store<u32>(out + (<usize>n << 3), id, 4);
        n++;
      }
    }
    slot = (slot + 1) & mask;
  }
  return n;
}

/**
 * Candidates in bytes `from` to `length` of the text at `base`, as pairs of u32 (position, anchor) at `out`. Stops before `max` could be
 * exceeded (64 places are kept free for one step). Returns their number; the position to go on from stands at tables + 20 (`length` when done).
 */
export function scan(base: usize, from: u32, length: u32, tables: usize, out: usize, max: u32): u32 {
  const first: usize = load<u32>(tables);
  const second: usize = load<u32>(tables, 4);
  const end = base + length;
  const room = max - 1024;
  let n: u32 = 0;
  let p = base + from;
  const safe = length >= 8 ? end - 7 : base;
  // No branch asks for a single position: where text passes the bitmaps cannot be foretold, and a wrong guess costs more than a store.
  while (p < safe) {
    const top = min<usize>(p + CHUNK, safe);
    let met = NOTES;
    for (; p < top; p += 8) {
      const w = load<u64>(p) | 0x2020202020202020;
      const x = load<u64>(p, 4) | 0x2020202020202020;
      store<u32>(met, <u32>p);
      met += inFirst(first, <u32>w) << 2;
      store<u32>(met, <u32>p + 1);
      met += inFirst(first, <u32>(w >> 8)) << 2;
      store<u32>(met, <u32>p + 2);
      met += inFirst(first, <u32>(w >> 16)) << 2;
      store<u32>(met, <u32>p + 3);
      met += inFirst(first, <u32>(w >> 24)) << 2;
      store<u32>(met, <u32>p + 4);
      met += inFirst(first, <u32>x) << 2;
      store<u32>(met, <u32>p + 5);
      met += inFirst(first, <u32>(x >> 8)) << 2;
      store<u32>(met, <u32>p + 6);
      met += inFirst(first, <u32>(x >> 16)) << 2;
      store<u32>(met, <u32>p + 7);
      met += inFirst(first, <u32>(x >> 24)) << 2;
    }
    let kept = NOTES;
    for (let i = NOTES; i < met; i += 4) {
      const at = load<u32>(i);
      store<u32>(kept, at);
      kept += inSecond(second, load<u32>(at)) << 2;
    }
    for (let i = NOTES; i < kept; i += 4) {
      n = confirm(load<u32>(i), end, base, tables, out, n);
      if (n >= room) {
        store<u32>(tables, (i + 4 < kept ? load<u32>(i + 4) : <u32>p) - <u32>base, 20);
        return n;
      }
    }
  }
  while (p < end) {
    const gram = load<u32>(p);
    if (inFirst(first, gram | FOLD) & inSecond(second, gram)) n = confirm(p, end, base, tables, out, n);
    p++;
  }
  store<u32>(tables, length, 20);
  return n;
}

/** Line feeds in `length` bytes at `at`. */
export function countLines(at: usize, length: u32): u32 {
  const end = at + length;
  const feed = i8x16.splat(10);
  let n: u32 = 0;
  while (at + 16 <= end) {
    n += popcnt<u32>(i8x16.bitmask(i8x16.eq(v128.load(at), feed)));
    at += 16;
  }
  while (at < end) n += <u32>(load<u8>(at++) == 10);
  return n;
}

@inline function base64Value(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  return byte == 0x2b || byte == 0x2d ? 62 : 63;
}

@inline function hexValue(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

@inline function isText(byte: u32): bool {
  return byte - 0x20 < 95 || byte == 9 || byte == 10 || byte == 13;
}

const PROBED: usize = 16; // characters decoded to see whether text comes out

function decodesAsBase64(at: usize): bool {
  for (let p = at; p < at + PROBED; p += 4) {
    const bits = (base64Value(load<u8>(p)) << 18) | (base64Value(load<u8>(p, 1)) << 12) | (base64Value(load<u8>(p, 2)) << 6) | base64Value(load<u8>(p, 3));
    if (!isText(bits >>> 16) || !isText((bits >>> 8) & 255) || !isText(bits & 255)) return false;
  }
  return true;
}

function decodesAsHex(at: usize): bool {
  for (let p = at; p < at + PROBED; p += 2) {
    const high = hexValue(load<u8>(p));
    const low = hexValue(load<u8>(p, 1));
    if (high > 15 || low > 15 || !isText((high << 4) | low)) return false;
  }
  return true;
}

export const BASE64: u32 = 1;
export const HEX: u32 = 2;
export const PERCENT: u32 = 4;
export const ESCAPES: u32 = 8;

// Of 16 bytes a bit for each that stands in no alphabet of base64. The tables say for either half of a byte the groups it may belong to; a byte
// whose halves share a group is in: 1 + - /, 2 digits, 4 letters from A and a on, 8 letters from P on and _, 16 letters from p on.
@inline function breaks(at: usize): u32 {
  const bytes = v128.load(at);
  const low = i8x16.swizzle(i8x16(26, 30, 30, 30, 30, 30, 30, 30, 30, 30, 28, 5, 4, 5, 4, 13), v128.and(bytes, i8x16.splat(15)));
  const high = i8x16.swizzle(i8x16(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(bytes, 4));
  return i8x16.bitmask(i8x16.eq(v128.and(low, high), i8x16.splat(0)));
}

/**
 * Runs of at least `shortest` (17 or more) characters of base64's alphabets (standard and URL) that begin as encoded text does, as triples of u32
 * (start, end, kinds) at `out`. Returns their number; the position to go on from stands at `out` - 4.
 */
export function encodedRuns(base: usize, from: u32, length: u32, shortest: u32, out: usize, max: u32): u32 {
  const end = base + length;
  let n: u32 = 0;
  let run: usize = 0; // characters in a row before p
  for (let p = base + from; p <= end; p += 16) {
    let gaps = breaks(p);
    if (p + 16 > end) gaps |= 0x10000 - (1 << <u32>(end - p));
    const lead = ctz<u32>(gaps | 0x10000);
    if (run + lead < shortest || gaps == 0) {
      run = gaps == 0 ? run + 16 : clz<u32>(gaps) - 16;
      continue;
    }
    const start = p - run;
    const stop = p + lead;
    run = clz<u32>(gaps) - 16;
    const kinds = (decodesAsBase64(start) ? BASE64 : 0) | (decodesAsHex(start) ? HEX : 0);
    if (kinds == 0) continue;
    const entry = out + n * 12;
    store<u32>(entry, <u32>(start - base));
    store<u32>(entry, <u32>(stop - base), 4);
    store<u32>(entry, kinds, 8);
    n++;
    if (n == max) {
      store<u32>(out - 4, <u32>(stop - base));
      return n;
    }
  }
  store<u32>(out - 4, length);
  return n;
}

// %41, \x41, \u0041 and \u{41}, where a character of ASCII comes out: the kind, or 0.
@inline function escapeAt(p: usize): u32 {
  const sign: u32 = load<u8>(p);
  let at = p + 1;
  let kind = PERCENT;
  if (sign == 0x5c) {
    kind = ESCAPES;
    const letter: u32 = load<u8>(p, 1);
    at = p + 2;
    if (letter == 0x75) {
      if (load<u8>(p, 2) == 0x7b) at = p + 3;
      else if (load<u16>(p, 2) == 0x3030) at = p + 4;
      else return 0;
    } else if (letter != 0x78) return 0;
  }
  const high = hexValue(load<u8>(at));
  const low = hexValue(load<u8>(at, 1));
  return high < 8 && low < 16 && isText((high << 4) | low) ? kind : 0;
}

/**
 * Places of escaped characters of ASCII, as triples (position, position, kind). After one is reported the next 16 bytes are passed over: the caller
 * widens it to the word around it. Ends and goes on as encodedRuns.
 */
export function escapes(base: usize, from: u32, length: u32, out: usize, max: u32): u32 {
  const end = base + length;
  const percent = i8x16.splat(0x25);
  const backslash = i8x16.splat(0x5c);
  let n: u32 = 0;
  let p = base + from;
  while (p < end) {
    const block = v128.load(p);
    let hits = i8x16.bitmask(v128.or(i8x16.eq(block, percent), i8x16.eq(block, backslash)));
    while (hits != 0) {
      const at = p + ctz<u32>(hits);
      hits &= hits - 1;
      if (at + 3 > end) break;
      const kind = escapeAt(at);
      if (kind == 0) continue;
      const entry = out + n * 12;
      store<u32>(entry, <u32>(at - base));
      store<u32>(entry, <u32>(at - base), 4);
      store<u32>(entry, kind, 8);
      n++;
      break;
    }
    p += 16;
    if (n == max) {
      store<u32>(out - 4, <u32>(p - base));
      return n;
    }
  }
  store<u32>(out - 4, length);
  return n;
}

/**
 * Runs of at least `shortest` characters of text that stand two bytes each (UTF-16 of either byte order), as triples (start, end, 0 for low byte
 * first or 1). Ends and goes on as encodedRuns.
 */
export function wideRuns(base: usize, from: u32, length: u32, shortest: u32, out: usize, max: u32): u32 {
  const end = base + length;
  let n: u32 = 0;
  let p = base + from;
  while (p + 1 < end) {
    const pair: u32 = load<u16>(p);
    const order: u32 = pair < 0x80 && isText(pair) ? 0 : (pair & 255) == 0 && isText(pair >>> 8) ? 1 : 2;
    if (order == 2) {
      p++;
      continue;
    }
    let stop = p + 2;
    while (stop + 1 < end) {
      const next: u32 = load<u16>(stop);
      if (!(order == 0 ? next < 0x80 && isText(next) : (next & 255) == 0 && isText(next >>> 8))) break;
      stop += 2;
    }
    if (<u32>(stop - p) >= shortest * 2) {
      const entry = out + n * 12;
      store<u32>(entry, <u32>(p - base));
      store<u32>(entry, <u32>(stop - base), 4);
      store<u32>(entry, order, 8);
      n++;
      if (n == max) {
        store<u32>(out - 4, <u32>(stop - base));
        return n;
      }
    }
    p = <u32>(stop - p) >= shortest * 2 ? stop : p + 1;
  }
  store<u32>(out - 4, length);
  return n;
}
