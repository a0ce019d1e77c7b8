import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePatch } from '../../src/substitute/patch.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { run, type Ran } from './commands.ts';
import { KEY_TEXT } from './substituting.ts';
import { githubToken } from './tokens.ts';

const secret = (name: string): string => githubToken(`patch ${name}`);
const substitute = (where: TestRepo | string, argv: readonly string[], stdin = ''): Promise<Ran> =>
  run(where, ['leak', 'substitute', ...argv], { env: { KEI_LEAK_KEY: KEY_TEXT }, stdin });

const rows = (name: string, count: number): string => Array.from({ length: count }, (_, i) => `${name} ${i}\n`).join('');

/** Two commits: files before, and after with every kind of change. */
const grown = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write(
    'a.txt',
    `function first() {\nkey = "${secret('context')}"\n${rows('a', 20)}old = "${secret('removed')}"\n${rows('b', 3)}`,
  );
  await repo.write('crlf.txt', `one\r\ntoken = "${secret('crlf')}"\r\nthree\r\n`);
  await repo.write('no-end.txt', `x\nlast = ${secret('no end')}`);
  await repo.write('gone.txt', `gone = ${secret('gone')}\n`);
  await repo.write('sp ace/\u00e9"q.txt', `q = ${secret('quoted')}\nmore\n`);
  await repo.write('moved.txt', `${rows('m', 30)}m = ${secret('moved')}\n`);
  await repo.write('clean.txt', 'one\ntwo\n');
  await repo.write('bin', Buffer.from([0, 1, 2, 3]));
  await repo.commit();
  await repo.write(
    'a.txt',
    `function first() {\nkey = "${secret('context')}"\n-- a\n${rows('a', 20)}new = "${secret('added')}"\n${rows('b', 3)}`,
  );
  await repo.write('crlf.txt', `one\r\ntoken = "${secret('crlf')}"\r\nfour\r\n`);
  await repo.write('no-end.txt', `y\nlast = ${secret('no end')}`);
  await repo.write('new.txt', `new = ${secret('new')}\n`, 0o755);
  await repo.write('sp ace/\u00e9"q.txt', `q = ${secret('quoted')}\nless\n`);
  await repo.git('rm', '-q', 'gone.txt');
  await repo.git('mv', 'moved.txt', 'there.txt');
  await repo.write('there.txt', `${rows('m', 30)}m = ${secret('moved')}\nend\n`);
  await repo.write('clean.txt', 'one\nthree\n');
  await repo.write('bin', Buffer.from([0, 1, 2, 4]));
  await repo.commit(`take ${secret('subject')}\n\nbody ${secret('body')}\n`);
  return repo;
};

const NAMES = ['context', 'removed', 'crlf', 'no end', 'gone', 'quoted', 'moved', 'added', 'new', 'subject', 'body'];
const leaks = (text: string): string[] => NAMES.filter((name) => text.includes(secret(name).slice(4, 30)));

describe('a patch', () => {
  test.for([
    ['git diff', ['diff', '--binary', 'HEAD~', 'HEAD']],
    ['git diff, few lines around', ['diff', '--binary', '-U1', 'HEAD~', 'HEAD']],
    ['git diff with full names of blobs and no renames', ['diff', '--binary', '--full-index', '--no-renames', 'HEAD~', 'HEAD']],
    ['git format-patch', ['format-patch', '--binary', '--stdout', '-1']],
    ['git format-patch, no lines around', ['format-patch', '--binary', '--stdout', '-1', '-U0']],
  ] as const)('%s applies to the tree in which the same was replaced', async ([, command]) => {
    const repo = await grown();
    const patch = `${await repo.git(...command)}\n`;
    expect(leaks(patch)).toContain('added');
    const before = await makeFolder();
    await repo.git('worktree', 'add', '-q', '--detach', join(before, 'w'), 'HEAD~');
    const base = openRepo(join(before, 'w'), repo.env);
    expect((await substitute(base, ['--write'])).code).toBe(0);
    const { code, out, err } = await substitute(base, ['--patch'], patch);
    expect([code, leaks(out), leaks(err)]).toEqual([0, [], []]);
    expect(out.split('\n').filter((line) => !line.startsWith('index ')).length).toBe(
      patch.split('\n').filter((line) => !line.startsWith('index ')).length,
    );
    await base.gitWith({ stdin: out }, 'apply', '--check', ...(command.includes('-U0' as never) ? ['--unidiff-zero'] : []));
    // What comes of it is the later tree, substituted.
    await base.gitWith({ stdin: out }, 'apply', ...(command.includes('-U0' as never) ? ['--unidiff-zero'] : []));
    expect((await substitute(repo, ['--write'])).code).toBe(0);
    for (const path of ['a.txt', 'crlf.txt', 'no-end.txt', 'new.txt', 'there.txt', 'clean.txt', 'sp ace/\u00e9"q.txt'])
      expect([path, readFileSync(join(base.dir, path), 'utf8')]).toEqual([path, readFileSync(join(repo.dir, path), 'utf8')]);
    expect((await substitute(base, ['--patch'], out)).out).toBe(out);
    // Names of blobs stay where nothing was replaced.
    const headers = out.split('\n').flatMap((line, i, all) => (line.startsWith('index ') ? [all[i - 1]] : []));
    expect(headers.slice(0, 2)).toEqual(['diff --git a/bin b/bin', 'diff --git a/clean.txt b/clean.txt']);
    expect(headers.slice(2)).toEqual(command.includes('-U0' as never) ? ['diff --git a/no-end.txt b/no-end.txt'] : []);
  });

  test('git am takes it, and the message too is replaced', async () => {
    const repo = await grown();
    const patch = `${await repo.git('format-patch', '--stdout', '--binary', '-1')}\n`;
    const folder = await makeFolder();
    await repo.git('worktree', 'add', '-q', '-b', 'other', join(folder, 'w'), 'HEAD~');
    const base = openRepo(join(folder, 'w'), repo.env);
    await substitute(base, ['--write']);
    await base.commit('substituted');
    const { out } = await substitute(base, ['--patch'], patch);
    await base.gitWith({ stdin: out }, 'am', '-q', '--keep-cr');
    const message = await base.git('log', '-1', '--format=%B');
    expect(message).toMatch(/^take <github-pat-classic:[a-z2-7]{10}>\n\nbody <github-pat-classic:[a-z2-7]{10}>\n*$/);
  });

  test('git log -p: messages and content', async () => {
    const repo = await grown();
    const log = `${await repo.git('log', '-p')}\n`;
    const { code, out } = await substitute(repo, ['--patch'], log);
    expect([code, leaks(out)]).toEqual([0, []]);
    expect(out).toContain('Author: A U Thor <author@example.com>');
  });

  test('what stands in a header cannot be replaced: nothing is written', async () => {
    const repo = await makeRepo();
    await repo.write(`${secret('new')}.txt`, 'x\n');
    await repo.commit();
    const { code, out, err } = await substitute(repo, ['--patch'], `${await repo.git('show', 'HEAD')}\n`);
    expect([code, out, leaks(err)]).toEqual([1, '', []]);
    expect(err).toMatch(/stays, it cannot be replaced.*\[leak\/github-pat-classic\]/);
    expect(err).toContain('nothing was written');
  });

  test('a key over lines is replaced line by line', async () => {
    const body =
      Buffer.from(secret('new').repeat(8))
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    const pem = ['-----BEGIN PRIVATE KEY', '-----\n', ...body.map((row) => `${row}\n`), '-----END PRIVATE KEY', '-----\n'].join('');
    const repo = await makeRepo();
    await repo.write('k.pem', pem);
    await repo.commit();
    const patch = `${await repo.git('show', 'HEAD')}\n`;
    const { code, out } = await substitute(repo, ['--patch'], patch);
    expect(code).toBe(0);
    for (const row of body) expect(out).not.toContain(row);
    await repo.git('checkout', '-q', '--orphan', 'empty');
    await repo.git('rm', '-rfq', '.');
    await repo.gitWith({ stdin: out }, 'apply', '--check');
  });
});

test('the lines of a combined diff, a plain diff and of nonsense', () => {
  const read = (text: string): unknown => {
    const bytes = Buffer.from(text);
    const lines = (spans: readonly (readonly [number, number])[]): string[] => spans.map(([from, to]) => bytes.toString('utf8', from, to));
    return parsePatch(bytes).texts.map(({ kind, path, lines: some }) => [kind, path, lines(some)]);
  };
  expect(read('--- x.c\t2020\n+++ y.c\t2021\n@@ -1,2 +1,2 @@ int main()\n a\n-b\n+c\n\\ No newline at end of file\nmore\n')).toEqual([
    ['side', 'y.c', [' int main()', 'a', 'b']],
    ['side', 'y.c', [' int main()', 'a', 'c']],
    ['message', '', ['more']],
    ['fixed', '', ['--- x.c\t2020', '+++ y.c\t2021', '@@ -1,2 +1,2 @@', '\\ No newline at end of file']],
  ]);
  expect(read('diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,2 -1,2 +1,2 @@@\n  both\n- one\n -two\n++new\n')).toEqual([
    ['side', 'a', ['both', 'one']],
    ['side', 'a', ['both', 'two']],
    ['side', 'a', ['both', 'new']],
    ['fixed', '', ['diff --cc a', 'index 1,2..3', '--- a/a', '+++ b/a', '@@@ -1,2 -1,2 +1,2 @@@']],
  ]);
  expect(read('@@ -1 +1 @@\n--- \n+++\n')).toEqual([['message', '', ['@@ -1 +1 @@', '--- ', '+++']]]);
  expect(read('')).toEqual([]);
});
