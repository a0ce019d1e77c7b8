import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { run, type Ran } from '../leak/commands.ts';
import { drawn, GITHUB_RULE, githubToken } from '../leak/tokens.ts';

const A = githubToken('baseline a');
const B = githubToken('baseline b');
const ID = GITHUB_RULE.slice('leak/'.length);
const line = (token: string): string => `token = "${token}"\n`;
const left = async (where: TestRepo | string, argv: readonly string[]): Promise<string[]> => {
  const { out, err } = await run(where, ['leak', 'scan', ...argv, '-f', 'json', '-r', '-']);
  expect(out + err).not.toContain(A);
  return (JSON.parse(out) as { readonly File: string; readonly StartLine: number }[]).map(({ File, StartLine }) => `${File}:${StartLine}`);
};
/** As gitleaks 8 writes one. */
const entry = (more: Readonly<Record<string, unknown>> = {}): unknown => ({
  RuleID: 'github-pat',
  Description: 'a token',
  StartLine: 1,
  EndLine: 1,
  StartColumn: 10,
  EndColumn: 49,
  Match: 'REDACTED',
  Secret: 'REDACTED',
  File: 'a.txt',
  SymlinkFile: '',
  Commit: '',
  Entropy: 5,
  Author: '',
  Email: '',
  Date: '',
  Message: '',
  Tags: [],
  Fingerprint: 'a.txt:github-pat:1',
  ...more,
});

describe('what a report of gitleaks names does not count', () => {
  const folder = async (text = line(A)): Promise<string> => {
    const dir = await makeFolder();
    await writeFile(join(dir, 'a.txt'), text);
    return dir;
  };
  const known = async (dir: string, ...entries: readonly unknown[]): Promise<string[]> => {
    await writeFile(join(dir, 'base.json'), JSON.stringify(entries));
    return (await left(dir, ['dir', '--baseline-path', 'base.json'])).filter((place) => !place.startsWith('base.json'));
  };

  test.for([
    { name: 'by its place and gitleaks’ name of the rule', with_: {}, found: [] },
    { name: 'by our name', with_: { RuleID: ID }, found: [] },
    { name: 'a path of Windows', with_: { File: '.\\a.txt' }, found: [] },
    { name: 'partly taken out', with_: { Secret: 'ghp_abc...' }, found: [] },
    { name: 'of another rule', with_: { RuleID: 'jwt' }, found: ['a.txt:1'] },
    { name: 'of another file', with_: { File: 'b.txt' }, found: ['a.txt:1'] },
    { name: 'of another line', with_: { StartLine: 2, EndLine: 2 }, found: ['a.txt:1'] },
    { name: 'of another column', with_: { StartColumn: 60, EndColumn: 99 }, found: ['a.txt:1'] },
    { name: 'of a commit', with_: { Commit: 'a'.repeat(40) }, found: ['a.txt:1'] },
    { name: 'by the secret, wherever it stands in the file', with_: { Secret: A, StartLine: 70, EndLine: 70 }, found: [] },
    { name: 'by the secret, under another rule', with_: { Secret: A, RuleID: 'generic-api-key' }, found: [] },
    { name: 'another secret at that place', with_: { Secret: B }, found: ['a.txt:1'] },
  ])('$name', async ({ with_, found }) => {
    expect(await known(await folder(), entry(with_))).toEqual(found);
  });

  test('columns are bytes there, also behind letters of several bytes', async () => {
    const text = `ééé ${line(A)}`;
    const dir = await folder(text);
    const from = Buffer.byteLength(text.slice(0, text.indexOf(A))) + 1;
    expect(await known(dir, entry({ StartColumn: from + 35, EndColumn: from + 39 }))).toEqual([]);
    expect(await known(dir, entry({ StartColumn: from + 42, EndColumn: from + 80 }))).toEqual(['a.txt:1']);
  });

  test('a secret that is too weak for a fingerprint is known by its value', async () => {
    const weak = drawn('weak', 14);
    const dir = await folder(`\n\nDB_PASSWORD = "${weak}"\n`);
    expect(await known(dir)).toEqual(['a.txt:3']);
    expect(await known(dir, entry({ Secret: weak, RuleID: 'generic-api-key', StartLine: 1 }))).toEqual([]);
    expect(await known(dir, entry({ Secret: `${weak}x`.slice(3), RuleID: 'generic-api-key' }))).toEqual(['a.txt:3']);
  });

  test('in the history: in the commit that it names', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    const first = await repo.commit();
    await repo.write('b.txt', line(B));
    const second = await repo.commit();
    await repo.write('base.json', JSON.stringify([entry({ Commit: first })]));
    expect(await left(repo, ['git', '-b', 'base.json'])).toEqual(['b.txt:1']);
    await repo.write('base.json', JSON.stringify([entry({ Commit: second })]));
    expect(await left(repo, ['git', '-b', 'base.json'])).toHaveLength(2);
  });
});

test('our own reports: what gitleaks’ form says and what kei-git/report/1 says', async () => {
  const repo = await makeRepo();
  await repo.write('a.txt', line(A));
  await repo.commit();
  const one = await run(repo, ['leak', 'scan', 'git', '-r', '.git/one.json']);
  const two = await run(repo, ['leak', 'scan', '--all', '--format', 'json', '--output', '.git/two.json']);
  expect([one.code, two.code]).toEqual([1, 1]);
  await repo.write('b.txt', line(B));
  await repo.commit();
  expect(await left(repo, ['git', '-b', '.git/one.json'])).toEqual(['b.txt:1']);
  expect(await left(repo, ['git', '-b', '.git/two.json'])).toEqual(['b.txt:1']);
  const told = await run(repo, ['leak', 'scan', 'git', '-v', '-b', '.git/one.json']);
  expect(told.out).toContain('stays in the baseline .git/one.json');
});

describe('a file that is no baseline', () => {
  const refusal = async (bytes: string | Uint8Array): Promise<Ran> => {
    const dir = await makeFolder();
    await writeFile(join(dir, 'base.json'), bytes);
    return run(dir, ['leak', 'scan', 'dir', '-b', 'base.json']);
  };
  const HINT = '\n  hint: give a JSON report of gitleaks or kei-git\n';

  test.for([
    ['', 'not valid JSON'],
    [`{"Secret": "${A}`, 'not valid JSON'],
    [A, 'not valid JSON'],
    ['{}', 'neither a report of gitleaks nor of kei-git'],
    ['{"version":"2.1.0","runs":[]}', 'neither a report of gitleaks nor of kei-git'],
    ['"text"', 'neither a report of gitleaks nor of kei-git'],
    ['[1]', '[0] is not an object'],
    ['[{}]', '[0].RuleID is missing'],
    ['[{"RuleID":"a","File":7}]', '[0].File is not a text'],
    [`[{"RuleID":"a","StartLine":"${A}"}]`, '[0].StartLine is not a whole number'],
  ] as const)('%j', async ([text, message]) => {
    const { code, out, err } = await refusal(text);
    expect([code, out, err]).toEqual([2, '', `kei-git: base.json: ${message}${HINT}`]);
  });

  test('one with 20,000 findings is read, and one of ours that was cut off is not', async () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => entry({ StartLine: i + 2, EndLine: i + 2 }));
    expect((await refusal(JSON.stringify(entries))).code).toBe(0);
    expect((await refusal('{"schema":"kei-git/report/1","findings":[{}]}')).code).toBe(2);
  });
});
