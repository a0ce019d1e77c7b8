import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/sys/processes.ts';
import { makeFolder, makeRepo } from '../repo.ts';
import { run } from '../leak/commands.ts';
import { withCommands, shell, type Commanded } from './commands.ts';

const staged = async (repo: Commanded): Promise<Commanded> => {
  await repo.write('a.txt', 'a\n');
  await repo.git('add', '.');
  return repo;
};

/** Asks until it is so, or a minute is over. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<boolean> => {
  for (let turn = 0; turn < 3000; turn++) {
    if (await holds()) return true;
    await new Promise((done) => void setTimeout(done, 20));
  }
  return false;
};
const idsIn = async (file: string): Promise<readonly number[]> =>
  (await readFile(file, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);

describe.skipIf(platform() === 'win32')('commands that misbehave', () => {
  test('one that hangs, and what it started, are ended; the others run', async () => {
    const ids = join(await makeFolder(), 'ids');
    const deaf = `trap '' TERM; (while :; do sleep 1; done) & echo $! $$ | tr ' ' '\\n' >> ${ids}; while :; do sleep 1; done`;
    const repo = await staged(
      await withCommands(
        shell('hangs', deaf, 'timeout = "500ms"') +
          shell('other', ':') +
          shell('asked', `trap 'echo cleared up; exit 1' TERM; echo begun; sleep 300 & wait`, 'timeout = "500ms"'),
      ),
    );
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(code).toBe(1);
    expect(err).toContain(
      'kei-git: hangs was ended: it took more than 500 ms (N s)\n  hint: if it needs longer, say so: timeout in [[hook.run]]\n',
    );
    expect(err).toContain(
      'kei-git: asked was ended: it took more than 500 ms (N s)\n  hint: if it needs longer, say so: timeout in [[hook.run]]\nbegun\ncleared up\n',
    );
    expect(err).toContain('kei-git: other passed (N s)\n');
    const started = await idsIn(ids);
    expect(started.length).toBe(2);
    expect(await until(() => !started.some(isAlive))).toBe(true);
  });

  test('[hook] timeout holds for commands without one; "0s" is none', async () => {
    const repo = await staged(
      await withCommands(`[hook]\ntimeout = "300ms"\n${shell('a', 'sleep 300')}${shell('b', 'sleep 1', 'timeout = "0s"')}`),
    );
    const { err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toContain('kei-git: a was ended: it took more than 300 ms (N s)\n');
    expect(err).toContain('kei-git: b passed (N s)\n');
  });

  test('a flood is cut, and the commit still ends', { timeout: 120_000 }, async () => {
    const repo = await staged(await withCommands(shell('flood', 'echo first; yes | head -c 100000000; echo; echo last; exit 1')));
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(code).toBe(1);
    expect(err).toMatch(/^kei-git: flood failed: exit code 1 \(N s\)\nfirst\ny\n/);
    expect(err).toMatch(/\n\[999\d{5} bytes are left out here\]\n/);
    expect(err.endsWith('\nlast\n')).toBe(true);
    expect(err.length).toBeLessThan(70_000);
  });

  test('killed by a signal, colours left open', async () => {
    const repo = await staged(
      await withCommands(`[hook]\njobs = 1\n${shell('crash', "printf 'red \\033[31m'; kill -SEGV $$")}${shell('memory', 'kill -KILL $$')}`),
    );
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(code).toBe(1);
    expect(err).toBe(
      'kei-git: crash was killed by SIGSEGV (N s)\nred \u001b[31m\n\u001b[0mkei-git: memory was killed by SIGKILL (N s); was there no memory left?\n',
    );
  });

  test('an index that a command changes is not committed', async () => {
    const repo = await withCommands(
      shell('adds', 'echo mended > a.txt; git add a.txt', 'view = "worktree"') + shell('fine', ':', 'alone = true'),
    );
    await staged(repo);
    const { code, err } = await repo.try(['commit', '-m', 'x']);
    expect(err).toBe(
      'kei-git: adds passed (N s)\nkei-git: fine passed (N s)\n' +
        'kei-git: the index is another one than before adds: what is staged now nobody has looked at, so nothing is committed\n' +
        '  hint: a command that fixes files: stage-fixed = true in [[hook.run]], and no `git add` in it; then commit again\n',
    );
    expect(code).toBe(1);
    expect(await repo.git('log', '--format=%s')).toBe('settings');
    // It is the person's command that did it: what it did stays.
    expect(await repo.git('show', ':a.txt')).toBe('mended');
  });

  test('an index that git only refreshes is the same', async () => {
    const refresh =
      'touch -d "2001-01-01" kei.toml a.txt; cp .git/index before; git status >/dev/null; git update-index --refresh -q; ! cmp -s before .git/index; rm before';
    const repo = await staged(await withCommands(shell('looks', refresh, 'view = "worktree"')));
    expect(await repo.try(['commit', '-m', 'x'])).toEqual({ code: 0, err: 'kei-git: looks passed (N s)\n' });
  });

  test('git add in a view changes the view’s own index only', async () => {
    const repo = await staged(
      await withCommands(shell('adds', 'echo more > a.txt; git add a.txt; git diff --cached --name-only | grep -q a.txt')),
    );
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
    expect([await repo.git('show', 'HEAD:a.txt'), await repo.read('a.txt')]).toEqual(['a', 'a\n']);
  });

  test('Ctrl-C ends the commit and every command', async () => {
    const ids = join(await makeFolder(), 'ids');
    const repo = await staged(
      await withCommands(['a', 'b'].map((name) => shell(name, `echo $$ >> ${ids}; sleep 300 & echo $! >> ${ids}; wait`)).join('')),
    );
    const git = repo.start(['commit', '-m', 'x']);
    const ended = new Promise((done) => void git.once('exit', done));
    expect(await until(async () => (await idsIn(ids)).length === 4)).toBe(true);
    process.kill(-(git.pid ?? 0), 'SIGINT');
    await ended;
    const started = await idsIn(ids);
    expect(await until(() => !started.some(isAlive))).toBe(true);
    expect(await repo.git('log', '--format=%s')).toBe('settings');
    expect(await repo.git('status', '--porcelain')).toBe('A  a.txt');
  });
});

describe.skipIf(platform() === 'win32')('the environment of a command', () => {
  // ohdearquant/lattice#1213 and others: with git's variables a command's git works on our repository wherever it is started.
  test('git in another repository does not touch ours, in a linked worktree either', async () => {
    const other = await makeRepo();
    const elsewhere = `cd ${other.dir} && date +%N >> x && git add x && git commit -qm theirs && cd $(mktemp -d -p ${other.dir}) && git init -q && echo y > y && git add y`;
    const repo = await withCommands(shell('works', `env | grep '^GIT_' > ${other.dir}/../env; ${elsewhere}`, 'view = "worktree"'));
    for (let n = 0; n < 50; n++) await repo.write(`files/${n}.txt`, `${n}\n`);
    await repo.commit();
    const dir = `${repo.dir}-linked`;
    await repo.git('worktree', 'add', '-q', dir);
    const linked = repo.at(dir);
    for (const one of [repo, linked]) {
      await staged(one);
      const before = await one.git('ls-files', '-s');
      expect(
        await one.try(['commit', '-m', 'ours'], { GIT_DIR: await one.git('rev-parse', '--absolute-git-dir'), GIT_WORK_TREE: one.dir }),
      ).toMatchObject({ code: 0 });
      expect(await one.git('ls-files', '-s')).toBe(before);
      expect(await one.git('status', '--porcelain')).toBe('');
      expect(await one.git('log', '-1', '--format=%s')).toBe('ours');
    }
    expect(await other.git('log', '--format=%s')).toBe('theirs\ntheirs');
    expect(await readFile(join(other.dir, '../env'), 'utf8')).not.toMatch(
      /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|CONFIG_(COUNT|PARAMETERS|KEY|VALUE))/m,
    );
  });

  test('what was taken from our start is there again, and what the command says wins', async () => {
    const out = join(await makeFolder(), 'out');
    const repo = await staged(
      await withCommands(shell('env', `echo "$NODE_OPTIONS|$MINE|$KEI_ENV_NODE_OPTIONS|$GIT_EDITOR" > ${out}`, 'env = { MINE = "mine" }')),
    );
    const { code } = await repo.try(['commit', '-m', 'x'], { NODE_OPTIONS: '--no-warnings', MINE: 'theirs' });
    expect(code).toBe(0);
    expect(await readFile(out, 'utf8')).toBe('--no-warnings|mine||:\n');
  });

  test('nothing to read: a command that asks gets no answer, not a hang', async () => {
    const repo = await staged(await withCommands(shell('asks', 'if read -r line; then exit 1; fi; if [ -t 0 ]; then exit 2; fi')));
    expect(await repo.try(['commit', '-m', 'x'])).toMatchObject({ code: 0 });
  });

  test('colours as the person says', async () => {
    const repo = await staged(await withCommands(shell('c', 'echo "warning $CLICOLOR_FORCE"')));
    expect((await repo.try(['commit', '-m', 'x'], { FORCE_COLOR: '1' })).err).toContain('warning 1\n');
    expect((await repo.try(['commit', '--amend', '-m', 'x'])).err).toContain('warning \n');
  });
});

describe.skipIf(platform() === 'win32')('who may run commands', () => {
  const NOT = (names: string): string =>
    `kei-git: ${names} of kei.toml do${names.includes(',') ? '' : 'es'} not run (pre-commit): you have not trusted this repository's settings as they are now\n  hint: to read and trust them: kei-git trust\n`;

  test('a repository that nobody trusted runs nothing, with and without settings of the person', async () => {
    const repo = await staged(await withCommands(shell('a', 'touch ran') + shell('b', 'touch ran'), { trusted: false }));
    expect(await repo.try(['commit', '-m', 'x'])).toEqual({ code: 0, err: NOT('a, b') });
    const config = join(repo.env['XDG_CONFIG_HOME'] ?? '', 'kei-git/config.toml');
    await repo.write(`../home/.config/kei-git/config.toml`, '[leak]\ndecode = 4\n');
    expect(config).toBe(join(repo.dir, '../home/.config/kei-git/config.toml'));
    expect(await repo.try(['commit', '--allow-empty', '-m', 'x'])).toEqual({ code: 0, err: NOT('a, b') });
    expect(await repo.try(['commit', '--allow-empty', '-m', 'x'], { HOME: '', XDG_CONFIG_HOME: '' })).toEqual({
      code: 0,
      err: NOT('a, b'),
    });
    expect(await repo.git('status', '--porcelain')).toBe('');
  });

  test('trust ends with each change of what may run, wherever it comes from, and comes back with what was trusted', async () => {
    const repo = await withCommands(shell('a', ':'));
    const theirs = shell('a', 'touch ran');
    await repo.git('checkout', '-q', '-b', 'theirs');
    await repo.write('kei.toml', theirs);
    await repo.commit();
    await repo.git('checkout', '-q', 'main');
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe('kei-git: a passed (N s)\n');
    await repo.git('merge', '-q', '--no-verify', '-m', 'pulled', 'theirs');
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe(NOT('a'));
    expect(await repo.git('status', '--porcelain')).toBe('');
    await repo.trust();
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe('kei-git: a passed (N s)\n');
    await run(repo, ['trust', '--revoke']);
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe(NOT('a'));
  });

  test('commands go on to run when other settings change, and none when one of them does', async () => {
    const settings = shell('a', ':') + shell('b', ':', 'env = { A = "1" }');
    const repo = await withCommands(settings);
    const both = 'kei-git: a passed (N s)\nkei-git: b passed (N s)\n';
    await repo.write('kei.toml', `${settings}[leak]\ndecode = 4\n`);
    await repo.commit();
    const { err } = await repo.try(['commit', '--allow-empty', '-m', 'x']);
    expect(err.split('\n').toSorted()).toEqual(both.split('\n').toSorted());
    await repo.write('kei.toml', settings.replace('A = "1"', 'A = "2"'));
    await repo.commit();
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe(NOT('a, b'));
  });

  test('in CI they run by hand, not for git, and not for a stranger with our rights', async () => {
    const repo = await staged(await withCommands(shell('a', ':') + shell('home', 'exit 1', 'ci = false'), { trusted: false }));
    const ci = { CI: 'true' };
    expect(await repo.try(['commit', '-m', 'x'], ci)).toEqual({
      code: 0,
      err: 'kei-git: a, home of kei.toml do not run (pre-commit): in CI they run by `kei-git hook run pre-commit` only\n',
    });
    expect(await repo.byHand(['pre-commit', '--all-files'], ci)).toEqual({ code: 0, err: 'kei-git: a passed (N s)\n' });
    const { err } = await repo.byHand(['pre-commit', '--all-files'], { ...ci, GITHUB_EVENT_NAME: 'pull_request_target' });
    expect(err).toContain(
      'kei-git: a, home of kei.toml do not run (pre-commit): pull_request_target runs with rights that who proposes the change may not have\n',
    );
    expect((await repo.byHand(['pre-commit', '--all-files'])).err).toBe(NOT('a, home'));
  });

  test('SKIP leaves a command out, and its line about trust with it', async () => {
    const repo = await staged(await withCommands(shell('a', 'exit 1') + shell('b', ':')));
    expect(await repo.try(['commit', '-m', 'x'], { SKIP: 'a' })).toEqual({
      code: 0,
      err: 'kei-git: left out, as SKIP says: a\nkei-git: b passed (N s)\n',
    });
    expect(await repo.try(['commit', '--allow-empty', '-m', 'x'], { SKIP: 'b,a' })).toEqual({
      code: 0,
      err: 'kei-git: left out, as SKIP says: a, b\n',
    });
    await run(repo, ['trust', '--revoke']);
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'], { KEI_SKIP: 'a,b' })).err).toBe(
      'kei-git: left out, as SKIP says: a, b\n',
    );
  });
});
