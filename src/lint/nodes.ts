import type { MapEntry, MapNode, ScalarNode, TreeNode } from './tree.ts';

export const asMap = (node: TreeNode | undefined): MapNode | undefined => (node?.kind === 'map' ? node : undefined);
export const asScalar = (node: TreeNode | undefined): ScalarNode | undefined => (node?.kind === 'scalar' ? node : undefined);
/** A scalar that is not null; its text may be a number's or a boolean's. */
export const asText = (node: TreeNode | undefined): ScalarNode | undefined =>
  node?.kind === 'scalar' && node.value !== null ? node : undefined;

/** The entries of a map, none for anything else. */
export const entriesOf = (node: TreeNode | undefined): readonly MapEntry[] => (node?.kind === 'map' ? node.entries : []);
/** The items of a list, none for anything else. */
export const itemsOf = (node: TreeNode | undefined): readonly TreeNode[] => (node?.kind === 'list' ? node.items : []);

export const entry = (node: TreeNode | undefined, key: string): MapEntry | undefined =>
  node?.kind === 'map' ? node.entries.find((one) => one.key.text === key) : undefined;

/** What stands under keys of keys: `at(job, 'strategy', 'matrix')`. */
export const at = (node: TreeNode | undefined, ...keys: readonly string[]): TreeNode | undefined =>
  keys.reduce<TreeNode | undefined>((inner, key) => entry(inner, key)?.value, node);

/** Texts where one or a list of them may stand: `needs: a`, `needs: [a, b]`. */
export const textsOf = (node: TreeNode | undefined): readonly ScalarNode[] => {
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => asText(item) ?? []);
};

/** True for what is only known when it runs. */
export const hasExpression = (text: string): boolean => text.includes('${{');

/** Keys and indices from the root to a value. */
export type NodePath = readonly (string | number)[];

/** Every scalar that is a value, with the keys that lead to it; what aliases repeat is visited for each of them. */
export function* scalarsIn(node: TreeNode | undefined, path: NodePath = []): Generator<readonly [ScalarNode, NodePath]> {
  if (node === undefined) return;
  if (node.kind === 'scalar') yield [node, path];
  else if (node.kind === 'list') for (const [index, item] of node.items.entries()) yield* scalarsIn(item, [...path, index]);
  else for (const { key, value } of node.entries) yield* scalarsIn(value, [...path, key.text]);
}
