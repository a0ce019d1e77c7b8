// How arguments reach a program on Windows: https://learn.microsoft.com/cpp/cpp/main-function-command-line-args and https://qntm.org/cmd.

const BATCH = /\.(?:cmd|bat)$/i;
/** What npm writes there hands its arguments on to node: cmd.exe reads them a second time. */
const HANDS_ON = /[\\/]node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i;
const META = /[()\][%!^"`<>&|;, *?]/g;

export interface Started {
  readonly program: string;
  readonly args: readonly string[];
  /** The arguments are one command line already. */
  readonly verbatim: boolean;
}

/** True for what only cmd.exe can run. */
export const isBatch = (program: string): boolean => BATCH.test(program);

/** An argument as a program finds it again: in quotes, backslashes before a quote doubled. */
const quote = (argument: string): string =>
  `"${argument.replace(/(\\*)("|$)/g, (_, slashes: string, end: string) => slashes + slashes + (end === '' ? '' : String.raw`\"`))}"`;

const escape = (text: string): string => text.replace(META, '^$&');

/**
 * How a program is started: as it is, or by cmd.exe where it is a .cmd, no character of an argument having a meaning there.
 * @returns undefined where an argument cannot be handed over: cmd.exe ends a line at a line break
 */
export const startedBy = (program: string, args: readonly string[], shell: string): Started | undefined => {
  if (!isBatch(program)) return { program, args, verbatim: false };
  if (args.some((argument) => /[\r\n]/.test(argument))) return undefined;
  const twice = HANDS_ON.test(program);
  const words = args.map((argument) => (twice ? escape(escape(quote(argument))) : escape(quote(argument))));
  return { program: shell, args: ['/d', '/s', '/c', `"${[escape(program), ...words].join(' ')}"`], verbatim: true };
};
