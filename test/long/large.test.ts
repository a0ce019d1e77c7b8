import { closeSync, ftruncateSync, openSync, readdirSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measured } from '../measured.ts';
import type { Start } from '../program.ts';
import { GITHUB_RULE, githubToken, placesOf } from '../leak/tokens.ts';
import { isolatedEnv, makeFolder, makeRepo, type TestRepo } from '../repo.ts';

const MIB = 2 ** 20;
const PEAK = 250 * MIB; // budget B9
const PEAK_OF_MANY = 300 * MIB; // two threads with 100,000 entries each

describe('a sparse file of 2 GB', () => {
  const SIZE = 2 ** 31 + 12_345;
  const token = githubToken('sparse');
  const make = async (): Promise<Start> => {
    const cwd = await makeFolder();
    const file = openSync(join(cwd, 'sparse.bin'), 'w');
    writeSync(file, 'first line\nsecond line\n', 0);
    writeSync(file, '\n', 2 ** 30 + 1);
    writeSync(file, `\ntoken = "${token}"\n`, SIZE - 1000);
    ftruncateSync(file, SIZE);
    closeSync(file);
    return { cwd, env: isolatedEnv(await makeFolder()) };
  };

  test('is streamed: little memory, and the secret near its end at its place', async () => {
    const { code, report, peak } = await measured(['leak', 'scan', '--max-file-size', String(2 ** 32)], await make());
    const start = SIZE - 1000 + 10;
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([{ rule: GITHUB_RULE, line: 5, column: 10, start, end: start + token.length }]);
    expect([report.skipped, report.stats.bytes]).toEqual([[], SIZE]);
    expect(peak).toBeLessThanOrEqual(PEAK);
  });

  test('is left out by default, and said to be', async () => {
    const { code, report } = await measured(['leak', 'scan'], await make());
    expect([code, report.findings]).toEqual([0, []]);
    expect(report.skipped).toEqual([{ path: 'sparse.bin', reason: 'larger than 100 MiB (--max-file-size)', kind: 'policy' }]);
  });
});

describe('a repository with 100,000 files', () => {
  const COUNT = 100_000;
  const SECRETS = [0, 4_321, 50_000, 99_999];
  const pathOf = (n: number): string => `d${String(Math.floor(n / 500)).padStart(3, '0')}/f${String(n % 500).padStart(3, '0')}.txt`;
  const contentOf = (n: number): string => {
    const text = `file ${n}\n${`some text of it, number ${n}\n`.repeat(n % 20)}`;
    return SECRETS.includes(n) ? `${text}token = "${githubToken(`many ${n}`)}"\n` : text;
  };
  const where = SECRETS.map((n) => `${pathOf(n)}:${contentOf(n).split('\n').length - 1}`);

  let made: Promise<TestRepo> | undefined;
  const repository = (): Promise<TestRepo> =>
    (made ??= (async () => {
      const repo = await makeRepo();
      const parts = ['commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 4\nmany\n'];
      for (let n = 0; n < COUNT; n++) {
        const content = contentOf(n);
        parts.push(`M 100644 inline ${pathOf(n)}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
      }
      await repo.gitWith({ stdin: parts.join('') }, 'fast-import', '--quiet');
      await repo.git('reset', '--quiet', '--hard');
      return repo;
    })());

  test('check --all, and a second one that reads no content', async () => {
    const repo = await repository();
    const start = { cwd: repo.dir, env: repo.env };
    const first = await measured(['check', '--all'], start);
    expect([first.code, placesOf(first.report.findings), first.report.stats.files]).toEqual([1, where, COUNT]);
    expect(first.peak).toBeLessThanOrEqual(PEAK_OF_MANY);
    const again = await measured(['check', '--all'], start);
    expect([again.report.findings, again.report.stats.files]).toEqual([first.report.findings, COUNT]);
    expect(again.report.stats.bytes).toBeLessThan(first.report.stats.bytes / 1000); // what is as new as the index
    expect(again.peak).toBeLessThanOrEqual(PEAK_OF_MANY);
  });

  test('--staged of one file looks at one file', async () => {
    const repo = await repository();
    const content = `staged\ntoken = "${githubToken('many staged')}"\n`;
    await repo.write('d007/new.txt', content);
    await repo.git('add', 'd007/new.txt');
    const { code, report } = await measured(['check', '--staged'], { cwd: repo.dir, env: repo.env });
    expect([code, placesOf(report.findings)]).toEqual([1, ['d007/new.txt:2']]);
    expect(report.stats).toMatchObject({ files: 1, bytes: content.length });
    await repo.git('reset', '--quiet', '--hard');
  });

  test('ten scans at once on an empty cache', async () => {
    const repo = await repository();
    const runs = Array.from({ length: 10 }, (_, i) =>
      measured(['leak', 'scan', i % 2 === 0 ? '--all' : '--history', '--max-file-size', '77M'], { cwd: repo.dir, env: repo.env }),
    );
    for (const { code, report } of await Promise.all(runs)) {
      expect(code).toBe(1);
      expect(report.findings.map(({ path = '', line = 0 }) => `${path}:${line}`)).toEqual(where);
      expect([report.skipped, report.stats.files]).toEqual([[], COUNT]);
    }
    expect(readdirSync(join(repo.dir, '.git/kei')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const after = await measured(['leak', 'scan', '--all', '--max-file-size', '77M'], { cwd: repo.dir, env: repo.env });
    expect(placesOf(after.report.findings)).toEqual(where);
    expect(after.report.stats.bytes).toBeLessThan(1000);
  });
});

test('the folder for temporary files has room for these tests', () => {
  const { bavail, bsize, ffree } = statfsSync(tmpdir());
  expect(bavail * bsize).toBeGreaterThan(2e9);
  expect(ffree === 0 || ffree > 200_000).toBe(true); // 0: it counts no inodes
});
