import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/report/finding.ts';
import { makeFolder, makeRepo, openRepo } from '../repo.ts';
import { runProgram } from '../program.ts';
import { run } from './commands.ts';
import { drawn, GITHUB_RULE, githubToken, placesOf, scan } from './tokens.ts';

const A = githubToken('a');
const B = githubToken('b');
const line = (token: string): string => `token = "${token}"\n`;

const makeFolderWith = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
  const repo = openRepo(await makeFolder(), {});
  for (const [path, content] of Object.entries(files)) await repo.write(path, content);
  return repo.dir;
};

describe('a plain folder and standard input', () => {
  test('the contract of the JSON report', async () => {
    const before = 'é😀 = "';
    const dir = await makeFolderWith({ 'sub/a.txt': `first\n${before}${A}"\n`, 'b.txt': 'clean\n' });
    const outside = await makeFolder();
    const { code, findings, stats, err } = await scan(outside, [dir]);
    expect([code, err, stats.files]).toEqual([1, '', 2]);
    const [found] = findings;
    const bytes = await readFile(join(dir, 'sub/a.txt'));
    expect(bytes.subarray(found?.start, found?.end).toString()).toBe(A);
    expect(findings).toMatchObject([
      {
        rule: GITHUB_RULE,
        severity: 'error',
        path: 'sub/a.txt',
        line: 2,
        column: before.length + 1,
        endLine: 2,
        endColumn: before.length + 1 + A.length,
      },
    ]);
    expect(found?.fingerprint).toMatch(/^kei1:[a-z2-7]{26}$/);
    expect(Object.keys(found ?? {})).toEqual([
      'rule',
      'severity',
      'message',
      'hint',
      'path',
      'line',
      'column',
      'endLine',
      'endColumn',
      'start',
      'end',
      'fingerprint',
      'extra',
    ]);
  });

  test('start and end are the secret, not the whole match', async () => {
    const secret = drawn('secret', 24);
    const rules = `[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''mine:\\s+([A-Za-z0-9]{24})'''\n`;
    const dir = await makeFolderWith({
      'a.txt': `mine:\n ${secret};\n`,
      'gitleaks.toml': rules,
      'ours.toml': `schema = "leak-matrix/1"\n${rules}`,
    });
    const found = async (file: string): Promise<unknown> =>
      (await scan(dir, ['--rules', join(dir, file), '--no-builtin', join(dir, 'a.txt')])).findings;
    expect(await found('ours.toml')).toMatchObject([{ rule: 'leak/mine', path: 'a.txt', start: 7, end: 31, line: 2, column: 2 }]);
    // The line of the match, as gitleaks has it.
    expect(await found('gitleaks.toml')).toMatchObject([{ rule: 'leak/mine', path: 'a.txt', start: 7, end: 31, line: 1, column: 1 }]);
  });

  test('one file of a folder', async () => {
    const dir = await makeFolderWith({ 'a.txt': line(A), 'b.txt': line(B) });
    expect(placesOf((await scan(await makeFolder(), [join(dir, 'b.txt')])).findings)).toEqual(['b.txt:1']);
  });

  test('--stdin, and the path it is judged by', async () => {
    const dir = await makeFolder();
    expect(placesOf((await scan(dir, ['--stdin'], { stdin: `\n${line(A)}` })).findings)).toEqual(['stdin:2']);
    expect(placesOf((await scan(dir, ['--stdin', '--stdin-path', 'src/x.py'], { stdin: line(A) })).findings)).toEqual(['src/x.py:1']);
    expect(await scan(dir, ['--stdin'], { stdin: '' })).toMatchObject({ code: 0, findings: [] });
  });
});

describe('encodings', () => {
  const wide = (text: string, big: boolean, mark: boolean): Buffer => {
    const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const escapes = (text: string): string => [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

  test.for([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const)('UTF-16, big-endian %j, with a mark %j', async ([big, mark]) => {
    const bytes = wide(`first\r\n${line(A)}last\r\n`, big, mark);
    const dir = await makeFolderWith({ 'a.txt': bytes });
    const { findings } = await scan(dir);
    expect(findings[0]).toMatchObject({ rule: GITHUB_RULE, path: 'a.txt', line: 2, column: 10, extra: { decoded: 'utf-16' } });
    const cut = Buffer.from(bytes.subarray(findings[0]?.start, findings[0]?.end));
    expect((big ? cut.swap16() : cut).toString('utf16le')).toBe(A);
  });

  const ORDERS = [false, true].flatMap((big) => [false, true].map((mark) => [big, mark] as const));

  // In each of these one byte of a character is that of a line feed.
  const FEEDS = '\u0a41\u0a0a\u010a\u0a00 x\n\u010a\u0a41é漢\u010a\u0a00\u0a0a';
  test.for(ORDERS)('UTF-16, big-endian %j, with a mark %j: only U+000A ends a line', async ([big, mark]) => {
    const text = `${FEEDS}\n${FEEDS} ${line(A)}${FEEDS} ${line(B)}`;
    const { findings } = await scan(await makeFolderWith({ 'a.txt': wide(text, big, mark) }));
    const lines = text.split('\n');
    const places = [A, B].map((token) => {
      const row = lines.findIndex((one) => one.includes(token));
      const column = (lines[row] ?? '').indexOf(token) + 1;
      return { line: row + 1, column, endLine: row + 1, endColumn: column + token.length };
    });
    expect(findings).toMatchObject(places);
  });

  // U+4E41 before text of one byte order looks like a letter of the other, U+00E9 too.
  test.for(ORDERS.flatMap(([big, mark]) => ['\u4e41', 'é', '漢', ''].map((beside) => [big, mark, beside] as const)))(
    'UTF-16, big-endian %j, with a mark %j, beside %j: all of the value, and its bytes',
    async ([big, mark, beside]) => {
      for (const end of [beside, '']) {
        const bytes = wide(`first\r\n${beside}${A}${end}`, big, mark);
        const { findings } = await scan(await makeFolderWith({ 'a.txt': bytes }));
        expect(findings).toMatchObject([{ line: 2, column: beside.length + 1 }]);
        const cut = Buffer.from(bytes.subarray(findings[0]?.start, findings[0]?.end));
        expect((big ? cut.swap16() : cut).toString('utf16le')).toBe(A);
      }
    },
  );

  test.for([false, true])('UTF-16 from an odd place, big-endian %j', async (big) => {
    const bytes = Buffer.concat([Buffer.from('old text\n\n'), wide(`二\n二 ${A} 二\r\n`, big, false)]).subarray(1);
    const { findings } = await scan(await makeFolderWith({ 'a.txt': bytes }));
    expect(findings).toMatchObject([{ column: 3 }]);
    const cut = Buffer.from(bytes.subarray(findings[0]?.start, findings[0]?.end));
    expect((big ? cut.swap16() : cut).toString('utf16le')).toBe(A);
  });

  test('UTF-16: one value, one finding', async () => {
    const dir = await makeFolderWith({ 'a.txt': wide(line(A), false, true) });
    expect((await scan(dir)).findings.map(({ rule }) => rule)).toEqual([GITHUB_RULE]);
  });

  const once = { base64, hex, percent, escapes };
  test.for(
    Object.entries(once).flatMap(([a, inner]) => [
      [a, inner(`value: ${A}`)] as const,
      ...Object.entries(once).map(([b, outer]) => [`${b} ${a}`, outer(inner(`value: ${A}`))] as const),
    ]),
  )('%s', async ([chain, encoded]) => {
    const text = `some words\nvalue = "${encoded}"\n`;
    const dir = await makeFolderWith({ 'a.txt': text });
    const { findings, code } = await scan(dir, ['--decode', '2']);
    expect([code, findings.map((finding) => [finding.rule, finding.line, finding.extra?.['decoded']])]).toEqual([
      1,
      [[GITHUB_RULE, 2, chain]],
    ]);
    const [found] = findings;
    const place = Buffer.from(text).subarray(found?.start, found?.end).toString();
    expect(place.replaceAll('"', '')).toBe(encoded.replace(/=+$/, '')); // padding says nothing
    expect((await scan(dir, ['--decode', '0'])).findings).toEqual([]);
  });

  test('in a binary file, by content not by name', async () => {
    const dir = await makeFolderWith({
      'a.png.txt': Buffer.concat([Buffer.from([0x89, 0x50, 0, 1, 2, 255, 0]), Buffer.from(`\0${A}\0`), Buffer.alloc(100)]),
    });
    expect((await scan(dir)).findings).toMatchObject([{ rule: GITHUB_RULE, path: 'a.png.txt', start: 8 }]);
  });
});

test('check follows path in [extend], in the index where that is looked at', async () => {
  const repo = await makeRepo();
  const base = (word: string): string => `[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''${word}-[0-9]{6}'''\n`;
  await repo.write('kei.toml', '[leak]\nrules = ["etc/a.toml"]\n');
  await repo.write('etc/a.toml', "[extend]\npath = 'base.toml'\n");
  await repo.write('etc/base.toml', base('staged'));
  await repo.write('a.txt', 'staged-123456\nworktree-123456\n');
  await repo.git('add', '.');
  await repo.write('etc/base.toml', base('worktree'));
  const places = async (...argv: string[]): Promise<string[]> => {
    const { out } = await run(repo, ['check', ...argv, '--format', 'json']);
    return placesOf((JSON.parse(out) as { findings: Finding[] }).findings);
  };
  expect(await places('--staged')).toEqual(['a.txt:1']);
  expect(await places('--all')).toEqual(['a.txt:2']);
});

describe('exceptions', () => {
  test('kei:allow RULE reason lowers to a note; without a reason or for another rule it does not', async () => {
    const dir = await makeFolderWith({
      'a.txt': `x = "${A}" # kei:allow github-pat-classic a sample of the docs\n`,
      'b.txt': `x = "${A}" # kei:allow github-pat-classic\n`,
      'c.txt': `x = "${A}" # kei:allow gitlab-pat a sample\n`,
    });
    const { code, findings } = await scan(dir);
    expect(code).toBe(1);
    expect(findings.map(({ path, severity, extra }) => [path, severity, extra?.['allowed']])).toEqual([
      ['a.txt', 'note', 'kei:allow: a sample of the docs'],
      ['b.txt', 'error', undefined],
      ['c.txt', 'error', undefined],
    ]);
    expect((await scan(dir, [join(dir, 'a.txt')])).code).toBe(0);
    expect((await scan(dir, ['--fail-on', 'note', join(dir, 'a.txt')])).code).toBe(1);
  });

  test('a finding that may stay says why and until when, and orders nothing', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', `x = "${A}" # kei:allow github-pat-classic a sample of the docs\n`);
    await repo.write('b.txt', line(B));
    await repo.write('c/d.txt', line(githubToken('c')));
    const [, b] = (await scan(repo)).findings;
    await run(repo, ['leak', 'ignore', b?.fingerprint ?? '', '--reason', 'revoked in March', '--until', '2099-12-31']);
    await run(repo, ['leak', 'baseline']);
    const { code, findings } = await scan(repo);
    expect(code).toBe(0);
    expect(findings.map(({ hint, extra }) => [hint, extra?.['allowed']])).toEqual([
      [undefined, 'kei:allow: a sample of the docs'],
      [undefined, 'ignored until 2099-12-31: revoked in March'],
      [undefined, 'in the baseline: there when the baseline was made'],
    ]);
    for (const format of ['text', 'github', 'junit', 'sarif']) {
      const { out } = await run(repo, ['check', '--all', '--format', format]);
      expect(out).toMatch(/stays:? ignored until 2099-12-31: revoked in March/);
      expect(out).not.toContain('revoke it');
    }
  });

  test('.kei/ignores.toml: by fingerprint, by rule and glob, until a day', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.write('docs/b.txt', line(B));
    const [first] = (await scan(repo)).findings;
    const severities = async (ignores: string): Promise<unknown> => {
      await repo.write('.kei/ignores.toml', ignores);
      return (await scan(repo)).findings.map(({ path, severity }) => [path, severity]);
    };
    expect(await severities(`[[ignore]]\nfingerprint = "${first?.fingerprint}"\nreason = "revoked"\n`)).toEqual([
      ['a.txt', 'note'],
      ['docs/b.txt', 'error'],
    ]);
    expect(await severities(`[[ignore]]\nrule = "${GITHUB_RULE}"\nmatch = "docs/**"\nreason = "samples"\n`)).toEqual([
      ['a.txt', 'error'],
      ['docs/b.txt', 'note'],
    ]);
    expect(await severities(`[[ignore]]\nrule = "leak/*"\nmatch = "**"\nreason = "old"\nuntil = 2029-12-31\n`)).toEqual([
      ['a.txt', 'error'],
      ['docs/b.txt', 'error'],
    ]);
    await repo.write('.kei/ignores.toml', '[[ignore]]\nreason = 3\n');
    expect(await scan(repo)).toMatchObject({ code: 2, out: '' });
  });
});

describe('options', () => {
  const RULES = `[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''mine-[a-z0-9]{12}'''\nkeywords = ["mine-"]\n`;
  const MINE = `mine-${drawn('mine', 12, 'abcdefghjkmnpqrstuvwxyz23456789')}`;

  test('--rules and --no-builtin', async () => {
    const dir = await makeFolderWith({ 'a.txt': `${MINE}\n${line(A)}` });
    const rules = join(await makeFolder(), 'rules.toml');
    await appendFile(rules, RULES);
    const rulesOf = async (...argv: string[]): Promise<unknown> => (await scan(dir, argv)).findings.map(({ rule }) => rule);
    expect(await rulesOf('--rules', rules)).toEqual(['leak/mine']); // a file of gitleaks' says itself what else it wants
    const more = join(await makeFolder(), 'more.toml');
    await appendFile(more, `schema = "leak-matrix/1"\n${RULES}`);
    expect(await rulesOf('--rules', more)).toEqual(['leak/mine', GITHUB_RULE]);
    expect(await rulesOf('--rules', more, '--no-builtin')).toEqual(['leak/mine']);
    expect(await rulesOf('--rules', rules, '--no-builtin')).toEqual(['leak/mine']);
    expect(await rulesOf()).toEqual([GITHUB_RULE]);
    expect(await scan(dir, ['--rules', `${rules}x`])).toMatchObject({ code: 2, out: '' });
  });

  test('--max-file-size leaves out and says so', async () => {
    const dir = await makeFolderWith({ 'a.txt': line(A), 'big.txt': `${line(B)}${'x'.repeat(5000)}` });
    const { code, findings, skipped } = await scan(dir, ['--max-file-size', '4096']);
    expect([code, placesOf(findings), skipped]).toEqual([
      1,
      ['a.txt:1'],
      [{ path: 'big.txt', reason: 'larger than 4 KiB (--max-file-size)', kind: 'policy' }],
    ]);
    expect((await run(dir, ['leak', 'scan', '--max-file-size', '4096'])).out).toMatch(/not looked at|left out|skipped/);
  });

  test('the program says nothing else about many files', async () => {
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${i}.txt`, i === 399 ? line(A) : 'clean\n']));
    const dir = await makeFolderWith(files);
    const { code, out, err } = await runProgram(['leak', 'scan', '--format', 'json', dir], {
      cwd: dir,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({ stats: { files: 400 }, findings: [{ rule: GITHUB_RULE, path: '399.txt' }] });
  });

  test('--jobs 2 finds what --jobs 1 finds', async () => {
    const repo = await makeRepo();
    for (let i = 0; i < 200; i++)
      await repo.write(`d${i % 7}/f${i}.txt`, i % 9 === 0 ? `x\n${line(githubToken(`jobs ${i}`))}` : `nothing ${i}\n`);
    const one = await scan(repo, ['--all', '--jobs', '1']);
    const two = await scan(repo, ['--all', '--jobs', '2']);
    expect(one.findings).toHaveLength(23);
    expect(two.findings).toEqual(one.findings);
    expect([two.stats.files, two.stats.bytes, two.code]).toEqual([one.stats.files, one.stats.bytes, 1]);
    await repo.commit();
    expect((await scan(repo, ['--history', '--jobs', '2'])).findings).toHaveLength(23);
    const folder = await scan(await makeFolder(), ['--jobs', '2', repo.dir]);
    expect(folder.findings.map(({ path, start }) => [path, start])).toEqual(one.findings.map(({ path, start }) => [path, start]));
  });

  test('exit codes', async () => {
    const clean = await makeFolderWith({ 'a.txt': 'clean\n' });
    const dirty = await makeFolderWith({ 'a.txt': line(A) });
    await mkdir(join(clean, 'empty'));
    expect((await scan(clean)).code).toBe(0);
    expect((await scan(join(clean, 'empty'))).code).toBe(0);
    expect((await scan(dirty)).code).toBe(1);
    for (const format of ['text', 'json', 'sarif', 'junit', 'github'])
      expect((await run(dirty, ['leak', 'scan', '--format', format])).code).toBe(1);
    for (const argv of [
      ['--staged', '--all'],
      ['--staged'],
      ['--range', 'a..b'],
      ['missing'],
      ['--jobs', '-1'],
      ['--category', 'no-such'],
      ['--nonsense'],
    ])
      expect(await scan(dirty, argv)).toMatchObject({ code: 2, out: '' });
    const repo = await makeRepo();
    for (const argv of [
      ['--range', 'no-such..HEAD'],
      ['--commit', 'no-such'],
    ]) {
      const { code, err } = await scan(repo, argv);
      expect([2, 3]).toContain(code);
      expect(err).toMatch(/^kei-git: \S/);
    }
    const controller = new AbortController();
    controller.abort();
    expect((await scan(dirty, [], { signal: controller.signal })).code).toBe(130);
  });
});
