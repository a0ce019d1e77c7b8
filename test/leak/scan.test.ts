import { rmSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../program.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
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

describe('what is staged', () => {
  test('staged and then taken out of the worktree: found', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', 'clean\n');
    await repo.commit();
    await repo.write('a.txt', line(A));
    await repo.git('add', 'a.txt');
    await repo.write('a.txt', 'clean again\n');
    for (const argv of [['--staged'], []]) {
      const { code, findings } = await scan(repo, argv);
      expect([code, placesOf(findings)]).toEqual([1, ['a.txt:1']]);
    }
    const { code, out } = await run(repo, ['check', '--staged']);
    expect(code).toBe(1);
    expect(out).toContain(`a.txt:1:10  error  GitHub personal access token`);
  });

  test('only in the worktree: not in --staged, but in --all', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', 'clean\n');
    await repo.commit();
    await repo.write('b.txt', 'also clean\n');
    await repo.git('add', 'b.txt');
    await repo.write('a.txt', line(A));
    await repo.write('untracked.txt', line(B));
    await repo.write('.gitignore', 'ignored.txt\n');
    await repo.write('ignored.txt', line(B));
    expect(await scan(repo, ['--staged'])).toMatchObject({ code: 0, findings: [], stats: { files: 1 } });
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1', 'untracked.txt:1']);
    expect(placesOf((await scan(repo, ['untracked.txt'])).findings)).toEqual(['untracked.txt:1']);
  });

  test('a line that stood there before is not new', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', `${line(A)}end\n`);
    await repo.commit();
    await repo.write('a.txt', `${line(A)}end\n${line(B)}`);
    await repo.git('add', 'a.txt');
    expect(placesOf((await scan(repo, ['--staged'])).findings)).toEqual(['a.txt:3']);
  });

  test('unborn HEAD', async () => {
    const repo = await makeRepo();
    expect(await scan(repo, ['--staged'])).toMatchObject({ code: 0, findings: [] });
    await repo.write('a.txt', line(A));
    expect(await scan(repo, ['--staged'])).toMatchObject({ code: 0, findings: [] });
    expect(placesOf((await scan(repo)).findings)).toEqual(['a.txt:1']);
    await repo.git('add', '.');
    expect(placesOf((await scan(repo, ['--staged'])).findings)).toEqual(['a.txt:1']);
    expect(await scan(repo, ['--history'])).toMatchObject({ code: 0, findings: [] });
  });

  test('a submodule is not looked into, and its files are', async () => {
    const inner = await makeRepo();
    await inner.write('inside.txt', line(A));
    await inner.commit();
    const repo = await makeRepo();
    await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'lib');
    await repo.write('b.txt', line(B));
    await repo.git('add', 'b.txt');
    expect(placesOf((await scan(repo, ['--staged'])).findings)).toEqual(['b.txt:1']);
    await repo.commit();
    const all = await scan(repo, ['--all']);
    expect(placesOf(all.findings)).toEqual(['b.txt:1']);
    expect(all.skipped).toEqual([{ path: 'lib', reason: 'a submodule: it is looked at in its own repository', kind: 'policy' }]);
    expect(placesOf((await scan(join(repo.dir, 'lib'), [], { env: repo.env })).findings)).toEqual(['inside.txt:1']);
  });
});

describe('in a pre-commit hook', () => {
  const hooked = async (): Promise<TestRepo> => {
    const repo = await makeRepo();
    await repo.write('a.txt', 'a\n');
    await repo.write('b.txt', 'b\n');
    await repo.commit();
    await repo.write('.git/hooks/pre-commit', `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' check --staged\n`, 0o755);
    return repo;
  };
  const commits = async (repo: TestRepo, ...args: string[]): Promise<string> => {
    const before = await repo.git('rev-parse', 'HEAD');
    try {
      await repo.git('commit', '--quiet', '-m', 'x', ...args);
      return 'committed';
    } catch (error) {
      expect(await repo.git('rev-parse', 'HEAD')).toBe(before);
      return String(error);
    }
  };

  test('git commit -a: stopped, though the index of the repository is clean', async () => {
    const repo = await hooked();
    await repo.write('a.txt', line(A));
    expect(await commits(repo, '-a')).toContain('a.txt:1:10  error');
    await repo.write('a.txt', 'fine\n');
    expect(await commits(repo, '-a')).toBe('committed');
  });

  test('git commit PATH: that path only', async () => {
    const repo = await hooked();
    await repo.write('a.txt', line(A));
    await repo.write('b.txt', 'fine\n');
    await repo.git('add', 'a.txt');
    expect(await commits(repo, 'b.txt')).toBe('committed');
    expect(await commits(repo, 'a.txt')).toContain('a.txt:1:10  error');
  });

  test('in a linked worktree: its index, not that of the main one', async () => {
    const repo = await hooked();
    const dir = join(repo.dir, '..', 'linked');
    await repo.git('worktree', 'add', '--quiet', '-b', 'other', dir);
    const linked = openRepo(dir, repo.env);
    await repo.write('a.txt', line(A));
    await repo.git('add', 'a.txt');
    await linked.write('b.txt', 'fine\n');
    expect(await commits(linked, '-a')).toBe('committed');
    await linked.write('b.txt', line(B));
    expect(await commits(linked, '-a')).toContain('b.txt:1:10  error');
  });
});

describe('commits', () => {
  test('added and removed again within a range: found, with its commit', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', 'clean\n');
    const base = await repo.commit();
    await repo.write('a.txt', `clean\n${line(A)}`);
    const bad = await repo.commit();
    await repo.write('a.txt', 'clean\n');
    const good = await repo.commit();
    const { code, findings } = await scan(repo, ['--range', `${base}..HEAD`]);
    expect([code, placesOf(findings)]).toEqual([1, [`${bad.slice(0, 8)} a.txt:2`]]);
    expect(findings[0]?.commit).toBe(bad);
    expect(await scan(repo, ['--range', `${bad}..HEAD`])).toMatchObject({ code: 0, findings: [] });
    expect(placesOf((await scan(repo, ['--commit', bad])).findings)).toEqual([`${bad.slice(0, 8)} a.txt:2`]);
    expect((await scan(repo, ['--commit', good])).findings).toEqual([]);
    expect((await run(repo, ['check', '--range', `${base}..HEAD`])).out).toContain(bad.slice(0, 7));
  });

  test('messages of a range', async () => {
    const repo = await makeRepo();
    const base = await repo.commit();
    const bad = await repo.commit(`use it\n\n${line(A)}`);
    const { code, findings } = await scan(repo, ['--range', `${base}..HEAD`]);
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ rule: GITHUB_RULE, commit: bad, line: 3, extra: { place: 'message' } }]);
    expect(findings[0]).not.toHaveProperty('path');
  });

  test('--message: a file as git gives it to a commit-msg hook', async () => {
    const repo = await makeRepo();
    await repo.write('.git/COMMIT_EDITMSG', `subject\n\n${line(A)}`);
    const { code, findings } = await scan(repo, ['--message', join(repo.dir, '.git/COMMIT_EDITMSG')]);
    expect([code, findings.map((finding) => [finding.rule, finding.line])]).toEqual([1, [[GITHUB_RULE, 3]]]);
  });

  test('--push: what the remote does not have', async () => {
    const remote = await makeRepo({ bare: true });
    const repo = await makeRepo();
    await repo.write('old.txt', line(B));
    const base = await repo.commit();
    await repo.git('remote', 'add', 'origin', remote.dir);
    await repo.git('push', '--quiet', 'origin', 'main');
    await repo.write('a.txt', line(A));
    const bad = await repo.commit();
    rmSync(join(repo.dir, 'a.txt'));
    const tip = await repo.commit();
    const lines = `refs/heads/main ${tip} refs/heads/main ${base}\n`;
    const { code, findings } = await scan(repo, ['--push', 'origin', remote.dir], { stdin: lines });
    expect([code, placesOf(findings)]).toEqual([1, [`${bad.slice(0, 8)} a.txt:1`]]);
    expect(await scan(repo, ['--push', 'origin', remote.dir], { stdin: '' })).toMatchObject({ code: 0, findings: [] });
    expect(await scan(repo, ['--push', 'origin', remote.dir], { stdin: 'nonsense\n' })).toMatchObject({ code: 2, out: '' });
  });

  test('--history: a file that HEAD has no more, at the commit that brought it in', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    const bad = await repo.commit();
    await repo.write('b.txt', 'x\n');
    await repo.commit(`a message with ${line(B)}`);
    rmSync(join(repo.dir, 'a.txt'));
    await repo.commit();
    const { code, findings } = await scan(repo, ['--history']);
    expect(code).toBe(1);
    expect(findings.map(({ path, commit }) => [path, commit === bad]).sort()).toEqual([[undefined, false], ['a.txt', true]].sort());
    expect((await scan(repo, ['--all'])).findings).toEqual([]);
  });

  test('--shard: the parts together are the whole, and merge', async () => {
    const repo = await makeRepo();
    for (let i = 0; i < 6; i++) {
      await repo.write(`f${i}.txt`, line(githubToken(`shard ${i}`)));
      await repo.commit(i % 2 === 0 ? 'x' : `msg ${githubToken(`message ${i}`)}`);
    }
    const whole = await scan(repo, ['--history']);
    expect(whole.findings).toHaveLength(9);
    const folder = await makeFolder();
    const parts: number[] = [];
    for (const shard of ['1/3', '2/3', '3/3']) {
      const file = join(folder, `${shard[0]}.json`);
      await run(repo, ['leak', 'scan', '--history', '--shard', shard, '--format', 'json', '--output', file]);
      parts.push((JSON.parse(await readFile(file, 'utf8')) as { findings: unknown[] }).findings.length);
    }
    expect(parts.reduce((a, b) => a + b)).toBe(9);
    expect(Math.max(...parts)).toBeLessThan(9);
    const merged = await run(folder, ['report', 'merge', '1.json', '2.json', '3.json', '--format', 'json']);
    expect(merged.code).toBe(1);
    const report = JSON.parse(merged.out) as { findings: unknown; stats: { files: number } };
    expect(report.findings).toEqual(whole.findings);
    expect(report.stats.files).toBe(whole.stats.files);
  });

  test.for(['4/3', '0/3', 'x', '1/0'])('--shard %s is refused', async (shard) => {
    const repo = await makeRepo();
    expect(await scan(repo, ['--history', '--shard', shard])).toMatchObject({ code: 2, out: '' });
  });

  test('bare: --commit and --history', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    const bad = await repo.commit();
    const bare = await makeRepo({ bare: true });
    await repo.git('push', '--quiet', bare.dir, 'main');
    for (const argv of [['--commit', bad], ['--history'], ['--range', bad]]) {
      const { code, findings } = await scan(bare, argv);
      expect([code, placesOf(findings)]).toEqual([1, [`${bad.slice(0, 8)} a.txt:1`]]);
    }
    expect(await scan(bare, ['--staged'])).toMatchObject({ code: 2, out: '' });
  });

  test('bare: without options the commit of HEAD', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.commit();
    const bare = await makeRepo({ bare: true });
    await repo.git('push', '--quiet', bare.dir, 'main');
    expect(placesOf((await scan(bare)).findings)).toEqual(['a.txt:1']);
  });

  test('sha256: index, worktree, range and history', async () => {
    const repo = await makeRepo({ format: 'sha256' });
    await repo.write('a.txt', 'clean\n');
    const base = await repo.commit();
    await repo.write('a.txt', line(A));
    await repo.git('add', '.');
    expect(placesOf((await scan(repo, ['--staged'])).findings)).toEqual(['a.txt:1']);
    const bad = await repo.commit();
    expect(bad).toHaveLength(64);
    for (const argv of [['--range', `${base}..HEAD`], ['--history']]) expect((await scan(repo, argv)).findings).toMatchObject([{ commit: bad, path: 'a.txt' }]);
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
  });
});

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
    expect(findings).toMatchObject([{ rule: GITHUB_RULE, severity: 'error', path: 'sub/a.txt', line: 2, column: before.length + 1, endLine: 2, endColumn: before.length + 1 + A.length }]);
    expect(found?.fingerprint).toMatch(/^kei1:[a-z2-7]{26}$/);
    expect(Object.keys(found ?? {})).toEqual(['rule', 'severity', 'message', 'hint', 'path', 'line', 'column', 'endLine', 'endColumn', 'start', 'end', 'fingerprint', 'extra']);
  });

  test('start and end are the secret, not the whole match', async () => {
    const secret = drawn('secret', 24);
    const rules = `[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''mine:\\s+([A-Za-z0-9]{24})'''\n`;
    const dir = await makeFolderWith({ 'a.txt': `mine:\n ${secret};\n`, 'gitleaks.toml': rules, 'ours.toml': `schema = "leak-matrix/1"\n${rules}` });
    const found = async (file: string): Promise<unknown> => (await scan(dir, ['--rules', join(dir, file), '--no-builtin', join(dir, 'a.txt')])).findings;
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

  test('UTF-16: one value, one finding', async () => {
    const dir = await makeFolderWith({ 'a.txt': wide(line(A), false, true) });
    expect((await scan(dir)).findings.map(({ rule }) => rule)).toEqual([GITHUB_RULE]);
  });

  const once = { base64, hex, percent, escapes };
  test.for(Object.entries(once).flatMap(([a, inner]) => [[a, inner(`value: ${A}`)] as const, ...Object.entries(once).map(([b, outer]) => [`${b} ${a}`, outer(inner(`value: ${A}`))] as const)]))(
    '%s',
    async ([chain, encoded]) => {
      const text = `some words\nvalue = "${encoded}"\n`;
      const dir = await makeFolderWith({ 'a.txt': text });
      const { findings, code } = await scan(dir, ['--decode', '2']);
      expect([code, findings.map((finding) => [finding.rule, finding.line, finding.extra?.['decoded']])]).toEqual([1, [[GITHUB_RULE, 2, chain]]]);
      const [found] = findings;
      const place = Buffer.from(text).subarray(found?.start, found?.end).toString();
      expect(place.replaceAll('"', '')).toBe(encoded.replace(/=+$/, '')); // padding says nothing
      expect((await scan(dir, ['--decode', '0'])).findings).toEqual([]);
    },
  );

  test('in a binary file, by content not by name', async () => {
    const dir = await makeFolderWith({ 'a.png.txt': Buffer.concat([Buffer.from([0x89, 0x50, 0, 1, 2, 255, 0]), Buffer.from(`\0${A}\0`), Buffer.alloc(100)]) });
    expect((await scan(dir)).findings).toMatchObject([{ rule: GITHUB_RULE, path: 'a.png.txt', start: 8 }]);
  });
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

  test('.kei/ignores.toml: by fingerprint, by rule and glob, until a day', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.write('docs/b.txt', line(B));
    const [first] = (await scan(repo)).findings;
    const severities = async (ignores: string): Promise<unknown> => {
      await repo.write('.kei/ignores.toml', ignores);
      return (await scan(repo)).findings.map(({ path, severity }) => [path, severity]);
    };
    expect(await severities(`[[ignore]]\nfingerprint = "${first?.fingerprint}"\nreason = "revoked"\n`)).toEqual([['a.txt', 'note'], ['docs/b.txt', 'error']]);
    expect(await severities(`[[ignore]]\nrule = "${GITHUB_RULE}"\nmatch = "docs/**"\nreason = "samples"\n`)).toEqual([['a.txt', 'error'], ['docs/b.txt', 'note']]);
    expect(await severities(`[[ignore]]\nrule = "leak/*"\nmatch = "**"\nreason = "old"\nuntil = 2029-12-31\n`)).toEqual([['a.txt', 'error'], ['docs/b.txt', 'error']]);
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
    expect([code, placesOf(findings), skipped]).toEqual([1, ['a.txt:1'], [{ path: 'big.txt', reason: 'larger than 4 KiB (--max-file-size)', kind: 'policy' }]]);
    expect((await run(dir, ['leak', 'scan', '--max-file-size', '4096'])).out).toMatch(/not looked at|left out|skipped/);
  });

  test('--jobs 2 finds what --jobs 1 finds', async () => {
    const repo = await makeRepo();
    for (let i = 0; i < 200; i++) await repo.write(`d${i % 7}/f${i}.txt`, i % 9 === 0 ? `x\n${line(githubToken(`jobs ${i}`))}` : `nothing ${i}\n`);
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
    for (const format of ['text', 'json', 'sarif', 'junit', 'github']) expect((await run(dirty, ['leak', 'scan', '--format', format])).code).toBe(1);
    for (const argv of [['--staged', '--all'], ['--staged'], ['--range', 'a..b'], ['missing'], ['--jobs', '-1'], ['--category', 'no-such'], ['--nonsense']])
      expect(await scan(dirty, argv)).toMatchObject({ code: 2, out: '' });
    const repo = await makeRepo();
    for (const argv of [['--range', 'no-such..HEAD'], ['--commit', 'no-such']]) {
      const { code, err } = await scan(repo, argv);
      expect([2, 3]).toContain(code);
      expect(err).toMatch(/^kei-git: \S/);
    }
    const controller = new AbortController();
    controller.abort();
    expect((await scan(dirty, [], { signal: controller.signal })).code).toBe(130);
  });
});
