import type { Arg, Option } from '../command.ts';
import type { LoadedCommand } from './loaded.ts';

/** What may stand at a place of the command line. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'ref' | 'nothing' };

export interface CompletedOption {
  /** `--format`, `-f`. */
  readonly spellings: readonly string[];
  readonly summary: string;
  /** undefined: a flag. */
  readonly value: Candidates | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Candidates;
}

/** What the three shells' scripts are written from. */
export interface Completions {
  readonly commands: readonly CompletedCommand[];
  /** First words, second words under each of them; with summaries. */
  readonly groups: ReadonlyMap<string, readonly (readonly [word: string, summary: string])[]>;
}

const NOTHING: Candidates = { kind: 'nothing' };

const ofOption = (option: Option): Candidates | undefined => {
  if (option.kind === 'flag' || option.kind === 'maybe-text') return undefined;
  if (option.kind === 'choice') return { kind: 'words', words: option.values };
  return option.kind !== 'number' && option.completes !== undefined ? { kind: option.completes } : NOTHING;
};

// Positions are not told apart: the first argument that says what it is speaks for all.
const ofArgs = (args: readonly Arg[]): Candidates => {
  for (const arg of args) {
    if (arg.kind !== 'rest' && arg.values !== undefined) return { kind: 'words', words: arg.values };
    if (arg.completes !== undefined) return { kind: arg.completes };
  }
  return NOTHING;
};

const completed = ({ name, summary, command }: LoadedCommand): CompletedCommand => {
  const shown = Object.entries(command.options).filter(([, { hidden }]) => hidden !== true);
  const options = shown.map(([key, option]): CompletedOption => {
    const short = 'short' in option && option.short !== undefined ? [`-${option.short}`] : [];
    return { spellings: [`--${key}`, ...short], summary: option.summary, value: ofOption(option) };
  });
  const help: CompletedOption = { spellings: ['--help', '-h'], summary: 'show help', value: undefined };
  return { name, summary, options: [...options, help], argument: ofArgs(Object.values(command.args)) };
};

/** Commands, options and values as the declarations have them. */
export const completions = (loaded: readonly LoadedCommand[]): Completions => {
  const groups = new Map<string, (readonly [string, string])[]>([['', []]]);
  const top = groups.get('') ?? [];
  for (const { name, summary } of loaded) {
    const [first = '', second] = name.split(' ');
    if (second === undefined) top.push([first, summary]);
    else if (groups.has(first)) groups.get(first)?.push([second, summary]);
    else {
      top.push([first, `${first} …`]);
      groups.set(first, [[second, summary]]);
    }
  }
  top.push(['help', 'what a command takes']);
  return { commands: loaded.map(completed), groups };
};

/** Within single quotes of bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
