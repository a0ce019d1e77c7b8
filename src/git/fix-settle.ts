import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { fileError, readIfThere, removeFile } from '../sys/files.ts';
import { runs } from './committer.ts';
import {
  alone,
  journalFolder,
  journalPath,
  KEPT_INDEX,
  newId,
  readJournal,
  removeJournal,
  type FixJournal,
  type JournalFile,
} from './fix-journal.ts';
import { conversions } from './filters.ts';
import { hasSameEntries, indexEntries, isSameEntry, putEntries, withIndex } from './index-entries.ts';
import { copyIndex, isSameFile, keepIndex, lockIndex, releaseOwn } from './index-file.ts';
import { printable } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import { hashOf, hashThere, keepFile, putInPlace, removeThere } from './worktree-file.ts';

/** What became of fixes that a commit had begun with. */
export interface Settled {
  /** `none`: there were none. `pending`: the commit is still being made. */
  readonly kind: 'none' | 'pending' | 'committed' | 'undone';
  /** Lines for a person: what could not be put back, and why. */
  readonly notes: readonly string[];
}

export interface SettleOptions {
  /** The commit is not going to be made: takes back also while git runs. */
  readonly given?: 'up';
}

/**
 * Ends what a commit with fixers has left: when the commit was made there is nothing more to do, when git is gone without it everything is put back
 * as it was. Costs one look for a file where there is nothing to settle.
 * @param gitDir absolute path of the worktree's git directory
 * @throws {GitError} {FileError} when it cannot be settled now; nothing is lost, and the next call tries again
 */
export async function settleJournal(place: Place, gitDir: string, options: SettleOptions = {}): Promise<Settled> {
  if (!existsSync(journalPath(gitDir)) && !existsSync(notesPath(gitDir))) return { kind: 'none', notes: [] };
  return await alone(gitDir, () => settleAlone(place, gitDir, options));
}

/** The same for who works alone already. */
export async function settleAlone(place: Place, gitDir: string, { given }: SettleOptions = {}): Promise<Settled> {
  const notes = takeNotes(gitDir);
  const journal = readJournal(gitDir);
  if (journal === undefined) return { kind: 'none', notes };
  const at = withIndex(place, gitDir, journal.root, journal.index ?? join(gitDir, 'index'));
  if (await isCommitted(at, journal)) {
    notes.push(...rescue(gitDir, journal));
    removeJournal(gitDir, journal);
    return { kind: 'committed', notes };
  }
  if (given === undefined && journal.git !== undefined && runs(journal.git) !== 'no') return { kind: 'pending', notes };
  notes.push(...(await undo(at, gitDir, journal)));
  removeJournal(gitDir, journal);
  return { kind: 'undone', notes };
}

/** Where the keeper leaves what nobody could be told. */
const notesPath = (gitDir: string): string => join(gitDir, 'kei', 'fix-notes');
export const notesFile = notesPath;

function takeNotes(gitDir: string): string[] {
  const text = readIfThere(notesPath(gitDir))?.toString('utf8');
  if (text === undefined) return [];
  removeFile(notesPath(gitDir));
  return text.split('\n').filter((line) => line !== '');
}

/** HEAD is another commit than before, and has what was fixed. */
async function isCommitted(at: Place, { head, entries }: FixJournal): Promise<boolean> {
  const { stdout, code } = await run(at, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { okCodes: [0, 1, 128] });
  const now = stdout.toString('latin1').trim();
  if (code !== 0 || now === '' || now === head) return false;
  const scratch = join(at.env['GIT_DIR'] ?? '', 'kei', `head-${newId()}`);
  try {
    // The files of HEAD as an index: it can be asked for single paths, whatever their bytes.
    await run({ ...at, env: { ...at.env, GIT_INDEX_FILE: scratch } }, ['read-tree', now]);
    const there = await indexEntries(
      { ...at, env: { ...at.env, GIT_INDEX_FILE: scratch } },
      entries.map(({ path }) => path),
    );
    return entries.every(({ path, after }) => isSameEntry(there.get(path), after.at(-1)));
  } finally {
    rmSync(scratch, { force: true });
    rmSync(`${scratch}.lock`, { force: true });
  }
}

/** Who had a file open while it was replaced wrote into the one that is kept. */
function rescue(gitDir: string, { id, files }: FixJournal): readonly string[] {
  const folder = journalFolder(gitDir, id);
  return files.flatMap(({ path, before, kept }) => {
    const bytes = readIfThere(join(folder, kept));
    if (bytes === undefined || hashOf(bytes) === before) return [];
    const rescued = join(gitDir, 'kei', `rescued-${id}-${kept}`);
    renameSync(join(folder, kept), rescued);
    return [`${printable(path)} was written to while it was being fixed; what was written is in ${printable(rescued)}`];
  });
}

async function undo(at: Place, gitDir: string, journal: FixJournal): Promise<readonly string[]> {
  const folder = journalFolder(gitDir, journal.id);
  try {
    // Our own locks: of who fixed, and of who was killed while putting back.
    for (const { index, own } of journal.locked) for (const name of [own, KEPT_INDEX]) releaseOwn(index, join(folder, name));
    const left = journal.files.flatMap((file) => (putBack(journal.root, folder, file) ? [] : [file.path]));
    await putIndexBack(at, folder, journal);
    return left.map((path) => `${printable(path)} was changed after it had been fixed, and stays as it is`);
  } catch (error) {
    throw error instanceof GitError ? error : fileError('put back what was fixed in', journal.root, error);
  }
}

/** False when the file is neither as it was nor as it was fixed. */
function putBack(root: string, folder: string, { path, before, after, kept, temporary }: JournalFile): boolean {
  removeThere(root, temporary);
  const now = hashThere(root, path);
  if (now === undefined || !after.includes(now)) return now === before;
  const place = placeOf(root, temporary);
  keepFile(join(folder, kept), place);
  try {
    return putInPlace(root, path, place, now);
  } finally {
    rmSync(place, { force: true });
  }
}

/** As it was, byte for byte, where nobody has staged anything since; else what was fixed, entry by entry. */
async function putIndexBack(at: Place, folder: string, { index, entries, fixed }: FixJournal): Promise<void> {
  if (index === undefined) return;
  const [kept, next] = [join(folder, KEPT_INDEX), join(folder, `index.${newId()}`)];
  if (isSameFile(index, kept)) return;
  const lock = await lockIndex(index, kept);
  try {
    if (await hasSameEntries(at, folder, index, fixed)) keepIndex(kept, next);
    else {
      const there = await indexEntries(
        at,
        entries.map(({ path }) => path),
      );
      const ours = entries.filter(({ path, after }) => after.some((one) => isSameEntry(there.get(path), one)));
      if (ours.length === 0) return;
      copyIndex(index, next);
      const { place } = await conversions(at);
      await putEntries({ ...place, env: { ...place.env, GIT_INDEX_FILE: next } }, new Map(ours.map(({ path, before }) => [path, before])));
    }
    lock.publish(next);
  } finally {
    rmSync(next, { force: true });
    lock.release();
  }
}
