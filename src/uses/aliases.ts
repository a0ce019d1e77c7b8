import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';
import { quoted } from '../report/quoted.ts';
import type { Told } from './problems.ts';

/** What aliases stand for, and what of keys and aliases is not as it should be. */
export interface Aliases {
  readonly told: readonly Told[];
  /** Written out, the document would have more values than it may. */
  readonly isTooLarge: boolean;
  target(node: Node): Node | undefined;
}

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

const keysTwice = (pairs: readonly { readonly key: Node | null }[], meant: (key: Node) => Node): readonly Told[] => {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }) => {
    const named = key === null ? undefined : meant(key);
    if (key === null || !isScalar(named)) return [];
    const name = String(named.value);
    if (seen.has(name)) return [{ offset: offsetOf(key), message: `key ${quoted(name)} stands twice in one map` }];
    seen.add(name);
    return [];
  });
};

/**
 * Goes once through a document in its order: an alias stands for the last anchor of its name before it. Counts the values there would be if aliases
 * were written out, without writing them out.
 * @param most values that the document may have then
 */
export const resolveAliases = (root: Node | undefined, most: number): Aliases => {
  const told: Told[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const sizes = new Map<Node, number>(); // of nodes with anchors; 0 while the node is not at its end
  let large: number | undefined;

  const sizeOfAlias = (node: Alias): number => {
    const target = anchors.get(node.source);
    const size = target === undefined ? undefined : sizes.get(target);
    if (target === undefined || size === undefined)
      told.push({ offset: offsetOf(node), message: `no anchor ${quoted(node.source)} before this alias` });
    else if (size === 0) told.push({ offset: offsetOf(node), message: `alias ${quoted(node.source)} stands in what it repeats` });
    else {
      targets.set(node, target);
      return size;
    }
    return 1;
  };
  const sizeOf = (node: Node): number => {
    if (isAlias(node)) return sizeOfAlias(node);
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) {
      anchors.set(anchor, node);
      sizes.set(node, 0);
    }
    let size = 1;
    if (isMap(node)) {
      const pairs = node.items as readonly { readonly key: Node | null; readonly value: Node | null }[];
      for (const { key, value } of pairs) size += (key === null ? 0 : sizeOf(key)) + (value === null ? 0 : sizeOf(value));
      for (const one of keysTwice(pairs, (key) => targets.get(key) ?? key)) told.push(one);
    } else if (isSeq(node)) for (const item of node.items as readonly Node[]) size += sizeOf(item);
    if (size > most) large ??= offsetOf(node);
    const counted = Math.min(size, most + 1);
    if (anchor !== undefined) sizes.set(node, counted);
    return counted;
  };
  if (root !== undefined) sizeOf(root);
  if (large !== undefined) told.push({ offset: large, message: `not read: aliases stand for more than ${most} values` });
  return { told, isTooLarge: large !== undefined, target: (node) => (isAlias(node) ? targets.get(node) : node) };
};
