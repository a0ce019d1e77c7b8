import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { main } from '../../src/cli.ts';
import { captured } from '../captured.ts';
import { githubToken } from '../leak/tokens.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';

// Repositories with hooks of others, and with ours.

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where the copy that hooks run is, for all repositories of a test file: making one takes a second, and another repository keeps it in use. */
let shared: Promise<string> | undefined;
export const sharedData = (): Promise<string> =>
  (shared ??= (async () => {
    const keeper = await makeRepo();
    const data = join(await makeFolder(), 'data');
    const context = captured(keeper.dir, { env: { ...keeper.env, XDG_DATA_HOME: data } });
    if ((await main(['install'], context)) !== 0) throw new Error(context.err());
    return data;
  })());

/** Runs one of our commands in a repository. */
export const kei = async (
  repo: TestRepo,
  argv: readonly string[],
  cwd = repo.dir,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ran> => {
  const context = captured(cwd, { env: { ...repo.env, XDG_DATA_HOME: await sharedData(), ...env } });
  const code = await main(argv, context);
  return { code, out: context.out(), err: context.err() };
};

/** Like {@link kei}, and it must succeed. */
export const keiWell = async (repo: TestRepo, argv: readonly string[], cwd = repo.dir): Promise<string> => {
  const { code, out, err } = await kei(repo, argv, cwd);
  if (code !== 0) throw new Error(`kei-git ${argv.join(' ')}: ${code}\n${out}${err}`);
  return out;
};

/** Starts a program in a repository, as a person would. */
export const start = (
  repo: TestRepo,
  program: string,
  args: readonly string[],
  more: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> =>
  new Promise((done) => {
    const child = execFile(program, [...args], { cwd: more.cwd ?? repo.dir, env: { ...repo.env, ...more.env } }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 255), out, err });
    });
    child.stdin?.end();
  });

/** Lines of sh by which a hook of somebody else writes down that it ran. */
export const seen = (name: string): string => `echo ${name} >> "$(git rev-parse --git-common-dir)/seen"`;

/** Which of them ran since this was last asked, each once. */
export const whoRan = async (repo: TestRepo): Promise<readonly string[]> => {
  const path = join(resolve(repo.dir, await repo.git('rev-parse', '--git-common-dir')), 'seen');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  await rm(path, { force: true });
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('kei-git ')))].toSorted();
};

let commits = 0;
/** `git commit` of a new file, with hooks. */
export const commitNew = async (
  repo: TestRepo,
  content = 'nothing',
  more: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> => {
  const cwd = more.cwd ?? repo.dir;
  const name = `file-${commits++}.txt`;
  await repo
    .gitWith({ cwd, stdin: content }, 'hash-object', '-w', '--stdin')
    .then((oid) => repo.gitWith({ cwd }, 'update-index', '--add', '--cacheinfo', `100644,${oid},${name}`));
  const ran = await start(repo, 'git', ['commit', '--quiet', '-m', 'one more'], { ...more, cwd });
  if (ran.code !== 0) await repo.gitWith({ cwd }, 'update-index', '--force-remove', name);
  return ran;
};

/** What the guard must stop. */
export const planted = (): string => `PLANTED\ntoken = "${githubToken('planted')}"\n`;

/** True when a commit of a planted secret is stopped by us. */
export const stops = async (repo: TestRepo, cwd = repo.dir): Promise<boolean> => {
  const head = await repo.gitWith({ cwd }, 'rev-parse', 'HEAD');
  const { code, out, err } = await commitNew(repo, planted(), { cwd });
  const isThere = (await repo.gitWith({ cwd }, 'rev-parse', 'HEAD')) === head;
  if (!isThere)
    await repo.gitWith(
      { cwd, env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/dev/null' } },
      'reset',
      '--quiet',
      '--hard',
      head,
    );
  return code !== 0 && isThere && /kei-git|leak\//.test(out + err);
};

const tree = (root: string, path: string, into: Map<string, string>): void => {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) into.set(path, `-> ${readlinkSync(full)}`);
  else if (stat.isFile()) into.set(path, `${mode} ${readFileSync(full).toString('latin1')}`);
  else {
    into.set(path, `${mode} folder`);
    for (const name of readdirSync(full)) tree(root, join(path, name), into);
  }
};

/** Everything that says which hooks run, with content and modes, and the names of what lies in the git directory. */
export const hookState = (root: string, more: readonly string[] = []): ReadonlyMap<string, string> => {
  const all = new Map<string, string>();
  const dirs = [
    '.git',
    ...(existsSync(join(root, '.git/worktrees')) ? readdirSync(join(root, '.git/worktrees')).map((name) => `.git/worktrees/${name}`) : []),
  ];
  for (const dir of dirs) for (const name of ['hooks', 'config', 'config.worktree']) tree(root, `${dir}/${name}`, all);
  for (const path of ['.husky', '.githooks', 'lefthook.yml', '.pre-commit-config.yaml', ...more]) tree(root, path, all);
  const changing = ['seen', 'index', 'objects', 'logs', 'refs', 'COMMIT_EDITMSG', 'HEAD', 'ORIG_HEAD', 'packed-refs', 'reftable', 'kei'];
  for (const dir of dirs)
    all.set(
      `${dir} holds`,
      readdirSync(join(root, dir))
        .filter((name) => !changing.includes(name))
        .toSorted()
        .join(' '),
    );
  return all;
};
