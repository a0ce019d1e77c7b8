import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Place } from '../command.ts';
import { FileError } from '../errors.ts';
import { fileError } from '../sys/files.ts';
import { isAlive, ownId } from '../sys/processes.ts';
import { conversions } from './filters.ts';
import { indexEntries, nulEnded, unflag, withIndex } from './index-entries.ts';
import { splitNul } from './paths.ts';
import type { FixView } from '../view.ts';
import type { Opened, ViewPlace } from './opened-view.ts';
import { findRepository } from './repository.ts';
import { run } from './run.ts';
import { copyIndex } from './index-file.ts';
import { linkAround, type Linked } from './view-links.ts';
import { linkIgnored } from './view-index.ts';
import { isSafe } from './view-paths.ts';

/** Absolute path of the index that the commit is made of. */
const indexOf = ({ place, root, gitDir }: ViewPlace): string => resolve(root, place.env['GIT_INDEX_FILE'] ?? join(gitDir, 'index'));

/**
 * `staged`: the files as they are staged, real, in real folders; everything else beside them is a link to the worktree's.
 * `index`: all of the index; of the rest, what git ignores is linked.
 * What a filter of the configuration (git-lfs) would make of a file is not made: no program of the configuration runs.
 * @param files as snapshots name them; those that the index has not are left out
 * @throws {GitError} {FileError}
 */
export async function openView(kind: 'staged' | 'index', at: ViewPlace, files: readonly string[]): Promise<FixView> {
  const base = makeBase(at.gitDir);
  const close = (): Promise<void> => Promise.resolve(removeAll(base));
  try {
    const opened = await fill(kind, base, at, files);
    return {
      folder: opened.tree,
      close,
      takeFixes: async (paths) => (await import('./fixes.ts')).takeFixes(opened, paths),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(kind: 'staged' | 'index', base: string, at: ViewPlace, files: readonly string[]): Promise<Opened> {
  const [tree, copy, index] = [join(base, 'tree'), join(base, 'index'), indexOf(at)];
  const converts = await conversions(at.place);
  const inTree = withIndex(converts.place, at.gitDir, tree, copy);
  try {
    mkdirSync(tree);
    if (existsSync(index)) copyIndex(index, copy);
  } catch (error) {
    throw fileError('make', tree, error);
  }
  const found = await indexEntries(inTree, files);
  const written = kind === 'index' ? splitNul((await run(inTree, ['ls-files', '-z'])).stdout) : [...found.keys()];
  const unsafe = written.find((path) => !isSafe(path));
  if (unsafe !== undefined) throw new FileError('the index has a path that leads out of the worktree or into a git directory');
  const entries = new Map([...found].filter(([, { mode }]) => mode !== SUBMODULE));
  const paths = [...entries.keys()];
  await unflag(inTree, entries);
  let linked: readonly Linked[] = [];
  if (kind === 'staged') {
    linked = linkAround(at.root, tree, paths);
    await checkOut(inTree, ['-z', '--stdin'], nulEnded(paths));
  } else {
    await checkOut(inTree, ['-a'], Buffer.alloc(0));
    await linkIgnored(at, tree, inTree);
  }
  await makeRepository(at, base, tree, copy);
  return { ...at, base, tree, index, copy, converts, entries, linked };
}

const SUBMODULE = '160000';

const checkOut = async (place: Place, args: readonly string[], stdin: Buffer): Promise<void> =>
  void (await run(place, ['checkout-index', '-u', '-f', ...args], { stdin }));

/**
 * Makes the view a worktree of a repository of its own that shares nothing with ours but objects and settings: what a command does to index or HEAD
 * there is not done to ours, and what looks for the top of the worktree finds the view.
 */
async function makeRepository({ place, gitDir }: ViewPlace, base: string, tree: string, index: string): Promise<void> {
  const own = join(base, 'git');
  const { commonDir = gitDir, head } = (await findRepository(place)) ?? {};
  try {
    mkdirSync(own);
    writeFileSync(join(own, 'commondir'), `${commonDir}\n`);
    writeFileSync(join(own, 'gitdir'), `${join(tree, '.git')}\n`);
    writeFileSync(join(own, 'HEAD'), head !== undefined ? `${head}\n` : 'ref: refs/heads/kei-view\n');
    if (existsSync(index)) copyIndex(index, join(own, 'index'));
    writeFileSync(join(tree, '.git'), `gitdir: ${own}\n`);
  } catch (error) {
    throw fileError('make', own, error);
  }
}

/** Far fewer calls than Node's own removal makes, for a folder that is mostly links; what is not so simple is left to that. */
const removeAll = (folder: string): void => {
  const empty = (path: Buffer): void => {
    for (const one of readdirSync(path, { encoding: 'buffer', withFileTypes: true })) {
      const place = Buffer.concat([path, Buffer.from('/'), one.name]);
      if (one.isDirectory()) empty(place);
      else unlinkSync(place);
    }
    rmdirSync(path);
  };
  try {
    empty(Buffer.from(folder));
  } catch {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** A new folder for a view; those of processes that are gone are removed. @throws {FileError} */
function makeBase(gitDir: string): string {
  const kei = join(gitDir, 'kei');
  const base = join(kei, `view-${ownId()}-${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(kei)) if (isForgotten(kei, name)) rmSync(join(kei, name), { recursive: true, force: true });
  } catch (error) {
    throw fileError('make', base, error);
  }
  return base;
}

const FORGOTTEN_MS = 3_600_000; // a process of another container looks dead from here

const isForgotten = (kei: string, name: string): boolean => {
  const id = /^view-(\d+)-/.exec(name)?.[1];
  if (id === undefined || isAlive(Number(id))) return false;
  const stat = statSync(join(kei, name), { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > FORGOTTEN_MS;
};
