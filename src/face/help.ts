import type { Command } from '../command.ts';
import { wrap } from '../report/wrap.ts';
import type { Table } from './loaded.ts';
import { argName, optionSummary, optionUsage, usageLine } from './usage.ts';

/** Where several apply, 130 wins over 2, 2 over 3, 3 over 1. */
export const EXIT_CODES = [
  [0, 'looked, found nothing at or above the threshold'],
  [1, 'looked, found something'],
  [2, 'asked wrongly: command line, configuration'],
  [3, 'could not look: git, disk, a bug'],
  [130, 'interrupted'],
] as const;

const WIDEST = 100;
const LEFT = 30;

/** Two columns: names of one width, summaries wrapped beside them. */
const columnsOf = (rows: readonly (readonly [string, string])[], columns: number): readonly string[] => {
  const left = Math.min(Math.max(0, ...rows.map(([name]) => name.length)), LEFT);
  const width = Math.max(Math.min(columns, WIDEST) - left - 4, 20);
  return rows.flatMap(([name, summary]) => {
    const [first = '', ...rest] = wrap(summary, width);
    const hanging = rest.map((line) => ' '.repeat(left + 4) + line);
    return name.length > left
      ? [`  ${name}`, ' '.repeat(left + 4) + first, ...hanging]
      : [`  ${name.padEnd(left)}  ${first}`.trimEnd(), ...hanging];
  });
};

const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', title, ...lines]);
const paragraph = (text: string, columns: number): readonly string[] => wrap(text, Math.min(columns, WIDEST));
const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const visible = (table: Table, group?: string): readonly (readonly [string, string])[] =>
  [...table]
    .filter(([name, { hidden }]) => hidden !== true && (group === undefined || name.startsWith(`${group} `)))
    .map(([name, { summary }]) => [name, summary] as const);

/** What `kei-git --help` prints. From summaries alone: no command is loaded. */
export const programHelp = (table: Table, columns: number): string =>
  joined([
    ...paragraph('kei-git keeps a repository safe and accountable while people and coding agents work on it together.', columns),
    '',
    'usage: kei-git COMMAND [options]',
    ...section('commands', columnsOf(visible(table), columns)),
    ...section(
      'more',
      columnsOf(
        [
          ['help COMMAND', 'what a command takes, with examples; also COMMAND --help'],
          ['--version', 'the version of kei-git'],
        ],
        columns,
      ),
    ),
    ...section(
      'exit codes',
      columnsOf(
        EXIT_CODES.map(([code, meaning]) => [String(code), meaning] as const),
        columns,
      ),
    ),
  ]);

/** What `kei-git leak` prints: the commands that begin with this word. */
export const groupHelp = (table: Table, group: string, columns: number): string =>
  joined([
    `usage: kei-git ${group} COMMAND [options]`,
    ...section('commands', columnsOf(visible(table, group), columns)),
    '',
    `kei-git help ${group} COMMAND says what it takes.`,
  ]);

const argSummary = ({ summary, ...arg }: Command['args'][string]): string =>
  'values' in arg && arg.values !== undefined ? `${summary} (one of ${arg.values.join(', ')})` : summary;

/** Help of one command from its declaration. */
export const commandHelp = (name: string, summary: string, command: Command, columns: number): string => {
  const { args, options, details, examples } = command;
  const shownArgs = Object.entries(args).filter(([, { hidden }]) => hidden !== true);
  const shownOptions = Object.entries(options).filter(([, { hidden }]) => hidden !== true);
  return joined([
    `usage: ${usageLine(name, command)}`,
    '',
    ...paragraph(summary, columns),
    ...(details === undefined ? [] : ['', ...details.split('\n').flatMap((line) => paragraph(line, columns))]),
    ...section(
      'arguments',
      columnsOf(
        shownArgs.map(([key, arg]) => [argName(key, arg), argSummary(arg)] as const),
        columns,
      ),
    ),
    ...section(
      'options',
      columnsOf(
        [...shownOptions.map(([key, option]) => [optionUsage(key, option), optionSummary(option)] as const), ['-h, --help', 'this text']],
        columns,
      ),
    ),
    ...section(
      'examples',
      (examples ?? []).flatMap(({ command: line, does }) => [
        `  ${line}`,
        ...wrap(does, Math.min(columns, WIDEST) - 6).map((text) => `      ${text}`),
      ]),
    ),
  ]);
};
