import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBatches, lineLimit } from '../../src/jobs/batches.ts';

test('50,000 files go in as few runs as the system takes', () => {
  const files = Array.from({ length: 50_000 }, (_, i) => `packages/some-package/src/component-${String(i).padStart(5, '0')}.tsx`);
  const count = (platform: string, byShell = false): number => {
    const batches = inBatches(files, ['prettier', '--write'], lineLimit(platform, byShell));
    expect(batches.flat()).toEqual(files);
    return batches.length;
  };
  // 45 bytes and 9 more each, of 131,072.
  expect(count('linux')).toBe(21);
  expect(count('darwin')).toBe(11);
  expect(count('win32')).toBe(74);
  expect(count('win32', true)).toBe(893);
});

test('every file is in one batch, in order, and no batch is longer than may be', () => {
  const names = fc.array(fc.string({ minLength: 1, maxLength: 400, unit: 'grapheme' }), { maxLength: 60 });
  const fixed = fc.array(fc.string({ maxLength: 50 }), { maxLength: 4 });
  fc.assert(
    fc.property(names, fixed, fc.integer({ min: 1, max: 3000 }), (files, before, most) => {
      const limit = { ...lineLimit('linux', false), most };
      const batches = inBatches(files, before, limit);
      expect(batches.flat()).toEqual(files);
      const length = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 9, 0);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        if (batch.length > 1) expect(length([...before, ...batch])).toBeLessThanOrEqual(most);
      }
      // No two neighbours would have fitted into one.
      for (const [at, batch] of batches.slice(1).entries()) {
        const [next = ''] = batch;
        expect(length([...before, ...(batches[at] ?? []), next])).toBeGreaterThan(most);
      }
    }),
  );
});

test('bytes count, not characters, and no files are no batch', () => {
  const limit = { ...lineLimit('linux', false), most: 40 };
  expect(inBatches(['ääää', 'ääää', 'ääää'], [], limit)).toEqual([['ääää', 'ääää'], ['ääää']]);
  expect(inBatches([], ['x'], limit)).toEqual([]);
});
