import { plainPath } from './globs.ts';
import type { Job } from './job.ts';

const FILES = '{files}';
const ARGS = '{args}';
const MESSAGE = '{message}';

/** Events of which git names the file of the message. */
export const MESSAGE_EVENTS: ReadonlySet<string> = new Set(['commit-msg', 'prepare-commit-msg']);

/** What of a command line stands before and after the files. */
export interface CommandLine {
  readonly program: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** It is called as git calls a hook: it reads what git writes to one, too. */
  readonly likeHook: boolean;
}

/** What git gave to the hook. */
export interface Given {
  readonly args: readonly string[];
  /** Absolute path of the file of the message; undefined where the event has none. */
  readonly message: string | undefined;
}

/** Puts in what stands for something. */
export const commandLine = ({ run, passFiles, files }: Pick<Job, 'run' | 'passFiles' | 'files'>, given: Given): CommandLine => {
  const [program = '', ...rest] = run;
  const fill = (words: readonly string[]): string[] =>
    words.flatMap((word) => (word === ARGS ? given.args : word === FILES ? [] : [word.replaceAll(MESSAGE, given.message ?? '')]));
  const at = files === undefined || !passFiles ? -1 : rest.indexOf(FILES);
  const [before, after] = at < 0 ? [rest, []] : [rest.slice(0, at), rest.slice(at + 1)];
  return { program, before: fill(before), after: fill(after), likeHook: rest.includes(ARGS) };
};

// What a command could take for an option, a file of arguments, a place in a file, an address or a pattern when it comes first.
const PLAIN_START = /^[A-Za-z0-9_.\u0080-\uffff]/;

/** A file as an argument: never one that begins like an option. */
export const fileArgument = (path: string): string => {
  const plain = plainPath(path);
  return PLAIN_START.test(plain) ? plain : `./${plain}`;
};
