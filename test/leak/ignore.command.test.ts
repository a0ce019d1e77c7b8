import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { run } from './commands.ts';

const FINGERPRINT = `kei1:${'a'.repeat(26)}`;
const ignores = (repo: TestRepo): Promise<string> => readFile(join(repo.dir, '.kei/ignores.toml'), 'utf8');

test('leak ignore writes an exception with its reason, at the root of the repository', async () => {
  const repo = await makeRepo();
  await repo.write('sub/x', '');
  const first = await run(repo, ['leak', 'ignore', FINGERPRINT, '--reason', ' revoked in "March" ', '--until', '2031-06-30']);
  expect(first).toEqual({
    code: 0,
    err: '',
    out: `.kei/ignores.toml: ${FINGERPRINT} is ignored until 2031-06-30\ncommit the file, so that it holds for everybody\n`,
  });
  expect(await ignores(repo)).toBe(`[[ignore]]\nfingerprint = "${FINGERPRINT}"\nreason = "revoked in \\"March\\""\nuntil = 2031-06-30\n`);
  const again = await run(repo, ['leak', 'ignore', FINGERPRINT, '--reason', 'x', '--until', '2031-06-30']);
  expect(again).toEqual({ code: 0, err: '', out: '.kei/ignores.toml: it stands there already\n' });
  await repo.write('.kei/ignores.toml', `# ours\n${await ignores(repo)}`);
  const rule = await run(repo, ['leak', 'ignore', 'leak/jwt', '--path', 'docs/**', '--reason', 'examples'], {});
  expect(rule.out).toContain('leak/jwt in docs/** is ignored\n');
  expect(await ignores(repo)).toMatch(/^# ours\n[^]*\n\n\[\[ignore\]\]\nrule = "leak\/jwt"\nmatch = "docs\/\*\*"\nreason = "examples"\n$/);
  expect(await repo.git('status', '--porcelain', '--untracked-files=all')).toBe('?? .kei/ignores.toml\n?? sub/x');
});

test('for a fingerprint --path keeps it to one file', async () => {
  const repo = await makeRepo();
  await run(repo, ['leak', 'ignore', FINGERPRINT, '--path', 'a.txt', '--reason', 'x']);
  expect(await ignores(repo)).toContain('path = "a.txt"');
});

test.for([
  [[FINGERPRINT], 'leak ignore: --reason is missing\n  hint: say why it may stay, for the person who reads this later'],
  [[FINGERPRINT, '--reason', ' '], 'leak ignore: --reason is missing\n  hint: say why it may stay, for the person who reads this later'],
  [
    [FINGERPRINT, '--reason', 'x', '--until', '2029-01-01'],
    'leak ignore: --until is in the past\n  hint: name the last day on which it may stay, like 2027-06-30',
  ],
  [[FINGERPRINT, '--reason', 'x', '--until', 'tomorrow'], '"tomorrow" is not a date\n  hint: write it like 2027-06-30'],
  [
    ['kei1:short', '--reason', 'x'],
    'leak ignore: that is no fingerprint\n  hint: reports show it: kei1: or kei1c: and 26 letters and digits',
  ],
  [
    ['jwt', '--reason', 'x'],
    `leak ignore: a rule is ignored in some files only: --path is missing\n  hint: kei-git leak ignore jwt --path 'docs/**' --reason "…"`,
  ],
] as const)('%s is refused, and nothing is written', async ([argv, wanted]) => {
  const repo = await makeRepo();
  expect(await run(repo, ['leak', 'ignore', ...argv])).toEqual({ code: 2, out: '', err: `kei-git: ${wanted}\n` });
  expect(await repo.git('status', '--porcelain')).toBe('');
});

test('a broken file of exceptions is left as it is', async () => {
  const repo = await makeRepo();
  await repo.write('.kei/ignores.toml', Buffer.from([0x5b, 0xff, 0x0a]));
  const { code, err } = await run(repo, ['leak', 'ignore', FINGERPRINT, '--reason', 'x']);
  expect([code, err]).toEqual([2, 'kei-git: .kei/ignores.toml:1:2: not UTF-8\n  hint: save the file as UTF-8\n']);
  expect(await readFile(join(repo.dir, '.kei/ignores.toml'))).toEqual(Buffer.from([0x5b, 0xff, 0x0a]));
});

test('outside a repository it is written beside the files; a bare one has none', async () => {
  const folder = await makeFolder();
  expect((await run(folder, ['leak', 'ignore', FINGERPRINT, '--reason', 'x'])).code).toBe(0);
  expect(await readFile(join(folder, '.kei/ignores.toml'), 'utf8')).toContain(FINGERPRINT);
  const bare = await makeRepo({ bare: true });
  expect(await run(bare, ['leak', 'ignore', FINGERPRINT, '--reason', 'x'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('bare repository'),
  });
});
