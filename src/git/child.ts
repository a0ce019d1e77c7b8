import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Place } from '../command.ts';
import { startFailure } from './failure.ts';

/**
 * Nothing that the configuration of a repository names may be executed while we only look. Filters cannot be switched off here:
 * see filters.ts for the one command that would run them.
 */
const QUIET: readonly string[] = [
  'core.fsmonitor=', // `false` would be the name of a program to git before 2.36
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.askPass=',
  'core.sshCommand=false',
  'core.gitProxy=',
  'core.alternateRefsCommand=',
  'credential.helper=',
  'diff.external=',
  'log.showSignature=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
];

const LOOK_ENV: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_PAGER: 'cat',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_SSH_COMMAND: 'false',
  // refs/replace and grafts would show us other content than what a push sends.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
};

// What would bend the meaning or the output of our commands, or run a program of the user's choice.
const DROPPED: readonly string[] = [
  'GIT_CONFIG',
  'GIT_DIFF_OPTS',
  'GIT_EXTERNAL_DIFF',
  'GIT_GLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_REDIRECT_STDERR',
  'GIT_REDIRECT_STDIN',
  'GIT_REDIRECT_STDOUT',
  'GIT_SSH',
];

const STDERR_BYTES = 64 * 1024;

/** What a child may do beside looking. */
export interface Reach {
  readonly settings: readonly string[];
  /** As GIT_ALLOW_PROTOCOL has them, which overrides every protocol.*.allow of the repository. `none` also stops lazy fetches of a git before 2.45. */
  readonly protocols: string;
  /** It starts programs of its own, and is to be ended with them. */
  readonly isGroup: boolean;
}
const NOWHERE: Reach = { settings: ['protocol.allow=never'], protocols: 'none', isGroup: false };

export type GitChild = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A running git, for what is written to or read from it piece by piece. Prefer `run` and `stream`.
 * @throws {GitError} when it could not be started
 */
export function start(place: Place, args: readonly string[], { settings, protocols, isGroup }: Reach = NOWHERE): GitChild {
  const env: Record<string, string> = { ...place.env, ...LOOK_ENV, GIT_ALLOW_PROTOCOL: protocols };
  for (const name of DROPPED) delete env[name];
  try {
    const child = spawn(place.program, [...[...QUIET, ...settings].flatMap((setting) => ['-c', setting]), ...args], {
      cwd: place.cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: isGroup,
    });
    // Without a free file descriptor Node gives back a child that has no streams.
    child.on('error', () => {});
    child.stdin.on('error', () => {}); // Git may end before it has read everything; its exit code tells.
    return child;
  } catch (error) {
    throw startFailure(place, error);
  }
}

/** Collects what git writes to stderr, the first 64 kB of it. */
export function collectStderr(child: GitChild): () => string {
  const pieces: Buffer[] = [];
  let length = 0;
  child.stderr.on('data', (piece: Buffer) => {
    if (length < STDERR_BYTES) pieces.push(piece);
    length += piece.length;
  });
  return () => Buffer.concat(pieces).subarray(0, STDERR_BYTES).toString('utf8');
}

/** How a child ended: its exit code, or the signal that ended it. @throws {GitError} when it could not be started */
export const ended = (place: Place, child: GitChild): Promise<number | NodeJS.Signals> =>
  new Promise((done, fail) => {
    child.once('error', (error) => fail(startFailure(place, error)));
    child.once('close', (code, signal) => done(code ?? signal ?? 'SIGKILL'));
  });
