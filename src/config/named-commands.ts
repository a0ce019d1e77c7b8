import { printable } from '../report/printable.ts';
import type { Position } from '../toml.ts';
import type { Layer } from './layer.ts';

/** A command that settings name. */
export interface NamedCommand {
  /** `prettier (pre-commit)`, `counts.pages`. */
  readonly what: string;
  readonly argv: readonly string[];
  readonly file: string;
  readonly position: Position | undefined;
}

const LONGEST = 2000;

/** Every command that may run where the settings are trusted, in the order of the file. */
export const namedCommands = ({ file, config: { hook, counts }, document }: Layer): readonly NamedCommand[] => [
  ...hook.run.map(({ name, on = ['pre-commit'], run: argv }, at) => ({
    what: `${name} (${on.join(', ')})`,
    argv,
    file,
    position: document.locate(['hook', 'run', at, 'run']),
  })),
  ...Object.entries(counts).flatMap(([name, { command }]) =>
    command === undefined ? [] : [{ what: `counts.${name}`, argv: command, file, position: document.locate(['counts', name, 'command']) }],
  ),
];

/** As somebody would type it: words with anything a shell or a reader could mistake stand in quotes. */
export const showArgv = (argv: readonly string[]): string => {
  const text = argv.map((word) => (/^[\w@%+=:,./{}*-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  const shown = printable(text);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}… (${shown.length - LONGEST} characters more)` : shown;
};
