import { readdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/check.ts';
import { GitError } from '../../src/errors.ts';
import { commitChanges, rangeCommits, stagedChanges } from '../../src/git/changes.ts';
import { createDiffParser } from '../../src/git/patch.ts';
import { here } from '../../src/git/run.ts';
import { makeRepo, REFS, type TestRepo } from '../repo.ts';

const place = (repo: TestRepo) => here({ cwd: repo.dir, env: repo.env });
const brief = (changes: readonly Change[]): unknown[] => changes.map(({ path, status, added }) => [path, status, added ?? 'all']);
const perCommit = async (repo: TestRepo, commits: readonly string[]): Promise<(readonly [string, unknown[]])[]> => {
  const out: (readonly [string, unknown[]])[] = [];
  for await (const { commit, changes } of commitChanges(place(repo), commits)) {
    expect(changes.every((change) => change.commit === commit)).toBe(true);
    out.push([commit, brief(changes)]);
  }
  return out;
};

test.for(['sha1', 'sha256'] as const)('%s: every kind of staged change', async (format) => {
  const repo = await makeRepo({ format });
  await repo.write('edited', '1\n2\n3\n4\n5\n');
  await repo.write('gone', 'x\n');
  await repo.write('mode', 'm\n');
  await repo.write('was-file', 'f\n');
  await repo.write('renamed-from', 'same\nsame\nsame\nsame\n');
  await repo.write('no-newline', 'a');
  await repo.write('same', 's\n');
  await repo.commit();
  await repo.write('edited', '1\ntwo\n3\n4\n5\nsix\nseven\n');
  await repo.git('rm', '--quiet', 'gone');
  await repo.write('mode', 'm\n', 0o755);
  unlinkSync(join(repo.dir, 'was-file'));
  symlinkSync('same', join(repo.dir, 'was-file'));
  await repo.git('mv', 'renamed-from', 'renamed-to');
  await repo.write('no-newline', 'a\nb');
  await repo.write('binary', Buffer.from([0, 1, 2]));
  await repo.write('empty', '');
  await repo.write('new', 'n\n');
  await repo.write('headers', 'diff --git a/x b/x\n@@ -1,5 +1,5 @@\n+++ b/x\nindex 0..1\n\\ No newline at end of file\n');
  await repo.git('add', '--all');
  await repo.write('same', 'only in the worktree\n');
  await repo.write('intended', 'i');
  await repo.git('add', '--intent-to-add', 'intended');
  const changes = await stagedChanges(place(repo));
  expect(brief(changes)).toEqual([
    ['binary', 'added', 'all'],
    [
      'edited',
      'modified',
      [
        [2, 2],
        [6, 7],
      ],
    ],
    ['empty', 'added', 'all'],
    ['gone', 'deleted', 'all'],
    ['headers', 'added', 'all'],
    ['mode', 'modified', []],
    ['new', 'added', 'all'],
    ['no-newline', 'modified', [[1, 2]]],
    ['renamed-from', 'deleted', 'all'],
    ['renamed-to', 'added', 'all'],
    ['was-file', 'type-changed', [[1, 1]]],
  ]);
  expect(changes.find(({ path }) => path === 'edited')).toMatchObject({ mode: 0o100644, oid: await repo.git('rev-parse', ':edited') });
  expect(changes.find(({ path }) => path === 'mode')?.mode).toBe(0o100755);
});

test('before the first commit everything staged is new', async () => {
  for (const format of ['sha1', 'sha256'] as const) {
    const repo = await makeRepo({ format });
    expect(await stagedChanges(place(repo))).toEqual([]);
    await repo.write('a', 'a\n');
    await repo.git('add', '.');
    expect(brief(await stagedChanges(place(repo)))).toEqual([['a', 'added', 'all']]);
  }
});

test('a HEAD that is damaged is an error, not an empty history', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a\n');
  await repo.commit();
  if (REFS === 'files') await repo.write('.git/refs/heads/main', `${'f'.repeat(40)}\n`);
  else for (const table of readdirSync(join(repo.dir, '.git/reftable'))) await repo.write(`.git/reftable/${table}`, 'x'.repeat(200));
  await expect(stagedChanges(place(repo))).rejects.toThrow(GitError);
});

test('from a subfolder, with submodule, unmerged path and hostile attributes', async () => {
  const inner = await makeRepo();
  await inner.write('i', 'i');
  await inner.commit();
  const repo = await makeRepo();
  await repo.write('sub/f', 'base\n');
  await repo.write('.gitattributes', '*.env -diff\n*.inc diff=custom\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('sub/f', 'side\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('sub/f', 'main\n');
  await repo.commit();
  await repo.git('merge', 'side').catch(() => {});
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'module');
  await repo.write('hidden.env', 'secret\n');
  await repo.git('add', 'hidden.env');
  const changes = await stagedChanges(here({ cwd: join(repo.dir, 'sub'), env: repo.env }));
  expect(brief(changes)).toEqual([
    ['.gitmodules', 'added', 'all'],
    ['hidden.env', 'added', 'all'],
  ]);
});

test('a secret that one commit adds and the next removes is seen', async () => {
  const repo = await makeRepo();
  await repo.write('f', '1\n2\n');
  const base = await repo.commit();
  await repo.write('f', '1\nsecret\n2\n');
  const adds = await repo.commit();
  await repo.write('f', '1\n2\n');
  const removes = await repo.commit();
  const empty = await repo.commit();
  const commits = await rangeCommits(place(repo), `${base}..HEAD`);
  expect(commits).toEqual([adds, removes, empty]);
  expect(await perCommit(repo, commits)).toEqual([
    [adds, [['f', 'modified', [[2, 2]]]]],
    [removes, [['f', 'modified', []]]],
    [empty, []],
  ]);
  expect(await perCommit(repo, [removes, base])).toEqual([
    [removes, [['f', 'modified', []]]],
    [base, [['f', 'added', 'all']]],
  ]);
  expect(await perCommit(repo, [])).toEqual([]);
});

test('of a merge only what no parent has counts', async () => {
  const repo = await makeRepo();
  await repo.write('f', '1\n2\n3\n4\n5\n6\n7\n');
  await repo.write('both', 'x\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('f', '1\n2\n3\n4\n5\n6\nseven\n');
  await repo.write('side-only', 's\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('f', 'one\n2\n3\n4\n5\n6\n7\n');
  await repo.write('main-only', 'm\n');
  await repo.commit();
  await repo.git('merge', '--quiet', '--no-commit', 'side');
  await repo.write('f', 'one\n2\n3\nEVIL\n5\n6\nseven\n');
  await repo.write('evil', 'e\n');
  const evil = await repo.commit('merge');
  await repo.git('checkout', '--quiet', '-b', 'third', 'main~1');
  await repo.write('third', 't\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'fourth', 'main~1');
  await repo.write('fourth', '4\n');
  const fourth = await repo.commit();
  await repo.git('merge', '--quiet', 'main', 'third');
  const octopus = await repo.git('rev-parse', 'HEAD');
  expect(await perCommit(repo, [evil, octopus, fourth])).toEqual([
    [
      evil,
      [
        ['evil', 'added', 'all'],
        ['f', 'modified', [[4, 4]]],
      ],
    ],
    [octopus, []],
    [fourth, [['fourth', 'added', 'all']]],
  ]);
});

test('a merge that keeps one side changes nothing', async () => {
  const repo = await makeRepo();
  await repo.write('f', '1\n');
  await repo.commit();
  await repo.git('checkout', '--quiet', '-b', 'side');
  await repo.write('f', 'side\n');
  await repo.write('bin', Buffer.from([0, 1]));
  await repo.commit();
  await repo.git('checkout', '--quiet', 'main');
  await repo.write('f', 'main\n');
  await repo.commit();
  await repo.git('merge', '--quiet', '-s', 'ours', '-m', 'm', 'side');
  expect(await perCommit(repo, [await repo.git('rev-parse', 'HEAD')])).toEqual([[await repo.git('rev-parse', 'HEAD'), []]]);
});

test.for(['--all', '--output=x', 'none..HEAD', 'HEAD..', '-n1'])('the range %j is no option and no surprise', async (range) => {
  const repo = await makeRepo();
  await repo.commit();
  if (range === 'HEAD..') expect(await rangeCommits(place(repo), range)).toEqual([]);
  else await expect(rangeCommits(place(repo), range)).rejects.toThrow(GitError);
});

test('added lines are those that git itself would show, and end at newline bytes only', async () => {
  const repo = await makeRepo();
  const line = fc.constantFrom('a', 'b', 'c', '', '+', '-x', '@@ -1 +1 @@', '\\ No', 'cr\r', 'a\u2028b', 'x\fy');
  const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n')).map(([lines, end]) => lines.join('\n') + end);
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      await repo.write('f', before);
      await repo.write('z', `${before}\nlast`);
      const first = await repo.commit();
      await repo.write('f', after);
      await repo.write('z', `${after}\nlast`);
      const second = await repo.commit();
      const [, changes] = (await perCommit(repo, [second]))[0] ?? ['', []];
      const lines = (await repo.git('diff', '--no-ext-diff', '-U0', first, second, '--', 'f'))
        .split('\n')
        .filter((l) => l.startsWith('@@ '));
      const expected = lines.flatMap((l) => {
        const [, start = '', count = '1'] = /\+(\d+)(?:,(\d+))?/.exec(l) ?? [];
        return count === '0' ? [] : [[Number(start), Number(start) + Number(count) - 1]];
      });
      const got = (changes as [string, string, unknown][]).find(([path]) => path === 'f');
      expect(got?.[2] ?? []).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

test('the parser does not care where pieces end, and fails towards more', () => {
  const oid = (digit: string): string => digit.repeat(40);
  const output = Buffer.from(
    `${oid('a')}\0:100644 100644 ${oid('1')} ${oid('2')} M\0f\0:100644 120000 ${oid('3')} ${oid('4')} T\0l\0\0` +
      `diff --git a/f b/f\nindex ${oid('1')}..${oid('2')} 100644\n--- a/f\n+++ b/f\n@@ -3 +3,2 @@ ${oid('b')}\n-${oid('c')}\n\\ No newline at end of file\n+x\n+${oid('d')}\n` +
      `diff --git a/l b/l\ndeleted file mode 100644\nindex ${oid('3')}..${oid('0')}\ndiff --git a/l b/l\nnew file mode 120000\nindex ${oid('0')}..${oid('4')}\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+f\n\\ No newline at end of file\n` +
      `${oid('b')}\0${oid('c')}\0:100644 100644 ${oid('5')} ${oid('6')} M\0g\0\0diff --git a/g b/g\nindex ${oid('5')}..${oid('6')} 100644\nBinary files a/g and b/g differ\n`,
  );
  const parse = (size: number, bytes: Buffer = output): unknown[] => {
    const parser = createDiffParser(true);
    const out: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) out.push(...parser.feed(bytes.subarray(at, at + size)));
    return [...out, ...parser.end()];
  };
  const whole = parse(output.length);
  expect(whole).toMatchObject([
    {
      header: oid('a'),
      files: [
        { path: 'f', status: 'M', added: [[3, 4]] },
        { path: 'l', status: 'T', added: [[1, 1]] },
      ],
    },
    { header: oid('b'), files: [] },
    { header: oid('c'), files: [{ path: 'g', added: undefined }] },
  ]);
  for (let size = 1; size < 200; size++) expect(parse(size)).toEqual(whole);
  // A patch that is about another blob than the names say: all counts.
  const wrong = Buffer.from(
    output.toString('latin1').replace(`index ${oid('1')}..${oid('2')}`, `index ${oid('1')}..${oid('7')}`),
    'latin1',
  );
  expect(parse(wrong.length, wrong)[0]).toMatchObject({
    files: [
      { path: 'f', added: undefined },
      { path: 'l', added: undefined },
    ],
  });
  const cut = output.subarray(0, output.indexOf('+x'));
  expect(parse(cut.length, cut)[0]).toMatchObject({
    files: [
      { path: 'f', added: undefined },
      { path: 'l', added: undefined },
    ],
  });
});
