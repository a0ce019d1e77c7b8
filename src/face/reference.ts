import type { Arg, Option } from '../command.ts';
import { EXIT_CODES } from './help.ts';
import type { LoadedCommand } from './loaded.ts';
import { argName, optionSummary, optionUsage, usageLine } from './usage.ts';

/** Environment variables that kei-git reads. */
const ENVIRONMENT = [
  ['CI', 'set and neither empty, `0` nor `false`: caches are not used, and what could not be looked at is exit code 3'],
  ['NO_COLOR', 'set and not empty: no colour'],
  ['FORCE_COLOR', 'set: colour although the output is no terminal; `0` or `false`: none. Wins over NO_COLOR'],
  ['COLUMNS', 'width of the output where no terminal says it'],
  ['XDG_CACHE_HOME, XDG_CONFIG_HOME, XDG_DATA_HOME', 'where caches, the person’s own settings and installed hook programs live'],
  ['GIT_INDEX_FILE, GIT_DIR, GIT_WORK_TREE', 'as git reads them: they name the repository and the index that are looked at'],
] as const;

const cell = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', String.raw`\|`)
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
// Within a table GitHub reads a bar as the end of a cell, in code too.
const code = (text: string): string => `\`${text.replaceAll('|', String.raw`\|`)}\``;
const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]): readonly string[] =>
  rows.length === 0 ? [] : [`| ${head[0]} | ${head[1]} |`, '| --- | --- |', ...rows.map(([a, b]) => `| ${a} | ${b} |`), ''];

const argRow = ([name, arg]: readonly [string, Arg]): readonly [string, string] => {
  const values = arg.kind !== 'rest' && arg.values !== undefined ? ` (one of ${arg.values.join(', ')})` : '';
  return [code(argName(name, arg)), cell(arg.summary + values)];
};
const optionRow = ([name, option]: readonly [string, Option]): readonly [string, string] => [
  code(optionUsage(name, option).trim()),
  cell(optionSummary(option)),
];
const shown = <T extends { readonly hidden?: boolean }>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(record).filter(([, { hidden }]) => hidden !== true);

const commandPage = ({ name, summary, command }: LoadedCommand): readonly string[] => [
  `## kei-git ${name}`,
  '',
  `${summary.charAt(0).toUpperCase()}${cell(summary.slice(1))}.`.replace(/\.\.$/, '.'),
  '',
  '```',
  usageLine(name, command),
  '```',
  '',
  ...(command.details === undefined ? [] : [command.details, '']),
  ...table(['argument', 'meaning'], shown(command.args).map(argRow)),
  ...table(['option', 'meaning'], shown(command.options).map(optionRow)),
  ...(command.examples ?? []).flatMap(({ command: line, does }) => ['```sh', `${line}  # ${does}`, '```', '']),
];

/** docs/reference.md: everything the declarations say. The same table gives the same bytes. */
export const reference = (commands: readonly LoadedCommand[]): string =>
  [
    '# Reference',
    '',
    'Written from the commands themselves by `node scripts/docs.mjs`; do not edit.',
    '',
    ...commands.map(({ name, summary }) => `- [\`kei-git ${name}\`](#kei-git-${name.replaceAll(' ', '-')}): ${cell(summary)}`),
    '',
    ...commands.flatMap(commandPage),
    '## Exit codes',
    '',
    'Where several apply, 130 wins over 2, 2 over 3, 3 over 1. A report that exists is printed whatever the code is.',
    '',
    ...table(
      ['code', 'meaning'],
      EXIT_CODES.map(([exit, meaning]) => [String(exit), cell(meaning)] as const),
    ),
    '## Environment',
    '',
    ...table(
      ['variable', 'meaning'],
      ENVIRONMENT.map(([name, meaning]) => [name.split(', ').map(code).join(', '), cell(meaning)] as const),
    ),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
