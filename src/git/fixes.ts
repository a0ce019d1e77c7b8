import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, reasonOf, writeWhole } from '../sys/files.ts';
import { obstacle } from '../sys/replace.ts';
import { applyFixes } from './fix-apply.ts';
import { mergedInto } from './fix-merge.ts';
import type { Fix } from './fix-prepare.ts';
import { withSettings } from './filters.ts';
import { indexEntries, isSameEntry, nulEnded, withIndex, type IndexEntry } from './index-entries.ts';
import { copyIndex } from './index-file.ts';
import { decodePath, splitNul } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import { straysIn } from './view-strays.ts';
import type { FixesTaken } from '../view.ts';
import type { Opened } from './opened-view.ts';
import { isReached } from './view-paths.ts';
import { hashOf, readWorktreeFile, type WorktreeFile } from './worktree-file.ts';

const NOTHING = { fixed: [], left: [], patch: undefined };
const REGULAR: ReadonlySet<string> = new Set(['100644', '100755']);

type Left = FixesTaken['left'][number];

/** See `FixView.takeFixes`. */
export async function takeFixes(opened: Opened, paths: readonly string[]): Promise<FixesTaken> {
  const given = [...new Set(paths)].filter((path) => REGULAR.has(opened.entries.get(path)?.mode ?? ''));
  const there = given.filter((path) => isReached(opened.tree, path) && isFile(placeOf(opened.tree, path)));
  const strays = straysIn(opened, new Set(there));
  const changes = await changedIn(opened, there);
  if (changes.size === 0) return { ...NOTHING, strays };
  const left: Left[] = [];
  const fixes: Fix[] = [];
  for (const one of await judged(opened, changes)) {
    if ('reason' in one) left.push(one);
    else fixes.push(one);
  }
  if (left.length > 0) return { fixed: [], left, strays, patch: await patchOf(opened, [...changes.keys()]) };
  await applyFixes(opened, fixes);
  return { ...NOTHING, fixed: fixes.map(({ path }) => path), strays };
}

const isFile = (place: string | Buffer): boolean => lstatSync(place, { throwIfNoEntry: false })?.isFile() === true;

/** What `git add` makes of files in a folder, by an index that is thrown away. */
async function added(opened: Opened, worktree: string, paths: readonly string[]): Promise<ReadonlyMap<string, IndexEntry>> {
  const scratch = join(opened.base, 'scratch');
  copyIndex(opened.copy, scratch);
  const place = withSettings(opened.converts.place, [['core.safecrlf', 'false']]);
  const at = withIndex(place, opened.gitDir, worktree, scratch);
  await run(at, ['update-index', '-z', '--stdin'], { stdin: nulEnded(paths) });
  return await indexEntries(at, paths);
}

interface Changed {
  readonly before: IndexEntry;
  readonly after: IndexEntry;
  /** As it was before commands ran, and as it is. */
  readonly base: Buffer;
  readonly fixed: Buffer;
}

/** The files whose bytes or mode are others than they were. */
async function changedIn(opened: Opened, paths: readonly string[]): Promise<ReadonlyMap<string, Changed>> {
  if (paths.length === 0) return new Map();
  const now = await added(opened, opened.tree, paths);
  const other = paths.filter((path) => !isSameEntry(now.get(path), opened.entries.get(path)));
  if (other.length === 0) return new Map();
  const original = join(opened.base, 'original');
  mkdirSync(original, { recursive: true });
  const inTree = withIndex(opened.converts.place, opened.gitDir, opened.tree, opened.copy);
  await run(inTree, ['checkout-index', '-f', `--prefix=${original}/`, '-z', '--stdin'], { stdin: nulEnded(other) });
  const out = new Map<string, Changed>();
  for (const path of other) {
    const [before, after] = [opened.entries.get(path), now.get(path)];
    if (before === undefined || after === undefined) continue;
    const [base, fixed] = [original, opened.tree].map((folder) => readFileSync(placeOf(folder, path)));
    if (base === undefined || fixed === undefined) continue;
    // Written anew as it was: what git would make of it now is none of our business.
    if (base.equals(fixed) && before.mode === after.mode) continue;
    out.set(path, { before, after, base, fixed });
  }
  return out;
}

async function judged(opened: Opened, changes: ReadonlyMap<string, Changed>): Promise<readonly (Fix | Left)[]> {
  const filtered = await filteredOf(opened, [...changes.keys()]);
  const twins = twinsIn(opened.tree, [...changes.keys()]);
  const out: (Fix | Left)[] = [];
  for (const [path, change] of changes) {
    const reason = filtered.has(path)
      ? 'a filter of the configuration writes it, and fixers see it without'
      : twins.has(path)
        ? 'its name differs only in case from that of another'
        : undefined;
    out.push(reason === undefined ? await judge(opened, path, change) : { path, reason });
  }
  return out;
}

async function judge(opened: Opened, path: string, { before, after, base, fixed }: Changed): Promise<Fix | Left> {
  const { root } = opened;
  const now = readNow(root, path);
  if (typeof now === 'string') return { path, reason: now };
  const stays: Fix = { path, before, after, write: undefined };
  if (now === undefined) return stays;
  const mode = before.mode === after.mode ? now.mode : withMode(now.mode, after.mode);
  const isStaged = !now.bytes.equals(base) && !now.bytes.equals(fixed) && (await added(opened, root, [path])).get(path)?.oid === before.oid;
  const bytes = await mergedInto({ base, fixed, ours: now.bytes, isStaged }, opened.place, opened.base);
  if (bytes === undefined) return { path, reason: 'what is not staged of it and what was fixed are in the same lines' };
  if (bytes.equals(now.bytes) && mode === now.mode) return stays;
  const inTheWay = obstacle(placeOf(root, path));
  if (inTheWay !== undefined) return { path, reason: inTheWay };
  return { ...stays, write: { bytes, mode, expected: hashOf(now.bytes) } };
}

/** The worktree's file; a text says why it cannot be changed, undefined: there is none. */
const readNow = (root: string, path: string): Extract<WorktreeFile, { kind: 'file' }> | string | undefined => {
  try {
    const now = readWorktreeFile(root, path);
    return now.kind === 'file' ? now : now.kind === 'absent' ? undefined : 'it is no file in the worktree any more';
  } catch (error) {
    return reasonOf(error);
  }
};

const READ_BITS = 0o444;

/** Who may read it may run it, or nobody. */
const withMode = (mode: number, gitMode: string): number => (gitMode === '100755' ? mode | ((mode & READ_BITS) >> 2) : mode & ~0o111);

async function filteredOf({ converts, gitDir, tree, copy }: Opened, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (!converts.filters) return new Set();
  const { stdout } = await run(withIndex(converts.place, gitDir, tree, copy), ['check-attr', '-z', '--stdin', 'filter'], {
    stdin: nulEnded(paths),
  });
  const out = splitNul(stdout);
  return new Set(out.filter((_, at) => at % 3 === 0 && out[at + 2] !== 'unspecified' && out[at + 2] !== 'unset'));
}

/** Paths that are one file here. */
function twinsIn(tree: string, paths: readonly string[]): ReadonlySet<string> {
  const seen = new Map<string, string>();
  const out = new Set<string>();
  for (const path of paths) {
    const { dev, ino } = lstatSync(placeOf(tree, path));
    const other = seen.get(`${dev} ${ino}`);
    if (other !== undefined) out.add(path).add(other);
    seen.set(`${dev} ${ino}`, path);
  }
  return out;
}

const DIFF: readonly string[] = ['-p', '--binary', '--full-index', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'];

/** Writes what would have been fixed, from what is staged; for its owner alone. */
async function patchOf({ converts, gitDir, tree, copy }: Opened, paths: readonly string[]): Promise<string> {
  const all = await run(withIndex(converts.place, gitDir, tree, copy), [
    'diff-files',
    ...DIFF,
    '--src-prefix=a/',
    '--dst-prefix=b/',
    ...named(paths),
  ]);
  const path = join(gitDir, 'kei', 'fixes.patch');
  try {
    writeWhole(path, all.stdout, { mode: 0o600, durable: false });
    chmodSync(path, 0o600);
  } catch (error) {
    throw fileError('write', path, error);
  }
  return path;
}

// Names that are no text cannot be given to a program from here: those files are not in the patch.
const named = (paths: readonly string[]): readonly string[] => {
  const texts = paths.map(decodePath).filter((path) => typeof path === 'string');
  return ['--', ...(texts.length === 0 ? [':(exclude,top)*'] : texts.map((path) => `:(top,literal)${path}`))];
};
