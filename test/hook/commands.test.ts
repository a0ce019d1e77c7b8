import { existsSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ACME, RULES } from '../gate/runner.ts';
import { run } from '../leak/commands.ts';
import { hooked, type Hooked } from './hooked.ts';

const LEAK = `key: ${ACME}\n`;

interface Row {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly more?: string;
}

const rowOf = ({ name, script, args = [], more = '' }: Row): string => {
  const run = ['/bin/sh', '-c', script, 'sh', ...args];
  return `[[hook.run]]\nname = "${name}"\nrun = ${JSON.stringify(run)}\n${more}\n`;
};

/** A repository whose commands the person trusts. */
const commanded = async (events: readonly string[], rows: readonly Row[], settings = ''): Promise<Hooked> => {
  const repo = await hooked(events);
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('kei.toml', `${RULES['kei.toml']}${settings}${rows.map(rowOf).join('')}`);
  await repo.write('a.txt', 'a\n');
  await repo.commit('feat: rules');
  const { code, err } = await run(repo, ['trust', '--yes']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return repo;
};

const stage = async (repo: Hooked, path: string, text: string): Promise<void> => {
  await repo.write(path, text);
  await repo.git('add', path);
};
const steady = (text: string): string => text.replaceAll(/\d[\d.,]* (?:ms|s)(?=[,)])/g, 'N s');

describe.skipIf(platform() === 'win32')('commands of [[hook.run]] in hooks', () => {
  test('the checks come first: where they stop, no command runs', async () => {
    const repo = await commanded(['pre-commit'], [{ name: 'mark', script: 'touch "$OUT"', more: 'env = { OUT = "/dev/null" }' }]);
    await stage(repo, 'a.txt', LEAK);
    const stopped = await repo.run(['commit', '-q', '-m', 'x']);
    expect(stopped.code).toBe(1);
    expect(stopped.err).not.toContain('mark');
    await stage(repo, 'a.txt', 'clean\n');
    const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
    expect({ code, err: steady(err) }).toEqual({ code: 0, err: 'kei-git: mark passed (N s)\n' });
  });

  test('a command that says no stops; SKIP leaves it out; without trust none runs', async () => {
    const repo = await commanded(['pre-commit'], [{ name: 'no', script: 'echo never; exit 3' }]);
    await stage(repo, 'a.txt', 'clean\n');
    const stopped = await repo.run(['commit', '-q', '-m', 'x']);
    expect({ ...stopped, err: steady(stopped.err) }).toEqual({
      code: 1,
      out: '',
      err: 'kei-git: no failed: exit code 3 (N s)\nnever\n',
    });
    expect(await repo.run(['commit', '-q', '-m', 'x'], { env: { SKIP: 'no' } })).toEqual({
      code: 0,
      out: '',
      err: 'kei-git: left out, as SKIP says: no\n',
    });
    await stage(repo, 'kei.toml', `${RULES['kei.toml']}${rowOf({ name: 'other', script: 'exit 1' })}`);
    const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
    expect(code).toBe(0);
    expect(err).toContain('kei-git: other of kei.toml does not run (pre-commit)');
  });

  test('what a command mends is looked at before it is committed', async () => {
    const more = 'files = ["*.txt"]\nstage-fixed = true';
    const repo = await commanded(['pre-commit'], [{ name: 'mend', script: 'for f; do cat more >>"$f"; done', more }]);
    await stage(repo, 'more', 'mended\n');
    await stage(repo, 'a.txt', 'clean\n');
    expect((await repo.run(['commit', '-q', '-m', 'x'])).code).toBe(0);
    expect(await repo.git('show', 'HEAD:a.txt')).toBe('clean\nmended');
    // Not staged, so only the command brings it in.
    await repo.write('more', LEAK);
    await stage(repo, 'a.txt', 'again\n');
    const stopped = await repo.run(['commit', '-q', '-m', 'x']);
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain('a.txt:2:6  error');
    expect(await repo.git('show', 'HEAD:a.txt')).toBe('clean\nmended');
  });

  test('with a seal: what commands mended is what is sealed', async () => {
    const more = 'files = ["*.txt"]\nstage-fixed = true';
    const repo = await commanded(
      ['pre-commit', 'reference-transaction'],
      [{ name: 'mend', script: 'for f; do echo mended >>"$f"; done', more }],
      '[hook]\nseal = true\n',
    );
    await stage(repo, 'a.txt', 'clean\n');
    const { code, err } = await repo.run(['commit', '-q', '-m', 'x']);
    expect({ code, err: steady(err) }).toEqual({ code: 0, err: 'kei-git: mend passed (1 file, N s)\nkei-git: 1 file fixed: a.txt\n' });
    expect(await repo.git('show', 'HEAD:a.txt')).toBe('clean\nmended');
    expect(await repo.git('status', '--porcelain')).toBe('');
  });

  test('prepare-commit-msg and commit-msg: the message as commands leave it is judged', async () => {
    const repo = await commanded(
      ['prepare-commit-msg', 'commit-msg'],
      [
        { name: 'prepare', script: 'echo "feat: prepared" >"$1"', args: ['{message}'], more: 'on = ["prepare-commit-msg"]' },
        { name: 'sign', script: 'if [ -e more ]; then cat more >>"$1"; fi', args: ['{message}'], more: 'on = ["commit-msg"]' },
      ],
      '[hook]\nprefixes = ["feat"]\n',
    );
    const good = await repo.run(['commit', '-q', '--allow-empty', '-m', 'x']);
    expect({ code: good.code, err: steady(good.err) }).toEqual({
      code: 0,
      err: 'kei-git: prepare passed (N s)\nkei-git: sign passed (N s)\n',
    });
    expect(await repo.git('log', '-1', '--format=%B')).toBe('feat: prepared\n');
    await repo.write('more', LEAK);
    const stopped = await repo.run(['commit', '-q', '--allow-empty', '-m', 'x']);
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain('commit message:2:6  error');
  });

  test('the other events: commands run, and an observer never stops', async () => {
    const rows = ['post-commit', 'post-checkout', 'post-merge', 'post-rewrite'].map((event) => ({
      name: event,
      script: `echo ${event} >>"$OUT"; exit 1`,
      more: `on = ["${event}"]\nenv = { OUT = "OUTFILE" }`,
    }));
    const repo = await hooked(['post-commit', 'post-checkout', 'post-merge', 'post-rewrite']);
    const out = join(repo.dir, '../out');
    await repo.write('kei.toml', rows.map(rowOf).join('').replaceAll('OUTFILE', out));
    await repo.commit('first');
    await run(repo, ['trust', '--yes']);
    expect((await repo.run(['commit', '-q', '--allow-empty', '-m', 'x'])).code).toBe(0);
    expect((await repo.run(['commit', '-q', '--allow-empty', '--amend', '-m', 'y'])).code).toBe(0);
    expect((await repo.run(['checkout', '-q', '-b', 'side', 'HEAD~1'])).code).toBe(0);
    await repo.commit('side');
    expect((await repo.run(['merge', '-q', '-m', 'merged', 'main'])).code).toBe(0);
    expect(existsSync(out)).toBe(true);
    const lines = new Set(readFileSync(out, 'utf8').trim().split('\n'));
    expect([...lines].toSorted()).toEqual(['post-checkout', 'post-commit', 'post-merge', 'post-rewrite']);
  });
});
