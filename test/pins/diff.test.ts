import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits, fitting, unifiedDiff } from '../../src/pins/diff.ts';
import { makeRepo } from '../repo.ts';

test('fixes that can be made together', () => {
  const edit = (start: number, end: number, text = 'x') => ({ start, end, text });
  const { edits, used } = fitting([
    [edit(5, 9), edit(12, 12, '# v1')],
    [edit(1, 2)],
    [edit(5, 9), edit(12, 12, '# v1')],
    [edit(8, 10), edit(20, 21)],
    [edit(12, 12, '# v2')],
    [edit(9, 9)],
  ]);
  expect(edits).toEqual([edit(1, 2), edit(5, 9), edit(9, 9), edit(12, 12, '# v1')]);
  expect(used).toEqual([true, true, true, false, false, true]);
});

test('a diff that git apply takes', async () => {
  const repo = await makeRepo();
  const path = 'a "b\\ü\t.yml';
  const lines = fc.array(fc.tuple(fc.stringMatching(/^[a-z ]{1,6}$/), fc.boolean()), { minLength: 1, maxLength: 30 });
  let changedFiles = 0;
  await fc.assert(
    fc.asyncProperty(lines, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (content, end, ends) => {
      const text = content.map(([line]) => line).join(end) + (ends ? end : '');
      const before = Buffer.from(text);
      let at = 0;
      const edits = content.flatMap(([line, isChanged]) => {
        const start = at;
        at += Buffer.byteLength(line + end);
        return isChanged ? [{ start, end: start + Buffer.byteLength(line), text: `ü${line}!` }] : [];
      });
      const after = applyEdits(before, edits);
      const diff = unifiedDiff(path, before, after);
      expect(diff.length > 0).toBe(edits.length > 0);
      if (edits.length === 0) return;
      changedFiles++;
      await repo.write(path, before);
      await writeFile(join(repo.dir, '../p.diff'), diff);
      await repo.git('apply', '../p.diff');
      expect(Buffer.from(await repo.git('hash-object', '--no-filters', path)).toString()).toBe(
        await repo.gitWith({ stdin: after }, 'hash-object', '--stdin'),
      );
    }),
    { numRuns: 60 },
  );
  expect(changedFiles).toBeGreaterThan(20);
});
