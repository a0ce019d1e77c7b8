import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../repo.ts';
import { withCommands, shell } from './commands.ts';

const ALL = 'files = ["*"]';
const TXT = 'files = ["*.txt"]';

describe.skipIf(platform() === 'win32')('commands on pre-commit', () => {
  test('a command that fails stops the commit, and all are told of', async () => {
    const repo = await withCommands(
      `[hook]\njobs = 1\n${shell('good', 'echo fine')}${shell('bad', 'echo "$1: no"; exit 3', TXT)}${shell('last', ':', ALL)}`,
    );
    await repo.write('a.txt', 'a\n');
    await repo.git('add', '.');
    expect(await repo.try(['commit', '-m', 'x'])).toEqual({
      code: 1,
      err: 'kei-git: good passed (N s)\nkei-git: bad failed: exit code 3 (1 file, N s)\na.txt: no\nkei-git: last passed (1 file, N s)\n',
    });
    expect(await repo.git('log', '--format=%s')).toBe('settings');
    await repo.git('mv', 'a.txt', 'a.md');
    expect(await repo.try(['commit', '-m', 'x'])).toEqual({
      code: 0,
      err: 'kei-git: good passed (N s)\nkei-git: last passed (1 file, N s)\n',
    });
    expect(await repo.git('log', '--format=%s')).toBe('x\nsettings');
  });

  test('a warning of a command that passes is shown, other words are not', async () => {
    const warns = "echo; echo '2 problems (0 errors, 2 warnings)'";
    const repo = await withCommands(shell('lint', warns, ALL) + shell('calm', 'echo 0 warnings, no warnings', 'alone = true'));
    await repo.write('a.txt', 'a\n');
    await repo.git('add', '.');
    const { err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toBe('kei-git: lint passed (1 file, N s)\n\n2 problems (0 errors, 2 warnings)\nkei-git: calm passed (N s)\n');
  });

  test.for([
    { view: 'staged', rest: 'new' },
    { view: 'index', rest: '' },
    { view: 'worktree', rest: 'new' },
  ])('view = "$view": what it sees', async ({ view, rest }) => {
    const script =
      'cat part.txt other.txt untouched.txt untracked.txt > "$OUT" 2>/dev/null; git diff --cached --name-only >> "$OUT"; git rev-parse --show-prefix >> "$OUT"; :';
    const out = join(await makeFolder(), 'out');
    const repo = await withCommands(shell('look', script, `view = "${view}"`, `env = { OUT = "${out}" }`));
    for (const name of ['part', 'other', 'untouched']) await repo.write(`${name}.txt`, 'old\n');
    await repo.commit();
    await repo.write('part.txt', 'staged\n');
    await repo.write('other.txt', 'staged\n');
    await repo.git('add', '.');
    await repo.write('part.txt', 'mine\n');
    await repo.write('untouched.txt', 'mine\n');
    await repo.write('untracked.txt', 'new\n');
    expect((await repo.try(['commit', '-m', 'x'])).code).toBe(0);
    const contents = { staged: 'staged\nstaged\nmine\n', index: 'staged\nstaged\nold\n', worktree: 'mine\nstaged\nmine\n' }[view] ?? '';
    expect(await readFile(out, 'utf8')).toBe(`${contents}${rest === '' ? '' : `${rest}\n`}other.txt\npart.txt\n\n`);
    expect(await repo.git('status', '--porcelain')).toBe(' M part.txt\n M untouched.txt\n?? untracked.txt');
  });

  test('under commit -a and commit PATH, what is to be committed', async () => {
    const out = join(await makeFolder(), 'out');
    const repo = await withCommands(
      shell('look', 'echo "$*" >> "$OUT"; cat "$@" >> "$OUT"; git diff --cached --name-only >> "$OUT"', TXT, `env = { OUT = "${out}" }`),
    );
    for (const name of ['a', 'b']) await repo.write(`${name}.txt`, 'old\n');
    await repo.commit();
    await repo.write('a.txt', 'a\n');
    await repo.write('b.txt', 'b\n');
    expect(await repo.try(['commit', '-m', 'x', 'b.txt'])).toMatchObject({ code: 0 });
    expect(await repo.try(['commit', '-am', 'y'])).toMatchObject({ code: 0 });
    expect(await readFile(out, 'utf8')).toBe('b.txt\nb\nb.txt\na.txt\na\na.txt\n');
  });

  test('commands run at once, as many as may', async () => {
    const met = await makeFolder();
    // Each ends only when the other has begun.
    const meet = (mine: string, other: string): string => `touch ${met}/${mine}; until [ -e ${met}/${other} ]; do sleep 0.02; done`;
    const repo = await withCommands(`[hook]\njobs = 2\n${shell('one', meet('1', '2'))}${shell('two', meet('2', '1'))}`);
    await repo.write('a.txt', 'a\n');
    await repo.git('add', '.');
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
  });

  test('jobs = 1, alone: one after the other', async () => {
    const log = join(await makeFolder(), 'log');
    const step = (name: string, ...lines: readonly string[]): string =>
      shell(name, `echo ${name} >> ${log}; sleep 0.05; echo ${name} >> ${log}`, ...lines);
    for (const settings of [
      `[hook]\njobs = 1\n${step('a')}${step('b')}${step('c')}`,
      `[hook]\njobs = 8\n${step('a')}${step('b', 'alone = true')}${step('c')}`,
    ]) {
      const repo = await withCommands(settings);
      await repo.write('a.txt', 'a\n');
      await repo.git('add', '.');
      expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
    }
    expect(await readFile(log, 'utf8')).toBe('a\na\nb\nb\nc\nc\n'.repeat(2));
  });

  test('fixers of one file mend it one after the other, and what they made is committed', async () => {
    const repo = await withCommands(
      `[hook]\njobs = 4\n${['1', '2', '3'].map((n) => shell(`fix-${n}`, `for f; do sleep 0.05; echo ${n} >> "$f"; done`, TXT, 'stage-fixed = true')).join('')}` +
        shell('sees-all', 'test "$(cat a.txt)" = "$(printf "a\\n1\\n2\\n3")"', TXT),
    );
    await repo.write('a.txt', 'a\n');
    await repo.write('b.md', 'b\n');
    await repo.git('add', '.');
    await repo.write('a.txt', 'mine\n\n\n\n\na\n');
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toContain('kei-git: 1 file fixed: a.txt\n');
    expect(code).toBe(0);
    expect(await repo.git('show', 'HEAD:a.txt')).toBe('a\n1\n2\n3');
    expect(await repo.read('a.txt')).toBe('mine\n\n\n\n\na\n1\n2\n3\n');
    expect(await repo.git('status', '--porcelain')).toBe(' M a.txt');
  });

  test('what was mended stays out where a command failed', async () => {
    const repo = await withCommands(shell('fix', 'echo mended >> "$1"', TXT, 'stage-fixed = true') + shell('check', 'exit 1'));
    await repo.write('a.txt', 'a\n');
    await repo.git('add', '.');
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 1 });
    expect([await repo.read('a.txt'), await repo.git('show', ':a.txt')]).toEqual(['a\n', 'a']);
  });

  test('a formatter that is none by its settings is told: what it does in a view is not kept', async () => {
    const format = 'for f; do sed "s/ *$//" "$f" > t && cat t > "$f"; rm t; done';
    const repo = await withCommands(shell('format', format, TXT) + shell('here', format, TXT, 'view = "worktree"'));
    await repo.write('good.txt', 'a\n');
    await repo.git('add', '.');
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
    await repo.write('bad.txt', 'a  \n');
    await repo.git('add', '.');
    const { code, err } = await repo.try(['commit', '-m', 'y']);
    expect(err).toContain(
      'kei-git: format changed bad.txt, and nothing of that is kept\n  hint: to commit what it fixes: stage-fixed = true in [[hook.run]]; else let it only check\n',
    );
    expect(err).toContain('kei-git: here passed (1 file, N s)\n');
    expect(code).toBe(1);
  });

  test('no view is left behind', async () => {
    const repo = await withCommands(shell('a', ':') + shell('b', 'exit 1', 'view = "index"'));
    await repo.write('a.txt', 'a\n');
    await repo.git('add', '.');
    await repo.try(['commit', '-m', 'x']);
    expect((await readdir(join(repo.dir, '.git/kei'))).filter((name) => name.startsWith('view'))).toEqual([]);
  });
});

describe.skipIf(platform() === 'win32')('files of a command', () => {
  test('no name is an option, a second name or a part of a script', async () => {
    const out = join(await makeFolder(), 'out');
    const list = `for f; do test -f "$f" || echo "lost: $f"; printf '%s\\0' "$f"; done >> ${out}`;
    const repo = await withCommands(shell('list', list, 'files = ["*"]', 'exclude = ["kei.toml"]'));
    const names = [
      '-rf',
      '--help',
      '-',
      'a b',
      'a\nb',
      '\n',
      "it's",
      '"',
      '$(touch hacked)',
      '`x`',
      '*',
      'ä',
      '@x',
      ':(top)y',
      '100%',
      '%41',
      'd/-x',
      '~',
      '{files}',
    ];
    for (const name of names) await repo.write(name, 'x\n');
    await repo.git('add', '.');
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
    const given = (await readFile(out, 'utf8')).split('\0').slice(0, -1);
    expect(given.map((name) => name.replace(/^\.\//, '')).toSorted()).toEqual(names.toSorted());
    expect(given.filter((name) => /^[-@:~]/.test(name))).toEqual([]);
  });

  test('deleted files, links and submodules are not given', async () => {
    const out = join(await makeFolder(), 'out');
    const repo = await withCommands(
      shell('list', `echo "$@" >> ${out}`, ALL) +
        shell('without', `echo went >> ${out}`, 'files = ["gone.css"]', 'pass-files = false', 'alone = true'),
    );
    for (const name of ['gone.css', 'gone.txt', 'stays.txt']) await repo.write(name, 'x\n');
    await repo.commit();
    await repo.git('rm', '-q', 'gone.css', 'gone.txt');
    await symlink('stays.txt', join(repo.dir, 'link.txt'));
    await repo.write('new.txt', 'x\n', 0o755);
    await repo.git('add', '.');
    await repo.git('update-index', '--add', '--cacheinfo', `160000,${await repo.git('rev-parse', 'HEAD')},module`);
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
    expect(await readFile(out, 'utf8')).toBe('new.txt\nwent\n');
  });

  test('a name that is no UTF-8 cannot be handed over, and that is said', async () => {
    const repo = await withCommands(
      shell('list', ':', 'files = ["*.txt"]') + shell('other', ':', 'files = ["*.txt"]', 'pass-files = false'),
    );
    const oid = await repo.gitWith({ stdin: 'x\n' }, 'hash-object', '-w', '--stdin');
    await repo.gitWith(
      { stdin: Buffer.concat([Buffer.from(`100644 ${oid}\ta`), Buffer.from([0xff]), Buffer.from('.txt\0')]) },
      'update-index',
      '-z',
      '--index-info',
    );
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toContain('kei-git: list did not run: a%FF.txt is no name in UTF-8 and cannot be handed over\n');
    expect(err).toContain('kei-git: other passed (N s)\n');
    expect(code).toBe(1);
  });

  test('50,000 files go in several runs', { timeout: 120_000 }, async () => {
    const out = join(await makeFolder(), 'out');
    const repo = await withCommands(shell('count', `echo $# >> ${out}`, TXT, 'view = "worktree"'));
    const oid = await repo.gitWith({ stdin: 'x\n' }, 'hash-object', '-w', '--stdin');
    const name = (n: number): string => `packages/some-package/src/component-${n}.txt`;
    await repo.gitWith(
      { stdin: Array.from({ length: 50_000 }, (_, n) => `100644 ${oid}\t${name(n)}\n`).join('') },
      'update-index',
      '--index-info',
    );
    const { code, err } = await repo.try(['commit', '-qm', 'x']);
    expect({ code, err }).toEqual({ code: 0, err: 'kei-git: count passed (50,000 files, N s)\n' });
    const counts = (await readFile(out, 'utf8')).trim().split('\n').map(Number);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(50_000);
    expect(counts.length).toBeGreaterThan(10);
    expect(counts.length).toBeLessThan(30);
  });

  test('the repository’s own programs come before those of PATH', async () => {
    const repo = await withCommands(
      '[[hook.run]]\nname = "tool"\nrun = ["git", "--mine"]\n[[hook.run]]\nname = "lost"\nrun = ["no-such-tool", "x"]\n[[hook.run]]\nname = "local"\nrun = ["./scripts/own.sh"]\n',
    );
    await mkdir(join(repo.dir, 'node_modules/.bin'), { recursive: true });
    await repo.write('node_modules/.bin/git', '#!/bin/sh\necho "warning: $@"\n', 0o755);
    await repo.write('.gitignore', 'node_modules\n');
    await repo.write('scripts/own.sh', '#!/bin/sh\necho warn own\n', 0o755);
    await repo.git('add', '.');
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toContain('kei-git: tool passed (N s)\nwarning: --mine\n');
    expect(err).toContain('kei-git: local passed (N s)\nwarn own\n');
    expect(err).toContain(
      'kei-git: lost did not run: there is no program no-such-tool in node_modules/.bin or on PATH\n  hint: install it, or go without it this once: SKIP=lost\n',
    );
    expect(code).toBe(1);
  });
});
