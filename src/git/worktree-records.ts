import { lstatSync, type Stats } from 'node:fs';
import type { Entry } from '../check.ts';
import type { Skipped } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { reasonOf } from '../sys/files.ts';
import { encodeText } from './paths.ts';
import { placeOf } from './read-file.ts';
import { submodule } from './snapshot.ts';

// What git prints of a worktree, read.

const SUBMODULE = 0o160000;

/** Git lists what it can and only warns about folders that it may not open. */
export const unopened = (stderr: string): readonly Skipped[] =>
  [...stderr.matchAll(/^warning: could not open directory '(.*)': (.*)$/gm)].map(([, path = '', reason = '']) => ({
    path: encodeText(path),
    reason: reason.toLowerCase(),
    kind: 'failed',
  }));

/** Path to mode of what is not as the index says: changed, of another type, or gone (mode 0). */
export function parseDiffering(records: readonly string[]): ReadonlyMap<string, number> {
  const modes = new Map<string, number>();
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [, mode = '0'] = (records[at] ?? '').split(' ');
    const path = records[at + 1] ?? '';
    // An unmerged path comes twice: as unmerged with mode 0, then compared with our side.
    modes.set(path, Math.max(Number.parseInt(mode, 8), modes.get(path) ?? 0));
  }
  return modes;
}

/**
 * Of `ls-files -s -v -c -o -z`: `<tag> <mode> <oid> <stage>\t<path>` for what is tracked, `? <path>` for what is not. A small letter means
 * assume-unchanged, S means skip-worktree: git does not look at these files, so it is no witness for them.
 */
export function parseFiles(
  records: readonly string[],
  differing: ReadonlyMap<string, number>,
  root: string,
): { readonly entries: Entry[]; readonly unlisted: Skipped[] } {
  const entries: Entry[] = [];
  const unlisted: Skipped[] = [];
  let last = '';
  let absent = 0;
  for (const record of records) {
    const tag = record[0];
    if (tag === '?') {
      addUnwitnessed(root, record.slice(2), entries, unlisted);
      continue;
    }
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const mode = modeOf(record);
    if (mode === SUBMODULE) unlisted.push(submodule(path));
    else if (tag === 'H') {
      const now = differing.size === 0 ? undefined : differing.get(path);
      if (now === undefined) entries.push({ path, oid: record.slice(9, tab - 2), mode });
      else if (now !== 0) entries.push({ path, mode: now });
    } else if (path !== last) {
      last = path; // The other stages of an unmerged path follow it.
      const isThere = addUnwitnessed(root, path, entries, unlisted);
      if (tag?.toUpperCase() === 'S' && !isThere) absent++;
    }
  }
  if (absent > 0) unlisted.push({ reason: `${count(absent, 'file is', 'files are')} not checked out (a sparse checkout)`, kind: 'policy' });
  return { entries, unlisted };
}

// Nearly all modes are this one, and parsing fifty thousand numbers takes its time.
const modeOf = (record: string): number => (record.startsWith('100644', 2) ? 0o100644 : Number.parseInt(record.slice(2, 8), 8));

/** Adds what lies there on disk. False when nothing does. */
export function addUnwitnessed(root: string, path: string, entries: Entry[], unlisted: Skipped[]): boolean {
  // Git lists a repository within the repository as one folder.
  if (path.endsWith('/')) {
    unlisted.push({ path, reason: 'another repository', kind: 'policy' });
    return true;
  }
  const stat = statOf(root, path, unlisted);
  if (stat?.isFile() === true) entries.push({ path, mode: (stat.mode & 0o100) === 0 ? 0o100644 : 0o100755, size: stat.size });
  else if (stat?.isSymbolicLink() === true) entries.push({ path, mode: 0o120000 });
  return stat !== undefined;
}

function statOf(root: string, path: string, unlisted: Skipped[]): Stats | undefined {
  try {
    return lstatSync(placeOf(root, path), { throwIfNoEntry: false });
  } catch (error) {
    unlisted.push({ path, reason: reasonOf(error), kind: 'failed' });
    return undefined;
  }
}
