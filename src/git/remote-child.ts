import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { InterruptedError } from '../errors.ts';
import { endGroup, HAS_GROUPS } from '../sys/processes.ts';
import { startFailure } from './failure.ts';

// The one way in which git speaks with other machines. child.ts forbids every protocol; a question to a repository elsewhere goes out from here, and only here.

/** Nothing of a repository has a say; of the person's own settings, only what is about the way to the server. */
const SETTINGS: readonly string[] = [
  'protocol.version=2', // under older ones a server refuses old commits: facts of git's upload-pack
  'core.askPass=',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=',
  'core.pager=cat',
  'core.alternateRefsCommand=',
  'core.bigFileThreshold=1m', // what is larger is never held in memory
  'credential.interactive=never',
  'fetch.fsckObjects=false',
  'transfer.fsckObjects=false',
  'fetch.negotiationAlgorithm=consecutive',
  'fetch.unpackLimit=1',
  'transfer.unpackLimit=1',
  'fetch.writeCommitGraph=false',
  'fetch.recurseSubmodules=false',
  'fetch.uriProtocols=', // a server may not send us to a second one
  'transfer.bundleURI=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
  'http.followRedirects=initial', // repositories get renamed; a pack is not redirected
  'http.lowSpeedLimit=1',
].flatMap((setting) => ['-c', setting]);

const ASK_ENV: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PAGER: 'cat',
};

// What leads to the user's repository, bends output, or prints what is sent. GIT_CONFIG_COUNT and its kind stay: they are the person's settings.
const DROPPED =
  /^(GIT_(ALTERNATE_OBJECT_DIRECTORIES|ATTR_SOURCE|COMMON_DIR|CONFIG|CURL_VERBOSE|DEFAULT_HASH|DEFAULT_REF_FORMAT|DIR|EXEC_PATH|GRAFT_FILE|IMPLICIT_WORK_TREE|INDEX_FILE|INTERNAL_SUPER_PREFIX|NAMESPACE|OBJECT_DIRECTORY|PREFIX|PROTOCOL|QUARANTINE_PATH|REDIRECT_[A-Z]+|REFLOG_ACTION|REF_FORMAT|REPLACE_REF_BASE|SHALLOW_FILE|TRACE[A-Z0-9_]*|WORK_TREE)|GCM_TRACE.*)$/;

export type Environment = Readonly<Record<string, string>>;

/** The person's environment as far as it says how to reach a server. */
export const personalEnvironment = (env: Readonly<Record<string, string | undefined>>): Environment => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !DROPPED.test(name)) kept[name] = value;
  return { ...kept, ...ASK_ENV };
};

/** Where no repository is found, so that none is asked for settings. */
export const NOWHERE = platform() === 'win32' ? 'NUL\\nowhere' : '/dev/null/nowhere';

export interface Asked {
  readonly program: string;
  /** From {@link personalEnvironment}; GIT_DIR and GIT_ALLOW_PROTOCOL are set by the caller. */
  readonly env: Environment & { readonly GIT_DIR: string; readonly GIT_ALLOW_PROTOCOL: string };
  readonly cwd: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly silentMs: number;
  /** Of standard output. */
  readonly outputBytes: number;
  /** Bytes that have come so far, where they go to files, and how many may. */
  readonly arriving?: { readonly bytes: () => number; readonly limit: number };
}

export interface Told {
  /** Exit code, undefined when it did not end by itself. */
  readonly code: number | undefined;
  /** Why we ended it. */
  readonly stopped: 'late' | 'silent' | 'large' | undefined;
  readonly stdout: Buffer;
  /** Its last 64 kB. */
  readonly stderr: string;
}

const STDERR_BYTES = 64 * 1024;
const LOOK_MS = 200;
/**
 * Runs git with the network, to its end or ours.
 * @throws {GitError} when it could not be started; {InterruptedError}
 */
export const ask = (asked: Asked): Promise<Told> =>
  new Promise((done, fail) => {
    const { program, env, cwd, args, stdin = '', signal, deadlineMs, silentMs, outputBytes, arriving } = asked;
    if (signal.aborted) {
      fail(new InterruptedError('interrupted'));
      return;
    }
    const speed = ['-c', `http.lowSpeedTime=${Math.ceil(silentMs / 1000)}`];
    // In a session of its own it has no terminal: nothing it starts can ask a question there.
    const child = spawn(program, [...SETTINGS, ...speed, ...args], { cwd, env, detached: HAS_GROUPS, windowsHide: true });
    const end = (): void => {
      if (child.pid !== undefined) endGroup(child.pid);
    };
    const out: Buffer[] = [];
    let length = 0;
    let err = Buffer.alloc(0);
    let stopped: Told['stopped'];
    let heard = performance.now();
    let arrived = 0;
    const stop = (why: NonNullable<Told['stopped']>): void => {
      stopped ??= why;
      end();
    };
    const begun = heard;
    const watch = setInterval(() => {
      const now = performance.now();
      const bytes = arriving?.bytes() ?? 0;
      if (bytes > arrived) heard = now;
      arrived = Math.max(arrived, bytes);
      if (arriving !== undefined && bytes > arriving.limit) stop('large');
      else if (now - begun > deadlineMs) stop('late');
      else if (now - heard > silentMs + 2 * LOOK_MS) stop('silent');
    }, LOOK_MS);
    signal.addEventListener('abort', end, { once: true });
    child.stdin.on('error', () => {});
    child.stdout.on('data', (piece: Buffer) => {
      heard = performance.now();
      length += piece.length;
      if (length > outputBytes) stop('large');
      else out.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      heard = performance.now();
      err = Buffer.concat([err, piece]).subarray(-STDERR_BYTES);
    });
    const finish = (settle: () => void): void => {
      clearInterval(watch);
      signal.removeEventListener('abort', end);
      settle();
    };
    child.once('error', (error) => finish(() => fail(startFailure({ cwd, env, program }, error))));
    child.once('close', (code) =>
      finish(() => {
        if (stopped === undefined && arriving !== undefined && arriving.bytes() > arriving.limit) stopped = 'large';
        if (signal.aborted) fail(new InterruptedError('interrupted'));
        else
          done({
            code: stopped === undefined ? (code ?? undefined) : undefined,
            stopped,
            stdout: Buffer.concat(out),
            stderr: err.toString('latin1'),
          });
      }),
    );
    child.stdin.end(stdin);
  });
