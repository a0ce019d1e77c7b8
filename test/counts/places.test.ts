import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/check.ts';
import { parseConfig } from '../../src/config/layer.ts';
import type { RunCounter } from '../../src/counting.ts';
import type { Counted } from '../../src/counts/counted.ts';
import { computeCounts } from '../../src/counts/sources.ts';
import type { CountWorld } from '../../src/counts/world.ts';
import { openHistoryCounts } from '../../src/git/history-counts.ts';
import { here } from '../../src/git/run.ts';
import { commitSnapshot, indexSnapshot } from '../../src/git/snapshot.ts';
import { worktreeSnapshot } from '../../src/git/worktree.ts';
import { openCountPrograms } from '../../src/sys/count-program.ts';
import { captured } from '../captured.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

const { signal } = new AbortController();
const placeOf = (repo: TestRepo) => here(captured(repo.dir, { env: repo.env }));

const countAt = async (repo: TestRepo, snapshot: Snapshot, settings: string, more: Partial<CountWorld> = {}): Promise<string> => {
  const { counts } = parseConfig(`[counts.it]\n${settings}\n`, 'kei.toml');
  const world: CountWorld = {
    snapshot,
    history: openHistoryCounts(placeOf(repo), signal),
    run: { reason: 'no' },
    isHook: false,
    signal,
    ...more,
  };
  const counted = (await computeCounts(counts, world)).get('it');
  await snapshot.close?.();
  return said(counted);
};

const said = (counted: Counted | undefined): string => {
  if (counted?.kind === 'value') return counted.value;
  return counted === undefined ? 'nothing' : `${counted.kind}: ${counted.reason}`;
};

const everywhere = async (repo: TestRepo, commit: string, settings: string): Promise<readonly string[]> => [
  await countAt(repo, await worktreeSnapshot(placeOf(repo)), settings),
  await countAt(repo, indexSnapshot(placeOf(repo)), settings),
  await countAt(repo, commitSnapshot(placeOf(repo), commit), settings),
];

describe('worktree, index and commit', () => {
  test('each has its own files and contents', async () => {
    const repo = await makeRepo();
    await repo.write('.gitignore', 'out/\n');
    await repo.write('docs/a.md', 'a b\n');
    await repo.write('data.json', '{"n": 1}\n');
    const commit = await repo.commit();
    await repo.write('docs/b.md', 'b b\nb\n');
    await repo.write('data.json', '{"n": 2}\n');
    await repo.git('add', '.');
    await repo.write('docs/c.md', 'b\n');
    await repo.write('docs/b.md', 'b b b b\n');
    await repo.write('data.json', '{"n": 3}\n');
    await repo.write('out/docs/d.md', 'b\n');
    expect(await everywhere(repo, commit, 'glob = "docs/*.md"')).toEqual(['3', '2', '1']);
    expect(await everywhere(repo, commit, 'glob = "*.md"')).toEqual(['3', '2', '1']);
    expect(await everywhere(repo, commit, 'regex = "b"\nfiles = "*.md"')).toEqual(['6', '4', '1']);
    expect(await everywhere(repo, commit, 'lines = "*.md"')).toEqual(['3', '3', '1']);
    expect(await everywhere(repo, commit, 'json = "data.json"\npath = "n"')).toEqual(['3', '2', '1']);
  });

  test('what is gone from the worktree counts in the index only', async () => {
    const repo = await makeRepo();
    await repo.write('a.md', 'a');
    await repo.write('b.md', 'b');
    const commit = await repo.commit();
    await repo.git('rm', '--quiet', '--cached', 'a.md');
    await repo.git('update-index', '--force-remove', 'b.md');
    expect(await everywhere(repo, commit, 'glob = "*.md"\nzero = true')).toEqual(['2', '0', '2']);
  });

  test('symbolic links and submodules', async () => {
    const repo = await makeRepo();
    await repo.write('docs/a.md', 'x\nx\n');
    await repo.gitWith(
      { stdin: `120000 ${await repo.gitWith({ stdin: 'docs/a.md' }, 'hash-object', '-w', '--stdin')}\tb.md\n` },
      'update-index',
      '--index-info',
    );
    await repo.git('checkout-index', '--all');
    await repo.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub.md`);
    const commit = await repo.commit();
    // A link is a file of git's, as `git ls-files` has it, without lines of its own; a submodule is another repository.
    expect((await everywhere(repo, commit, 'glob = "*.md"')).slice(1)).toEqual(['2', '2']);
    expect((await everywhere(repo, commit, 'lines = "*.md"')).slice(1)).toEqual(['2', '2']);
    expect((await everywhere(repo, commit, 'json = "b.md"'))[1]).toBe('broken: b.md is a symbolic link: name the file that it leads to');
  });

  test('paths that are no UTF-8, and odd ones', async () => {
    const repo = await makeRepo();
    const blob = await repo.gitWith({ stdin: 'x\n' }, 'hash-object', '-w', '--stdin');
    const paths = [
      Buffer.from('docs/\xff.md', 'latin1'),
      Buffer.from('docs/a b\n.md'),
      Buffer.from('docs/50%.md'),
      Buffer.from('docs/ü.md'),
    ];
    const lines = paths.map((path) => Buffer.concat([Buffer.from(`100644 ${blob}\t`), path, Buffer.from([0])]));
    await repo.gitWith({ stdin: Buffer.concat(lines) }, 'update-index', '-z', '--index-info');
    const index = () => indexSnapshot(placeOf(repo));
    expect(await countAt(repo, index(), 'glob = "docs/*.md"')).toBe('4');
    expect(await countAt(repo, index(), 'glob = "docs/?.md"')).toBe('1');
    expect(await countAt(repo, index(), 'lines = "docs/50%.md"')).toBe('1');
    expect(await countAt(repo, index(), 'lines = "docs/*.md"')).toBe('4');
  });

  test('a path that is unmerged has no content to count', async () => {
    const repo = await makeRepo();
    const blob = await repo.gitWith({ stdin: 'x\n' }, 'hash-object', '-w', '--stdin');
    await repo.gitWith(
      { stdin: `100644 ${blob} 1\ta.md\n100644 ${blob} 2\ta.md\n100644 ${blob} 3\ta.md\n100644 ${blob} 0\tb.txt\n` },
      'update-index',
      '--index-info',
    );
    const index = () => indexSnapshot(placeOf(repo));
    expect(await countAt(repo, index(), 'glob = "*.md"')).toBe('unknown: a.md could not be looked at: unmerged: it has no staged content');
    expect(await countAt(repo, index(), 'glob = "*.txt"')).toBe('1');
    expect(await countAt(repo, index(), 'json = "a.md"')).toBe('unknown: a.md could not be looked at: unmerged: it has no staged content');
  });

  test('a sparse worktree does not pass for the whole', async () => {
    const repo = await makeRepo();
    await repo.write('docs/a.md', 'x\n');
    await repo.write('other/b.md', 'x\n');
    await repo.commit();
    await repo.git('sparse-checkout', 'set', '--no-cone', '/docs/');
    expect(await countAt(repo, await worktreeSnapshot(placeOf(repo)), 'glob = "*.md"')).toBe(
      'unknown: 1 file is not checked out (a sparse checkout)',
    );
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), 'glob = "*.md"')).toBe('2');
  });
});

describe('history', () => {
  const withHistory = async (): Promise<TestRepo> => {
    const repo = await makeRepo();
    await repo.commit('one');
    await repo.git('tag', 'v1');
    await repo.git('tag', 'other/v2');
    await repo.gitWith(
      { env: { GIT_AUTHOR_NAME: 'Bot[bot]', GIT_AUTHOR_EMAIL: 'bot@example.com' } },
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'two',
    );
    await repo.git('tag', '-a', '-m', 'x', 'v2');
    await repo.git('branch', 'side');
    await repo.commit('three');
    return repo;
  };

  test.for([
    ['git = "commits"', '3'],
    ['git = "commits"\nref = "side"', '2'],
    ['git = "commits"\nref = "nowhere"', 'broken: there is no commit "nowhere"'],
    ['git = "commits"\nref = "--all"', 'broken: there is no commit "--all"'],
    ['git = "tags"', '3'],
    ['git = "tags"\npattern = "v*"', '2'],
    ['git = "tags"\npattern = "v?"\nexclude = "*2"', '1'],
    ['git = "tags"\npattern = "x*"', 'broken: there are no tags that match x*'],
    ['git = "tags"\npattern = "x*"\nzero = true', '0'],
    ['git = "tags"\nref = "v1"', '2'],
    ['git = "contributors"', '2'],
    ['git = "contributors"\nexclude = "*[[]bot]*"', '2'],
    ['git = "contributors"\nexclude = "*[bot]*"', '1'],
  ] as const)('%s', async ([settings, expected]) => {
    const repo = await withHistory();
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), settings)).toBe(expected);
  });

  test('of a commit it ends there', async () => {
    const repo = await withHistory();
    const first = await repo.git('rev-parse', 'HEAD~1');
    expect(await countAt(repo, commitSnapshot(placeOf(repo), first), 'git = "commits"')).toBe('2');
  });

  test('.mailmap joins contributors, a file of this machine does not', async () => {
    const repo = await withHistory();
    await repo.write('../home/mailmap', 'A U Thor <author@example.com> <bot@example.com>\n');
    await repo.git('config', 'mailmap.file', '../home/mailmap');
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), 'git = "contributors"')).toBe('2');
    await repo.write('.mailmap', 'A U Thor <author@example.com> <bot@example.com>\n');
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), 'git = "contributors"')).toBe('1');
  });

  test('no commit yet', async () => {
    const repo = await makeRepo();
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), 'git = "commits"')).toBe('broken: there are no commits');
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), 'git = "commits"\nzero = true')).toBe('0');
  });

  test.for(['commits', 'tags', 'contributors'])('a shallow clone gives no number of %s', async (what) => {
    const repo = await withHistory();
    const folder = await makeFolder();
    await repo.git('clone', '--quiet', '--depth=1', `file://${repo.dir}`, `${folder}/clone`);
    const clone = openRepo(`${folder}/clone`, repo.env);
    expect(await countAt(clone, indexSnapshot(placeOf(clone)), `git = "${what}"`)).toBe(
      'unknown: this clone is shallow: it has only a part of the history',
    );
  });

  test('nor does one without tags', async () => {
    const repo = await withHistory();
    const folder = await makeFolder();
    await repo.git('clone', '--quiet', '--no-tags', repo.dir, `${folder}/clone`);
    const clone = openRepo(`${folder}/clone`, repo.env);
    expect(await countAt(clone, indexSnapshot(placeOf(clone)), 'git = "tags"')).toBe(
      'unknown: this clone fetches no tags (remote.*.tagOpt)',
    );
    expect(await countAt(clone, indexSnapshot(placeOf(clone)), 'git = "commits"')).toBe('3');
  });
});

describe('commands', () => {
  const node = (script: string): string => `command = ${JSON.stringify(['node', '-e', script])}`;

  test.for([
    [node('console.log(42)'), '42'],
    [node('console.log("1.2.3-beta")'), '1.2.3-beta'],
    [node('console.log("Tests  1,234 passed (99)")'), '1234'],
    [node('console.log("v2 has 7 of 9")'), '7'],
    [node('console.log("no number at all")'), 'broken: "node" printed no number'],
    [node(''), 'broken: "node" printed no number'],
    [node('process.exit(3)'), 'broken: "node": ended with code 3'],
    [node('console.log(process.cwd() === require("fs").realpathSync(".") ? 1 : 0, process.env.GIT_DIR ?? "")'), '1'],
    [`${node('setInterval(() => 0, 1000)')}\ntimeout = "200ms"`, 'broken: "node": gave no answer for 0.2 s'],
    [node('process.stdout.write("x".repeat(3e6))'), 'broken: "node": wrote more than 1048576 bytes'],
    ['command = ["no-such-program-here"]', 'broken: "no-such-program-here": there is no such program on PATH'],
    ['command = ["./count.sh", "5"]', '10'],
    [
      node('console.log("<b>")'),
      'broken: the value is not one line of at most 100 letters, digits and marks (printed by node -e console.log("<b>"))',
    ],
  ] as const)('%s', async ([settings, expected]) => {
    const repo = await makeRepo();
    await repo.write('count.sh', '#!/bin/sh\necho $(($1 * 2))\n', 0o755);
    const run: RunCounter = openCountPrograms({ root: repo.dir, env: repo.env, signal });
    expect(await countAt(repo, await worktreeSnapshot(placeOf(repo)), settings, { run })).toBe(expected);
  });

  test('not in a hook unless it says so', async () => {
    const repo = await makeRepo();
    const run: RunCounter = openCountPrograms({ root: repo.dir, env: repo.env, signal });
    const inHook = (settings: string) => countAt(repo, indexSnapshot(placeOf(repo)), settings, { run, isHook: true });
    expect(await inHook(node('console.log(1)'))).toBe('unknown: its command does not run in hooks');
    expect(await inHook(`${node('console.log(1)')}\nat-commit = true`)).toBe('1');
    expect(await countAt(repo, indexSnapshot(placeOf(repo)), node('console.log(1)'))).toBe('unknown: no');
  });
});
