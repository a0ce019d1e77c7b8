import type { Change } from '../check.ts';
import { CONFIG_FILE } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { pathTest, type Globs } from './files.ts';
import type { Counter } from './world.ts';

const matches = (globs: Globs, exclude: Globs, changes: readonly Change[]): boolean => {
  const test = pathTest(globs, exclude);
  return changes.some(({ path, from }) => test(path) || (from !== undefined && test(from)));
};

const encoded = (path: string): string => path.replaceAll('%', '%25').replace(/^(?:\.\/)+/, '');

/** True where a change may have made another number of it. What hangs on history changes with each commit, and is not asked for. */
const mayDiffer = (counter: Counter, changes: readonly Change[]): boolean => {
  const { glob, lines, files, exclude, toml, json, yaml } = counter;
  const file = toml ?? json ?? yaml;
  if (glob !== undefined)
    return matches(
      glob,
      exclude,
      changes.filter(({ status }) => status !== 'modified'),
    );
  if (file !== undefined) return changes.some(({ path, from }) => path === encoded(file) || from === encoded(file));
  if (lines !== undefined || files !== undefined) return matches(lines ?? files, exclude, changes);
  return counter['at-commit'];
};

/** Counters that may have another value after the changes; all of them where the settings changed or nobody says what did. */
export const touchedCounts = (counts: Config['counts'], changes: readonly Change[] | undefined): ReadonlySet<string> => {
  if (changes === undefined || changes.some(({ path }) => path === CONFIG_FILE)) return new Set(Object.keys(counts));
  const touched = new Set(Object.keys(counts).filter((name) => mayDiffer(counts[name] as Counter, changes)));
  for (const [name, { 'of-total': total }] of Object.entries(counts)) if (total !== undefined && touched.has(total)) touched.add(name);
  return touched;
};
