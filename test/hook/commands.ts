import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guardBlock } from '../../src/hook/shim.ts';
import { run } from '../leak/commands.ts';
import { PROGRAM } from '../program.ts';
import { makeRepo, openRepo, type TestRepo } from '../repo.ts';

export interface Ran {
  readonly code: number;
  /** What git and the hook say, times taken out. */
  readonly err: string;
}

/** A repository whose kei.toml has commands, with hooks that start the program as it was built. */
export interface Commanded extends TestRepo {
  /** Runs git, whatever comes of it. */
  try(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** `kei-git hook run`. */
  byHand(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Starts git in a process group of its own. */
  start(args: readonly string[]): ChildProcess;
  trust(): Promise<void>;
  read(path: string): Promise<string>;
  /** The same hooks in another worktree of it. */
  at(dir: string): Commanded;
}

const steady = (text: string): string => text.replaceAll(/\d[\d.,]* (?:ms|s)(?=[,)])/g, 'N s');

const around = (repo: TestRepo): Commanded => {
  const started = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((done) => {
      const options = { cwd: repo.dir, env: { ...repo.env, ...env }, maxBuffer: 2 ** 28 };
      execFile(program, [...args], options, (error, _, stderr) => {
        done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, err: steady(stderr) });
      });
    });
  return {
    ...repo,
    try: (args, env) => started('git', args, env),
    byHand: (args, env) => started(process.execPath, [PROGRAM, 'hook', 'run', ...args], env),
    start: (args) => spawn('git', [...args], { cwd: repo.dir, env: repo.env, stdio: ['ignore', 'ignore', 'pipe'], detached: true }),
    trust: async () => {
      const { code, err } = await run(repo, ['trust', '--yes']);
      if (code !== 0) throw new Error(err);
    },
    read: (path) => readFile(join(repo.dir, path), 'utf8'),
    at: (dir) => around(openRepo(dir, repo.env)),
  };
};

/** @param settings of kei.toml; trusted unless it is said otherwise */
export const withCommands = async (settings: string, { events = ['pre-commit'], trusted = true } = {}): Promise<Commanded> => {
  const repo = around(await makeRepo());
  const at = { node: process.execPath, hook: join(dirname(PROGRAM), 'hook.cjs') };
  for (const event of events) await repo.write(`.git/hooks/${event}`, `#!/bin/sh\n${guardBlock(event, at)}`, 0o755);
  await repo.write('kei.toml', settings);
  await repo.commit('settings');
  if (trusted) await repo.trust();
  return repo;
};

/** A [[hook.run]] of a script of sh, which has what it is given as "$@". */
export const shell = (name: string, script: string, ...lines: readonly string[]): string =>
  `[[hook.run]]\nname = "${name}"\nrun = ["sh", "-c", ${JSON.stringify(script)}, "sh"]\n${lines.map((line) => `${line}\n`).join('')}`;
