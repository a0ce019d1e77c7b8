import { type ErrorDetails, GitError } from '../errors.ts';
import type { Place } from '../command.ts';
import { printable } from './paths.ts';

type Known = readonly [
  pattern: RegExp,
  message: (place: Place, match: RegExpExecArray) => string,
  hint?: (match: RegExpExecArray) => string,
];

const FETCHES = /transport '.*' not allowed|promisor remote/;

const KNOWN: readonly Known[] = [
  [
    /detected dubious ownership in repository at '([^'\n]*)'|unsafe repository \('([^'\n]*)' is owned by someone else\)/,
    (_, match) => `git refuses ${printable(match[1] ?? match[2] ?? '')}: it belongs to another user`,
    (match) => `git config --global --add safe.directory '${printable(match[1] ?? match[2] ?? '')}'`,
  ],
  [/not a git repository/, (place) => `${printable(place.cwd)} is not in a git repository`, () => 'go to a repository, or run `git init`'],
  [/must be run in a work tree/, (place) => `${printable(place.cwd)} has no worktree: the repository is bare`],
  [/cannot use bare repository/, (place) => `git refuses the bare repository ${printable(place.cwd)} (safe.bareRepository)`],
  [
    /unknown repository extension|Expected git repo version|unknown repository version|reftable/,
    () => 'this git is too old for the repository',
    () => 'install a newer git',
  ],
  [
    /unknown revision or path|bad revision|Not a valid object name|not a valid object name|Invalid revision range|ambiguous argument/i,
    () => 'there is no such commit or range',
    () => 'fetch it first if it is on the remote; `git log` shows what is there',
  ],
  [
    /index file (corrupt|smaller than expected|open failed)|bad (index file )?signature|bad index|unable to read index|index uses .* extension/,
    () => "git cannot read the repository's index",
    () => 'if nothing else helps: remove the index file, then `git reset`',
  ],
  [
    /is corrupt|unable to (read|unpack|stream|parse)|bad object|missing (blob|tree|commit|object)|could not (read|parse)|inflate/i,
    () => 'the repository is damaged: git cannot read one of its objects',
    () => 'git fsck',
  ],
  [FETCHES, () => 'an object is not here and would have to be fetched', () => 'git fetch --refetch'],
  [
    /bad config|bad boolean config|bad numeric config/,
    () => "git cannot read the repository's configuration",
    () => 'git config --list --show-origin',
  ],
  [/Permission denied/, () => 'git was denied a file of the repository'],
  [/No space left on device|Disk quota exceeded/, () => 'the disk is full'],
  [/(unable|failed) to write|could not write|write error/i, () => 'git cannot write to the disk', () => 'is it full, or read-only?'],
];

/** What is wrong with the one object that git died of; undefined when it complains about more than an object. */
export const objectAtFault = (stderr: string): 'corrupt' | 'missing' | undefined =>
  // A git that does not know GIT_NO_LAZY_FETCH tries to fetch what a partial clone left out, may not, and dies.
  FETCHES.test(stderr) ? 'missing' : CORRUPT.test(stderr) ? 'corrupt' : undefined;

const CORRUPT =
  /unable to (stream|unpack|read) [0-9a-f]|(loose|packed) object [0-9a-f]+ .*is corrupt|object file .* is empty|inflate:|failed to read delta base|bad object/;

/**
 * What git's failure means, in one line. Git quotes configuration, attributes and contents in its messages, so none of its own
 * words are passed on.
 */
export function gitFailure(place: Place, args: readonly string[], code: number | NodeJS.Signals, stderr: string): GitError {
  for (const [pattern, message, hint] of KNOWN) {
    const match = pattern.exec(stderr);
    if (match !== null) return new GitError(message(place, match), hint === undefined ? {} : { hint: hint(match) });
  }
  const name = subcommand(args);
  if (code === 129 || /unknown (option|switch)|usage: git|is not a git command/.test(stderr)) {
    return new GitError(`this git is too old: it does not know what \`git ${name}\` is asked`, { hint: 'kei-git needs git 2.30 or newer' });
  }
  const details: ErrorDetails = { hint: `\`git ${name}\` in ${printable(place.cwd)} shows what git says` };
  return new GitError(typeof code === 'string' ? `git ${name} was ended by ${code}` : `git ${name} failed with exit code ${code}`, details);
}

const subcommand = (args: readonly string[]): string => printable(args.find((arg) => !arg.startsWith('-')) ?? '');

/** Why git could not even be started. */
export function startFailure(place: Place, error: unknown): GitError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const reason = code === 'ENOENT' ? `${printable(place.cwd)} or ${printable(place.program)} is not there` : code;
  return new GitError(`git could not be started: ${reason}`, { cause: error });
}
