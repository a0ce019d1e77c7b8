// @ts-check
// Counts byte pairs and four bytes in a row in text files of the folders given and writes src/regex/frequency-table.ts: how likely each of 100
// symbols follows each, and the four bytes that are much more frequent than their pairs tell.
// Usage: node scripts/frequency.mjs DIR…   The table in the repository was made from npm packages and Debian's linux-source-6.1 (see bench/inputs).
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const SYMBOLS = 100;
/** @param {number} byte */
const symbol = (byte) =>
  byte >= 0x20 && byte < 0x7f ? byte - 0x20 : byte === 9 ? 95 : byte === 10 ? 96 : byte === 13 ? 97 : byte < 0x80 ? 98 : 99;
const map = Uint8Array.from({ length: 256 }, (_, byte) => symbol(byte));
const totals = new Float64Array(SYMBOLS * SYMBOLS);
/** Share of positions at which four bytes stand, by the bytes as a number, lowest first. @type {Map<number, number>} */
const fours = new Map();

/** Every eighth file of up to a megabyte, each folder with the same weight. @param {string} root */
const count = (root) => {
  const pairs = new Float64Array(SYMBOLS * SYMBOLS);
  /** @type {Map<number, number>} */
  const found = new Map();
  let seen = 0;
  let bytes = 0;
  /** @param {string} dir */
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && seen++ % 8 === 0 && statSync(path).size < 1_000_000) {
        const data = readFileSync(path);
        for (let i = 1; i < data.length; i++) pairs[(map[data[i - 1] ?? 0] ?? 0) * SYMBOLS + (map[data[i] ?? 0] ?? 0)]++;
        for (let i = 3; i < data.length; i += 3) {
          const four = data.readUInt32LE(i - 3);
          found.set(four, (found.get(four) ?? 0) + 3);
        }
        bytes += data.length;
      }
    }
  };
  walk(root);
  for (const [four, n] of found) if (n > bytes * 2e-6) fours.set(four, Math.max(fours.get(four) ?? 0, n / Math.max(1, bytes)));
  for (let i = 0; i < pairs.length; i++) totals[i] += (pairs[i] ?? 0) / Math.max(1, bytes);
};
for (const root of process.argv.slice(2)) count(root);

// log2 of the conditional probability in steps of -1/12, in printable characters: '!' is 1, '~' is 2^-7.75 and less is clamped at two characters.
const out = new Uint8Array(SYMBOLS * SYMBOLS + SYMBOLS);
let all = 0;
for (const value of totals) all += value;
for (let a = 0; a < SYMBOLS; a++) {
  let row = 0;
  for (let b = 0; b < SYMBOLS; b++) row += totals[a * SYMBOLS + b] ?? 0;
  out[a] = Math.min(255, Math.round(-12 * Math.log2((row + 1e-6) / (all + 1e-4))));
  for (let b = 0; b < SYMBOLS; b++) {
    const p = ((totals[a * SYMBOLS + b] ?? 0) + 1e-7) / (row + 1e-5);
    out[SYMBOLS + a * SYMBOLS + b] = Math.min(255, Math.round(-12 * Math.log2(p)));
  }
}
/** What the pairs tell of four bytes. @param {number} four */
const expected = (four) => {
  const bytes = [four & 255, (four >>> 8) & 255, (four >>> 16) & 255, four >>> 24].map((byte) => map[byte] ?? 0);
  let steps = out[bytes[0] ?? 0] ?? 255;
  for (let k = 1; k < 4; k++) steps += out[SYMBOLS + (bytes[k - 1] ?? 0) * SYMBOLS + (bytes[k] ?? 0)] ?? 255;
  return 2 ** (-steps / 12);
};
// Only letters, digits and signs: rules are searched by words. Five bytes each: the four, then -12 × log2 of their share.
const known = [...fours]
  .filter(
    ([four, share]) =>
      [0, 8, 16, 24].every((by) => ((four >>> by) & 255) > 0x20 && ((four >>> by) & 255) < 0x7f) && share > 2 * expected(four),
  )
  .sort((a, b) => b[1] - a[1])
  .slice(0, 8000)
  .sort((a, b) => a[0] - b[0]);
const table = Buffer.alloc(known.length * 5);
for (const [i, [four, share]] of known.entries()) {
  table.writeUInt32LE(four, i * 5);
  table[i * 5 + 4] = Math.min(255, Math.round(-12 * Math.log2(share)));
}
/** @param {Uint8Array} bytes */
const literal = (bytes) =>
  (
    deflateRawSync(bytes, { level: 9 })
      .toString('base64')
      .match(/.{1,132}/g) ?? []
  )
    .map((line) => `  '${line}'`)
    .join(' +\n');
writeFileSync(
  'src/regex/frequency-table.ts',
  `// Written by scripts/frequency.mjs: -12 × log2 of P(symbol), then of P(next | symbol), a byte each; deflated.\nexport const FREQUENCIES =\n${literal(out)};\n\n// Four bytes in a row and -12 × log2 of their share, five bytes each; deflated.\nexport const FREQUENT =\n${literal(table)};\n`,
);
