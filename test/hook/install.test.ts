import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitIs, makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { shell } from '../program.ts';
import { commitNew, hookState, kei, keiWell, planted, seen, sharedData, start, stops, whoRan } from './beside.ts';
import { addWorktree } from './beside-settings.ts';

const POSIX = process.platform !== 'win32';
const DEFAULT = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push', 'post-checkout', 'post-merge', 'post-rewrite'];

const begun = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('README.md', 'hello\n');
  await repo.commit();
  return repo;
};
const hook = (repo: TestRepo, event: string, text: string, mode = 0o755): Promise<void> => repo.write(`.git/hooks/${event}`, text, mode);
const SCRIPT = `#!/bin/sh\n${seen('theirs')}\n`;

describe.skipIf(!POSIX)('what is said', () => {
  test('a line for each event, and the way out', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT);
    const shown = (words: string): string =>
      DEFAULT.map((event) => {
        const said = event === 'pre-commit' ? words : 'the guard is put there';
        return `${event.padEnd(16)}  ${`.git/hooks/${event}`.padEnd(27)}  ${said}\n`;
      }).join('');
    const first = shown('the guard is put before the hook that is there');
    expect(await keiWell(repo, ['install', '--dry-run'])).toBe(`${first}Nothing was changed: --dry-run.\n`);
    expect(readFileSync(join(repo.dir, '.git/hooks/pre-commit'), 'utf8')).toBe(SCRIPT);
    expect(await keiWell(repo, ['install'])).toBe(`${first}To take it out: npx kei-git uninstall\n`);
    const again = await keiWell(repo, ['install']);
    expect(again).toContain('pre-commit        .git/hooks/pre-commit        the guard is there, before the hook that is there\n');
    expect(again).toContain('commit-msg        .git/hooks/commit-msg        the guard is there\n');
    expect(JSON.parse(await keiWell(repo, ['install', '--format', 'json']))).toMatchObject({ changed: false, remarks: [] });
    expect(await keiWell(repo, ['uninstall'])).toContain('pre-commit        .git/hooks/pre-commit        the guard is out\n');
    expect(await keiWell(repo, ['uninstall'])).toBe('kei-git is not installed here.\n');
  });

  test('where core.hooksPath leads elsewhere', async () => {
    const repo = await begun();
    await repo.git('config', 'core.hooksPath', '.githooks');
    const out = await keiWell(repo, ['install']);
    expect(out).toContain('pre-commit        .git/kei-git-hooks/pre-commit        the guard is put there, then .githooks as before\n');
    expect(out).toContain('                  .git/config                          hooks come from kei-git-hooks\n');
    expect(await keiWell(repo, ['uninstall'])).toBe(
      '  .git/config         hooks come again from where they came\n  .git/kei-git-hooks  taken away\n',
    );
  });
});

describe.skipIf(!POSIX)('which events', () => {
  test('those of the settings, of users’ commands and of the seal', async () => {
    const repo = await begun();
    await repo.write(
      'kei.toml',
      '[hook]\nevents = ["pre-commit", "post-commit"]\nseal = true\n[[hook.run]]\nname = "a"\nrun = ["true"]\non = ["pre-rebase"]\n',
    );
    await keiWell(repo, ['install']);
    const there = [...hookState(repo.dir)].flatMap(([path, text]) => (text.includes('>>> kei-git') ? [basename(path)] : []));
    expect(there).toEqual(['post-commit', 'pre-commit', 'pre-rebase', 'reference-transaction']);
    await repo.write('kei.toml', '[hook]\nevents = ["pre-push"]\n');
    await keiWell(repo, ['install']);
    expect([...hookState(repo.dir)].flatMap(([path, text]) => (text.includes('>>> kei-git') ? [basename(path)] : []))).toEqual([
      'pre-push',
    ]);
  });

  test('a broken kei.toml stops it before anything is changed', async () => {
    const repo = await begun();
    await repo.write('kei.toml', '[hook\n');
    const before = hookState(repo.dir);
    expect(await kei(repo, ['install'])).toMatchObject({ code: 2 });
    expect(hookState(repo.dir)).toEqual(before);
  });
});

describe.skipIf(!POSIX)('the hook behind the guard', () => {
  const setUp = async (path: 'block' | 'aside' | 'chain', event: string, body: string): Promise<TestRepo> => {
    const repo = await begun();
    const text = path === 'aside' ? `\u{feff}#!/bin/sh\n${body}\n` : `#!/bin/sh\n${body}\n`;
    await repo.write(`${path === 'chain' ? 'theirs' : '.git/hooks'}/${event}`, text, 0o755);
    if (path === 'chain') await repo.git('config', 'core.hooksPath', 'theirs');
    await keiWell(repo, ['install']);
    return repo;
  };

  test.for(['block', 'aside', 'chain'] as const)('%s: its exit code stops the commit', async (path) => {
    const repo = await setUp(path, 'pre-commit', 'echo no >&2; exit 7');
    expect(await commitNew(repo)).toMatchObject({ code: 1, err: expect.stringContaining('no') as string });
  });

  test.for(['block', 'aside', 'chain'] as const)('%s: it gets its arguments', async (path) => {
    const repo = await setUp(path, 'commit-msg', 'test $# = 1 && cat "$1" > msg && echo "and more" >> "$1"');
    expect(await commitNew(repo)).toMatchObject({ code: 0 });
    expect(await readFile(join(repo.dir, 'msg'), 'utf8')).toBe('one more\n');
    expect(await repo.git('log', '-1', '--format=%B')).toBe('one more\nand more\n');
  });

  test.for(['block', 'aside', 'chain'] as const)('%s: it gets its input', async (path) => {
    const repo = await setUp(path, 'pre-push', 'cat > pushed; echo "$1" >> pushed');
    const remote = await makeRepo({ bare: true });
    expect(await start(repo, 'git', ['push', '--quiet', remote.dir, 'HEAD:refs/heads/x'])).toMatchObject({ code: 0 });
    const head = await repo.git('rev-parse', 'HEAD');
    expect(await readFile(join(repo.dir, 'pushed'), 'utf8')).toBe(`HEAD ${head} refs/heads/x ${'0'.repeat(40)}\n${remote.dir}\n`);
  });

  test('a hook that is added to the folder of core.hooksPath later runs too', async () => {
    const repo = await setUp('chain', 'pre-commit', 'true');
    await repo.write('theirs/post-commit', SCRIPT, 0o755);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['theirs']);
  });

  test.for([
    { name: 'another folder', set: ['core.hooksPath', 'other'], runs: ['other'] },
    { name: 'with spaces', set: ['core.hooksPath', 'the other'], runs: ['the other'] },
    { name: 'an absolute one', set: ['core.hooksPath', '/tmp/../$DIR/other'], runs: ['other'] },
    { name: 'none any more', set: ['--unset', 'core.hooksPath'], runs: ['own'] },
  ])('core.hooksPath is set anew behind us: $name', async ({ set, runs }) => {
    const repo = await setUp('chain', 'pre-commit', seen('before'));
    for (const folder of ['other', 'the other']) await repo.write(`${folder}/pre-commit`, `#!/bin/sh\n${seen(`'${folder}'`)}\n`, 0o755);
    await hook(repo, 'pre-commit', `#!/bin/sh\n${seen('own')}\n`);
    await repo.git('config', ...set.map((part) => part.replace('$DIR', repo.dir.slice(1))));
    expect(await commitNew(repo)).toMatchObject({ code: 0 });
    expect(await whoRan(repo)).toEqual(runs);
    expect(await stops(repo)).toBe(true);
    await keiWell(repo, ['install']);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(runs);
    expect(await stops(repo)).toBe(true);
  });

  test('a setting that no file of ours can read holds as it was', async () => {
    const repo = await begun();
    await repo.write('theirs/pre-commit', SCRIPT, 0o755);
    await writeFile(join(repo.dir, '.git/config'), `${await readFile(join(repo.dir, '.git/config'), 'utf8')}[core] hooksPath="theirs"\n`);
    await keiWell(repo, ['install']);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['theirs']);
  });

  test('core.hooksPath of the main worktree alone', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT);
    const linked = await addWorktree(repo); // later git would copy the setting of the main worktree to it
    await repo.write('mine/pre-commit', `#!/bin/sh\n${seen('mine')}\n`, 0o755);
    await repo.git('config', 'extensions.worktreeConfig', 'true');
    await repo.git('config', '--worktree', 'core.hooksPath', 'mine');
    const before = hookState(repo.dir);
    await keiWell(repo, ['install']);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['mine']);
    await commitNew(repo, 'x', { cwd: linked });
    expect(await whoRan(repo)).toEqual(['theirs']);
    expect([await stops(repo), await stops(repo, linked)]).toEqual([true, true]);
    await keiWell(repo, ['uninstall'], linked);
    expect(hookState(repo.dir)).toEqual(before);
  });

  test('hooks that git asks for by their presence are only there where they were', async () => {
    const repo = await begun();
    await repo.write('theirs/push-to-checkout', '#!/bin/sh\n', 0o755);
    await repo.git('config', 'core.hooksPath', 'theirs');
    await keiWell(repo, ['install']);
    expect(existsSync(join(repo.dir, '.git/kei-git-hooks/push-to-checkout'))).toBe(true);
    expect(existsSync(join(repo.dir, '.git/kei-git-hooks/reference-transaction'))).toBe(false);
  });
});

describe.skipIf(!POSIX)('what a person changed stays', () => {
  test('a line of the block: install refuses, uninstall leaves it', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT);
    await keiWell(repo, ['install']);
    const path = join(repo.dir, '.git/hooks/pre-commit');
    await writeFile(path, (await readFile(path, 'utf8')).replace('# <<<', 'npm test\n# <<<'));
    const changed = hookState(repo.dir);
    const refused = await kei(repo, ['install']);
    expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('nothing was changed') as string });
    expect(refused.err).toContain("somebody changed kei-git's block there");
    expect(hookState(repo.dir)).toEqual(changed);
    const { code, out } = await kei(repo, ['uninstall']);
    expect([code, out.includes("pre-commit: kei-git's block stays, since somebody changed it")]).toEqual([1, true]);
    expect(hookState(repo.dir).get('.git/hooks/pre-commit')).toBe(changed.get('.git/hooks/pre-commit'));
  });

  test('lines behind the guard, in a file of ours', async () => {
    const repo = await begun();
    await keiWell(repo, ['install']);
    await appendFile(join(repo.dir, '.git/hooks/pre-commit'), `${seen('added')}\n`);
    await keiWell(repo, ['install']);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['added']);
    expect(await keiWell(repo, ['uninstall'])).toContain('only what you added stays');
    expect(await readFile(join(repo.dir, '.git/hooks/pre-commit'), 'utf8')).toBe(`#!/bin/sh\n${seen('added')}\n`);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['added']);
  });

  test('a hook that took the place of ours, while the one before it is kept aside', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', '#!/usr/bin/perl\n');
    await keiWell(repo, ['install']);
    await hook(repo, 'pre-commit', '#!/usr/bin/ruby\n');
    expect((await kei(repo, ['install'])).err).toContain('is still there from an earlier install');
    const { code, out } = await kei(repo, ['uninstall']);
    expect([code, out.includes('another pre-commit has taken its place')]).toEqual([1, true]);
    expect(await readFile(join(repo.dir, '.git/hooks/pre-commit.before-kei-git'), 'utf8')).toBe('#!/usr/bin/perl\n');
  });

  test('a hook that was moved aside comes back where ours was deleted', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', '#!/usr/bin/perl\n');
    const before = hookState(repo.dir);
    await keiWell(repo, ['install']);
    rmSync(join(repo.dir, '.git/hooks/pre-commit'));
    await keiWell(repo, ['uninstall']);
    expect(hookState(repo.dir)).toEqual(before);
  });

  test('what git itself writes into the configuration meanwhile', async () => {
    const repo = await begun();
    await repo.git('config', 'core.hooksPath', '.githooks');
    await keiWell(repo, ['install']);
    await repo.git('config', '--add', 'include.path', 'more');
    await repo.git('remote', 'add', 'origin', 'https://example.com/x');
    await repo.git('config', 'core.hooksPath', '.other');
    await keiWell(repo, ['install']);
    await repo.git('config', 'user.name', 'me');
    await keiWell(repo, ['uninstall']);
    const config = await repo.git('config', '--local', '--no-includes', '--list');
    expect(config.split('\n').filter((line) => /^(?:core\.hookspath|include|remote|user)/.test(line))).toEqual([
      'core.hookspath=.other',
      'include.path=more',
      'remote.origin.url=https://example.com/x',
      'remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*',
      'user.name=me',
    ]);
    expect(readFileSync(join(repo.dir, '.git/config'), 'utf8')).not.toContain('kei-git');
  });

  test('a tool that puts its hook into our folder', async () => {
    const repo = await begun();
    await repo.write('theirs/pre-commit', SCRIPT, 0o755);
    await repo.git('config', 'core.hooksPath', 'theirs');
    await keiWell(repo, ['install']);
    const ours = join(repo.dir, '.git/kei-git-hooks');
    await rename(join(ours, 'pre-commit'), join(ours, 'pre-commit.legacy'));
    await repo.write('.git/kei-git-hooks/pre-commit', `#!/bin/sh\n${seen('tool')}\nexec "$0.legacy" "$@"\n`, 0o755);
    await keiWell(repo, ['install']);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['theirs', 'tool']);
    expect(await stops(repo)).toBe(true);
    const { code, out } = await kei(repo, ['uninstall']);
    expect([code, out.includes("pre-commit stays: it is not kei-git's")]).toEqual([1, true]);
    await whoRan(repo);
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['theirs']);
  });
});

describe.skipIf(!POSIX)('modes and folders', () => {
  test('modes stay', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT, 0o700);
    await hook(repo, 'commit-msg', '#!/usr/bin/perl\n', 0o511);
    await repo.git('config', 'core.hooksPath', '.githooks');
    chmodSync(join(repo.dir, '.git/config'), 0o600);
    await keiWell(repo, ['install']);
    expect(statSync(join(repo.dir, '.git/config')).mode & 0o777).toBe(0o600);
    await keiWell(repo, ['uninstall']);
    await repo.git('config', '--unset', 'core.hooksPath');
    const before = hookState(repo.dir);
    await keiWell(repo, ['install']);
    expect(statSync(join(repo.dir, '.git/hooks/pre-commit')).mode & 0o777).toBe(0o700);
    await keiWell(repo, ['uninstall']);
    expect(hookState(repo.dir)).toEqual(before);
  });

  test('a folder of hooks that is not there is made, and goes again', async () => {
    const repo = await begun();
    rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
    const before = hookState(repo.dir);
    await keiWell(repo, ['install']);
    expect(await stops(repo)).toBe(true);
    await keiWell(repo, ['install']);
    await keiWell(repo, ['uninstall']);
    expect(hookState(repo.dir)).toEqual(before);
  });

  test.for([
    { name: 'in the worktree', target: (repo: TestRepo) => join(repo.dir, 'hooks') },
    { name: 'on another file system', target: (repo: TestRepo) => join('/dev/shm', `kei-test-${basename(join(repo.dir, '..'))}`) },
  ])('a folder of hooks that is a symbolic link to one $name', async ({ target }) => {
    const repo = await begun();
    const to = target(repo);
    try {
      await mkdir(to);
    } catch {
      return console.warn(`NOT TRIED: ${to} cannot be made`);
    }
    try {
      rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
      await writeFile(join(to, 'pre-commit'), SCRIPT, { mode: 0o755 });
      await symlink(to, join(repo.dir, '.git/hooks'));
      const before = hookState(repo.dir, ['hooks']);
      await keiWell(repo, ['install']);
      expect(await readFile(join(to, 'pre-commit'), 'utf8')).toBe(SCRIPT);
      await commitNew(repo);
      expect(await whoRan(repo)).toEqual(['theirs']);
      expect(await stops(repo)).toBe(true);
      await keiWell(repo, ['uninstall']);
      expect(hookState(repo.dir, ['hooks'])).toEqual(before);
    } finally {
      rmSync(to, { recursive: true, force: true });
    }
  });

  test.for([
    {
      name: 'a folder that is read-only',
      make: (repo: TestRepo) => Promise.resolve(chmodSync(join(repo.dir, '.git/hooks'), 0o555)),
      says: /hooks is read-only/,
    },
    {
      name: 'a link that leads nowhere',
      make: async (repo: TestRepo) => {
        rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
        await symlink('gone', join(repo.dir, '.git/hooks'));
      },
      says: /hooks is no folder/,
    },
    {
      name: 'a folder of the name of a hook',
      make: (repo: TestRepo) => mkdir(join(repo.dir, '.git/hooks/pre-push')),
      says: /pre-push is no file/,
    },
  ])('$name: refused in one line, and nothing is changed', async ({ make, says }) => {
    const repo = await begun();
    await make(repo);
    const before = hookState(repo.dir);
    const { code, err } = await kei(repo, ['install']);
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringMatching(/^kei-git: nothing was changed: .*\n$/) as string });
    expect(err).toMatch(says);
    expect(hookState(repo.dir)).toEqual(before);
    chmodSync(join(repo.dir, '.git'), 0o755);
  });

  test.for(['.githooks', undefined])('a disk that takes no more (core.hooksPath %s): nothing is left half-written', async (path) => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT);
    if (path !== undefined) await repo.git('config', 'core.hooksPath', path);
    const before = hookState(repo.dir);
    const env = { ...repo.env, XDG_DATA_HOME: await sharedData() };
    const { code, err } = shell('ulimit -f 1; kei install', { cwd: repo.dir, env }); // 1024 bytes; a hook of ours is longer
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringMatching(/^kei-git: cannot write .*\n/) as string });
    expect(
      [...hookState(repo.dir)].filter(
        ([name, text]) => !name.endsWith(' holds') && !/kei-git-hooks/.test(name) && before.get(name) !== text,
      ),
    ).toEqual([]);
    await keiWell(repo, ['uninstall']);
    expect(hookState(repo.dir)).toEqual(before);
  });

  test('no home, a bare repository, no repository', async () => {
    const repo = await begun();
    const before = hookState(repo.dir);
    const homeless = { HOME: undefined, XDG_DATA_HOME: undefined, XDG_CONFIG_HOME: undefined, USERPROFILE: undefined };
    expect(await kei(repo, ['install'], repo.dir, homeless)).toMatchObject({ code: 3, err: expect.stringContaining('HOME') as string });
    expect(hookState(repo.dir)).toEqual(before);
    const bare = await makeRepo({ bare: true });
    expect(await kei(bare, ['install'])).toMatchObject({ code: 2, err: expect.stringContaining('bare') as string });
    expect(await kei(repo, ['install'], await makeFolder())).toMatchObject({
      code: 3,
      err: expect.stringContaining('not in a git repository') as string,
    });
  });

  test('a bare repository with worktrees', async () => {
    const source = await begun();
    const base = await makeFolder();
    await source.git('clone', '--quiet', '--bare', source.dir, join(base, 'bare'));
    const bare = openRepo(join(base, 'bare'), source.env);
    await bare.git('config', 'core.hooksPath', '.githooks');
    await bare.git('worktree', 'add', '--quiet', join(base, 'tree'));
    const tree = openRepo(join(base, 'tree'), source.env);
    await tree.write('.githooks/pre-commit', SCRIPT, 0o755);
    await keiWell(tree, ['install']);
    await commitNew(tree);
    expect(await whoRan(tree)).toEqual(['theirs']);
    expect(await stops(tree)).toBe(true);
    await keiWell(bare, ['uninstall']);
    expect(await stops(tree)).toBe(false);
    expect(existsSync(join(base, 'bare/kei-git-hooks'))).toBe(false);
  });
});

describe.skipIf(!POSIX)('a branch does not choose its guard', () => {
  test('node_modules of the worktree, and an empty PATH', async () => {
    const repo = await begun();
    await keiWell(repo, ['install']);
    const linked = await addWorktree(repo);
    const tree = openRepo(linked, repo.env);
    for (const name of ['git', 'node', 'kei-git', 'sh']) await tree.write(`node_modules/.bin/${name}`, '#!/bin/sh\nexit 0\n', 0o755);
    await tree.write('node_modules/kei-git/dist/hook.cjs', '');
    const bin = await makeFolder();
    for (const name of ['git', 'sh'])
      await symlink(await start(repo, 'sh', ['-c', `command -v ${name}`]).then(({ out }) => out.trim()), join(bin, name));
    const head = await tree.git('rev-parse', 'HEAD');
    for (const PATH of [`${linked}/node_modules/.bin:${repo.env['PATH'] ?? ''}`, bin]) {
      await tree
        .gitWith({ stdin: planted() }, 'hash-object', '-w', '--stdin')
        .then((oid) => tree.git('update-index', '--add', '--cacheinfo', `100644,${oid},secret`));
      // git itself is started from where it is: only what it starts sees the other PATH.
      const { code, err, out } = await start(tree, '/usr/bin/env', [`PATH=${PATH}`, join(bin, 'git'), 'commit', '--quiet', '-m', 'x']);
      expect({ code, said: /leak\/|kei-git/.test(out + err) }).toEqual({ code: 1, said: true });
      expect(await tree.git('rev-parse', 'HEAD')).toBe(head);
    }
  });

  test('the copy gone: the commit is stopped in one line that says the way out', async () => {
    const repo = await begun();
    const data = join(await makeFolder(), 'data');
    expect(await kei(repo, ['install'], repo.dir, { XDG_DATA_HOME: data })).toMatchObject({ code: 0 });
    rmSync(data, { recursive: true });
    const { code, err } = await commitNew(repo);
    expect(code).toBe(1);
    expect(err).toMatch(/^kei-git: pre-commit is stopped: .* run `npx kei-git install`, or `npx kei-git uninstall` to go without\n$/);
  });
});

describe.skipIf(!POSIX)('hooks of the configuration', () => {
  test.skipIf(gitIs(2, 54))('an older git: refused', async () => {
    const repo = await begun();
    const before = hookState(repo.dir);
    expect(await kei(repo, ['install', '--config-hooks'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs git 2.54') as string,
    });
    expect(hookState(repo.dir)).toEqual(before);
  });

  test.skipIf(!gitIs(2, 54))('git 2.54: the guard runs beside files of hooks and core.hooksPath, whatever becomes of them', async () => {
    const repo = await begun();
    await hook(repo, 'pre-commit', SCRIPT);
    const before = hookState(repo.dir);
    await keiWell(repo, ['install', '--config-hooks']);
    expect(hookState(repo.dir).get('.git/hooks/pre-commit')).toBe(before.get('.git/hooks/pre-commit'));
    await commitNew(repo);
    expect(await whoRan(repo)).toEqual(['theirs']);
    expect(await stops(repo)).toBe(true);
    await repo.git('config', 'core.hooksPath', '/nowhere');
    expect(await stops(repo)).toBe(true);
    expect(await stops(repo, await addWorktree(repo))).toBe(true);
    await repo.git('config', '--unset', 'core.hooksPath');
    // From one kind to the other and back.
    await keiWell(repo, ['install']);
    expect(await stops(repo)).toBe(true);
    expect(lstatSync(join(repo.dir, '.git/kei-git-hooks'), { throwIfNoEntry: false })).toBe(undefined);
    await keiWell(repo, ['install', '--config-hooks']);
    expect(await stops(repo)).toBe(true);
    await repo.git('worktree', 'prune');
    await keiWell(repo, ['uninstall']);
    expect(await stops(repo)).toBe(false);
    expect(hookState(repo.dir).get('.git/config')).toBe(before.get('.git/config'));
    expect(hookState(repo.dir).get('.git/hooks/pre-commit')).toBe(before.get('.git/hooks/pre-commit'));
  });
});
