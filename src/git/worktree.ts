import { isUtf8 } from 'node:buffer';
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Entry, Snapshot } from '../check.ts';
import type { GitResult, Place } from '../command.ts';
import { likeness, outerAttributes, type Likeness } from './attributes.ts';
import { fileSnapshot } from './directory.ts';
import { conversions, type Conversions } from './filters.ts';
import { sortByPath, splitNul } from './paths.ts';
import { toGitPathspecs } from './pathspec.ts';
import type { Repository } from './layout.ts';
import { findRepository, worktreeRoot } from './repository.ts';
import { run } from './run.ts';
import type { Listing, SnapshotOptions } from './snapshot.ts';
import { attributeFilesIn, indexName, isOdd, witnessOf } from './witness.ts';
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
  let known: Promise<Conversions> | undefined;
  const rules = (): Promise<Conversions> => (known ??= conversions(place));
  const asked = questions(rules, ['.']);
  let listed: Promise<Listing> | undefined;
  const all = (): Promise<Listing> => (listed ??= everything(asked).then((raw) => listingOf(raw, root, commonDir)));
  const files = fileSnapshot(root, options, {
    kind: 'worktree',
    description: 'worktree',
    list: async (globs) => (globs.length === 0 ? all() : listingOf(await everything(questions(rules, globs)), root, commonDir)),
  });
  const more: Pick<Snapshot, 'changedNow' | 'listBelow' | 'witnessed'> = {
    changedNow: () => changedNow(place),
    listBelow: async (folder) => (isThere(join(root, folder)) ? (await all()).entries.filter(({ path }) => path.startsWith(folder)) : []),
    witnessed: async () => {
      const index = place.env['GIT_INDEX_FILE'] ?? (repository === undefined ? undefined : join(repository.gitDir, 'index'));
      const nameNow = (): string | undefined => (index === undefined ? undefined : indexName(resolve(root, index)));
      const before = nameNow();
      const [converts, others, differing] = await Promise.all([rules(), asked.others(), asked.differing()]);
      if (before === undefined || nameNow() !== before || others.stderr + differing.stderr !== '') return undefined;
      const name = JSON.stringify([before, converts.filters, converts.lineEnds, outerAttributes(converts, commonDir)]);
      return witnessOf({ others: others.stdout, differing: differing.stdout, name }, root, async () => {
        const raw = await everything(asked);
        // The listing may have been asked for after somebody staged something.
        if (raw.stderr !== '' || isOdd(raw.files) || nameNow() !== before) return false;
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

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

export interface WorktreeOptions extends SnapshotOptions {
  /** The repository of the place, where it is known already. */
  readonly repository?: Repository | undefined;
}

/** Paths of which git does not say now that they are as the index has them. */
async function changedNow(place: Place): Promise<ReadonlySet<string>> {
  const rules = await conversions(place); // anew: a filter may have been configured meanwhile
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

interface Questions {
  rules(): Promise<Conversions>;
  others(): Promise<GitResult>;
  tracked(): Promise<GitResult>;
  differing(): Promise<GitResult>;
}

/** What is asked of git about the files that match, each once. */
const questions = (rules: () => Promise<Conversions>, globs: readonly string[]): Questions => {
  const once = (args: readonly string[]): (() => Promise<GitResult>) => {
    let answer: Promise<GitResult> | undefined;
    return () => (answer ??= rules().then(({ place }) => run(place, [...args, '--', ...toGitPathspecs(globs)])));
  };
  return {
    rules,
    others: once(['ls-files', '-v', '-o', '--exclude-standard', '-z', '--full-name']),
    tracked: once(['ls-files', '-s', '-v', '-c', '-z', '--full-name']),
    differing: once(DIFFERING),
  };
};

const everything = async (asked: Questions): Promise<Raw> => {
  const [rules, others, tracked, differing] = await Promise.all([asked.rules(), asked.others(), asked.tracked(), asked.differing()]);
  const filesStderr = others.stderr + tracked.stderr;
  const files = others.stdout.length === 0 ? tracked.stdout : Buffer.concat([others.stdout, tracked.stdout]);
  return { rules, files, differing: differing.stdout, stderr: filesStderr + differing.stderr, filesStderr };
};

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
