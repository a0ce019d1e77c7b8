import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { printable } from './paths.ts';
import { run } from './run.ts';

export interface Conversions {
  /** The same place, where no configured filter runs. */
  readonly place: Place;
  /** Some filter is configured: an attribute could make a worktree file differ from its blob in any way. */
  readonly filters: boolean;
  /** core.autocrlf is on: line ends may differ everywhere. */
  readonly lineEnds: boolean;
  /** core.attributesFile, where it is set. */
  readonly attributesFile: string | undefined;
}

/**
 * What git may do to a file between worktree and blob. To compare a file whose time is too new to trust, git runs the clean filter that
 * an attribute names, and there is no switch for all filters: each configured one is emptied by name.
 * @throws {GitError} when that cannot be done
 */
export async function conversions(place: Place): Promise<Conversions> {
  const { stdout } = await run(place, ['config', '-z', '--includes', '--get-regexp', '^(filter\\..*|core\\.(autocrlf|attributesfile))$'], {
    okCodes: [0, 1],
  });
  const names = new Set<string>();
  let autocrlf = 'false';
  let attributesFile: string | undefined;
  for (const record of stdout.toString('utf8').split('\0')) {
    const newline = record.indexOf('\n');
    const key = newline < 0 ? record : record.slice(0, newline);
    const value = newline < 0 ? 'true' : record.slice(newline + 1);
    const filter = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
    if (filter !== undefined) names.add(filter);
    else if (key === 'core.autocrlf') autocrlf = value.toLowerCase();
    else if (key === 'core.attributesfile') attributesFile = value;
  }
  const odd = [...names].find((name) => name.includes('='));
  if (odd !== undefined) await refuseOld(place, odd);
  return {
    place: withSettings(place, [...names].flatMap(emptied)),
    filters: names.size > 0,
    lineEnds: !['false', 'no', 'off', '0', ''].includes(autocrlf),
    attributesFile,
  };
}

const emptied = (name: string): readonly (readonly [string, string])[] => [
  [`filter.${name}.clean`, ''],
  [`filter.${name}.smudge`, ''],
  [`filter.${name}.process`, ''],
  [`filter.${name}.required`, 'false'],
];

/** Takes the place of `-c`, which would end a name at its first equals sign. */
export function withSettings(place: Place, settings: readonly (readonly [key: string, value: string])[]): Place {
  if (settings.length === 0) return place;
  const [odd, plain] = [settings.filter(([key]) => key.includes('=')), settings.filter(([key]) => !key.includes('='))];
  const before = Number(place.env['GIT_CONFIG_COUNT'] ?? '0') || 0;
  const counted = odd.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${before + at}`, key],
    [`GIT_CONFIG_VALUE_${before + at}`, value],
  ]);
  // What `-c` itself sets. Git before 2.31 knows nothing else.
  const parameters = [place.env['GIT_CONFIG_PARAMETERS'] ?? '', ...plain.map(([key, value]) => quoted(`${key}=${value}`))].join(' ').trim();
  return {
    ...place,
    env: {
      ...place.env,
      ...Object.fromEntries(counted),
      ...(odd.length > 0 ? { GIT_CONFIG_COUNT: String(before + odd.length) } : {}),
      ...(parameters === '' ? {} : { GIT_CONFIG_PARAMETERS: parameters }),
    },
  };
}

const quoted = (text: string): string => `'${text.replace(/['!]/g, String.raw`'\$&'`)}'`;

/** @throws {GitError} when this git cannot be told of a name with an equals sign */
async function refuseOld(place: Place, name: string): Promise<void> {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec((await run(place, ['version'])).stdout.toString('latin1')) ?? [];
  if (Number(major) > 2 || Number(minor) >= 31) return;
  throw new GitError(`this git is too old: it cannot be kept from running the filter "${printable(name)}" of the configuration`, {
    hint: 'install git 2.31 or newer, or rename the filter',
  });
}
