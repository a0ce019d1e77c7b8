import type { Change } from '../check.ts';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { createDiffParser, type Diff, type FileDiff, type Ranges } from './patch.ts';
import { run, stream } from './run.ts';

// Every setting that could change what a line is or how it is printed. Plumbing reads few of them, but which depends on the version.
const DIFF: readonly string[] = [
  '-r',
  '-p',
  '--raw',
  '-z',
  '-U0',
  '--inter-hunk-context=0',
  '--full-index',
  '--no-abbrev',
  '--irreversible-delete',
  '--no-renames',
  '--no-textconv',
  '--no-ext-diff',
  '--no-color',
  '--no-relative',
  '--submodule=short',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];
const SUBMODULE = 0o160000;

interface Options {
  readonly signal?: AbortSignal;
}

/** What the index would change in HEAD, in order of paths; GIT_INDEX_FILE says which index. Before the first commit all of it is new. */
export async function stagedChanges(place: Place, options: Options = {}): Promise<readonly Change[]> {
  return (await stagedDiff(place, options)).flatMap((file) => toChange(file, file.added));
}

/**
 * What the index of a merge has that none of its parents has.
 * @param others the parents beside HEAD
 * @throws {GitError} when one of them is not there
 */
export async function mergedChanges(place: Place, others: readonly string[], options: Options = {}): Promise<readonly Change[]> {
  const diffs = [await stagedDiff(place, options)];
  for (const other of others) diffs.push(filesOf((await run(place, against(other), options)).stdout));
  return combine(diffs);
}

const against = (tree: string): readonly string[] => ['diff-index', '--cached', '--ita-invisible-in-index', ...DIFF, tree, '--'];

async function stagedDiff(place: Place, options: Options): Promise<readonly FileDiff[]> {
  const { code, stdout, stderr } = await run(place, against('HEAD'), { okCodes: [0, 128], ...options });
  if (code === 0) return filesOf(stdout);
  if (!/bad revision 'HEAD'|ambiguous argument 'HEAD'/.test(stderr)) await run(place, against('HEAD'), options);
  await run(place, ['symbolic-ref', '--quiet', 'HEAD'], options); // A HEAD that names no branch is damaged.
  const empty = await run(place, ['hash-object', '-t', 'tree', '--stdin'], options);
  return filesOf((await run(place, against(empty.stdout.toString('latin1').trim()), options)).stdout);
}

function filesOf(output: Buffer): readonly FileDiff[] {
  const parser = createDiffParser(false);
  const [diff] = [...parser.feed(output), ...parser.end()];
  return diff?.files ?? [];
}

/**
 * The commits of a range, parents before children.
 * @param range `A..B`, `A...B`, or one revision for all that it reaches
 * @throws {GitError} when a side of it is not there
 */
export async function rangeCommits(place: Place, range: string, options: Options = {}): Promise<readonly string[]> {
  const { stdout } = await run(place, ['rev-list', '--reverse', '--topo-order', '--end-of-options', range, '--'], options);
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

/**
 * The commits that arguments of git rev-list select, parents before children.
 * @param args options and revisions that the caller has judged: none of them may name a file to write or a program
 * @throws {GitError} when a revision is not there
 */
export async function selectedCommits(place: Place, args: readonly string[], options: Options = {}): Promise<readonly string[]> {
  const { stdout } = await run(place, ['rev-list', '--topo-order', '--reverse', ...args, '--'], options);
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

export interface CommitChanges {
  readonly commit: string;
  readonly changes: readonly Change[];
  /** Paths at which it names a commit of another repository. */
  readonly submodules: readonly string[];
}

/**
 * What each commit changes, in the order given. A merge is judged against all its parents: a line counts when no parent has it.
 * @param commits full object names
 */
export async function* commitChanges(
  place: Place,
  commits: readonly string[],
  options: Options = {},
): AsyncGenerator<CommitChanges, void, void> {
  if (commits.length === 0) return;
  const parents = await parentsOf(place, commits, options);
  // One line, and so one diff, for each parent. `--always` prints a header also when nothing differs, which keeps them in step.
  const stdin = commits.map((commit) => pairs(commit, parents.get(commit) ?? []).join('')).join('');
  const parser = createDiffParser(true);
  const due = commits.values();
  let commit = due.next().value;
  let diffs: Diff[] = [];
  const take = function* (diff: Diff): Generator<CommitChanges, void, void> {
    if (commit === undefined || diff.header !== commit) throw new GitError('git answered about another commit than it was asked about');
    diffs.push(diff);
    if (diffs.length < Math.max(1, parents.get(commit)?.length ?? 0)) return;
    const submodules = (diffs[0]?.files ?? []).filter(({ mode }) => mode === SUBMODULE).map(({ path }) => path);
    const changes = combine(diffs.map(({ files }) => files)).map((change) => ({ ...change, commit: diff.header }));
    yield { commit, changes, submodules };
    diffs = [];
    commit = due.next().value;
  };
  for await (const piece of stream(place, ['diff-tree', '--stdin', '--always', '--root', ...DIFF], { stdin, ...options })) {
    for (const diff of parser.feed(piece)) yield* take(diff);
  }
  for (const diff of parser.end()) yield* take(diff);
  if (commit !== undefined) throw new GitError('git did not answer about every commit');
}

const pairs = (commit: string, parents: readonly string[]): readonly string[] =>
  parents.length === 0 ? [`${commit}\n`] : parents.map((parent) => `${commit} ${parent}\n`);

async function parentsOf(place: Place, commits: readonly string[], options: Options): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout } = await run(place, ['rev-list', '--no-walk=unsorted', '--parents', '--stdin'], {
    stdin: `${commits.join('\n')}\n`,
    ...options,
  });
  const parents = new Map<string, readonly string[]>();
  for (const line of stdout.toString('latin1').split('\n')) {
    const [commit = '', ...rest] = line.split(' ');
    parents.set(commit, [...new Set(rest)]);
  }
  return parents;
}

/** What differs from every parent. A path that one parent has the same is no change of the merge. */
function combine(diffs: readonly (readonly FileDiff[])[]): readonly Change[] {
  const [first = [], ...others] = diffs;
  const maps = others.map((files) => new Map(files.map((file) => [file.path, file])));
  return first.flatMap((file) => {
    let added = file.added;
    for (const map of maps) {
      const other = map.get(file.path);
      if (other === undefined) return [];
      added = common(added, other.added);
    }
    return toChange(file, added);
  });
}

/** Lines that are in both; undefined stands for all lines. */
function common(a: Ranges | undefined, b: Ranges | undefined): Ranges | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const out: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [firstA, lastA] = a[i] ?? [1, 0];
    const [firstB, lastB] = b[j] ?? [1, 0];
    const first = Math.max(firstA, firstB);
    const last = Math.min(lastA, lastB);
    if (first <= last) out.push([first, last]);
    if (lastA <= lastB) i++;
    if (lastB <= lastA) j++;
  }
  return out;
}

const STATUS: Readonly<Record<string, Change['status']>> = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' };

/** Nothing for a submodule, which has no content here, and for an unmerged path, which has no one content. */
function toChange({ path, status: letter, mode, oid }: FileDiff, added: Ranges | undefined): readonly Change[] {
  const status = STATUS[letter];
  if (status === undefined || mode === SUBMODULE) return [];
  if (status === 'deleted') return [{ path, status }];
  return [added === undefined ? { path, status, oid, mode } : { path, status, oid, mode, added }];
}
