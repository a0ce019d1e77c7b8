import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { guardBlock } from '../../src/hook/shim.ts';
import { PROGRAM } from '../program.ts';
import { makeRepo, openRepo, type RepoOptions, type TestRepo } from '../repo.ts';

const NODE = process.execPath;
const HOOK = join(dirname(PROGRAM), 'hook.cjs');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

export interface Hooked extends TestRepo {
  /** Runs git there, as somebody at a terminal would: the exit code and what it says. */
  run(args: readonly string[], more?: { readonly env?: Env; readonly stdin?: string | Uint8Array }): Promise<Ended>;
  /** Makes a hook file that starts the guard, between lines of others. */
  hook(event: string, before?: string, after?: string): Promise<void>;
  linked(name: string): Promise<Hooked>;
  /** Another repository there, with hooks of its own for the same events. */
  at(dir: string): Promise<Hooked>;
  /** Starts the program as a hook file would. */
  started(event: string, args: readonly string[], stdin?: string | Uint8Array, env?: Env): Promise<Ended>;
}

const start = (
  program: string,
  args: readonly string[],
  { dir, env }: { readonly dir: string; readonly env: Env },
  stdin: string | Uint8Array,
): Promise<Ended> =>
  new Promise((done) => {
    const child = execFile(program, [...args], { cwd: dir, env, maxBuffer: 2 ** 28 }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });

const withHooks = (repo: TestRepo, hooks: string, events: readonly string[]): Hooked => ({
  ...repo,
  run: (args, { env = {}, stdin = '' } = {}) => start('git', args, { dir: repo.dir, env: { ...repo.env, ...env } }, stdin),
  started: (event, args, stdin = '', env = {}) =>
    start(NODE, [HOOK, event, ...args], { dir: repo.dir, env: { ...repo.env, ...env } }, stdin),
  hook: async (event, before = '', after = '') => {
    const { write } = openRepo(hooks, repo.env);
    await write(event, `#!/bin/sh\n${before}\n${guardBlock(event, { node: NODE, hook: HOOK })}${after}\n`, 0o755);
  },
  linked: async (name) => {
    const dir = join(repo.dir, '..', name);
    await repo.git('worktree', 'add', '--quiet', '-b', name, dir);
    return withHooks(openRepo(dir, repo.env), hooks, events);
  },
  at: async (dir) => {
    const found = withHooks(openRepo(dir, repo.env), join(dir, '.git/hooks'), events);
    for (const event of events) await found.hook(event);
    return found;
  },
});

/** A real repository whose hooks of these events start the guard, as it was built. */
export const hooked = async (events: readonly string[], options: RepoOptions = {}): Promise<Hooked> => {
  const repo = await makeRepo(options);
  const found = withHooks(repo, join(repo.dir, '.git/hooks'), events);
  for (const event of events) await found.hook(event);
  return found;
};
