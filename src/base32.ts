const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Base32 of RFC 4648, lower case, without padding. */
export const base32 = (bytes: Uint8Array): string => {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(value >> bits) & 31] ?? '';
    }
  }
  return bits > 0 ? out + (ALPHABET[(value << (5 - bits)) & 31] ?? '') : out;
};
