// Small digests that token formats end with, and the number bases they are written in.
// SHA-256 is our own: loading node:crypto costs a hook more milliseconds than the few keys that need it.

/** Digits first, then upper case, then lower case: the order GitHub, npm, Polar and Synapse use. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bitcoin's alphabet: no 0, O, I, l. */
export const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Reflected CRC-32 with the given (reflected) polynomial; the table is built on first use. */
function reflected(polynomial: number): (bytes: Uint8Array) => number {
  let table: Uint32Array | undefined;
  const build = (): Uint32Array =>
    Uint32Array.from({ length: 256 }, (_, n) => {
      let c = n;
      for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ polynomial : c >>> 1;
      return c >>> 0;
    });
  return (bytes) => {
    const t = (table ??= build());
    let c = 0xffffffff;
    for (const b of bytes) c = (c >>> 8) ^ (t[(c ^ b) & 255] ?? 0);
    return (c ^ 0xffffffff) >>> 0;
  };
}

/** CRC-32/ISO-HDLC: zlib's. */
export const crc32 = reflected(0xedb88320);

/** CRC-32C, Castagnoli. */
export const crc32c = reflected(0x82f63b78);

/** CRC-16/XMODEM: polynomial 0x1021, start 0. NATS nkeys and Stellar. */
export function crc16(bytes: Uint8Array): number {
  let c = 0;
  for (const b of bytes) {
    c ^= b << 8;
    for (let bit = 0; bit < 8; bit++) c = c & 0x8000 ? ((c << 1) ^ 0x1021) & 0xffff : (c << 1) & 0xffff;
  }
  return c;
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0) & 255);

/** The four bytes of a number of 32 bits, least significant first. */
export const littleEndian = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);

/** `n` in the base of `alphabet`, most significant digit first, padded with its zero to `width`. */
export function inBase(n: number, alphabet: string, width: number): string {
  let out = '';
  for (let rest = n; rest > 0; rest = Math.floor(rest / alphabet.length)) out = alphabet.charAt(rest % alphabet.length) + out;
  return out.padStart(width, alphabet.charAt(0));
}

const rotate = (x: number, n: number): number => ((x << n) | (x >>> (32 - n))) >>> 0;

/** Marvin32, the keyed hash of Microsoft's identifiable keys; `seed` is 8 ASCII characters read as a big-endian number. */
export function marvin32(bytes: Uint8Array, seed: string): number {
  const s = new DataView(ascii(seed.padEnd(8, '\0')).buffer);
  let high = s.getUint32(0);
  let low = s.getUint32(4);
  const mix = (word: number): void => {
    low = (low + word) >>> 0;
    high = (high ^ low) >>> 0;
    low = (rotate(low, 20) + high) >>> 0;
    high = (rotate(high, 9) ^ low) >>> 0;
    low = (rotate(low, 27) + high) >>> 0;
    high = rotate(high, 19);
  };
  const padded = new Uint8Array((bytes.length >> 2) * 4 + 4);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  for (let i = 0; i < padded.length; i += 4) mix(view.getUint32(i, true));
  mix(0);
  return (low ^ high) >>> 0;
}

const PRIMES: readonly number[] = Array.from({ length: 312 }, (_, n) => n).filter((n) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
});
const fraction = (x: number): number => ((x % 1) * 2 ** 32) >>> 0;

function block(state: Uint32Array, view: DataView, at: number): void {
  const w = new Uint32Array(64);
  const turn = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
  for (let i = 0; i < 64; i++) {
    const [far, near] = [w[i - 15] ?? 0, w[i - 2] ?? 0];
    w[i] =
      i < 16
        ? view.getUint32(at + i * 4)
        : (w[i - 16] ?? 0) +
          (turn(far, 7) ^ turn(far, 18) ^ (far >>> 3)) +
          (w[i - 7] ?? 0) +
          (turn(near, 17) ^ turn(near, 19) ^ (near >>> 10));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const x = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + fraction(Math.cbrt(PRIMES[i] ?? 0)) + (w[i] ?? 0);
    const y = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(x + y) | 0, a, b, c, (d + x) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((v, i) => (state[i] = (state[i] ?? 0) + v));
}

/** SHA-256 (FIPS 180-4). For a few dozen bytes; not for files. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = Uint32Array.from(PRIMES.slice(0, 8), (p) => fraction(Math.sqrt(p)));
  for (let at = 0; at < padded.length; at += 64) block(state, view, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((v, i) => out.setUint32(i * 4, v));
  return new Uint8Array(out.buffer);
}
