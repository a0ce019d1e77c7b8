import { expect, test } from 'vitest';
import { makeFolder, makeRepo } from '../repo.ts';
import { run } from './commands.ts';

test('leak list shows the rules of a repository by category, and never an expression', async () => {
  const repo = await makeRepo();
  await repo.write(
    'leak-matrix/a.toml',
    `schema = "leak-matrix/1"
[extend]
useDefault = false
[[rules]]
id = "z-token"
description = "Z token"
regex = "ztok_([a-z]{9})"
confidence = 0.9
source = { kind = "documented", url = "https://example.com/z" }
[[rules]]
id = "a-host"
description = "host of \\u001b[31mours"
regex = "hiddenname"
category = "private-project"
skipReport = true
`,
  );
  expect(await run(repo, ['leak', 'list'])).toEqual({
    code: 0,
    err: '',
    out: `secret: 1 rule
  z-token  Z token  (block 0.9)  https://example.com/z

private-project: 1 rule, off (categories in [leak])
  a-host  host of \\x1b[31mours  (warn 0.8, only as a neighbour of others)
`,
  });
  const { out } = await run(repo, ['leak', 'list', '--category', 'secret', '--format', 'json']);
  expect(JSON.parse(out)).toEqual({
    rules: [
      {
        rule: 'leak/z-token',
        description: 'Z token',
        category: 'secret',
        action: 'block',
        confidence: 0.9,
        source: 'https://example.com/z',
        sourceKind: 'documented',
        origin: 'leak-matrix/a.toml',
      },
    ],
  });
  expect((await run(repo, ['leak', 'list', '--format', 'json'])).out).not.toContain('hiddenname');
});

test('outside a repository: the built-in rules, or files that are named', async () => {
  const folder = await makeFolder();
  const { code, out } = await run(folder, ['leak', 'list', '--format', 'json']);
  const { rules } = JSON.parse(out) as {
    readonly rules: readonly { readonly category: string; readonly source?: string; readonly sourceKind?: string }[];
  };
  expect(code).toBe(0);
  expect(rules.filter(({ category }) => category === 'secret').length).toBeGreaterThanOrEqual(250);
  expect(rules.filter(({ sourceKind }) => sourceKind === 'documented').length).toBeGreaterThanOrEqual(120);
  expect(rules.filter(({ source }) => source === undefined)).toEqual([]);
  expect(await run(folder, ['leak', 'list', '--no-builtin'])).toEqual({ code: 0, out: 'no rules\n', err: '' });
  expect(await run(folder, ['leak', 'list', '--rules', 'x.toml'])).toEqual({ code: 2, out: '', err: 'kei-git: x.toml does not exist\n' });
});

test('rules with a mistake are not shown as if they held', async () => {
  const repo = await makeRepo();
  await repo.write('leak-matrix/a.toml', 'schema = "leak-matrix/1"\n[[rules]]\nid = "a"\nregex = "("\n');
  expect(await run(repo, ['leak', 'list'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^kei-git: leak-matrix\/a\.toml:4:11: expression cannot be compiled: missing \)\n/),
  });
});
