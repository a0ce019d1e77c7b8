import { chmodSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../program.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { githubToken, placesOf, scan, type Scanned } from './tokens.ts';

const A = githubToken('cache a');
const line = (token: string): string => `token = "${token}"\n`;

/** Committed files, old enough that git takes the word of their times. */
const filled = async (files: Readonly<Record<string, string>>): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (const [path, content] of Object.entries(files)) {
    await repo.write(path, content);
    utimesSync(join(repo.dir, path), 1_600_000_000, 1_600_000_000);
  }
  await repo.commit();
  return repo;
};
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}.txt`, i % 5 === 0 ? line(githubToken(`many ${i}`)) : `text ${i}\n`]));
const cacheFolder = (repo: TestRepo): string => join(repo.dir, '.git', 'kei');
const verdictFiles = (repo: TestRepo): string[] => readdirSync(cacheFolder(repo)).filter((name) => name.endsWith('.verdicts'));
const judged = ({ findings, code }: Scanned): unknown => [code, findings];

/** Takes the content of a blob away: whoever asks git for it now fails. */
const lose = async (repo: TestRepo, path: string): Promise<void> => {
  const oid = await repo.git('rev-parse', `HEAD:${path}`);
  rmSync(join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2)));
};

describe('the second look', () => {
  test('of the worktree reads no unchanged file', async () => {
    const repo = await filled(many(20));
    const first = await scan(repo, ['--all']);
    expect([first.findings.length, first.stats.files, first.stats.bytes > 0]).toEqual([4, 20, true]);
    const second = await scan(repo, ['--all']);
    expect(second.stats).toMatchObject({ files: 20, bytes: 0 });
    expect(judged(second)).toEqual(judged(first));
    await repo.write('f1.txt', line(A));
    const third = await scan(repo, ['--all']);
    expect(third.stats).toMatchObject({ files: 20, bytes: line(A).length });
    expect(third.findings).toHaveLength(5);
  });

  test('of commits and the index does not ask git for a known blob', async () => {
    const repo = await filled({ 'a.txt': line(A), 'b.txt': 'clean\n' });
    const first = await scan(repo, ['--history']);
    expect(placesOf(first.findings)).toHaveLength(1);
    await lose(repo, 'a.txt');
    await lose(repo, 'b.txt');
    const second = await scan(repo, ['--history']);
    // Messages are looked at each time.
    expect([judged(second), second.skipped, second.stats.bytes]).toEqual([judged(first), [], 'change\n'.length]);
    const blind = await scan(repo, ['--history', '--no-cache']);
    expect(blind.findings).toEqual([]);
    expect(blind.skipped.map(({ path, kind }) => [path, kind])).toEqual([
      ['a.txt', 'failed'],
      ['b.txt', 'failed'],
    ]);
  });

  test('--no-cache reads all, and writes nothing', async () => {
    const repo = await filled(many(5));
    const options = ['--all', '--no-cache'];
    const first = await scan(repo, options);
    expect(first.stats.bytes).toBeGreaterThan(0);
    expect((await scan(repo, options)).stats.bytes).toBe(first.stats.bytes);
    expect(() => verdictFiles(repo)).toThrow(/ENOENT/);
  });

  test('a known blob at another path, under another exception', async () => {
    const repo = await filled({ 'a.txt': line(A) });
    await scan(repo, ['--all']);
    await repo.write('b.txt', line(A));
    utimesSync(join(repo.dir, 'b.txt'), 1_600_000_000, 1_600_000_000);
    await repo.write('.kei/ignores.toml', '[[ignore]]\nrule = "leak/*"\nmatch = "a.txt"\nreason = "a sample"\n');
    await repo.commit();
    const { findings } = await scan(repo, ['--all']);
    expect(findings.map(({ path, severity }) => [path, severity])).toEqual([
      ['a.txt', 'note'],
      ['b.txt', 'error'],
    ]);
  });
});

describe('what verdicts hold for', () => {
  const RULES = (pattern: string): string =>
    `schema = "leak-matrix/1"\n[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''${pattern}'''\n`;

  test('other rules, other decoding, other limits: looked at again', async () => {
    const repo = await filled({ 'a.txt': 'mine-12345\n', 'b.txt': `${'x'.repeat(300)}\n` });
    expect((await scan(repo, ['--all'])).findings).toEqual([]);
    const folder = await makeFolder();
    const rules = join(folder, 'rules.toml');
    writeFileSync(rules, RULES('mine-[0-9]{5}'));
    expect(placesOf((await scan(repo, ['--all', '--rules', rules])).findings)).toEqual(['a.txt:1']);
    writeFileSync(rules, RULES('mine-[0-9]{6}'));
    expect((await scan(repo, ['--all', '--rules', rules])).findings).toEqual([]);
    for (const more of [
      ['--decode', '1'],
      ['--max-file-size', '1000'],
    ])
      expect((await scan(repo, ['--all', ...more])).stats.bytes).toBeGreaterThan(0);
    expect((await scan(repo, ['--all'])).stats.bytes).toBe(0);
    expect((await scan(repo, ['--all', '--max-file-size', '100', '--no-cache'])).skipped).toMatchObject([
      { path: 'b.txt', kind: 'policy' },
    ]);
    expect((await scan(repo, ['--all', '--max-file-size', '100'])).skipped).toMatchObject([{ path: 'b.txt', kind: 'policy' }]);
    expect((await scan(repo, ['--all', '--max-file-size', '100'])).skipped).toMatchObject([{ path: 'b.txt', kind: 'policy' }]);
  });

  test('CI neither reads nor writes', async () => {
    const repo = await filled(many(5));
    const first = await scan(repo, ['--all'], { ci: true });
    expect(() => verdictFiles(repo)).toThrow(/ENOENT/);
    await scan(repo, ['--all']);
    const [name = ''] = verdictFiles(repo);
    const before = statSync(join(cacheFolder(repo), name)).mtimeMs;
    const second = await scan(repo, ['--all'], { ci: true });
    expect(second.stats.bytes).toBe(first.stats.bytes);
    await repo.write('new.txt', 'new\n');
    await repo.git('add', '.');
    await scan(repo, ['--staged'], { ci: true });
    expect(statSync(join(cacheFolder(repo), name)).mtimeMs).toBe(before);
  });

  const DAMAGES = ['empty', 'cut', 'one bit', 'noise', 'a folder', 'not readable'] as const;
  test.for(DAMAGES.flatMap((damage) => (['verdicts', 'trees'] as const).map((kind) => [damage, kind] as const)))(
    'a damaged file (%s, %s) is built again',
    async ([damage, kind]) => {
      const repo = await filled(many(10));
      const first = await scan(repo, ['--all']);
      const files = (ending: string): string[] => readdirSync(cacheFolder(repo)).filter((name) => name.endsWith(`.${ending}`));
      const [name = ''] = files(kind);
      // Each alone is enough: without the other it shows.
      for (const other of files(kind === 'trees' ? 'verdicts' : 'trees')) rmSync(join(cacheFolder(repo), other));
      const file = join(cacheFolder(repo), name);
      const whole = readFileSync(file);
      if (damage === 'empty') writeFileSync(file, '');
      else if (damage === 'cut') writeFileSync(file, whole.subarray(0, whole.length - 7));
      else if (damage === 'one bit')
        writeFileSync(
          file,
          whole.map((byte, at) => (at === whole.length - 3 ? byte ^ 1 : byte)),
        );
      else if (damage === 'noise') writeFileSync(file, Buffer.alloc(5000, 0xa5));
      else {
        rmSync(file);
        if (damage === 'a folder') await repo.write(`.git/kei/${name}/x`, '');
        else {
          writeFileSync(file, 'x');
          chmodSync(file, 0);
        }
      }
      const second = await scan(repo, ['--all']);
      expect([judged(second), second.stats.bytes]).toEqual([judged(first), first.stats.bytes]);
      if (damage !== 'a folder') expect((await scan(repo, ['--all'])).stats.bytes).toBe(0);
    },
  );

  test('ten scans at once: each right, and the cache usable afterwards', async () => {
    const repo = await filled(many(40));
    const start = { cwd: repo.dir, env: repo.env };
    const ran = await Promise.all(
      Array.from({ length: 10 }, (_, i) => runProgram(['leak', 'scan', i % 2 === 0 ? '--all' : '--history', '--format', 'json'], start)),
    );
    for (const { code, out, err } of ran) {
      expect([code, err]).toEqual([1, '']);
      expect((JSON.parse(out) as { findings: unknown[] }).findings).toHaveLength(8);
    }
    expect(readdirSync(cacheFolder(repo)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await scan(repo, ['--all'])).findings).toHaveLength(8);
    expect((await scan(repo, ['--all'])).stats.bytes).toBe(0);
  }, 60_000);
});

describe('evidence that a file is unchanged', () => {
  test('an edit of the same size in the same second is found', async () => {
    const repo = await makeRepo();
    const clean = `token = "${'x'.repeat(A.length)}"\n`;
    for (let round = 0; round < 3; round++) {
      await repo.write('a.txt', clean);
      await repo.git('add', '.');
      expect((await scan(repo, ['--all'])).findings).toEqual([]);
      await repo.write('a.txt', line(A)); // at once: git's index has the file's second, and knows it
      expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
    }
  });

  test('an old time that somebody set does not hide an edit: ctime tells', async () => {
    const repo = await filled({ 'a.txt': `token = "${'x'.repeat(A.length)}"\n` });
    await scan(repo, ['--all']);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // git compares the seconds of ctime
    await repo.write('a.txt', line(A));
    utimesSync(join(repo.dir, 'a.txt'), 1_600_000_000, 1_600_000_000);
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
  });

  test.for(['--assume-unchanged', '--skip-worktree'])('git update-index %s is no evidence', async (flag) => {
    const repo = await filled({ 'a.txt': 'clean\n' });
    await scan(repo, ['--all']);
    await repo.git('update-index', flag, 'a.txt');
    await repo.write('a.txt', line(A));
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
  });

  test('line ends that git converts: places are those on disk', async () => {
    const repo = await makeRepo();
    await repo.write('.gitattributes', '*.txt text eol=crlf\n');
    await repo.write('a.txt', `one\r\ntwo\r\n${line(A).replace('\n', '\r\n')}`);
    await repo.commit();
    const worktree = await scan(repo, ['--all']);
    const history = await scan(repo, ['--history']);
    expect([worktree.findings[0]?.start, history.findings[0]?.start]).toEqual([19, 17]);
    expect((await scan(repo, ['--all'])).findings).toEqual(worktree.findings);
    expect((await scan(repo, ['--history'])).findings).toEqual(history.findings);
  });
});
