import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Place } from '../command.ts';
import { readIfThere } from '../sys/files.ts';
import { run } from './run.ts';

/** Says whether the index that is to be committed still holds the same. */
export interface IndexWatch {
  /** True when an entry is another one than when the watch began. What git itself refreshes in it, times and caches, is none. */
  changed(): Promise<boolean>;
}

/** What stands in an index, whatever git knows about the files beside it. */
const entriesOf = async (place: Place, file: string): Promise<string> => {
  const env = { ...place.env, GIT_INDEX_FILE: file };
  const { stdout } = await run({ cwd: place.cwd, program: place.program, env }, ['ls-files', '--stage', '-z']);
  return createHash('sha256').update(stdout).digest('hex');
};

/** Changes whenever somebody writes the file; git replaces it by another. */
const stampOf = (file: string): string => {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
};

/** @param place `here` of the hook: GIT_INDEX_FILE names the index of the commit */
export const watchIndex = (place: Place, gitDir: string): IndexWatch => {
  const file = resolve(place.cwd, place.env['GIT_INDEX_FILE'] ?? join(gitDir, 'index'));
  let stamp = stampOf(file);
  const before = readIfThere(file);
  return {
    changed: async () => {
      const now = stampOf(file);
      if (now === stamp) return false;
      const after = readIfThere(file);
      if (before === undefined || after === undefined ? before === after : before.equals(after)) {
        stamp = now;
        return false;
      }
      const folder = mkdtempSync(join(tmpdir(), 'kei-git-index-'));
      try {
        const copy = join(folder, 'index');
        if (before !== undefined) writeFileSync(copy, before);
        const same = (await entriesOf(place, copy)) === (await entriesOf(place, file));
        if (same) stamp = now;
        return !same;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
};
