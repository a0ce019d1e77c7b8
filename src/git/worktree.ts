import { isUtf8 } from 'node:buffer';
import type { Entry, Snapshot } from '../check.ts';
import type { Place } from '../command.ts';
import { likeness, outerAttributes, type Likeness } from './attributes.ts';
import { fileSnapshot } from './directory.ts';
import { conversions, type Conversions } from './filters.ts';
import { sortByPath, splitNul } from './paths.ts';
import { toGitPathspecs } from './pathspec.ts';
import { findRepository, worktreeRoot, type Repository } from './repository.ts';
import { run } from './run.ts';
import type { Listing, SnapshotOptions } from './snapshot.ts';
import { attributeFilesIn, hasBelow, witnessOf } from './witness.ts';
import { parseDiffering, parseFiles, unopened } from './worktree-records.ts';

// What git's own index says is no longer as it was added. Content is compared only where stat data leave it open.
const DIFFERING: readonly string[] = [
  'diff-files',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
  '--no-relative',
];

/**
 * The files on disk that are tracked, or untracked and not ignored. An entry has an object name only where git's own index says that the file is
 * as it was when it was added; see `Entry.converted` for what may differ even then.
 * @throws {GitError} when there is no worktree
 */
export async function worktreeSnapshot(place: Place, options: WorktreeOptions = {}): Promise<Snapshot> {
  const repository = options.repository ?? (await findRepository(place));
  const root = repository?.root ?? (await worktreeRoot(place));
  const commonDir = repository?.commonDir ?? root;
  let asked: Promise<Raw> | undefined;
  let listed: Promise<Listing> | undefined;
  const everything = (): Promise<Raw> => (asked ??= ask(place, []));
  const all = (): Promise<Listing> => (listed ??= everything().then((raw) => listingOf(raw, root, commonDir)));
  const files = fileSnapshot(root, options, {
    kind: 'worktree',
    description: 'worktree',
    list: async (globs) => (globs.length === 0 ? all() : listingOf(await ask(place, globs), root, commonDir)),
  });
  const more: Pick<Snapshot, 'changedNow' | 'listBelow' | 'witnessed'> = {
    changedNow: () => changedNow(place),
    listBelow: async (folder) =>
      hasBelow((await everything()).files, folder) ? (await all()).entries.filter(({ path }) => path.startsWith(folder)) : [],
    witnessed: async () => {
      const raw = await everything();
      if (raw.stderr !== '') return undefined;
      const { filters, lineEnds } = raw.rules;
      const outside = JSON.stringify([filters, lineEnds, outerAttributes(raw.rules, commonDir)]);
      return witnessOf(raw, root, outside, async () => {
        let isAsked = false;
        const { loose } = await likenessOf(raw, root, commonDir, () => {
          isAsked = true; // some files may differ from their blobs: which, the listing finds out
          return [];
        });
        return !loose && !isAsked;
      });
    },
  };
  return Object.defineProperties({ ...files, ...more }, { unlisted: { get: () => files.unlisted, enumerable: true } });
}

export interface WorktreeOptions extends SnapshotOptions {
  /** The repository of the place, where it is known already. */
  readonly repository?: Repository | undefined;
}

/** Paths of which git does not say now that they are as the index has them. */
async function changedNow(place: Place): Promise<ReadonlySet<string>> {
  const rules = await conversions(place);
  const { stdout } = await run(rules.place, DIFFERING);
  return new Set(parseDiffering(splitNul(stdout)).keys());
}

/** What git says of the worktree, unread. */
interface Raw {
  readonly rules: Conversions;
  readonly files: Buffer;
  readonly differing: Buffer;
  /** Of both. */
  readonly stderr: string;
  readonly filesStderr: string;
}

async function ask(place: Place, globs: readonly string[]): Promise<Raw> {
  const rules = await conversions(place);
  const pathspecs = toGitPathspecs(globs.length > 0 ? globs : ['.']);
  const [files, differing] = await Promise.all([
    run(rules.place, ['ls-files', '-s', '-v', '-c', '-o', '--exclude-standard', '-z', '--full-name', '--', ...pathspecs]),
    run(rules.place, [...DIFFERING, '--', ...pathspecs]),
  ]);
  return {
    rules,
    files: files.stdout,
    differing: differing.stdout,
    stderr: files.stderr + differing.stderr,
    filesStderr: files.stderr,
  };
}

async function listingOf(raw: Raw, root: string, commonDir: string): Promise<Listing> {
  const parsed = parseFiles(splitNul(raw.files), parseDiffering(splitNul(raw.differing)), root);
  // What diff-files could not look at it only complains about, and leaves out as if it were unchanged.
  const entries =
    raw.stderr === raw.filesStderr ? parsed.entries : parsed.entries.map((entry) => (entry.oid === undefined ? entry : unnamed(entry)));
  const unlisted = [...parsed.unlisted, ...unopened(raw.filesStderr)];
  const unchanged = (): readonly string[] => entries.filter(({ oid }) => oid !== undefined).map(({ path }) => path);
  const { unlike, loose } = await likenessOf(raw, root, commonDir, unchanged);
  const qualifiedEntries = loose || unlike.size > 0 ? entries.map((entry) => qualified(entry, unlike, loose)) : entries;
  return { entries: inOrder(qualifiedEntries, raw.files), unlisted };
}

const likenessOf = ({ rules, files }: Raw, root: string, commonDir: string, unchanged: () => readonly string[]): Promise<Likeness> =>
  likeness(rules, root, commonDir, attributeFilesIn(files), unchanged);

function qualified(entry: Entry, unlike: ReadonlySet<string>, loose: boolean): Entry {
  if (entry.oid === undefined) return entry;
  return unlike.has(entry.path) ? unnamed(entry) : loose ? { ...entry, converted: true } : entry;
}

/** The entry as one that has to be read. */
const unnamed = ({ path, mode }: Entry): Entry => ({ path, mode });

/** Git lists both kinds in order of their bytes, the untracked ones first; only bytes that are no UTF-8 stand elsewhere in our spelling. */
const inOrder = (entries: Entry[], output: Buffer): Entry[] => (output[0] === 0x3f || !isUtf8(output) ? sortByPath(entries) : entries);
