import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { runInOrder, waitsFor } from '../../src/jobs/order.ts';
import type { PlannedJob } from '../../src/jobs/plan.ts';
import { job } from './jobs.ts';

const planned = (more: Partial<Job>, files: readonly string[] = []): PlannedJob => ({ job: job('x', more), files });
const fixer = (...files: string[]): PlannedJob => planned({ files: ['*'], stageFixed: true }, files);
const checker = (...files: string[]): PlannedJob => planned({ files: ['*'] }, files);

test.for([
  { name: 'checkers do not wait for each other', jobs: [checker('a'), checker('a')], waits: [[], []] },
  { name: 'fixers of other files do not', jobs: [fixer('a'), fixer('b')], waits: [[], []] },
  { name: 'fixers of one file do, in the order of the file', jobs: [fixer('a', 'b'), fixer('b'), fixer('b')], waits: [[], [0], [0, 1]] },
  { name: 'a checker sees what was mended', jobs: [fixer('a'), checker('a'), checker('b')], waits: [[], [0], []] },
  { name: 'a fixer waits for who reads its file', jobs: [checker('a'), fixer('a')], waits: [[], [0]] },
  {
    name: 'what is given no files may read all',
    jobs: [fixer('a'), planned({}), planned({ files: ['*'], passFiles: false }, ['b'])],
    waits: [[], [0], [0]],
  },
  { name: 'another view is another folder', jobs: [fixer('a'), planned({ files: ['*'], view: 'worktree' }, ['a'])], waits: [[], []] },
  { name: 'alone', jobs: [checker('a'), planned({ alone: true, files: ['*'] }, ['b']), checker('c')], waits: [[], [0], [1]] },
])('waitsFor: $name', ({ jobs, waits }) => {
  expect(waitsFor(jobs)).toEqual(waits);
});

/** Each piece takes as many turns of the event loop as it says. */
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
};

test('every piece runs once, after those it waits for, and never more at once than may', async () => {
  const piece = fc.record({ waits: fc.array(fc.nat(9), { maxLength: 3 }), takes: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), fc.integer({ min: 1, max: 4 }), async (pieces, limit) => {
      const waits = pieces.map((one, at) => one.waits.filter((earlier) => earlier < at));
      const began: number[] = [];
      const ended = new Set<number>();
      let most = 0;
      await runInOrder(waits, limit, async (index) => {
        expect((waits[index] ?? []).every((earlier) => ended.has(earlier))).toBe(true);
        began.push(index);
        most = Math.max(most, began.length - ended.size);
        await turns(pieces[index]?.takes ?? 0);
        ended.add(index);
      });
      expect(began.toSorted((a, b) => a - b)).toEqual([...pieces.keys()]);
      expect(most).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 200 },
  );
});

test('pieces that may run at once do', async () => {
  let running = 0;
  let most = 0;
  await runInOrder([[], [], []], 2, async () => {
    most = Math.max(most, ++running);
    await turns(2);
    running--;
  });
  expect(most).toBe(2);
});

test('after an error nothing begins, and what runs is waited for', async () => {
  const log: string[] = [];
  const run = async (index: number): Promise<void> => {
    log.push(`begin ${index}`);
    await turns(index === 1 ? 1 : 5);
    log.push(`end ${index}`);
    if (index === 1) throw new Error('no');
  };
  await expect(runInOrder([[], [], [], []], 2, run)).rejects.toThrow('no');
  expect(log).toEqual(['begin 0', 'begin 1', 'end 1', 'end 0']);
});
