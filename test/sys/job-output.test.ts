import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectOutput } from '../../src/sys/job-output.ts';

const collect = (pieces: readonly string[], kept: number) => {
  const output = collectOutput(kept);
  for (const piece of pieces) output.add(Buffer.from(piece));
  return output.take();
};

test('what fits is there as it came', () => {
  expect(collect([], 8)).toEqual({ text: '', left: 0 });
  expect(collect(['ab', '\u001b[31mc\u001b[0m\n'], 8)).toEqual({ text: 'ab\u001b[31mc\u001b[0m\n', left: 0 });
});

test('of a flood the first and the last lines are there', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`);
  const { text, left } = collect(lines, 30);
  expect(text).toBe('line 0\nline 1\nline 2\nline 3\n\n[8835 bytes are left out here]\nline 997\nline 998\nline 999\n');
  expect(left).toBe(lines.join('').length - 28 - 27);
});

test('a flood without a line is cut where it must', () => {
  const { text, left } = collect(
    Array.from({ length: 100 }, () => 'x'.repeat(10)),
    5,
  );
  expect(text).toBe('xxxxx\n[990 bytes are left out here]\nxxxxx');
  expect(left).toBe(990);
});

test('whatever comes, little is kept and nothing is lost without being counted', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 50 }), { maxLength: 60 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 40 }), (given, kept) => {
      const all = given.join('');
      const { text, left } = collect(given, kept);
      if (all.length <= 2 * kept) {
        expect({ text, left }).toEqual({ text: all, left: 0 });
        return;
      }
      const [first = '', last = ''] = text.split(`\n[${left} bytes are left out here]\n`);
      expect(all.startsWith(first) && all.endsWith(last)).toBe(true);
      expect(first.length + left + last.length).toBe(all.length);
      expect(Math.max(first.length, last.length)).toBeLessThanOrEqual(kept);
    }),
  );
});
