import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Place } from '../command.ts';
import type { Conversions } from './filters.ts';
import { decodePath, splitNul } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';

/** How the bytes of unchanged worktree files relate to those of their blobs. */
export interface Likeness {
  /** These may differ in any way: their object name says nothing about what is on disk. */
  readonly unlike: ReadonlySet<string>;
  /** All others may differ in line ends and `$Id$`. */
  readonly loose: boolean;
}

/**
 * Reads the attributes that could apply, and asks git about single paths only where they name a filter or an encoding.
 * @param attributeFiles the `.gitattributes` of the listing
 * @param paths tracked, unchanged
 */
export async function likeness(
  { place, filters, lineEnds, attributesFile }: Conversions,
  root: string,
  commonDir: string,
  attributeFiles: readonly string[],
  paths: () => readonly string[],
): Promise<Likeness> {
  const texts = [
    ...attributeFiles.map((path) => textOf(placeOf(root, path)) ?? UNKNOWN),
    outerAttributes({ place, attributesFile }, commonDir),
  ].join('\n');
  const encodings = /working-tree-encoding/.test(texts);
  const unlike = encodings || (filters && /\bfilter\b/.test(texts)) ? await converted(place, paths()) : new Set<string>();
  return { unlike, loose: lineEnds || /\b(text|eol|crlf|ident)\b/.test(texts) };
}

/** Attributes that stand outside of the worktree. */
export const outerAttributes = ({ place, attributesFile }: Pick<Conversions, 'place' | 'attributesFile'>, commonDir: string): string =>
  [join(commonDir, 'info', 'attributes'), personal(place, attributesFile), '/etc/gitattributes']
    .map((path) => textOf(path) ?? '')
    .join('\n');

// A listed file that cannot be read: git may know its staged content, so anything could stand there.
const UNKNOWN = 'text filter working-tree-encoding';

const personal = ({ env }: Place, configured: string | undefined): string => {
  const home = env['HOME'] ?? homedir();
  if (configured !== undefined && configured !== '') return configured.replace(/^~(?=\/)/, home);
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'git', 'attributes');
};

function textOf(path: string | Buffer): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

async function converted(place: Place, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const stdin = Buffer.concat(paths.flatMap((path) => [asBytes(path), Buffer.from([0])]));
  const { stdout } = await run(place, ['check-attr', '-z', '--stdin', 'filter', 'working-tree-encoding'], { stdin });
  const out = splitNul(stdout);
  const unlike = new Set<string>();
  for (let at = 0; at + 2 < out.length; at += 3) {
    const value = out[at + 2];
    if (value !== 'unspecified' && value !== 'unset') unlike.add(out[at] ?? '');
  }
  return unlike;
}

const asBytes = (path: string): Buffer => {
  const decoded = decodePath(path);
  return typeof decoded === 'string' ? Buffer.from(decoded) : decoded;
};
