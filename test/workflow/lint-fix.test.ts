import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli.ts';
import { captured } from '../captured.ts';
import { makeRepo } from '../repo.ts';

const PATH = '.github/workflows/a.yml';
const BEFORE = `on: push\r
permissions: {}\r
jobs:\r
  ü:\r
    runs-on: ubuntu-latest\r
    steps:\r
      - if: \${{ github.ref == 'a' }} || \${{ inputs.b }}   # why\r
        run: make\r
`;
const AFTER = BEFORE.replace("${{ github.ref == 'a' }} || ${{ inputs.b }}", "(github.ref == 'a') || inputs.b");

const makePlace = async (): Promise<{
  readonly dir: string;
  run(...argv: readonly string[]): Promise<readonly [number, string, string]>;
  content(): Promise<string>;
}> => {
  const repo = await makeRepo();
  await repo.write(PATH, BEFORE);
  await repo.git('add', '.');
  return {
    dir: repo.dir,
    run: async (...argv) => {
      const context = captured(repo.dir);
      const code = await main(['workflow', 'lint', '--engines', 'own', ...argv], context);
      return [code, context.out(), context.err()];
    },
    content: () => readFile(join(repo.dir, PATH), 'utf8'),
  };
};

test('--diff shows what --fix writes, and writes nothing', async () => {
  const { run, content } = await makePlace();
  const [, patch] = await run('--diff');
  expect(patch).toContain(`-${BEFORE.split('\n')[6]}\n+${AFTER.split('\n')[6]}\n`);
  expect(await content()).toBe(BEFORE);
});

test('--fix writes the bytes that were meant and no others, and says so', async () => {
  const { run, content } = await makePlace();
  expect((await run())[0]).toBe(1);
  const [, out] = await run('--fix');
  expect(out).toContain(`fixed ${PATH}:7: write the condition without \${{ }}\n`);
  expect(out).not.toContain('if-always-true');
  expect(await content()).toBe(AFTER);
});

test('what is not the worktree cannot be written', async () => {
  const { run } = await makePlace();
  expect(await run('--fix', '--staged')).toEqual([2, '', expect.stringContaining('only the worktree can be written')]);
  expect(await run('--fix', '--diff')).toEqual([2, '', expect.stringContaining('one of them')]);
});
