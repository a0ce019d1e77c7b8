import { expect, test } from 'vitest';
import { makeRepo } from '../repo.ts';
import { installFixer, settle, textOf, tryGit } from './fixing.ts';

test('a clean file: what was fixed is in commit, index and worktree', async () => {
  const repo = await makeRepo();
  await repo.write('src/a.txt', 'fix one\nrest\n');
  await repo.write('other.txt', 'x\n');
  await repo.commit();
  await installFixer(repo);
  await repo.write('src/a.txt', 'fix two\nrest\n');
  await repo.git('add', '.');
  expect(tryGit(repo, ['commit', '-q', '-m', 'second'])).toEqual({ code: 0, err: 'fixed src/a.txt\n' });
  expect(textOf(repo, 'src/a.txt')).toBe('FIX TWO\nrest\n');
  expect(await repo.git('show', 'HEAD:src/a.txt')).toBe('FIX TWO\nrest');
  expect(await repo.git('diff-files')).toBe('');
  expect(await repo.git('status', '--porcelain')).toBe('');
  expect(await settle(repo)).toMatch(/^(none|committed)$/);
});
