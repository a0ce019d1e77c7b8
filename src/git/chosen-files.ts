import type { Place } from '../command.ts';
import type { EventFile } from './event-files.ts';
import { splitNul } from './paths.ts';
import { run } from './run.ts';

const RAW: readonly string[] = [
  '--raw',
  '-z',
  '--no-renames',
  '--no-abbrev',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-relative',
];

/** Of `ls-files -s -z`: `<mode> <oid> <stage>\t<path>`. */
const parseIndex = (output: Buffer): readonly EventFile[] =>
  splitNul(output).map((record) => ({ path: record.slice(record.indexOf('\t') + 1), mode: Number.parseInt(record, 8) }));

/** Of `-z --raw`: `:<mode> <mode> <oid> <oid> <letter>`, then the path. */
const parseRaw = (output: Buffer): readonly EventFile[] => {
  const parts = splitNul(output);
  return parts.flatMap((part, at) => {
    const [, mode = ''] = part.split(' ');
    if (at % 2 === 1) return [];
    return [{ path: parts[at + 1] ?? '', mode: /^0+$/.test(mode) ? undefined : Number.parseInt(mode, 8) }];
  });
};

/**
 * The files that somebody names who starts a hook by hand.
 * @param range `A..B`: what differs between the two; undefined: all that is in the index
 * @throws {GitError} when a side of the range is not there
 */
export async function chosenFiles(place: Place, range: string | undefined): Promise<readonly EventFile[]> {
  if (range === undefined) return parseIndex((await run(place, ['ls-files', '-s', '-z', '--full-name', '--', ':/'])).stdout);
  return parseRaw((await run(place, ['diff', '-r', ...RAW, '--ignore-submodules=none', '--end-of-options', range, '--'])).stdout);
}
