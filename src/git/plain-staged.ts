import type { CacheTree } from './cache-tree.ts';
import type { IndexFile } from './plain-index-file.ts';

/** A file as a tree has it. */
interface TreeEntry {
  readonly mode: number;
  readonly oid: string;
}

/** A file in which index and tree differ. The name is bytes, one character each. */
export interface StagedFile {
  readonly name: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

const TREE = 0o040000;
/** What git writes; to other modes it gives a meaning of its own. */
const MODES: ReadonlySet<number> = new Set([TREE, 0o100644, 0o100755, 0o120000, 0o160000]);

class OutOfTheOrdinary extends Error {}

/** In a tree a folder stands as if its name ended with a slash. */
const orderOf = (name: string, mode: number): string => (mode === TREE ? `${name}/` : name);

const parseTree = (bytes: Buffer, hashBytes: number): ReadonlyMap<string, TreeEntry> => {
  const entries = new Map<string, TreeEntry>();
  let last = '';
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    const text = bytes.toString('latin1', at, space);
    const mode = /^[1-7][0-7]{4,5}$/.test(text) ? Number.parseInt(text, 8) : 0;
    const name = bytes.toString('latin1', space + 1, end);
    const order = orderOf(name, mode);
    if (space < 0 || end < 0 || !MODES.has(mode) || name === '' || name.includes('/') || order <= last || entries.has(name))
      throw new OutOfTheOrdinary();
    last = order;
    at = end + 1 + hashBytes;
    if (at > bytes.length) throw new OutOfTheOrdinary();
    entries.set(name, { mode, oid: bytes.toString('hex', end + 1, at) });
  }
  return entries;
};

/**
 * What the index would change in a tree, in order of names, as `git diff-index --cached` finds it: trees that git notes the entries to make
 * are not read.
 * @param tree object name; undefined: there is none yet, and all is new
 * @param treeBytes the content of a tree; undefined where it cannot be read
 * @returns undefined where a tree could not be read or is not as git writes it
 */
export const stagedFiles = (
  index: IndexFile,
  tree: string | undefined,
  treeBytes: (oid: string) => Buffer | undefined,
): readonly StagedFile[] | undefined => {
  const out: StagedFile[] = [];
  const entriesOf = (oid: string | undefined): ReadonlyMap<string, TreeEntry> => {
    if (oid === undefined) return new Map();
    const bytes = treeBytes(oid);
    if (bytes === undefined) throw new OutOfTheOrdinary();
    return parseTree(bytes, oid.length / 2);
  };
  const remove = (prefix: string, entries: ReadonlyMap<string, TreeEntry>, stays: (name: string, entry: TreeEntry) => boolean): void => {
    for (const [name, before] of entries) {
      if (stays(name, before)) continue;
      if (before.mode === TREE) remove(`${prefix}${name}/`, entriesOf(before.oid), () => false);
      else out.push({ name: prefix + name, before, after: undefined });
    }
  };
  const file = (at: number, name: string, before: TreeEntry | undefined): void => {
    const after = { mode: index.mode(at), oid: index.oid(at) };
    if (!MODES.has(after.mode) || after.mode === TREE) throw new OutOfTheOrdinary();
    if (before?.oid !== after.oid || before.mode !== after.mode) out.push({ name, before, after });
  };
  /** Entries from `from` to before `to`, all of which begin with `prefix`. */
  const compare = (prefix: string, from: number, to: number, oid: string | undefined, noted: CacheTree | undefined): void => {
    if (oid !== undefined && noted?.oid === oid && noted.count === to - from) return;
    const entries = entriesOf(oid);
    const files = new Set<string>();
    const folders = new Set<string>();
    for (let at = from; at < to;) {
      const name = index.name(at);
      if (!name.startsWith(prefix)) throw new OutOfTheOrdinary();
      const slash = name.indexOf('/', prefix.length);
      const part = slash < 0 ? name.slice(prefix.length) : name.slice(prefix.length, slash);
      const before = entries.get(part);
      if (slash < 0) {
        files.add(part);
        file(at++, name, before?.mode === TREE ? undefined : before);
        continue;
      }
      folders.add(part);
      const end = index.lowerBound(`${prefix}${part}0`); // 0 comes next after the slash
      if (end <= at) throw new OutOfTheOrdinary();
      compare(`${prefix}${part}/`, at, end, before?.mode === TREE ? before.oid : undefined, noted?.trees.get(part));
      at = end;
    }
    remove(prefix, entries, (name, { mode }) => (mode === TREE ? folders : files).has(name));
  };
  try {
    compare('', 0, index.count, tree, index.tree);
  } catch {
    return undefined; // also where hostile trees exhaust the stack
  }
  return out.sort((a, b) => (a.name < b.name ? -1 : 1));
};
