import { createHash, randomBytes } from 'node:crypto';
import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inflateSmall } from '../../src/git/small-object.ts';

const LARGE = 300_000;
const texts = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 2000 }).map((text) => Buffer.from(text)),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.nat(3000))
    .map(([text, times]) => Buffer.from(text.repeat(times)).subarray(0, LARGE)),
  fc
    .array(fc.constantFrom('the ', 'tree ', '100644 ', '\0', 'blob', '\n'), { maxLength: 4000 })
    .map((words) => Buffer.from(words.join(''))),
);
const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];
const runs = { numRuns: process.env['KEI_LONG'] === undefined ? 400 : 20_000 };
const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** That a text comes back from what zlib made of it. */
const expectBack = (text: Buffer, packed: Buffer): void => {
  const back = inflateSmall(packed, text.length);
  expect([back?.bytes.equals(text), back?.sha1]).toEqual([true, sha1(text)]);
};

test('what zlib compressed comes back, with its hash', () => {
  const levels = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(texts, levels, fc.constantFrom(...STRATEGIES), fc.integer({ min: 1, max: 9 }), (text, level, strategy, memLevel) => {
      const packed = deflateSync(text, { level, strategy, memLevel });
      if (packed.length > 0x10000) return;
      expectBack(text, packed);
      if (text.length > 0) expect(inflateSmall(packed, text.length - 1)).toBeUndefined();
    }),
    runs,
  );
});

test('hashes of every length around blocks', () => {
  for (let length = 0; length < 260; length++) expectBack(Buffer.alloc(length, 'x'), deflateSync(Buffer.alloc(length, 'x')));
});

test('the longest codes, and every length and distance', () => {
  const counts = [1, 1]; // such make codes of fifteen bits
  while (counts.length < 22) counts.push((counts.at(-1) ?? 0) + (counts.at(-2) ?? 0));
  const skewed = Buffer.concat(counts.map((count, i) => Buffer.alloc(count, i)));
  const far = Buffer.concat([randomBytes(300), Buffer.alloc(32_000, 'ab'), randomBytes(200)]);
  const repeated = Buffer.concat(Array.from({ length: 290 }, (_, i) => Buffer.concat([far.subarray(0, i), Buffer.of(i % 256)])));
  for (const text of [skewed, Buffer.concat([far, far.subarray(0, 300)]), repeated])
    for (const strategy of STRATEGIES) expectBack(text, deflateSync(text, { strategy }));
});

test('what is cut off, damaged or too large comes to an end', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(255), (text, place, byte) => {
      const packed = deflateSync(text);
      expect(inflateSmall(packed.subarray(0, place % Math.max(1, packed.length - 4)))).toBeUndefined();
      const damaged = Buffer.from(packed);
      damaged[place % packed.length] = byte;
      for (const bytes of [damaged, Buffer.concat([Buffer.of(0x78, 0x9c), text])]) {
        const back = inflateSmall(bytes, 1000);
        expect(back?.bytes.length ?? 0).toBeLessThanOrEqual(1000);
        expect(back?.sha1).toBe(back === undefined ? undefined : sha1(back.bytes));
      }
    }),
    runs,
  );
  expect(inflateSmall(deflateSync(Buffer.alloc(400_000)))).toBeUndefined();
  expect(inflateSmall(deflateSync(randomBytes(70_000)))).toBeUndefined();
  expect(inflateSmall(new Uint8Array())).toBeUndefined();
});
