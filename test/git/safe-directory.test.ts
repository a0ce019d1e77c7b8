import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { withSafeDirectory } from '../../src/git/safe-directory.ts';
import { gitIs, makeFolder, makeRepo } from '../repo.ts';

type Env = Readonly<Record<string, string | undefined>>;
const NOBODY = '65534';

/** A repository of another user, with a folder in it. */
const foreign = async (): Promise<{ readonly dir: string; readonly env: Env }> => {
  const repo = await makeRepo();
  await repo.write('sub/a.txt', 'a\n');
  await repo.commit();
  await promisify(execFile)('chown', ['-R', NOBODY, repo.dir]);
  return { dir: repo.dir, env: repo.env };
};

const rootOf = async (cwd: string, env: Env): Promise<string | undefined> => (await findRepository(here({ cwd, env }), env))?.root;
const only = (env: Env, pattern: RegExp, from: Env): Env => ({
  ...from,
  ...Object.fromEntries(Object.entries(env).filter(([name]) => pattern.test(name))),
});

describe.runIf(process.getuid?.() === 0 && gitIs(2, 38))('a repository of another user', () => {
  test('is refused, and looked at where it is named: by the environment, or by the file, which older gits read', async () => {
    const { dir, env } = await foreign();
    const cwd = join(dir, 'sub');
    await expect(rootOf(cwd, env)).rejects.toThrow('it belongs to another user');
    const safe = withSafeDirectory(env, cwd, dir, await makeFolder());
    expect(await rootOf(cwd, safe)).toBe(dir);
    expect(await rootOf(cwd, only(safe, /^GIT_CONFIG_(?:COUNT|KEY|VALUE)/, env))).toBe(dir);
    expect(await rootOf(cwd, only(safe, /^GIT_CONFIG_GLOBAL$/, env))).toBe(dir);
  });

  test('another one is not, nor one above the workspace or outside it', async () => {
    const [one, other] = [await foreign(), await foreign()];
    const safe = withSafeDirectory(one.env, one.dir, one.dir, await makeFolder());
    await expect(rootOf(other.dir, safe)).rejects.toThrow('it belongs to another user');
    const sub = join(one.dir, 'sub');
    expect(withSafeDirectory(one.env, sub, sub, await makeFolder())).toBe(one.env);
    expect(withSafeDirectory(one.env, other.dir, one.dir, await makeFolder())).toBe(one.env);
  });
});

test("the person's own settings and those of the environment stay", async () => {
  const repo = await makeRepo();
  const home = await makeFolder();
  await mkdir(join(home, '.config', 'git'), { recursive: true });
  await writeFile(join(home, '.gitconfig'), '[user]\n\tname = one\n');
  await writeFile(join(home, '.config', 'git', 'config'), '[user]\n\temail = two\n');
  const { GIT_CONFIG_GLOBAL: _, XDG_CONFIG_HOME: __, ...rest } = repo.env;
  const env = { ...rest, HOME: home, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'kei.three', GIT_CONFIG_VALUE_0: '3' };
  const folder = await makeFolder();
  const safe = withSafeDirectory(env, repo.dir, repo.dir, folder);
  const get = async (key: string): Promise<string> =>
    (await promisify(execFile)('git', ['config', key], { cwd: repo.dir, env: safe as NodeJS.ProcessEnv })).stdout.trim();
  expect([await get('user.name'), await get('user.email'), await get('kei.three')]).toEqual(['one', 'two', '3']);
  expect(safe['GIT_CONFIG_COUNT']).toBe('2');
  expect(await readFile(join(folder, 'gitconfig'), 'utf8')).toContain(`[safe]\n\tdirectory = "${repo.dir}"\n`);
});
