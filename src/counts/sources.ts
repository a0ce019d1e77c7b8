import type { Counted } from './counted.ts';
import { countStructured } from './file-source.ts';
import { filesOf, noFile, showGlobs } from './files.ts';
import { countHistory } from './history-source.ts';
import { countPrinted } from './printed-source.ts';
import { countLines, countRegex } from './text-sources.ts';
import type { Counter, CountWorld } from './world.ts';

const countFiles = async ({ glob, exclude, zero }: Counter, { snapshot }: CountWorld): Promise<Counted> => {
  const entries = await filesOf(snapshot, glob, exclude);
  if ('kind' in entries) return entries;
  if (entries.length === 0 && !zero) return noFile('glob', glob);
  return { kind: 'value', value: String(entries.length), derivation: `files that match ${showGlobs(glob)}` };
};

const sourced = (counter: Counter, world: CountWorld): Promise<Counted> => {
  if (counter.glob !== undefined) return countFiles(counter, world);
  if (counter.lines !== undefined) return countLines(counter, world);
  if (counter.regex !== undefined) return countRegex(counter, world);
  if (counter.git !== undefined) return countHistory(counter, world);
  if (counter.command !== undefined) return countPrinted(counter, world);
  return countStructured(counter, world);
};

const MOST_CHARACTERS = 100;
const WRITABLE = /^[\p{L}\p{N}+-][\p{L}\p{M}\p{N} .,+:%/'’~_-]*$/u;

/** What can stand between the comments of a marker, in any language, without becoming something else. */
const writable = (counted: Counted): Counted => {
  if (counted.kind !== 'value') return counted;
  const value = counted.value.trim();
  if (value.length <= MOST_CHARACTERS && WRITABLE.test(value)) return { ...counted, value };
  const reason = value === '' ? 'the value is empty' : `the value is not one line of at most ${MOST_CHARACTERS} letters, digits and marks`;
  return { kind: 'broken', key: '', reason: `${reason} (${counted.derivation})` };
};

/** The value of one counter. @throws {InterruptedError} */
const computeCount = async (counter: Counter, world: CountWorld): Promise<Counted> => writable(await sourced(counter, world));

/** The values of counters. @param names those that are wanted; undefined: all */
export const computeCounts = async (
  counters: Readonly<Record<string, Counter>>,
  world: CountWorld,
  names?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Counted>> => {
  const counted = new Map<string, Counted>();
  for (const [name, counter] of Object.entries(counters)) {
    if (names?.has(name) !== false) counted.set(name, await computeCount(counter, world));
  }
  return counted;
};
