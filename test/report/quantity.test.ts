import { expect, test } from 'vitest';
import { count, humanBytes, humanTime } from '../../src/report/quantity.ts';

test.for([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1 kB'],
  [1536, '1.5 kB'],
  [10_240, '10 kB'],
  [1024 * 1024 - 1, '1 MB'],
  [50 * 1024 ** 2, '50 MB'],
  [3 * 1024 ** 4, '3 TB'],
  [5000 * 1024 ** 4, '5000 TB'],
] as const)('humanBytes(%d) is %s', ([bytes, words]) => {
  expect(humanBytes(bytes)).toBe(words);
});

test.for([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1340, '1.3 s'],
  [59_949, '59.9 s'],
  [59_951, '1 min 0 s'],
  [125_000, '2 min 5 s'],
] as const)('humanTime(%d) is %s', ([ms, words]) => {
  expect(humanTime(ms)).toBe(words);
});

test('count groups thousands and knows one', () => {
  expect([count(1, 'file'), count(2, 'file'), count(1_234_567, 'file')]).toEqual(['1 file', '2 files', '1,234,567 files']);
});
