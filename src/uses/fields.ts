import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Tree } from './tree.ts';

/** Merge keys that may lead to one another. */
export const MAX_MERGES = 100;
const MERGE = '<<';

type Pair = { readonly key: Node | null; readonly value: Node | null };
const pairsOf = (node: Node | undefined): readonly Pair[] => (isMap(node) ? (node.items as readonly Pair[]) : []);
/** Of a list; of anything else none. */
export const itemsOf = (node: Node | undefined): readonly Node[] => (isSeq(node) ? (node.items as readonly Node[]) : []);

/** What maps hold, merge keys followed as Forgejo does; GitHub refuses them. */
export interface Fields {
  /** All values of a key, an inner one before a merged one. Where the key stands twice, there are two. */
  of(map: Node, name: string): readonly Node[];
  /** The values of all keys, and the maps that are merged in. */
  all(map: Node): { readonly values: readonly Node[]; readonly merged: readonly Node[] };
}

/** @param tooDeep told of a map at which merge keys have led too far */
export const fieldsOf = (tree: Tree, tooDeep: (at: Node) => void): Fields => {
  const known = new Map<string, Map<Node, readonly Node[]>>();
  const nameOf = ({ key }: Pair): string | undefined => {
    const named = key === null ? undefined : tree.target(key);
    return isScalar(named) ? String(named.value) : undefined;
  };
  const valuesOf = (map: Node | undefined, name: string): readonly Node[] =>
    pairsOf(map).flatMap((pair) => (pair.value !== null && nameOf(pair) === name ? [pair.value] : []));
  const mergedInto = (map: Node | undefined): readonly Node[] =>
    valuesOf(map, MERGE).flatMap((value) => {
      const target = tree.target(value);
      return isSeq(target) ? itemsOf(target) : [value];
    });
  const find = (map: Node, name: string, depth: number): readonly Node[] => {
    const target = tree.target(map);
    if (target === undefined) return [];
    const answers = known.get(name) ?? new Map<Node, readonly Node[]>();
    known.set(name, answers);
    const before = answers.get(target);
    if (before !== undefined) return before;
    let found = valuesOf(target, name);
    if (found.length === 0 && depth > MAX_MERGES) tooDeep(map);
    else
      for (const source of found.length === 0 ? mergedInto(target) : []) {
        found = find(source, name, depth + 1);
        if (found.length > 0) break;
      }
    answers.set(target, found);
    return found;
  };
  return {
    of: (map, name) => find(map, name, 0),
    all: (map) => {
      const target = tree.target(map);
      const values = pairsOf(target).flatMap((pair) => (pair.value === null || nameOf(pair) === MERGE ? [] : [pair.value]));
      return { values, merged: mergedInto(target) };
    },
  };
};
