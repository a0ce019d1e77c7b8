import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli.ts';
import { GITHUB_RULE, githubToken } from './leak/tokens.ts';
import { makeFolder, makeRepo } from './repo.ts';

const SCRIPTS = join(import.meta.dirname, '..', 'scripts');
const WORDS = {
  'validate-workflow-shas.sh': ['workflow', 'pins'],
  'lint-workflows.sh': ['workflow', 'lint'],
  'pre-commit-workflow-lint.sh': ['check', '--staged'],
  'regen-counts.sh': ['counts'],
  'precommit-counts-check.sh': ['counts', '--check', '--staged'],
} as const;
const NAMES = Object.keys(WORDS) as readonly (keyof typeof WORDS)[];
/** Says what it was asked, and from where. */
const ECHO = 'process.stdout.write(JSON.stringify([process.cwd(), process.argv.slice(2)])); process.exit(Number(process.env.CODE ?? 0));';

const run = (
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { readonly status: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(file, [...args], { cwd, env: { ...env }, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
};

test('every script in sh is one of them', async () => {
  const names = (await readdir(SCRIPTS)).filter((name) => name.endsWith('.sh'));
  expect(names.sort()).toEqual(['kei-git.sh', ...NAMES].sort());
});

test('each asks for a command that there is', () => {
  const asked = NAMES.map((name) => WORDS[name].filter((word) => !word.startsWith('-')).join(' '));
  expect(asked.filter((name) => !COMMANDS.has(name))).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('scripts in sh', () => {
  let place: string;
  beforeEach(async () => {
    place = join(await makeFolder(), 'a place with spaces');
    await cp(SCRIPTS, join(place, 'scripts'), { recursive: true, filter: (path) => path === SCRIPTS || path.endsWith('.sh') });
    await mkdir(join(place, 'dist'));
    await writeFile(join(place, 'dist', 'bin.cjs'), ECHO);
  });

  test.for(NAMES)('%s hands on words, folder and exit code, also through links', async (name) => {
    const elsewhere = await makeFolder();
    const links = join(elsewhere, 'links to');
    await symlink(join(place, 'scripts'), links);
    await symlink(join(links, name), join(elsewhere, 'hook'));
    const words = [...WORDS[name], 'a b', "it's", '--format=json'];
    for (const file of [join(place, 'scripts', name), join(links, name), join(elsewhere, 'hook'), './hook']) {
      const { status, out } = run(file, ['a b', "it's", '--format=json'], elsewhere, { ...process.env, CODE: '2' });
      expect(JSON.parse(out)).toEqual([elsewhere, words]);
      expect(status).toBe(2);
    }
  });

  test.for(NAMES)('%s: what is not built could not look', async (name) => {
    await rm(join(place, 'dist'), { recursive: true });
    const { status, err } = run(join(place, 'scripts', name), [], place);
    expect(err).toContain('could not look: needs node, and ');
    expect(status).toBe(3);
  });

  test('as a hook, linked: a planted leak stops the commit, a clean one passes', async () => {
    const repo = await makeRepo();
    await symlink(join(SCRIPTS, 'pre-commit-workflow-lint.sh'), join(repo.dir, '.git', 'hooks', 'pre-commit'));
    const token = githubToken('scripts');
    await repo.write('sub/a.ts', `const token = '${token}';\n`);
    await repo.git('add', 'sub/a.ts');
    const stopped = run('git', ['commit', '-m', 'a'], join(repo.dir, 'sub'), repo.env);
    expect(stopped.err).toContain(GITHUB_RULE);
    expect(stopped.err).not.toContain(token);
    expect(stopped.status).toBe(1);
    await repo.write('sub/a.ts', 'export {};\n');
    await repo.git('add', 'sub/a.ts');
    expect(run('git', ['commit', '-m', 'a'], join(repo.dir, 'sub'), repo.env).status).toBe(0);
  });

  test('numbers: regenerated, and judged as a hook by what is staged', async () => {
    const repo = await makeRepo();
    await repo.write('kei.toml', '[counts.pages]\nglob = "docs/*.md"\n');
    await repo.write('docs/a.md', 'a\n');
    await repo.write('README.md', '<!-- count:pages -->7<!-- /count:pages -->\n');
    await repo.git('add', '--all');
    await symlink(join(SCRIPTS, 'precommit-counts-check.sh'), join(repo.dir, '.git', 'hooks', 'pre-commit'));
    const stopped = run('git', ['commit', '-m', 'a'], repo.dir, repo.env);
    expect(stopped.out + stopped.err).toContain('README.md:1:21  error  pages is 1, not 7 [counts/stale]');
    expect(stopped.status).toBe(1);
    const regenerate = join(SCRIPTS, 'regen-counts.sh');
    expect(run(regenerate, ['--check'], repo.dir, repo.env).status).toBe(1);
    expect(run(regenerate, [], repo.dir, repo.env)).toEqual({ status: 0, out: 'README.md:1:21: pages is 1, was 7\n', err: '' });
    expect(run(regenerate, ['--check'], repo.dir, repo.env).status).toBe(0);
    expect(run('git', ['commit', '-m', 'a'], repo.dir, repo.env).status).toBe(1); // what is staged is stale still
    expect(run('git', ['commit', '-a', '-m', 'a'], repo.dir, repo.env).status).toBe(0);
  });
});
