import { UsageError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import type { Table } from './loaded.ts';
import { meant } from './meant.ts';

const SHOWN = 20;
const short = (word: string): string => `"${printable(word).slice(0, SHOWN)}"`;

/** The refusal of a command line that names no command, with the one that was probably meant. */
export const unknownCommand = (words: readonly string[], table: Table, grouped: boolean): UsageError => {
  const [first = '', second = ''] = words;
  if (first.startsWith('-')) {
    const hint = 'options stand after the command: kei-git COMMAND --option';
    return new UsageError(`unknown option ${short(first.replace(/=.*/s, ''))}`, { hint });
  }
  const names = [...table].filter(([, { hidden }]) => hidden !== true).map(([name]) => name);
  const typed = grouped ? `${first} ${second}` : first;
  const elsewhere = grouped ? undefined : (meant(`${first} ${second}`, names) ?? names.find((name) => name.endsWith(` ${first}`)));
  const groups = new Set(names.filter((name) => name.includes(' ')).map((name) => name.replace(/ .*/, '')));
  const near = meant(typed, names) ?? elsewhere ?? (grouped ? undefined : meant(first, groups));
  const lists = `kei-git ${grouped ? `help ${first}` : '--help'} lists the commands`;
  return new UsageError(`unknown command ${short(typed)}`, { hint: near === undefined ? lists : `did you mean kei-git ${near}?` });
};
