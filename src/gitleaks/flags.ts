import { choice, flag, list, maybeText, number, text, type Options } from '../command.ts';
import { UsageError } from '../errors.ts';
import { selection } from './log-options.ts';

/** gitleaks' commands, with their aliases and those that it no longer lists. */
export type Word = 'git' | 'dir' | 'directory' | 'file' | 'files' | 'stdin' | 'detect' | 'protect';

export const REPORT_FORMATS = ['json', 'csv', 'junit', 'sarif'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

// Names, short forms and defaults are those of gitleaks 8 (its README and --help).
const COMMON = {
  config: text('FILE', 'a rule file: of gitleaks, betterleaks or ours; it is all that holds', { short: 'c', completes: 'file' }),
  'report-format': choice([...REPORT_FORMATS, 'template'], 'how the report is written', { short: 'f' }),
  'report-path': text('FILE', 'write a report to a file; -: to standard output', { short: 'r', completes: 'file' }),
  'report-template': text('FILE', 'not supported'),
  'baseline-path': text('FILE', 'a report of gitleaks or kei-git: what it names does not count', { short: 'b', completes: 'file' }),
  redact: maybeText('PERCENT', '100', 'secrets are never shown, whatever is asked'),
  'exit-code': number('N', 'exit code when something was found', { min: 0, max: 255, default: 1 }),
  'enable-rule': list('ID', 'only this rule, by our name or gitleaks’'),
  'gitleaks-ignore-path': text('PATH', 'a .gitleaksignore, or a folder with one, beside that of the repository', {
    short: 'i',
    completes: 'file',
  }),
  'ignore-gitleaks-allow': flag('gitleaks:allow on a line allows nothing'),
  'max-decode-depth': number('N', 'how deep encoded text is decoded; not given: as the settings say, else 3', { min: 0, max: 1000 }),
  'max-archive-depth': number('N', 'how deep archives are opened; not given: as the settings say', { min: 0, max: 1000 }),
  'max-target-megabytes': number('N', 'leave larger files out', { min: 0, max: 1_000_000 }),
  verbose: flag('print what is found', { short: 'v' }),
  'no-banner': flag('there is none'),
  'no-color': flag('no colour'),
  'log-level': choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'error and fatal: no summary', { default: 'info', short: 'l' }),
  timeout: number('SECONDS', 'give up after so long; 0: never', { min: 0, max: 1_000_000, default: 0 }),
  diagnostics: text('WHAT', 'not supported'),
  'diagnostics-dir': text('DIR', 'not supported', { completes: 'directory' }),
} as const satisfies Options;

const LOG = text('OPTIONS', 'which commits, in the words of git log', { dashes: true });
const SOURCE = text('PATH', 'what to look at', { short: 's', completes: 'directory' });
const LINKS = flag('symbolic links are not followed all the same');
const PLATFORM = choice(['unknown', 'none', 'github', 'gitlab', 'azuredevops', 'gitea', 'bitbucket'], 'accepted; no links are made');

/** What each command takes. */
export const flagsOf = (word: Word): Options => {
  switch (word) {
    case 'git':
      return {
        'log-opts': LOG,
        staged: flag('what is staged'),
        'pre-commit': flag('what is changed and not staged'),
        platform: PLATFORM,
        ...COMMON,
      };
    case 'detect':
      return {
        source: SOURCE,
        'log-opts': LOG,
        'no-git': flag('a folder, not a repository'),
        pipe: flag('standard input'),
        'follow-symlinks': LINKS,
        platform: PLATFORM,
        ...COMMON,
      };
    case 'protect':
      return { source: SOURCE, 'log-opts': LOG, staged: flag('what is staged'), ...COMMON };
    case 'stdin':
      return COMMON;
    case 'dir':
    case 'directory':
    case 'file':
    case 'files':
      return { 'follow-symlinks': LINKS, ...COMMON };
  }
};

export type Looked =
  | { readonly kind: 'commits'; readonly log: readonly string[] }
  | { readonly kind: 'staged' | 'unstaged' | 'folder' | 'stdin' };

/** A command line of gitleaks, understood. */
export interface Asked {
  readonly word: Word;
  /** As it was typed; undefined: where the command runs. */
  readonly path: string | undefined;
  readonly look: Looked;
  readonly config: string | undefined;
  readonly report: { readonly path: string; readonly format: ReportFormat } | undefined;
  readonly baseline: string | undefined;
  readonly ignorePath: string | undefined;
  readonly only: readonly string[];
  readonly honoursAllow: boolean;
  readonly exitCode: number;
  readonly decode: number | undefined;
  readonly archives: number | undefined;
  /** Bytes. */
  readonly maxFileSize: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** What was asked for and makes no difference here. */
  readonly notes: readonly string[];
}

type Given = Readonly<Record<string, boolean | string | number | readonly string[] | undefined>>;

const textOf = (given: Given, name: string): string | undefined => {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
};
const numberOf = (given: Given, name: string): number | undefined => {
  const value = given[name];
  return typeof value === 'number' ? value : undefined;
};
const listOf = (given: Given, name: string): readonly string[] => {
  const value = given[name];
  return typeof value === 'object' ? value : [];
};

/** What gitleaks can and we refuse, rather than leave it out unsaid. */
const refuse = (given: Given): void => {
  if (given['report-template'] !== undefined || given['report-format'] === 'template')
    throw new UsageError('reports from a template are not supported', { hint: '--report-format json, and a program that reads it' });
  for (const name of ['diagnostics', 'diagnostics-dir'])
    if (given[name] !== undefined) throw new UsageError(`--${name} is gitleaks’ own profiling`, { hint: `leave --${name} out` });
  const percent = textOf(given, 'redact') ?? '0';
  if (!/^\d{1,3}$/.test(percent) || Number(percent) > 100)
    throw new UsageError("--redact can't be that", { hint: '--redact, or --redact=N with a whole number from 0 to 100' });
};

const ENDINGS: Readonly<Record<string, ReportFormat>> = { json: 'json', csv: 'csv', sarif: 'sarif', xml: 'junit', junit: 'junit' };

const reportOf = (given: Given): Asked['report'] => {
  const path = textOf(given, 'report-path');
  if (path === undefined) return undefined;
  const named = REPORT_FORMATS.find((format) => format === given['report-format']);
  const ending = /\.([^./\\]+)$/.exec(path)?.[1] ?? '';
  const format = named ?? ENDINGS[ending.toLowerCase()] ?? (path === '-' || path.startsWith('/dev/') ? 'json' : undefined);
  if (format !== undefined) return { path, format };
  throw new UsageError('--report-path: which format?', {
    hint: `--report-format ${REPORT_FORMATS.join('|')}, or a file that ends in .json`,
  });
};

const lookOf = (word: Word, given: Given): Looked => {
  if (word === 'stdin' || given['pipe'] === true) return { kind: 'stdin' };
  if (given['staged'] === true) return { kind: 'staged' };
  if (word === 'protect' || given['pre-commit'] === true) return { kind: 'unstaged' };
  if (word === 'git' || (word === 'detect' && given['no-git'] !== true))
    return { kind: 'commits', log: selection(textOf(given, 'log-opts')) };
  return { kind: 'folder' };
};

const notesOf = (given: Given, look: Looked): readonly string[] => [
  ...(given['follow-symlinks'] === true ? ['--follow-symlinks: symbolic links are not followed'] : []),
  ...(given['platform'] === undefined ? [] : ['--platform: the report has no links']),
  ...(given['log-opts'] !== undefined && look.kind !== 'commits' ? ['--log-opts: no commits are looked at'] : []),
  ...(given['report-format'] !== undefined && given['report-path'] === undefined
    ? ['--report-format: no report is written without --report-path']
    : []),
];

/** @param path the argument @throws {UsageError} for what cannot be done */
export const askedOf = (word: Word, path: string | undefined, given: Given): Asked => {
  refuse(given);
  const source = textOf(given, 'source');
  const look = lookOf(word, given);
  const megabytes = numberOf(given, 'max-target-megabytes') ?? 0;
  const seconds = numberOf(given, 'timeout') ?? 0;
  const decode = numberOf(given, 'max-decode-depth');
  const archives = numberOf(given, 'max-archive-depth');
  return {
    word,
    path: path ?? source,
    look,
    config: textOf(given, 'config'),
    report: reportOf(given),
    baseline: textOf(given, 'baseline-path'),
    ignorePath: textOf(given, 'gitleaks-ignore-path'),
    only: listOf(given, 'enable-rule').flatMap((names) => names.split(',').filter((name) => name !== '')),
    honoursAllow: given['ignore-gitleaks-allow'] !== true,
    exitCode: numberOf(given, 'exit-code') ?? 1,
    decode: decode === undefined ? undefined : Math.min(decode, DEEPEST),
    archives: archives === undefined ? undefined : Math.min(archives, DEEPEST),
    maxFileSize: megabytes === 0 ? undefined : megabytes * 1_000_000,
    timeoutMs: seconds === 0 ? undefined : seconds * 1000,
    verbose: given['verbose'] === true,
    quiet: given['log-level'] === 'error' || given['log-level'] === 'fatal',
    notes: notesOf(given, look),
  };
};

const DEEPEST = 8; // as [leak] decode and archives have it; nothing is wrapped deeper by accident
