import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../repo.ts';
import { withCommands, shell } from './commands.ts';

const log = async (): Promise<{ readonly file: string; read(): Promise<string> }> => {
  const file = join(await makeFolder(), 'log');
  return { file, read: () => readFile(file, 'utf8').catch(() => '') };
};

describe.skipIf(platform() === 'win32')('commands on other events', () => {
  test('commit-msg: the message by its path, from a folder below and in a linked worktree', async () => {
    const check = 'grep -q "^feat: " "$1" || { echo "no prefix: $(cat "$1")"; exit 1; }';
    const settings = `[[hook.run]]\nname = "lint-message"\non = ["commit-msg"]\nrun = ["sh", "-c", ${JSON.stringify(check)}, "sh", "{message}"]\n`;
    const repo = await withCommands(settings, { events: ['commit-msg'] });
    await repo.write('deep/er/a.txt', 'a\n');
    await repo.git('add', '.');
    const dir = `${repo.dir}-linked`;
    await repo.git('worktree', 'add', '-q', dir);
    for (const one of [repo, repo.at(dir)]) {
      expect(await one.try(['commit', '--allow-empty', '-m', 'fix it'])).toEqual({
        code: 1,
        err: 'kei-git: lint-message failed: exit code 1 (N s)\nno prefix: fix it\n',
      });
      expect(await one.try(['commit', '--allow-empty', '-m', 'feat: it'])).toEqual({
        code: 0,
        err: 'kei-git: lint-message passed (N s)\n',
      });
    }
    await repo.write('deep/er/a.txt', 'b\n');
    expect(await repo.try(['-C', 'deep/er', 'commit', '-am', 'feat: below'])).toMatchObject({ code: 0 });
  });

  test('prepare-commit-msg: a command may write the message', async () => {
    const settings = `[[hook.run]]\nname = "branch"\non = ["prepare-commit-msg"]\nrun = ["sh", "-c", 'echo "on $(git symbolic-ref --short HEAD): $2" >> "$1"', "sh", "{args}"]\n`;
    const repo = await withCommands(settings, { events: ['prepare-commit-msg'] });
    expect(await repo.try(['commit', '--allow-empty', '-m', 'x'])).toMatchObject({ code: 0 });
    expect(await repo.git('log', '-1', '--format=%B')).toBe('x\non main: message\n');
  });

  test('pre-push: called as git calls a hook, and with what is pushed', async () => {
    const out = await log();
    const settings =
      `[[hook.run]]\nname = "as-hook"\non = ["pre-push"]\nrun = ["sh", "-c", 'echo "$@" >> ${out.file}; cat >> ${out.file}', "sh", "{args}"]\n` +
      shell('files', `sleep 0.1; echo "$@" >> ${out.file}; cat >> ${out.file}`, 'on = ["pre-push"]', 'files = ["*.txt"]', 'alone = true');
    const repo = await withCommands(settings, { events: ['pre-push'] });
    const remote = `${await makeFolder()}/remote.git`;
    await repo.git('init', '-q', '--bare', remote);
    await repo.git('remote', 'add', 'origin', remote);
    await repo.write('a.txt', 'a\n');
    await repo.write('b.md', 'b\n');
    const tip = await repo.commit();
    expect(await repo.try(['push', '-q', 'origin', 'main'])).toMatchObject({ code: 0 });
    expect(await out.read()).toBe(`origin ${remote}\nrefs/heads/main ${tip} refs/heads/main ${'0'.repeat(40)}\na.txt\n`);
    await repo.write('kei.toml', shell('no', 'exit 1', 'on = ["pre-push"]'));
    const changed = await repo.commit();
    await repo.trust();
    // A push is judged by what the remote has: not even its own settings let it pass.
    expect(await repo.try(['push', '-q', 'origin', 'main'])).toMatchObject({ code: 0 });
    await repo.write('b.md', 'c\n');
    await repo.commit();
    expect(await repo.try(['push', '-q', 'origin', 'main'])).toMatchObject({ code: 1 });
    expect(await repo.git('ls-remote', 'origin', 'main')).toBe(`${changed}\trefs/heads/main`);
  });

  test('post-merge and post-checkout: what came with it decides', async () => {
    const out = await log();
    const install = `echo "$EVENT: $*" >> ${out.file}`;
    const of = (event: string): string =>
      shell(
        event,
        install,
        `on = ["${event}"]`,
        'files = ["package-lock.json", "*/package-lock.json"]',
        'pass-files = false',
        `env = { EVENT = "${event}" }`,
      );
    const repo = await withCommands(of('post-merge') + of('post-checkout'), { events: ['post-merge', 'post-checkout'] });
    await repo.git('checkout', '-q', '-b', 'docs');
    await repo.write('a.md', 'x\n');
    await repo.commit();
    await repo.git('checkout', '-q', '-b', 'deps');
    await repo.write('pkg/package-lock.json', '{}\n');
    await repo.commit();
    expect(await out.read()).toBe('');
    await repo.git('checkout', '-q', 'main');
    expect(await out.read()).toBe('post-checkout: \n');
    await repo.git('merge', '-q', 'docs');
    expect(await out.read()).toBe('post-checkout: \n');
    await repo.git('merge', '-q', 'deps');
    expect(await out.read()).toBe('post-checkout: \npost-merge: \n');
  });

  test('skip-on: a merge, a rebase', async () => {
    const settings = shell('not-merge', ':', 'skip-on = ["merge"]') + shell('not-rebase', ':', 'skip-on = ["rebase"]', 'alone = true');
    const repo = await withCommands(settings, { events: ['pre-commit', 'pre-merge-commit'] });
    const passes = (name: string): string => `kei-git: ${name} passed (N s)\n`;
    await repo.write('a', 'a\n');
    await repo.commit();
    await repo.git('checkout', '-q', '-b', 'side');
    await repo.write('a', 'side\n');
    await repo.commit('side');
    await repo.git('checkout', '-q', 'main');
    await repo.write('a', 'main\n');
    await repo.commit('main');
    for (const [during, rests, runs] of [
      ['merge', 'not-merge', 'not-rebase'],
      ['rebase', 'not-rebase', 'not-merge'],
    ] as const) {
      await repo.try([during, 'side']);
      await repo.write('a', 'both\n');
      await repo.git('add', '.');
      const { code, err } = await repo.try(['commit', '-m', 'x']);
      expect({ code, err }).toEqual({ code: 0, err: `kei-git: ${rests} rests during a ${during}\n${passes(runs)}` });
      if (during === 'merge') await repo.git('reset', '-q', '--hard', 'HEAD^');
      else await repo.git('rebase', '--continue');
    }
    expect((await repo.try(['commit', '--allow-empty', '-m', 'x'])).err).toBe(passes('not-merge') + passes('not-rebase'));
  });

  test('a merge without conflicts is a merge', async () => {
    const settings =
      shell('rests', 'exit 1', 'on = ["pre-merge-commit"]', 'skip-on = ["merge"]') +
      shell('runs', 'grep -q . "$1"', 'on = ["pre-merge-commit"]', 'files = ["*.txt"]');
    const repo = await withCommands(settings, { events: ['pre-merge-commit'] });
    await repo.git('checkout', '-q', '-b', 'side');
    await repo.write('side.txt', 'x\n');
    await repo.commit();
    await repo.git('checkout', '-q', 'main');
    await repo.write('main.txt', 'x\n');
    await repo.commit();
    expect(await repo.try(['merge', '-q', '-m', 'merge', 'side'])).toEqual({
      code: 0,
      err: 'kei-git: rests rests during a merge\nkei-git: runs passed (1 file, N s)\n',
    });
  });
});
