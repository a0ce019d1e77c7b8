import type { Place } from '../command.ts';
import { splitNul } from './paths.ts';
import { run } from './run.ts';

/** A path that differs between two trees, and what stands there in the second. */
export interface TreeChange {
  readonly path: string;
  /** As git writes it; `000000`: it is gone. */
  readonly mode: string;
  readonly oid: string;
}

const RAW: readonly string[] = ['-r', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-relative', '--ignore-submodules=none'];

/** Of `-z --raw`: `:<mode> <mode> <oid> <oid> <letter>`, then the path. */
const parse = (output: Buffer): readonly TreeChange[] => {
  const parts = splitNul(output);
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , oid = ''] = (parts[at] ?? '').split(' ');
    changes.push({ path: parts[at + 1] ?? '', mode, oid });
  }
  return changes;
};

/** The tree that a change is told against: that of a commit, or one with nothing in it before the first commit. */
export async function baseTree(place: Place, head: string | undefined): Promise<string> {
  if (head !== undefined) return head;
  const { stdout } = await run(place, ['hash-object', '-t', 'tree', '--stdin']);
  return stdout.toString('latin1').trim();
}

/** What the index that GIT_INDEX_FILE names would make of a tree; all of it, submodules too. */
export async function indexChanges(place: Place, base: string): Promise<readonly TreeChange[]> {
  const { stdout } = await run(place, ['diff-index', '--cached', '--ita-invisible-in-index', ...RAW, base, '--']);
  return parse(stdout);
}

/** The same of a commit. @param commit full object name */
export async function commitTreeChanges(place: Place, base: string, commit: string): Promise<readonly TreeChange[]> {
  const { stdout } = await run(place, ['diff-tree', ...RAW, base, commit, '--']);
  return parse(stdout);
}
