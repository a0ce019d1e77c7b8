import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../program.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { run } from './commands.ts';
import { GITHUB_RULE, githubToken, placesOf, scan } from './tokens.ts';

const A = githubToken('a');
const B = githubToken('b');
const line = (token: string): string => `token = "${token}"\n`;

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

  test('a new line that makes an older one a finding: required neighbours count', async () => {
    const repo = await makeRepo();
    const rule = (id: string): string => `[[rules]]\nid = "${id}"\ndescription = "${id}"\nregex = '''${id}-[0-9]{6}'''\n`;
    await repo.write(
      'rules.toml',
      `schema = "leak-matrix/1"\n${rule('near')}skipReport = true\n${rule('main')}[[rules.required]]\nid = "near"\nwithinLines = 3\n`,
    );
    await repo.write('a.txt', 'main-123456\n');
    await repo.commit();
    await repo.write('a.txt', 'main-123456\nnear-123456\n');
    await repo.git('add', '.');
    const { findings } = await scan(repo, ['--staged', '--no-builtin', '--rules', join(repo.dir, 'rules.toml')]);
    expect(placesOf(findings)).toEqual(['a.txt:1']);
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

  test('clean messages are counted', async () => {
    const repo = await makeRepo();
    const base = await repo.commit();
    await repo.write('.git/COMMIT_EDITMSG', 'subject\n');
    const one = await run(repo, ['leak', 'scan', '--message', join(repo.dir, '.git/COMMIT_EDITMSG')]);
    expect([one.code, one.out]).toEqual([0, expect.stringMatching(/^nothing found in 1 message \(8 bytes, \d+ ms\)\n$/)]);
    await repo.write('a.txt', 'a\n');
    await repo.commit('first');
    await repo.commit('second');
    for (const command of [['leak', 'scan'], ['check']]) {
      const { out } = await run(repo, [...command, '--range', `${base}..HEAD`]);
      expect(out).toMatch(/^nothing found in 1 file and 2 messages \(\d+ bytes, /);
    }
    expect((await scan(repo, ['--range', `${base}..HEAD`])).stats).toMatchObject({ files: 1, extra: { messages: 2 } });
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
    const shown = (found: readonly (readonly [string | undefined, boolean])[]): string[] => found.map((one) => JSON.stringify(one)).sort();
    expect(shown(findings.map(({ path, commit }) => [path, commit === bad]))).toEqual(
      shown([
        [undefined, false],
        ['a.txt', true],
      ]),
    );
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
    for (const argv of [['--range', `${base}..HEAD`], ['--history']])
      expect((await scan(repo, argv)).findings).toMatchObject([{ commit: bad, path: 'a.txt' }]);
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
  });
});
