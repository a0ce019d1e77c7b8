import { Readable } from 'node:stream';
import type { Context, GitResult, GitRunOptions, Place } from '../command.ts';
import { InterruptedError } from '../errors.ts';
import { collectStderr, ended, type GitChild, start } from './child.ts';
import { gitFailure } from './failure.ts';
import { findGit } from './program.ts';

// `git rev-parse --local-env-vars` of git 2.39, and GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n that GIT_CONFIG_COUNT counts.
const LOCAL: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_CONFIG_COUNT',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
]);
const isLocal = (name: string): boolean => LOCAL.has(name) || /^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name);

/**
 * The repository the user is in. The environment is kept: under `git commit -a` and `git commit PATH` the staged content is only in
 * the index that GIT_INDEX_FILE names.
 * Asking for its program throws a {@link GitError} when there is no git.
 */
export const here = ({ cwd, env }: Pick<Context, 'cwd' | 'env'>): Place => placeOf(cwd, env);

/** git is looked for when it is first to be run: outside of repositories it never is. */
const placeOf = (cwd: string, env: Context['env'], drop?: (name: string) => boolean): Place => {
  let program: string | undefined;
  let kept: Place['env'] | undefined;
  return {
    cwd,
    get env() {
      return (kept ??= compact(env, drop));
    },
    get program() {
      return (program ??= findGit(cwd, env));
    },
  };
};

/**
 * Any other repository. What a hook's environment says about the user's own is dropped, else GIT_DIR would lead back to it.
 */
export const elsewhere = (dir: string, env: Context['env']): Place => placeOf(dir, env, isLocal);

function compact(env: Context['env'], drop: (name: string) => boolean = () => false): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !drop(name)) kept[name] = value;
  return kept;
}

/** @throws {InterruptedError} */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError('interrupted');
}

/** Ends the child when the signal says so; gives back how to stop listening. */
function endOnAbort(child: GitChild, signal: AbortSignal | undefined): () => void {
  const end = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', end, { once: true });
  return () => signal?.removeEventListener('abort', end);
}

/**
 * Runs git to its end. `okCodes`: exit codes that are answers.
 * @throws {GitError} for any other exit code; {InterruptedError} when the signal aborts it
 */
export async function run(place: Place, args: readonly string[], options: GitRunOptions = {}): Promise<GitResult> {
  const { stdin, okCodes = [0], signal } = options;
  throwIfAborted(signal);
  const child = start(place, args);
  const stderr = collectStderr(child);
  const stop = endOnAbort(child, signal);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.stdin.end(stdin ?? '');
  const code = await ended(place, child).finally(stop);
  throwIfAborted(signal);
  if (typeof code === 'string' || !okCodes.includes(code)) throw gitFailure(place, args, code, stderr());
  return { code, stdout: Buffer.concat(pieces), stderr: stderr() };
}

export interface StreamOptions {
  readonly stdin?: Uint8Array | string | Readable;
  readonly signal?: AbortSignal;
}

/**
 * The output of git as it comes. Leaving the loop early ends git.
 * @throws {GitError} after the last piece when git failed; {InterruptedError} when the signal aborts it
 */
export async function* stream(place: Place, args: readonly string[], options: StreamOptions = {}): AsyncGenerator<Buffer, void, void> {
  const { stdin = '', signal } = options;
  throwIfAborted(signal);
  const child = start(place, args);
  const stderr = collectStderr(child);
  const stop = endOnAbort(child, signal);
  const end = ended(place, child);
  end.catch(() => {}); // Awaited below; until then nobody listens.
  if (typeof stdin === 'string' || stdin instanceof Uint8Array) child.stdin.end(stdin);
  else stdin.pipe(child.stdin);
  let inputError: unknown;
  const stopInput = (error: unknown): void => {
    inputError = error;
    child.kill('SIGKILL');
  };
  if (stdin instanceof Readable) stdin.once('error', stopInput);
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    const code = await end;
    throwIfAborted(signal);
    if (inputError !== undefined) throw inputError;
    if (code !== 0) throw gitFailure(place, args, code, stderr());
  } finally {
    stop();
    child.kill('SIGKILL');
    if (stdin instanceof Readable) stdin.destroy();
  }
}
