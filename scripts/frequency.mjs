// @ts-check
// Counts byte pairs in text files of the folders given and writes src/regex/frequency-table.ts: how likely each of 100 symbols follows each.
// Usage: node scripts/frequency.mjs DIR…   The table in the repository was made from npm packages and Debian's linux-source-6.1 (see bench/inputs).
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYMBOLS = 100;
/** @param {number} byte */
const symbol = (byte) => (byte >= 0x20 && byte < 0x7f ? byte - 0x20 : byte === 9 ? 95 : byte === 10 ? 96 : byte === 13 ? 97 : byte < 0x80 ? 98 : 99);
const map = Uint8Array.from({ length: 256 }, (_, byte) => symbol(byte));
const totals = new Float64Array(SYMBOLS * SYMBOLS);

/** Every eighth file of up to a megabyte, each folder with the same weight. @param {string} root */
const count = (root) => {
  const pairs = new Float64Array(SYMBOLS * SYMBOLS);
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
        bytes += data.length;
      }
    }
  };
  walk(root);
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
const text = Buffer.from(out).toString('base64');
const lines = text.match(/.{1,132}/g) ?? [];
writeFileSync(
  'src/regex/frequency-table.ts',
  `// Written by scripts/frequency.mjs: -12 × log2 of P(symbol), then of P(next | symbol), a byte each.\nexport const FREQUENCIES =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`,
);
