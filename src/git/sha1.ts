import { createHash } from 'node:crypto';

// To load node:crypto takes as long as to hash so many bytes here, before V8 has compiled it.
const SMALL_BYTES = 4096;
const BLOCK = 64;
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The bytes with what FIPS 180-4 puts behind them, to whole blocks. */
const padded = (bytes: Uint8Array): DataView => {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 4, bytes.length * 8);
  return view;
};

const mixed = (round: number, b: number, c: number, d: number): number => {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  return round < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6;
};

const small = (bytes: Uint8Array): string => {
  const view = padded(bytes);
  const state = Int32Array.from(START);
  const words = new Int32Array(80);
  for (let at = 0; at < view.byteLength; at += BLOCK) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i++) {
      const word =
        i < 16
          ? view.getInt32(at + 4 * i)
          : rotate((words[i - 3] ?? 0) ^ (words[i - 8] ?? 0) ^ (words[i - 14] ?? 0) ^ (words[i - 16] ?? 0), 1);
      words[i] = word;
      const next = (rotate(a, 5) + mixed(i, b, c, d) + e + word) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    state.set([a, b, c, d, e].map((word, i) => word + (state[i] ?? 0)));
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
};

/** SHA-1 (FIPS 180-4) in hexadecimal. Small texts are hashed without node:crypto. */
export const sha1 = (bytes: Uint8Array): string =>
  bytes.length <= SMALL_BYTES ? small(bytes) : createHash('sha1').update(bytes).digest('hex');
