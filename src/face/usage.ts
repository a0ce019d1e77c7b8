import type { Arg, Command, Option } from '../command.ts';
import { writeNumber } from './number.ts';

/** How an argument is written in usage lines and messages; of several, `paths`, each is a `PATH`. */
export const argName = (name: string, arg: Arg): string => (arg.kind === 'rest' ? name.replace(/s$/, '') : name).toUpperCase();

const argUsage = (name: string, arg: Arg): string => {
  const shown = argName(name, arg);
  if (arg.kind === 'one') return shown;
  return arg.kind === 'rest' ? `[${shown}…]` : `[${shown}]`;
};

/** `kei-git leak ignore FINGERPRINT [options]` */
export const usageLine = (name: string, { args, options }: Pick<Command, 'args' | 'options'>): string =>
  [
    'kei-git',
    name,
    ...Object.entries(args).flatMap(([key, arg]) => (arg.hidden === true ? [] : [argUsage(key, arg)])),
    ...(Object.keys(options).length === 0 ? [] : ['[options]']),
  ].join(' ');

const INLINE = 24;
/** Few and short values stand in the usage itself: `--fail-on note|warning|error`. */
const inline = (option: Option): string | undefined => {
  const values = option.kind === 'choice' ? option.values.join('|') : '';
  return values !== '' && values.length <= INLINE ? values : undefined;
};

/** `-f, --format FORMAT`; the short form's place stays empty where there is none. */
export const optionUsage = (name: string, option: Option): string => {
  const short = 'short' in option && option.short !== undefined ? `-${option.short}, ` : '    ';
  if (option.kind === 'flag') return `${short}--${name}`;
  if (option.kind === 'maybe-text') return `${short}--${name}[=${option.placeholder}]`;
  return `${short}--${name} ${option.kind === 'choice' ? (inline(option) ?? name.toUpperCase()) : option.placeholder}`;
};

/** The summary and what the declaration adds to it: values, default, repetition. */
export const optionSummary = (option: Option): string => {
  const more: string[] = [];
  if (option.kind === 'choice' && inline(option) === undefined) more.push(`one of ${option.values.join(', ')}`);
  if (option.kind === 'list') more.push('may be repeated');
  if (option.kind === 'choice' && option.default !== undefined) more.push(`default ${option.default}`);
  if (option.kind === 'number' && option.default !== undefined) more.push(`default ${writeNumber(option.default, option)}`);
  return more.length === 0 ? option.summary : `${option.summary} (${more.join('; ')})`;
};
