import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { githubToken } from '../leak/tokens.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { keiWell } from './beside.ts';

const strace = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'strace')));
if (!strace) console.warn('strace is missing: the programs that a commit starts are not counted');

/** What a commit starts, in order, and whether it was made. */
const started = (repo: TestRepo, ...args: readonly string[]): { readonly programs: readonly string[]; readonly made: boolean } => {
  const log = join(repo.dir, '.git/started');
  let made = true;
  try {
    const command = ['git', 'commit', '--quiet', '-m', 'what it is about', ...args];
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=execve', '-o', log, ...command], { cwd: repo.dir, env: repo.env, stdio: 'ignore' });
  } catch {
    made = false;
  }
  const lines = readFileSync(log, 'latin1').split('\n');
  const programs = lines.flatMap((line) => (/execve\("([^"]*)".* = 0$/.exec(line) ?? []).slice(1)).map((path) => basename(path));
  return { programs, made };
};
/** Of those the ones that one hook starts, itself included. */
const ofHook = ({ programs }: { readonly programs: readonly string[] }, event: string): readonly string[] => {
  const from = programs.indexOf(event);
  const next = programs.findIndex((name, i) => i > from && ['commit-msg', 'post-commit'].includes(name));
  const all = programs.slice(from, next < 0 ? undefined : next);
  return event === 'commit-msg' ? all.slice(0, 2) : all;
};

describe.runIf(strace)('programs that a commit starts', () => {
  let repo: TestRepo;
  beforeAll(async () => {
    repo = await makeRepo();
    for (const path of ['a.txt', 'src/b.txt', 'src/deep/c.txt']) await repo.write(path, '1\n2\n3\n');
    await repo.write('kei.toml', '[leak]\ndecode = 1\n');
    await repo.commit();
    await keiWell(repo, ['install']);
  });
  const change = async (path: string, content: string): Promise<void> => {
    await repo.write(path, content);
    await repo.git('add', path);
  };

  test.for([
    ['a new file', 'new.txt', 'new\n'],
    ['a changed one', 'src/deep/c.txt', '1\n2\nthree\n'],
  ] as const)('%s: no git beside the one that was asked', async ([, path, content]) => {
    await change(path, content);
    const seen = started(repo);
    expect(seen.made).toBe(true);
    expect(ofHook(seen, 'pre-commit')).toEqual(['pre-commit', 'node']);
    expect(ofHook(seen, 'commit-msg')).toEqual(['commit-msg', 'node']);
    expect(seen.programs.filter((name) => name === 'git')).toHaveLength(seen.programs.length - 4);
  });

  test('commit -a and commit PATH', async () => {
    await repo.write('a.txt', 'other\n');
    expect(ofHook(started(repo, '-a'), 'pre-commit')).toEqual(['pre-commit', 'node']);
    await repo.write('a.txt', 'another\n');
    expect(ofHook(started(repo, 'a.txt'), 'pre-commit')).toEqual(['pre-commit', 'node']);
  });

  test('where something is found git is asked for the lines', async () => {
    await change('src/b.txt', `1\n2\n3\ntoken = "${githubToken('execs')}"\n`);
    const seen = started(repo);
    expect(seen.made).toBe(false);
    expect(ofHook(seen, 'pre-commit')).toEqual(['pre-commit', 'node', 'git']);
    await repo.git('reset', '--quiet', '--hard');
  });

  test('after a clone, where nothing is a file by itself', async () => {
    await repo.git('gc', '--quiet');
    await change('src/b.txt', '1\n2\n3\nfour\n');
    const seen = started(repo);
    expect(seen.made).toBe(true);
    expect(ofHook(seen, 'pre-commit')).toEqual(['pre-commit', 'node']);
    expect(ofHook(seen, 'commit-msg')).toEqual(['commit-msg', 'node']);
  });

  test('an index that only git can read: three questions', async () => {
    await repo.git('update-index', '--split-index');
    await change('src/b.txt', '1\n2\n3\nfive\n');
    const seen = started(repo);
    expect(seen.made).toBe(true);
    expect(ofHook(seen, 'pre-commit').length).toBeGreaterThan(2);
    expect(ofHook(seen, 'pre-commit').length).toBeLessThanOrEqual(5);
  });
});
