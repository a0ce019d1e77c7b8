import { chownSync, lchownSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainRepository } from '../../src/git/plain-repository.ts';
import { askRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { gitIs, makeFolder, makeRepo, REFS, type RepoOptions, type TestRepo } from '../repo.ts';

type Env = Readonly<Record<string, string>>;
interface World extends RepoOptions {
  readonly name: string;
  /** What is read from the files alone. */
  readonly plain: boolean;
  /** Only `extensions` and `environment` of a newer git, or what this machine lets a test do. */
  readonly skip?: boolean;
  readonly make?: (repo: TestRepo) => Promise<{ readonly cwd?: string; readonly env?: Env } | undefined | void>;
}

const config = (repo: TestRepo, text: string): Promise<void> => appendFile(join(repo.dir, '.git/config'), text);
const linked = async (repo: TestRepo, name = 'linked', ...more: readonly string[]): Promise<string> => {
  const dir = join(repo.dir, '..', name);
  await repo.git('worktree', 'add', '--quiet', ...more, dir);
  return dir;
};
const gitDirOf = (repo: TestRepo, cwd: string): Promise<string> => repo.gitWith({ cwd }, 'rev-parse', '--absolute-git-dir');
const isRoot = process.getuid?.() === 0;

const WORLDS: readonly World[] = [
  { name: 'the root', plain: true },
  { name: 'sha256', format: 'sha256', plain: true },
  {
    name: 'a folder below',
    plain: true,
    make: async ({ dir }) => (await mkdir(join(dir, 'a/b'), { recursive: true }), { cwd: join(dir, 'a/b') }),
  },
  { name: 'before the first commit', plain: true, make: async ({ git }) => void (await git('checkout', '--quiet', '--orphan', 'fresh')) },
  { name: 'a detached head', plain: true, make: async ({ git }) => void (await git('checkout', '--quiet', '--detach')) },
  { name: 'packed refs', plain: true, make: async ({ git }) => void (await git('pack-refs', '--all')) },
  {
    name: 'packed refs among many, a name that ends likewise',
    plain: true,
    make: async ({ git, commit }) => {
      for (const name of ['a/main', 'main-2', 'zmain', 'main.x']) {
        await git('branch', name);
        await commit(name);
      }
      await git('tag', '-a', '-m', 'x', 'main');
      await git('pack-refs', '--all');
    },
  },
  {
    name: 'a loose ref over a packed one',
    plain: true,
    make: async ({ git, commit }) => {
      await git('pack-refs', '--all');
      await commit('more');
    },
  },
  { name: 'a branch with slashes', plain: true, make: async ({ git }) => void (await git('checkout', '-qb', 'feature/a-b_c.1+x#2')) },
  { name: 'a branch beyond ASCII', plain: false, make: async ({ git }) => void (await git('checkout', '-qb', 'größe')) },
  {
    name: 'a branch that is a symbolic ref',
    plain: false,
    make: async ({ git }) => {
      await git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
      await git('symbolic-ref', 'HEAD', 'refs/heads/alias');
    },
  },
  { name: 'head outside of branches', plain: false, make: async ({ git }) => void (await git('symbolic-ref', 'HEAD', 'refs/other/x')) },
  {
    name: 'a branch whose folder others have',
    plain: false,
    make: async ({ git }) => {
      await git('branch', 'deep/er');
      await git('symbolic-ref', 'HEAD', 'refs/heads/deep');
    },
  },
  {
    name: 'head is a link',
    plain: false,
    make: async ({ dir }) => {
      await rm(join(dir, '.git/HEAD'));
      await symlink('refs/heads/main', join(dir, '.git/HEAD'));
    },
  },
  { name: 'a damaged head', plain: false, make: ({ dir }) => writeFile(join(dir, '.git/HEAD'), 'ref: refs/heads/../x\n') },
  { name: 'a damaged branch', plain: false, make: ({ dir }) => writeFile(join(dir, '.git/refs/heads/main'), 'no name\n') },
  {
    name: 'a branch that names nothing that is here',
    plain: true,
    make: ({ dir }) => writeFile(join(dir, '.git/refs/heads/main'), `${'1'.repeat(40)}\n`),
  },
  { name: 'a linked worktree', plain: true, make: async (repo) => ({ cwd: await linked(repo) }) },
  { name: 'a linked worktree, detached', plain: true, make: async (repo) => ({ cwd: await linked(repo, 'linked', '--detach') }) },
  {
    name: 'a folder in a linked worktree',
    plain: true,
    make: async (repo) => {
      const cwd = join(await linked(repo), 'a');
      await mkdir(cwd);
      return { cwd };
    },
  },
  {
    name: 'the hook of a linked worktree',
    plain: true,
    make: async (repo) => {
      const cwd = await linked(repo);
      return { cwd, env: { GIT_DIR: await gitDirOf(repo, cwd), GIT_PREFIX: '', GIT_INDEX_FILE: '/nowhere' } };
    },
  },
  {
    name: 'GIT_DIR of another worktree',
    plain: false,
    make: async (repo) => ({ cwd: await linked(repo), env: { GIT_DIR: await gitDirOf(repo, await linked(repo, 'second')) } }),
  },
  {
    name: 'GIT_DIR, from a folder below',
    plain: false,
    make: async ({ dir }) => (await mkdir(join(dir, 'a')), { cwd: join(dir, 'a'), env: { GIT_DIR: join(dir, '.git') } }),
  },
  { name: 'GIT_DIR, relative', plain: false, make: () => Promise.resolve({ env: { GIT_DIR: '.git' } }) },
  { name: 'GIT_WORK_TREE', plain: false, make: ({ dir }) => Promise.resolve({ env: { GIT_WORK_TREE: join(dir, '..') } }) },
  { name: 'GIT_COMMON_DIR', plain: false, make: ({ dir }) => Promise.resolve({ env: { GIT_COMMON_DIR: join(dir, '.git') } }) },
  {
    name: 'settings of the command line',
    plain: false,
    make: () => Promise.resolve({ env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.bare', GIT_CONFIG_VALUE_0: 'true' } }),
  },
  { name: 'GIT_CEILING_DIRECTORIES', plain: true, make: ({ dir }) => Promise.resolve({ env: { GIT_CEILING_DIRECTORIES: dir } }) },
  {
    name: 'GIT_CEILING_DIRECTORIES, from a folder below',
    plain: false,
    make: async ({ dir }) => (await mkdir(join(dir, 'a')), { cwd: join(dir, 'a'), env: { GIT_CEILING_DIRECTORIES: dir } }),
  },
  {
    name: 'through a link',
    plain: false,
    make: async ({ dir }) => (await symlink(dir, join(dir, '../link')), { cwd: join(dir, '../link') }),
  },
  {
    name: 'a git directory that is a link',
    plain: false,
    make: async ({ dir }) => {
      await rename(join(dir, '.git'), join(dir, '../moved'));
      await symlink('../moved', join(dir, '.git'));
    },
  },
  {
    name: 'a separate git directory',
    plain: true,
    make: async ({ git, dir }) => void (await git('init', '--quiet', `--separate-git-dir=${join(dir, '../apart')}`)),
  },
  { name: 'bare', bare: true, plain: false },
  { name: 'inside of the git directory', plain: false, make: ({ dir }) => Promise.resolve({ cwd: join(dir, '.git/hooks') }) },
  {
    name: 'worktrees of a bare repository',
    plain: false,
    make: async (repo) => {
      const cwd = await linked(repo);
      await repo.git('config', 'core.bare', 'true');
      return { cwd };
    },
  },
  { name: 'core.bare, said again', plain: false, make: (repo) => config(repo, '[CORE]\n\tBare = TRUE\n') },
  { name: 'core.worktree', plain: false, make: ({ git, dir }) => git('config', 'core.worktree', join(dir, '..')).then(() => undefined) },
  { name: 'core.worktree with an odd spelling', plain: false, make: (repo) => config(repo, '[core] worktree = ..\n') },
  { name: 'a setting over two lines', plain: false, make: (repo) => config(repo, '[alias]\n\tx = a \\\n[core]\\\n\tworktree = ..\n') },
  {
    name: 'settings that are included',
    plain: true,
    make: async (repo) => {
      await writeFile(join(repo.dir, 'more'), '[core]\n\tworktree = /\n\tbare = true\n');
      await config(repo, '[include]\n\tpath = ../more\n[includeIf "gitdir:**"]\n\tpath = ../more\n');
    },
  },
  {
    name: 'ordinary settings',
    plain: true,
    make: (repo) =>
      config(
        repo,
        '# note\n[remote "origin"]\r\n\turl = "git@x:y/z" ; note\r\n\n[Alias]\n' +
          '\tl = "!f() { echo \\"#\\"; }; f"\n[core]\n\teditor = vim\n\tignoreCase\n',
      ),
  },
  {
    name: 'per-worktree settings',
    plain: true,
    make: async (repo) => {
      const cwd = await linked(repo);
      await repo.git('config', 'extensions.worktreeConfig', 'true');
      await repo.gitWith({ cwd }, 'config', '--worktree', 'core.hooksPath', 'hooks');
      return { cwd };
    },
  },
  {
    name: 'a worktree elsewhere by per-worktree settings',
    plain: false,
    make: async ({ git, dir }) => {
      await git('config', 'extensions.worktreeConfig', 'true');
      await git('config', '--worktree', 'core.worktree', join(dir, '..'));
    },
  },
  {
    name: 'an extension that nobody knows',
    plain: false,
    make: (repo) => config(repo, '[core]\nrepositoryformatversion=1\n[extensions]\nnew=1\n'),
  },
  { name: 'an extension without its version', plain: false, make: (repo) => config(repo, '[extensions]\n\tobjectFormat = sha256\n') },
  { name: 'a newer version', plain: false, make: (repo) => config(repo, '[core]\n\trepositoryformatversion = 7\n') },
  { name: 'damaged settings', plain: false, make: (repo) => config(repo, '[core\n') },
  {
    name: 'reftable',
    plain: false,
    skip: !gitIs(2, 45),
    make: async (repo) => void (await repo.git('refs', 'migrate', '--ref-format=reftable')),
  },
  {
    name: 'a submodule',
    plain: false,
    make: async (repo) => {
      const other = await makeRepo();
      await other.write('a', '');
      await other.commit();
      await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.dir, 'sub');
      return { cwd: join(repo.dir, 'sub') };
    },
  },
  {
    name: 'shallow',
    plain: false,
    make: async (repo) => {
      await repo.commit('again');
      const dir = join(repo.dir, '../shallow');
      await repo.git('clone', '--quiet', '--depth=1', `file://${repo.dir}`, dir);
      return { cwd: dir };
    },
  },
  {
    name: 'a folder that looks bare below the worktree',
    plain: false,
    make: async ({ git, dir }) => (await git('init', '--quiet', '--bare', 'nested'), { cwd: join(dir, 'nested/objects') }),
  },
  {
    name: 'a .git of nothing below the worktree',
    plain: false,
    make: async ({ dir }) => (await mkdir(join(dir, 'x/.git'), { recursive: true }), { cwd: join(dir, 'x') }),
  },
  {
    name: 'somebody else’s folder',
    plain: false,
    skip: !isRoot,
    make: async ({ dir }) => {
      chownSync(dir, 12345, 12345);
      chownSync(join(dir, '.git'), 12345, 12345);
    },
  },
  {
    name: 'somebody else’s pointer',
    plain: false,
    skip: !isRoot,
    make: async (repo) => {
      const cwd = await linked(repo);
      lchownSync(join(cwd, '.git'), 12345, 12345);
      return { cwd };
    },
  },
  {
    name: 'a root with a newline',
    plain: true,
    make: async (repo) => ({ cwd: await linked(repo, 'new\nline', '--detach') }),
  },
  {
    name: 'a worktree that was moved away',
    plain: false,
    make: async (repo) => ({
      cwd: await linked(repo).then(async (dir) => (await rm(join(repo.dir, '.git/worktrees/linked'), { recursive: true }), dir)),
    }),
  },
];

/** What git says, or that it says nothing but an error. */
const asked = async (cwd: string, env: Env): Promise<unknown> => {
  try {
    return await askRepository(here({ cwd, env }));
  } catch {
    return 'refused';
  }
};

const POSSIBLE = WORLDS.filter(({ skip = false }) => !skip && REFS === 'files');

test.for(POSSIBLE)('what is read from files is what git says: $name', async ({ plain, make, ...options }) => {
  const repo = await makeRepo(options);
  if (options.bare !== true) {
    await repo.write('file', '1\n');
    await repo.commit();
  }
  const { cwd = repo.dir, env: more = {} } = (await make?.(repo)) ?? {};
  const env = { ...repo.env, ...more };
  const read = plainRepository(cwd, env);
  expect(read !== undefined).toBe(plain);
  if (read !== undefined) expect(read).toEqual(await asked(cwd, env));
});

test('where there is nothing git is asked', async () => {
  const dir = await makeFolder();
  expect(plainRepository(dir, {})).toBeUndefined();
  expect(plainRepository(join(dir, 'not-there'), {})).toBeUndefined();
});

const LINES = [
  '[core]',
  '[CORE "x"]',
  '[core] bare = true',
  '[extensions]',
  '[include]',
  '[remote "a b"]',
  '[remote "a\\"b"]',
  '[x.y]',
  'path = more',
  'bare = true',
  'bare = false',
  'bare',
  'bare = "false"',
  'bare = no',
  'worktree = ..',
  'worktree =',
  'repositoryformatversion = 1',
  'repositoryformatversion = 0',
  'noop = 1',
  'objectformat = sha1',
  'objectFormat = sha256',
  'refStorage = files',
  'worktreeConfig = true',
  'worktreeConfig',
  'partialClone = origin',
  '# note \\',
  '; note',
  'a = b # c',
  'a = "b',
  'a = b \\',
  '',
  '=',
  'url = x',
  '\tx-y = 1\r',
  '\ufeff[core]',
  'new = 1',
  '1 = 2',
];

test.runIf(REFS === 'files')('settings of any kind: what is read from files is what git says', async () => {
  const repo = await makeRepo();
  await repo.commit();
  const file = join(repo.dir, '.git/config');
  const plain = await readFile(file, 'utf8');
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...LINES), { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), async (lines, end) => {
      await writeFile(file, plain + lines.map((line) => line + end).join(''));
      const repository = plainRepository(repo.dir, repo.env);
      if (repository === undefined) return;
      read++;
      expect(repository).toEqual(await asked(repo.dir, repo.env));
    }),
    { numRuns: process.env['KEI_LONG'] === undefined ? 300 : 5000 },
  );
  expect(read).toBeGreaterThan(50);
});
