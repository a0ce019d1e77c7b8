import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A real repository in a temp folder, gone after the test file. */
export interface TestRepo {
  readonly dir: string;
  /** What git and kei-git are run with: no configuration of this machine, a fixed author and date. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs git there; what it prints, without the last newline. */
  git(...args: readonly string[]): Promise<string>;
  /** Like `git`, with its standard input or more environment. */
  gitWith(
    more: { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
    ...args: readonly string[]
  ): Promise<string>;
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Stages everything and commits; the full name of the commit. Each commit is a minute after the last. */
  commit(message?: string): Promise<string>;
  remove(): Promise<void>;
}

export interface RepoOptions {
  readonly format?: 'sha1' | 'sha256';
  readonly bare?: boolean;
}

const folders: string[] = [];
afterAll(async () => {
  await Promise.all(folders.splice(0).map(removeFolder));
});

/** An empty folder outside every repository, gone after the test file. */
export async function makeFolder(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'kei-test-')));
  folders.push(dir);
  return dir;
}

/** True for the git of these tests when it is `major.minor` or newer. */
export const gitIs = (major: number, minor: number): boolean => {
  const [, has = 0, hasMinor = 0] = (/(\d+)\.(\d+)/.exec(execFileSync('git', ['version'], { encoding: 'utf8' })) ?? []).map(Number);
  return has > major || (has === major && hasMinor >= minor);
};

/** How new repositories keep their refs: `npm run test:gits` asks for reftable where git has it. */
export const REFS = process.env['KEI_TEST_REFS'] ?? 'files';

/** An environment that no configuration of this machine reaches. */
export const isolatedEnv = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  ...(process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] }),
  HOME: home,
  XDG_CONFIG_HOME: join(home, '.config'),
  XDG_CACHE_HOME: join(home, '.cache'),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_DEFAULT_REF_FORMAT: REFS,
  GIT_AUTHOR_NAME: 'A U Thor',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_COMMITTER_NAME: 'C O Mitter',
  GIT_COMMITTER_EMAIL: 'committer@example.com',
});

export async function makeRepo({ format = 'sha1', bare = false }: RepoOptions = {}): Promise<TestRepo> {
  const base = await makeFolder();
  const dir = join(base, 'repo');
  const home = join(base, 'home');
  await mkdir(home);
  const env = isolatedEnv(home);
  await runGit(env, base, ['init', '--quiet', '--initial-branch=main', `--object-format=${format}`, ...(bare ? ['--bare'] : []), dir]);
  return openRepo(dir, env);
}

/** A repository that is there already: a clone, a worktree. */
export function openRepo(dir: string, env: Readonly<Record<string, string>>): TestRepo {
  let minutes = 0;
  const repo: TestRepo = {
    dir,
    env,
    git: (...args) => runGit(env, dir, args),
    gitWith: ({ stdin, env: more, cwd }, ...args) => runGit({ ...env, ...more }, cwd ?? dir, args, stdin),
    async write(path, content, mode) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      if (mode !== undefined) await chmod(file, mode);
    },
    async commit(message = 'change') {
      const date = `${1_700_000_000 + 60 * minutes++} +0000`;
      await repo.git('add', '--all');
      await repo.gitWith(
        { env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } },
        'commit',
        '--quiet',
        '--allow-empty',
        '--no-verify',
        '-m',
        message,
      );
      return await repo.git('rev-parse', 'HEAD');
    },
    remove: () => removeFolder(dir),
  };
  return repo;
}

function runGit(env: Readonly<Record<string, string>>, cwd: string, args: readonly string[], stdin?: string | Uint8Array): Promise<string> {
  return new Promise((done, fail) => {
    const child = execFile('git', [...args], { cwd, env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) done(stdout.replace(/\n$/, ''));
      else fail(new Error(`git ${args.join(' ')}: ${stderr}`, { cause: error }));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin ?? '');
  });
}

const removeFolder = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 3 });
