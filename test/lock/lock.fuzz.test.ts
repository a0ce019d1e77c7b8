import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeCoverage, judgeEntries } from '../../src/lock/coverage.ts';
import { lockFindings } from '../../src/lock/fault.ts';
import { readLock } from '../../src/lock/read.ts';
import { withEdits } from '../../src/lock/relock.ts';
import { readUses } from '../../src/uses/read.ts';
import { entry, lockText } from './locks.ts';

const numRuns = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;
const SLOW_MS = 5_000; // what a loaded machine may take for one input; a hang takes longer
const CI = '.github/workflows/ci.yml';

const KEYS = ['a/b@v1', 'A/b@v1', 'c/d@v2', 'e/f@main', 'g/h/i@v1', 'k', `l/m@${'a'.repeat(40)}`, `l/m@${'A'.repeat(40)}`, '\u0441/d@v2'];
const lock = fc
  .tuple(
    fc.array(fc.constantFrom(...KEYS), { maxLength: 6 }),
    fc.array(
      fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('a', 'b', 'g', 'A'), fc.array(fc.constantFrom(...KEYS), { maxLength: 3 })),
      {
        maxLength: 6,
      },
    ),
  )
  .map(([pins, entries]) =>
    lockText(
      { [CI]: pins },
      entries.map(([key, digit, uses]) => entry(key, digit, uses)),
    ),
  );
const PIECES = [
  '',
  "'",
  '"',
  '&a ',
  '*a',
  '!!int ',
  '- ',
  ': ',
  '\n',
  '\r',
  '\t',
  '[',
  '}',
  '---\n',
  '%YAML 1.1\n',
  '\u0000',
  '\ud800',
  '\ufeff',
  '? ',
  '<<: *a\n',
];
const damaged = fc
  .tuple(lock, fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), fc.constantFrom(...PIECES)), { maxLength: 4 }))
  .map(([text, cuts]) =>
    cuts.reduce((out, [where, length, piece]) => {
      const at = Math.floor(where * out.length);
      return out.slice(0, at) + piece + out.slice(at + length);
    }, text),
  );

test('whatever the file is, it is read in time, and every place is in it', { timeout: 600_000 }, () => {
  const { uses } = readUses(Buffer.from('on: push\njobs:\n  a:\n    steps:\n      - uses: a/b@v1\n      - uses: x/y@v1\n'), CI);
  let sound = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 1, arbitrary: lock }, { weight: 5, arbitrary: damaged }), (text) => {
      const bytes = Buffer.from(text);
      const begun = performance.now();
      const { lock: read, faults } = readLock(bytes);
      const more = read === undefined ? [] : [...judgeEntries(read), ...judgeCoverage(read, [{ path: CI, uses, isPartial: false }])];
      expect(performance.now() - begun).toBeLessThan(SLOW_MS);
      if (read === undefined) expect(faults).not.toEqual([]);
      else if (faults.length === 0) sound += 1;
      for (const { line = 0, column = 0, start = 0, end = 0, fingerprint } of lockFindings([...faults, ...more])) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(bytes.length);
        expect(fingerprint).toMatch(/^kei1c:/);
      }
      for (const { commit } of read?.entries ?? []) {
        if (commit?.written === undefined) continue;
        expect(bytes.subarray(commit.written.start, commit.written.end).toString().toLowerCase()).toBe(commit.oid);
      }
    }),
    { numRuns },
  );
  expect(sound).toBeGreaterThan(0);
});

test('edits change the commits that they are for, and no other byte', { timeout: 600_000 }, () => {
  let edited = 0;
  fc.assert(
    fc.property(fc.oneof(lock, damaged), fc.infiniteStream(fc.nat({ max: 15 })), fc.boolean(), (text, digits, hasCarriage) => {
      const bytes = Buffer.from(hasCarriage ? text.replaceAll('\n', '\r\n') : text);
      const before = readLock(bytes);
      const chosen = (before.lock?.entries ?? []).flatMap(({ commit }) => {
        const digit = digits.next().value ?? 0;
        return commit?.written === undefined || digit < 4
          ? []
          : [{ ...commit.written, text: digit.toString(16).repeat(commit.oid.length) }];
      });
      if (chosen.length === 0) return;
      edited += 1;
      const after = Buffer.from(withEdits(bytes, chosen));
      expect(after).toHaveLength(bytes.length);
      const [one, other] = [Buffer.from(bytes), Buffer.from(after)];
      for (const { start, end } of chosen) for (const buffer of [one, other]) buffer.fill(0, start, end);
      expect(other.equals(one)).toBe(true);
      for (const { start, end, text: written } of chosen) expect(after.subarray(start, end).toString()).toBe(written);
      const rules = (read: ReturnType<typeof readLock>): readonly string[] =>
        read.faults.filter(({ message }) => !message.includes('another one than its key')).map(({ message }) => message);
      expect(rules(readLock(after))).toEqual(rules(before));
    }),
    { numRuns },
  );
  expect(edited).toBeGreaterThan(numRuns / 10);
});
