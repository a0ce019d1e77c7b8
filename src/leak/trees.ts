import type { Witnessed } from '../check.ts';
import type { CacheStore } from '../command.ts';
import type { Skipped } from '../report/finding.ts';
import type { Mask } from './mask.ts';
import type { Placed } from '../engine/scanner.ts';

/** What came of all files that one name stands for (see `Witnessed`), under one set of rules and settings. */
export interface Tree {
  readonly files: number;
  /** Those in which something was found, without the secrets. */
  readonly found: readonly (readonly [path: string, hits: readonly Placed[]])[];
  readonly skipped: readonly Skipped[];
}

export interface Trees {
  get(name: string): Tree | undefined;
  /** Writes it at once. */
  set(name: string, tree: Tree): void;
}

const FORMAT = 'kei/leak/trees/1';
const KEPT = 4; // branches that one goes to and fro between
const MOST_FOUND = 1000;

interface Stored {
  readonly format: string;
  readonly trees: readonly (readonly [name: string, tree: Tree])[];
}

/** @param key what the verdicts depend on */
export const openTrees = (store: CacheStore, key: string): Trees => {
  const entry = `leak-${key.slice(0, 40)}.trees`;
  const read = (): Stored['trees'] => {
    const bytes = store.read(entry);
    if (bytes === undefined) return [];
    const stored = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Stored; // authenticated by the store's checksum
    return stored.format === FORMAT ? stored.trees : [];
  };
  return {
    get: (name) => read().find(([known]) => known === name)?.[1],
    set: (name, tree) => {
      if (tree.found.length > MOST_FOUND || tree.skipped.length > MOST_FOUND) return;
      const trees = [[name, tree] as const, ...read().filter(([known]) => known !== name)].slice(0, KEPT);
      const stored: Stored = { format: FORMAT, trees };
      store.write(entry, Buffer.from(JSON.stringify(stored)));
    },
  };
};

/** Notes what comes of the files of a tree while they are looked at. */
export interface TreeNotes {
  file(path: string, hits: readonly Placed[]): void;
  skipped(skipped: Skipped): void;
  /** @param changed paths that git does not vouch for now; undefined: nothing was read that it could have been mistaken about */
  tree(mask: Mask, changed: ReadonlySet<string> | undefined): Tree | undefined;
}

export const noteTree = ({ rest }: Witnessed): TreeNotes => {
  const others = new Set(rest.map(({ path }) => path));
  const found: [string, readonly Placed[]][] = [];
  const skipped: Skipped[] = [];
  let files = 0;
  return {
    file: (path, hits) => {
      if (others.has(path)) return;
      files++;
      if (hits.length > 0) found.push([path, hits]);
    },
    skipped: (one) => {
      if (one.path === undefined || !others.has(one.path)) skipped.push(one);
    },
    tree: (mask, changed) => {
      if ([...(changed ?? [])].some((path) => !others.has(path))) return undefined;
      const members = found.flatMap(([, hits]) => hits.flatMap(({ member = [] }) => member));
      // A path that holds what the rules look for is not written down.
      if (![...found.map(([path]) => path), ...members, ...skipped.map(({ path = '' }) => path)].every(mask.isPlain)) return undefined;
      return { files, found: found.map(([path, hits]) => [path, mask.hits(hits)]), skipped };
    },
  };
};
