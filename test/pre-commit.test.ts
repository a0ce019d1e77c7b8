import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../src/cli.ts';
import { GITHUB_RULE, githubToken } from './leak/tokens.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from './repo.ts';
import { makeSpecimens, type SpecimenRepo } from './server-repos.ts';
import { settingsInEnv } from './servers.ts';

const ROOT = join(import.meta.dirname, '..');
const isLong = process.env['KEI_LONG'] === '1';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files?: string;
}
const hooks = parse(await readFile(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[]; // ours, and judged below

describe('.pre-commit-hooks.yaml', () => {
  test('each hook is one of ours, asks git what is staged, and is read by old and new versions alike', () => {
    expect(hooks.map(({ id }) => id)).toEqual([
      'kei-git-check',
      'kei-git-leak',
      'kei-git-workflow-pins',
      'kei-git-workflow-lint',
      'kei-git-counts',
      'kei-git-counts-check',
    ]);
    for (const { id: _, entry, files: __, ...rest } of hooks) {
      expect(entry).toMatch(/^kei-git [a-z ]+(?: --[a-z]+)*$/);
      expect(rest).toEqual({
        name: entry,
        description: expect.stringMatching(/^[A-Z].*\.$/) as string,
        language: 'node',
        pass_filenames: false,
        require_serial: true,
      });
    }
  });

  test('each entry is a command', () => {
    expect(hooks.filter(({ entry }) => !COMMANDS.has(entry.replace(/^kei-git | --.*$/g, '')))).toEqual([]);
  });

  test.for([
    { id: 'kei-git-workflow-pins', path: '.github/workflows/ci.yml', runs: true },
    { id: 'kei-git-workflow-pins', path: '.forgejo/workflows/ci.yaml', runs: true },
    { id: 'kei-git-workflow-pins', path: '.gitea/workflows/ci.yml', runs: true },
    { id: 'kei-git-workflow-pins', path: '.github/workflows/actions.lock', runs: true },
    { id: 'kei-git-workflow-pins', path: 'action.yml', runs: true },
    { id: 'kei-git-workflow-pins', path: 'tools/setup/action.yaml', runs: true },
    { id: 'kei-git-workflow-pins', path: '.pre-commit-config.yaml', runs: true },
    { id: 'kei-git-workflow-pins', path: '.github/workflows/deep/ci.yml', runs: false },
    { id: 'kei-git-workflow-pins', path: 'transaction.yml', runs: false },
    { id: 'kei-git-workflow-pins', path: 'docs/.github/workflows/ci.yml', runs: false },
    { id: 'kei-git-workflow-lint', path: '.github/workflows/ci.yml', runs: true },
    { id: 'kei-git-workflow-lint', path: 'x/action.yml', runs: true },
    { id: 'kei-git-workflow-lint', path: 'src/a.ts', runs: false },
    { id: 'kei-git-leak', path: 'src/a.ts', runs: true },
  ])('$id for $path: $runs', ({ id, path, runs }) => {
    expect(new RegExp(hooks.find((hook) => hook.id === id)?.files ?? '').test(path)).toBe(runs);
  });
});

/** What only tests, checks and benchmarks need. Without them the hooks are installed in a third of the time; the long tests leave them in. */
const TOOLS =
  /^(@0xts\/|@microsoft\/|@types\/|@vitest\/|ajv|assemblyscript|dependency-cruiser|fast-check|husky|knip|lint-staged|oxfmt|oxlint|publint|re2js|vitest)/;

/** This project as it stands in the worktree, as a repository with one commit. */
const makeProject = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 2 ** 24,
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('test/'))) {
    await mkdir(dirname(join(repo.dir, path)), { recursive: true });
    await cp(join(ROOT, path), join(repo.dir, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error; // deleted, and not yet committed
    });
  }
  if (!isLong) {
    const file = join(repo.dir, 'package.json');
    const description = JSON.parse(await readFile(file, 'utf8')) as { devDependencies: Record<string, string> };
    const needed = Object.entries(description.devDependencies).filter(([name]) => !TOOLS.test(name));
    await writeFile(file, JSON.stringify({ ...description, devDependencies: Object.fromEntries(needed) }, undefined, 2));
  }
  await repo.commit('kei-git');
  return repo;
};

const PROJECT = 'https://github.com/kei/kei-git';

const canRun = process.platform !== 'win32' && spawnSync('pre-commit', ['--version']).status === 0;
if (!canRun) console.warn('THE HOOKS OF PRE-COMMIT ARE NOT TESTED HERE: there is no pre-commit on PATH');

describe.skipIf(!canRun)('pre-commit (SKIPPED WHERE THERE IS NO pre-commit)', { timeout: 600_000 }, () => {
  const token = githubToken('pre-commit');
  const leak = `const token = '${token}';\n`;
  let repo: TestRepo;
  let linked: TestRepo;
  let specimens: SpecimenRepo;
  const commit = (where: TestRepo, ...more: readonly string[]): { readonly status: number | null; readonly output: string } => {
    const { status, stdout, stderr } = spawnSync('git', ['commit', '-m', 'change', ...more], {
      cwd: where.dir,
      env: where.env,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  beforeAll(async () => {
    const project = await makeProject();
    specimens = await makeSpecimens();
    const made = await makeRepo();
    // npm finds its registry and its cache as it does for the person who runs this.
    const { CI: _, ...person } = process.env;
    const env = {
      ...(person as Record<string, string>),
      ...made.env,
      HOME: process.env['HOME'] ?? '',
      PRE_COMMIT_HOME: join(await makeFolder(), 'pre-commit'),
      npm_config_prefer_offline: 'true',
      // Folders in the place of servers: git runs here while nothing else of this process does.
      ...settingsInEnv([
        [`url.file://${project.dir}.insteadOf`, PROJECT],
        [`url.file://${specimens.root}/.insteadOf`, 'https://github.com/'],
      ]),
    };
    repo = openRepo(made.dir, env);
    const rows = hooks.map(({ id }) => `      - id: ${id}\n`);
    await repo.write(
      '.pre-commit-config.yaml',
      `repos:\n  - repo: ${PROJECT}\n    rev: ${await project.git('rev-parse', 'HEAD')}\n    hooks:\n${rows.join('')}`,
    );
    await repo.commit('first');
    execFileSync('pre-commit', ['install'], { cwd: repo.dir, env, stdio: 'ignore' });
    const folder = join(dirname(repo.dir), 'linked');
    await repo.git('worktree', 'add', '--quiet', folder);
    linked = openRepo(folder, env);
  });
  afterEach(async () => {
    await repo.git('reset', '--quiet', '--hard');
    await repo.git('clean', '--quiet', '--force');
  });

  // In a linked worktree git gives its hooks a GIT_DIR, and so to what pre-commit installs.
  test('the first commit installs them, changes nothing else, and passes', async () => {
    await linked.write('a.ts', 'export const answer = 42;\n');
    await linked.git('add', 'a.ts');
    const before = await repo.git('config', '--local', '--list');
    const { status, output } = commit(linked);
    expect(output).toMatch(/kei-git check\.+Passed\nkei-git leak scan\.+Passed\n/);
    expect(status).toBe(0);
    expect(await repo.git('config', '--local', '--list')).toBe(before);
  });

  test('a planted leak stops the commit, and is not printed', async () => {
    const head = await repo.git('rev-parse', 'HEAD');
    await repo.write('a.ts', leak);
    await repo.git('add', 'a.ts');
    const { status, output } = commit(repo);
    expect(output).toContain(`a.ts:1:16`);
    expect(output).toContain(GITHUB_RULE);
    expect(output).toMatch(/kei-git check\.+Failed\n/);
    expect(output).toMatch(/kei-git leak scan\.+Failed\n/);
    expect(output).not.toContain(token);
    expect(status).toBe(1);
    expect(await repo.git('rev-parse', 'HEAD')).toBe(head);
  });

  test('what is staged counts, not what stands in the worktree', async () => {
    await repo.write('b.ts', leak);
    await repo.git('add', 'b.ts');
    await repo.write('b.ts', 'export {};\n');
    expect(commit(repo).status).toBe(1);
    await repo.git('add', 'b.ts');
    await repo.write('b.ts', leak);
    expect(commit(repo).status).toBe(0);
    expect(await readFile(join(repo.dir, 'b.ts'), 'utf8')).toBe(leak);
  });

  test('a commit of named files: those are looked at, and only those', async () => {
    await repo.write('b.ts', 'export const b = 1;\n');
    await repo.write('c.ts', leak);
    await repo.git('add', 'c.ts');
    expect(commit(repo, 'b.ts').status).toBe(0);
    expect(commit(repo, 'c.ts').status).toBe(1);
  });

  test('a fabricated pin and a workflow that would not run stop the commit', async () => {
    const workflow = (oid: string, needs: string): string =>
      `on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: act/ion@${oid} # v1.0.0\n  b:\n    needs: ${needs}\n    runs-on: ubuntu-24.04\n    steps:\n      - run: 'true'\n`;
    const path = '.github/workflows/ci.yml';
    await repo.write(path, workflow(specimens.oids.fabricated, 'nobody'));
    await repo.git('add', path);
    const stopped = commit(repo);
    expect(stopped.output).toMatch(/kei-git workflow pins\.+Failed\n/);
    expect(stopped.output).toContain('[workflow/missing]');
    expect(stopped.output).toContain(`v1.0.0 is ${specimens.oids.tagged}`);
    expect(stopped.output).toMatch(/kei-git workflow lint\.+Failed\n/);
    expect(stopped.status).toBe(1);
    await repo.write(path, workflow(specimens.oids.tagged, 'a'));
    await repo.git('add', path);
    const { status, output } = commit(repo);
    expect(output).toMatch(/kei-git workflow pins\.+Passed\nkei-git workflow lint\.+Passed\n/);
    expect(status).toBe(0);
  });

  test('run --all-files with nothing staged looks at the worktree', async () => {
    const all = (): { readonly status: number | null; readonly stdout: string } =>
      spawnSync('pre-commit', ['run', '--all-files'], { cwd: repo.dir, env: repo.env, encoding: 'utf8' });
    await repo.write('c.ts', 'export {};\n');
    expect(all().status).toBe(0);
    await repo.write('c.ts', leak);
    await repo.commit('past the hooks');
    const { status, stdout } = all();
    expect(stdout).toContain('c.ts:1:16');
    expect(status).toBe(1);
  });
});
