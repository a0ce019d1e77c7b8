import type { Report } from './report/finding.ts';

// ---- what the world looks like from inside -------------------------------------------------------------------------------------

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns; 80 where unknown. */
  readonly columns: number;
}

export interface GitRunOptions {
  readonly stdin?: Uint8Array | string;
  /** Exit codes that are answers, not failures. Default [0]. */
  readonly okCodes?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A repository and the environment git is run with there. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the git program, outside every worktree. */
  readonly program: string;
}

/** Shows how far a long piece of work is. Writes to a terminal's stderr only, and only after a second. */
export interface Progress {
  start(label: string, total?: number): void;
  advance(by?: number): void;
  stop(): void;
}

/** Files of this machine's cache directory, by content hash. A damaged or unwritable cache is as good as an empty one. */
export interface CacheStore {
  read(name: string): Uint8Array | undefined;
  /** By temporary file and rename. Failing is silent: a cache is never fatal. */
  write(name: string, bytes: Uint8Array): void;
}

/** How code reaches the world. Only the entries touch `process`; a test brings its own. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  now(): Date;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** The person's cache directory; undefined where nothing may be kept. */
  readonly cache: CacheStore | undefined;
  /** True in a CI run: caches are not read, what could not be looked at fails. */
  readonly ci: boolean;
}

// ---- a command as data -----------------------------------------------------------------------------------------------------------

interface Described {
  readonly summary: string;
  readonly hidden?: boolean;
}
export interface FlagOption extends Described {
  readonly kind: 'flag';
  readonly short?: string;
}
export interface TextOption extends Described {
  readonly kind: 'text';
  readonly placeholder: string;
  readonly short?: string;
  /** What a shell should complete. */
  readonly completes?: 'file' | 'directory' | 'ref';
  /** The next word is the value also when it begins with a dash: options for another program. */
  readonly dashes?: boolean;
}
/** A flag that may have a value joined to it: `--redact`, `--redact=50`. */
export interface MaybeTextOption extends Described {
  readonly kind: 'maybe-text';
  readonly placeholder: string;
  /** What it is without a value. */
  readonly bare: string;
  readonly short?: string;
}
export interface ListOption extends Described {
  readonly kind: 'list';
  readonly placeholder: string;
  readonly completes?: 'file' | 'directory' | 'ref';
}
export interface ChoiceOption<V extends string = string> extends Described {
  readonly kind: 'choice';
  readonly values: readonly V[];
  readonly default?: V;
  readonly short?: string;
}
export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly placeholder: string;
  readonly min: number;
  readonly max: number;
  readonly default?: number;
  readonly short?: string;
  /** Accepts 10k, 64M, 1G (powers of 1024). */
  readonly bytes?: boolean;
}
export type Option = FlagOption | TextOption | MaybeTextOption | ListOption | ChoiceOption | NumberOption;

export interface OneArg extends Described {
  readonly kind: 'one';
  /** The only words it may be. */
  readonly values?: readonly string[];
  readonly completes?: 'file' | 'directory';
}
export interface MaybeArg extends Described {
  readonly kind: 'maybe';
  /** The only words it may be. */
  readonly values?: readonly string[];
  readonly completes?: 'file' | 'directory';
}
export interface RestArg extends Described {
  readonly kind: 'rest';
  readonly completes?: 'file' | 'directory';
}
export type Arg = OneArg | MaybeArg | RestArg;

export const flag = (summary: string, more: Omit<FlagOption, 'kind' | 'summary'> = {}): FlagOption => ({ kind: 'flag', summary, ...more });
export const text = (
  placeholder: string,
  summary: string,
  more: Omit<TextOption, 'kind' | 'summary' | 'placeholder'> = {},
): TextOption => ({
  kind: 'text',
  placeholder,
  summary,
  ...more,
});
/** @param bare what it is without a value */
export const maybeText = (
  placeholder: string,
  bare: string,
  summary: string,
  more: Omit<MaybeTextOption, 'kind' | 'summary' | 'placeholder' | 'bare'> = {},
): MaybeTextOption => ({ kind: 'maybe-text', placeholder, bare, summary, ...more });
/** May be given several times; the values come as an array, empty when not given. */
export const list = (
  placeholder: string,
  summary: string,
  more: Omit<ListOption, 'kind' | 'summary' | 'placeholder'> = {},
): ListOption => ({
  kind: 'list',
  placeholder,
  summary,
  ...more,
});
export const choice = <const V extends string, const M extends Omit<ChoiceOption<V>, 'kind' | 'summary' | 'values'> = object>(
  values: readonly V[],
  summary: string,
  more?: M,
): ChoiceOption<V> & M => ({ kind: 'choice', values, summary, ...more }) as ChoiceOption<V> & M;
export const number = <const M extends Omit<NumberOption, 'kind' | 'summary' | 'placeholder'>>(
  placeholder: string,
  summary: string,
  more: M,
): NumberOption & M => ({ kind: 'number', placeholder, summary, ...more });
export const one = (summary: string, more: Omit<OneArg, 'kind' | 'summary'> = {}): OneArg => ({ kind: 'one', summary, ...more });
export const maybe = (summary: string, more: Omit<MaybeArg, 'kind' | 'summary'> = {}): MaybeArg => ({ kind: 'maybe', summary, ...more });
export const rest = (summary: string, more: Omit<RestArg, 'kind' | 'summary'> = {}): RestArg => ({ kind: 'rest', summary, ...more });

type ValueOf<S> = S extends FlagOption
  ? boolean
  : S extends ListOption | RestArg
    ? readonly string[]
    : S extends ChoiceOption<infer V>
      ? S extends { readonly default: V }
        ? V
        : V | undefined
      : S extends NumberOption
        ? S extends { readonly default: number }
          ? number
          : number | undefined
        : S extends OneArg
          ? string
          : string | undefined;

export type Args = Readonly<Record<string, Arg>>;
export type Options = Readonly<Record<string, Option>>;
/** Names are kebab-case in the declaration and in the input alike: `input.options['max-file-size']`. */
export interface Input<A extends Args = Args, O extends Options = Options> {
  readonly args: { readonly [K in keyof A]: ValueOf<A[K]> };
  readonly options: { readonly [K in keyof O]: ValueOf<O[K]> };
}

/** What a command gives back when it is not a report: words for a person, a value for a program. */
export interface Answer {
  readonly kind: 'answer';
  /** Printed as it is; ends with a newline unless empty. */
  readonly text: string;
  /** Printed in place of all else: what a filter gives. */
  readonly bytes?: Uint8Array;
  /** For a person, on standard error, so that `text` stays what a program reads; ends with a newline. */
  readonly note?: string;
  /** Printed under `--format json` where the command has that option. */
  readonly value: unknown;
  /** A file to write; where that fails, what it would have held is printed. */
  readonly file?: { readonly path: string; readonly text: string };
  /** 0 to 255: a command may promise other codes than ours. */
  readonly exitCode?: number;
  /**
   * What is to be said of the text: printed as `format` says on standard error, or on standard output where the text goes to a file. Its
   * findings decide the exit code.
   */
  readonly beside?: Report;
}
export type Result = Report | Answer;

export interface Example {
  readonly command: string;
  readonly does: string;
}

export interface Command<A extends Args = Args, O extends Options = Options> {
  readonly args: A;
  readonly options: O;
  /** A paragraph or two below the summary in help and reference. */
  readonly details?: string;
  readonly examples?: readonly Example[];
  /** Returns a value and prints nothing. */
  run(input: Input<A, O>, context: Context): Promise<Result>;
}

/** The identity; gives `run` its types. */
export const defineCommand = <const A extends Args, const O extends Options>(command: Command<A, O>): Command<A, O> => command;

/** A row of the command table. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command<never, never> | Command }>;
  readonly hidden?: boolean;
}
