import type { Arg, Args, Command, Input, Option, Options } from '../command.ts';
import { UsageError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { meant } from './meant.ts';
import { parseNumber, writeNumber } from './number.ts';
import { argName } from './usage.ts';

type Value = boolean | string | number | readonly string[] | undefined;
type Given = ReadonlyMap<string, readonly string[]>;
type Declaration = Pick<Command, 'args' | 'options'>;

const SHOWN = 20;
/** What the person typed, short: a command line may hold what belongs in no log. */
const typed = (word: string): string => {
  const safe = printable(word);
  return `"${safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe}"`;
};

const unknownOption = (command: string, options: Options, word: string): UsageError => {
  const name = word.replace(/^--?/, '');
  const near = meant(name, [...Object.keys(options).filter((key) => options[key]?.hidden !== true), 'help']);
  const help = `kei-git ${command} --help lists the options`;
  return new UsageError(`${command}: unknown option ${typed(word)}`, { hint: near === undefined ? help : `did you mean --${near}?` });
};

const needsValue = (command: string, name: string, option: Option, next: string | undefined): UsageError => {
  const placeholder = option.kind === 'choice' ? option.values.join('|') : 'placeholder' in option ? option.placeholder : '';
  const hint =
    next === undefined ? `--${name} ${placeholder}` : `--${name} ${placeholder}; a value that begins with a dash is written --${name}=-…`;
  return new UsageError(`${command}: --${name} needs a value`, { hint });
};

/** A word that follows an option is its value unless it looks like an option itself. */
const isValue = (word: string | undefined): word is string =>
  word !== undefined && (!word.startsWith('-') || word === '-' || /^-\d/.test(word));

const takesDashes = (option: Option, word: string | undefined): word is string =>
  word !== undefined && option.kind === 'text' && option.dashes === true;

interface Found {
  readonly name: string;
  readonly option: Option;
  /** What is joined to it: `--name=value`, `-nvalue`. */
  readonly joined: string | undefined;
}

/** The options in one word: `--name`, `--name=value`, or a cluster of short ones of which the last may have a value. */
const optionsIn = (command: string, options: Options, word: string): readonly Found[] => {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals === -1 ? undefined : equals);
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw unknownOption(command, options, `--${name}`);
    return [{ name, option, joined: equals === -1 ? undefined : word.slice(equals + 1) }];
  }
  const found: Found[] = [];
  for (let i = 1; i < word.length; i++) {
    const [name, option] = Object.entries(options).find(([, each]) => 'short' in each && each.short === word[i]) ?? [];
    if (name === undefined || option === undefined) throw unknownOption(command, options, `-${word[i] ?? ''}`);
    const last = option.kind !== 'flag';
    found.push({ name, option, joined: last && i + 1 < word.length ? word.slice(i + 1).replace(/^=/, '') : undefined });
    if (last) break;
  }
  return found;
};

/** Sorts the words of a command line into values of options and the rest. */
const split = (
  command: string,
  options: Options,
  argv: readonly string[],
): { readonly given: Given; readonly words: readonly string[] } => {
  const given = new Map<string, string[]>();
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return { given, words: words.concat(argv.slice(at + 1)) };
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    for (const { name, option, joined } of optionsIn(command, options, word)) {
      const values = given.get(name) ?? [];
      given.set(name, values);
      if (option.kind === 'maybe-text') values.push(joined ?? option.bare);
      else if (option.kind === 'flag') {
        if (joined !== undefined) throw new UsageError(`${command}: --${name} takes no value`, { hint: `--${name}` });
      } else if (joined !== undefined) values.push(joined);
      else {
        at += 1;
        const next = argv[at];
        if (!isValue(next) && !takesDashes(option, next)) throw needsValue(command, name, option, next);
        values.push(next);
      }
    }
  }
  return { given, words };
};

const chosen = (command: string, what: string, word: string, values: readonly string[]): string => {
  if (values.includes(word)) return word;
  const near = meant(word, values);
  const hint = near === undefined ? `one of ${values.join(', ')}` : `did you mean ${near}? one of ${values.join(', ')}`;
  throw new UsageError(`${command}: ${what} can't be ${typed(word)}`, { hint });
};

const numeric = (command: string, name: string, option: Option & { kind: 'number' }, word: string): number => {
  const value = parseNumber(word, option.bytes === true);
  if (value !== undefined && value >= option.min && value <= option.max) return value;
  const kind = option.bytes === true ? 'a number of bytes such as 512k or 50M' : 'a whole number';
  const hint = `${kind} from ${writeNumber(option.min, option)} to ${writeNumber(option.max, option)}`;
  throw new UsageError(`${command}: --${name} can't be ${typed(word)}`, { hint });
};

const optionValue = (command: string, name: string, option: Option, given: readonly string[] | undefined): Value => {
  if (option.kind === 'flag') return given !== undefined;
  // An empty value is a variable that was not set; taking it for "nothing asked" would let a guard pass.
  if (given?.includes('')) throw new UsageError(`${command}: --${name} has an empty value`, { hint: 'is a variable unset?' });
  if (option.kind === 'list') return given ?? [];
  const word = given?.[0];
  if (word === undefined) return 'default' in option ? option.default : undefined;
  if (given?.some((other) => other !== word)) {
    throw new UsageError(`${command}: --${name} is given twice with different values`, { hint: `give --${name} once` });
  }
  if (option.kind === 'choice') return chosen(command, `--${name}`, word, option.values);
  return option.kind === 'number' ? numeric(command, name, option, word) : word;
};

const takeArgs = (command: string, args: Args, words: readonly string[]): Readonly<Record<string, Value>> => {
  if (words.includes('')) throw new UsageError(`${command}: an argument is empty`, { hint: 'is a variable unset?' });
  const out: [string, Value][] = [];
  let left = words;
  const take = (name: string, arg: Arg): Value => {
    if (arg.kind === 'rest') {
      const all = left;
      left = [];
      return all;
    }
    const word = left[0];
    left = left.slice(1);
    if (word === undefined && arg.kind === 'one') {
      throw new UsageError(`${command}: ${argName(name, arg)} is missing`, { hint: `${arg.summary}; see kei-git ${command} --help` });
    }
    return word === undefined || arg.values === undefined ? word : chosen(command, argName(name, arg), word, arg.values);
  };
  for (const [name, arg] of Object.entries(args)) out.push([name, take(name, arg)]);
  if (left[0] !== undefined) {
    throw new UsageError(`${command}: unexpected argument ${typed(left[0])}`, { hint: `kei-git ${command} --help shows what it takes` });
  }
  return Object.fromEntries(out);
};

/**
 * A command's words as its declaration says. Names of options are looked up as own names only.
 * @param command its name, for messages
 * @throws {UsageError}
 */
export const parseInput = (command: string, { args, options }: Declaration, argv: readonly string[]): Input => {
  const { given, words } = split(command, options, argv);
  const values = Object.entries(options).map(([name, option]) => [name, optionValue(command, name, option, given.get(name))] as const);
  return { args: takeArgs(command, args, words), options: Object.fromEntries(values) } as Input;
};
