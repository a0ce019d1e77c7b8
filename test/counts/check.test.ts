import { describe, expect, test } from 'vitest';
import type { Finding, Skipped } from '../../src/report/finding.ts';
import type { Overrides } from '../captured.ts';
import { run } from '../leak/commands.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

const SETTINGS = `
[leak]
builtin = false
[counts.pages]
glob = "docs/*.md"
[counts.exports]
regex = "^export "
files = "src/*.ts"
[counts.version]
json = "package.json"
path = "version"
[counts.commits]
git = "commits"
`;

const marker = (name: string, text: string): string => `<!-- count:${name} -->${text}<!-- /count:${name} -->`;

const makeCounted = async (readme = `${marker('pages', '1')} pages, ${marker('exports', '2')} exports\n`): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('kei.toml', SETTINGS);
  await repo.write('docs/a.md', '# A\n');
  await repo.write('src/a.ts', 'export const a = 1;\nexport const b = 2;\n');
  await repo.write('package.json', '{"version": "1.0.0"}\n');
  await repo.write('README.md', readme);
  await repo.commit();
  return repo;
};

interface Said {
  readonly code: number;
  readonly found: readonly string[];
  readonly skipped: readonly string[];
}

const check = async (repo: TestRepo, argv: readonly string[] = ['check', '--staged'], overrides: Overrides = {}): Promise<Said> => {
  const { code, out, err } = await run(repo, [...argv, '--format', 'json'], overrides);
  expect(err).toBe('');
  const { findings, skipped } = JSON.parse(out) as { findings: Finding[]; skipped: Skipped[] };
  return {
    code,
    found: findings.map(
      ({ path = '', line = 0, column = 0, rule, severity, message }) => `${path}:${line}:${column}: ${severity} ${message} [${rule}]`,
    ),
    skipped: skipped.map(({ reason, kind }) => `${kind} ${reason}`),
  };
};

const CLEAN: Said = { code: 0, found: [], skipped: [] };
const stale = (message: string, column = 21): Said => ({
  code: 1,
  found: [`README.md:1:${column}: error ${message} [counts/stale]`],
  skipped: [],
});

describe('check --staged', () => {
  test('nothing that could matter is staged', async () => {
    const repo = await makeCounted(`${marker('pages', '9')}\n`); // stale already, and nobody's fault here
    await repo.write('other.txt', 'x');
    await repo.write('docs/a.md', '# A, better\n');
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(CLEAN);
  });

  test('a source changes and the number does not', async () => {
    const repo = await makeCounted();
    await repo.write('docs/b.md', '# B\n');
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(stale('pages is 2, not 1'));
    await repo.write('README.md', `${marker('pages', '2')} pages, ${marker('exports', '2')} exports\n`);
    expect(await check(repo)).toEqual(stale('pages is 2, not 1'));
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(CLEAN);
  });

  test('what is not staged does not count', async () => {
    const repo = await makeCounted();
    await repo.write('docs/b.md', '# B\n');
    await repo.write('src/a.ts', 'export const a = 1;\n');
    await repo.write('other.txt', 'x');
    await repo.git('add', 'other.txt');
    expect(await check(repo)).toEqual(CLEAN);
    await repo.git('add', 'src');
    expect(await check(repo)).toEqual(stale('exports is 1, not 2', 73));
  });

  test('deleting and renaming a source', async () => {
    const repo = await makeCounted();
    await repo.git('mv', 'docs/a.md', 'docs/b.md');
    expect(await check(repo)).toEqual(CLEAN);
    await repo.git('mv', 'docs/b.md', 'b.md');
    expect(await check(repo)).toEqual({
      code: 1,
      found: ['kei.toml:5:8: error pages: no file matches docs/*.md [counts/broken]'],
      skipped: [],
    });
  });

  test('of files that are not staged only the numbers that changed now', async () => {
    const repo = await makeCounted();
    await repo.write('other.md', `${marker('exports', '7')} ${marker('pages', '1')} ${marker('nope', '1')} <!-- count:pages -->\n`);
    await repo.commit();
    await repo.write('docs/b.md', '# B\n');
    await repo.git('add', '.');
    expect((await check(repo)).found).toEqual([
      'README.md:1:21: error pages is 2, not 1 [counts/stale]',
      'other.md:1:68: error pages is 2, not 1 [counts/stale]',
    ]);
  });

  test('of files that are staged everything', async () => {
    const repo = await makeCounted();
    await repo.write('other.md', `${marker('exports', '7')} ${marker('nope', '1')}\n`);
    await repo.git('add', '.');
    expect((await check(repo)).found).toEqual([
      'other.md:1:23: error exports is 2, not 7 [counts/stale]',
      'other.md:1:67: error no counter "nope" [counts/broken]',
    ]);
  });

  test('a counter and its first marker come together', async () => {
    const repo = await makeCounted();
    await repo.write('kei.toml', `${SETTINGS}[counts.code]\nglob = "src/*"\n`);
    await repo.write('README.md', `${marker('code', '1')} files\n`);
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(CLEAN);
    await repo.write('README.md', `${marker('code', '3')} files\n`);
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(stale('code is 1, not 3', 20));
  });

  test('settings that change a number', async () => {
    const repo = await makeCounted();
    await repo.write('kei.toml', SETTINGS.replace('docs/*.md', '*.md'));
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(stale('pages is 2, not 1'));
  });

  test('no counters, no check: markers of others are text', async () => {
    const repo = await makeRepo();
    await repo.write('kei.toml', '[leak]\nbuiltin = false\n');
    await repo.write('README.md', `${marker('pages', '9')} <!-- count:x -->\n`);
    await repo.git('add', '.');
    expect(await check(repo)).toEqual(CLEAN);
  });

  test('skipped by the settings', async () => {
    const repo = await makeCounted();
    await repo.write('kei.toml', `${SETTINGS}[check]\nskip = ["counts"]\n`);
    await repo.commit();
    await repo.write('docs/b.md', '# B\n');
    await repo.git('add', '.');
    expect((await check(repo)).found.filter((line) => line.includes('[counts/'))).toEqual([]);
  });

  test('a number of history is only a warning', async () => {
    const repo = await makeCounted();
    await repo.write('README.md', `${marker('commits', '7')} commits\n`);
    await repo.git('add', '.');
    expect(await check(repo)).toEqual({ code: 0, found: ['README.md:1:23: warning commits is 1, not 7 [counts/stale]'], skipped: [] });
  });

  test('a source that is broken is told at its place, once', async () => {
    const repo = await makeCounted(`${marker('version', '1.0.0')} ${marker('version', '1.0.0')}\n`);
    await repo.write('package.json', '{"version": \n');
    await repo.git('add', '.');
    expect(await check(repo)).toEqual({
      code: 1,
      found: ['kei.toml:10:8: error version: package.json:2:1: not JSON: it ends too early [counts/broken]'],
      skipped: [],
    });
  });
});

describe('ranges', () => {
  test('only the last commit is judged', async () => {
    const repo = await makeCounted();
    await repo.write('docs/b.md', '# B\n');
    await repo.commit('stale');
    const before = await repo.git('rev-parse', 'HEAD~1');
    expect(await check(repo, ['check', '--range', `${before}..HEAD`])).toEqual(stale('pages is 2, not 1'));
    await repo.write('README.md', `${marker('pages', '2')} pages\n`);
    await repo.commit('mended');
    expect(await check(repo, ['check', '--range', `${before}..HEAD`])).toEqual(CLEAN);
    // The worktree has nothing to say.
    await repo.write('docs/c.md', '# C\n');
    expect(await check(repo, ['check', '--range', `${before}..HEAD`])).toEqual(CLEAN);
  });

  test('a range that brings the counter', async () => {
    const repo = await makeRepo();
    await repo.write('kei.toml', '[leak]\nbuiltin = false\n');
    await repo.commit();
    await repo.write('kei.toml', SETTINGS);
    await repo.write('docs/a.md', 'a');
    await repo.write('README.md', `${marker('pages', '1')}\n`);
    await repo.commit();
    expect((await check(repo, ['check', '--range', 'HEAD~1..HEAD'])).code).toBe(0);
  });

  test('a shallow clone fails in CI where history is counted', async () => {
    const repo = await makeCounted(`${marker('commits', '1')} commits\n`);
    await repo.commit();
    const folder = await makeFolder();
    await repo.git('clone', '--quiet', '--depth=1', `file://${repo.dir}`, `${folder}/clone`);
    const clone = openRepo(`${folder}/clone`, repo.env);
    const said = await check(clone, ['check', '--all'], { ci: true });
    expect(said).toEqual({
      code: 3,
      found: [],
      skipped: [expect.stringMatching(/^failed commits: this clone is shallow/)],
    });
  });
});

describe('commands', () => {
  const withCommand = async (more: string): Promise<TestRepo> => {
    const repo = await makeCounted(`${marker('lines', '5')} lines\n`);
    await repo.write('kei.toml', `${SETTINGS}[counts.lines]\ncommand = ["node", "-p", "7"]\n${more}`);
    await repo.commit();
    await repo.write('README.md', `${marker('lines', '6')} lines\n`);
    await repo.git('add', '.');
    return repo;
  };

  test('do not run where the repository is not trusted', async () => {
    const repo = await withCommand('at-commit = true\n');
    expect(await check(repo)).toEqual({
      code: 0,
      found: [],
      skipped: [
        'policy lines: commands of a repository that is not trusted do not run (if its kei.toml is yours or reviewed: kei-git trust)',
      ],
    });
  });

  test('run in a hook where they say so', async () => {
    for (const [more, found] of [
      ['', []],
      ['at-commit = true\n', ['README.md:1:21: error lines is 7, not 6 [counts/stale]']],
    ] as const) {
      const repo = await withCommand(more);
      expect((await run(repo, ['trust', '--yes'])).code).toBe(0);
      expect((await check(repo)).found).toEqual(found);
    }
  });
});
