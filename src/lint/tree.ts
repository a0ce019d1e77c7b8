import { isMap, isNode, isScalar, isSeq, Scalar as YamlScalar } from 'yaml';
import type { Offsets } from '../uses/offsets.ts';
import { parseTree, type Span, type Tree as YamlTree } from '../uses/tree.ts';

export type { Span } from '../uses/tree.ts';

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A string's value; of what is none, as it is written. */
  readonly text: string;
  readonly style: ScalarStyle;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

export interface MapNode extends Span {
  readonly kind: 'map';
  /** As written, those of a repeated key too. */
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
}

/** A value of a YAML file. An alias is what it stands for, and its place is where that is written. */
export type TreeNode = ScalarNode | MapNode | ListNode;

export interface TreeProblem extends Span {
  readonly message: string;
}

export interface Tree {
  readonly text: string;
  readonly offsets: Offsets;
  /** undefined: the file is empty, or no YAML. */
  readonly root: TreeNode | undefined;
  /** What is no YAML, or none that a forge reads. */
  readonly problems: readonly TreeProblem[];
  /** Names of anchors that no alias refers to. */
  readonly unusedAnchors: readonly TreeProblem[];
  /** In order; each from `#` to the end of its line. */
  readonly comments: readonly Span[];
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  [YamlScalar.QUOTE_SINGLE]: 'single',
  [YamlScalar.QUOTE_DOUBLE]: 'double',
  [YamlScalar.BLOCK_LITERAL]: 'literal',
  [YamlScalar.BLOCK_FOLDED]: 'folded',
};

const nothingAt = (span: Span): ScalarNode => ({ kind: 'scalar', value: null, text: '', style: 'plain', start: span.start, end: span.end });

const keyOf = (node: TreeNode): ScalarNode => (node.kind === 'scalar' ? node : nothingAt({ start: node.start, end: node.end }));

const scalarOf = ({ value, source, type }: YamlScalar, span: Span): ScalarNode => ({
  kind: 'scalar',
  value: typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null,
  text: typeof value === 'string' ? value : (source ?? ''),
  style: STYLES[type ?? ''] ?? 'plain',
  ...span,
});

/** Our nodes of the library's, each made once however many aliases repeat it; it has been seen to that they stand in no circle. */
const convert = ({ root, target }: YamlTree): { readonly root: TreeNode | undefined; readonly used: ReadonlySet<unknown> } => {
  const known = new Map<unknown, TreeNode>();
  const used = new Set<unknown>();
  const make = (given: unknown, from: Span): TreeNode => {
    if (!isNode(given)) return nothingAt(from);
    const node = target(given);
    if (node === undefined) return nothingAt(spanOf(given, from));
    if (node !== given) used.add(node);
    const before = known.get(node);
    if (before !== undefined) return before;
    const made = build(node, spanOf(node, from));
    known.set(node, made);
    return made;
  };
  const build = (node: unknown, span: Span): TreeNode => {
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => make(item, span)), ...span };
    if (isScalar(node)) return scalarOf(node, span);
    if (!isMap(node)) return nothingAt(span);
    const entries = node.items.map(({ key, value }): MapEntry => {
      const name = keyOf(make(key, span));
      return { key: name, value: make(value, { start: name.end, end: name.end }) };
    });
    return { kind: 'map', entries, ...span };
  };
  return { root: root === undefined ? undefined : make(root, { start: 0, end: 0 }), used };
};

const spanOf = (node: { readonly range?: readonly [number, number, number] | null | undefined }, from: Span): Span =>
  node.range === undefined || node.range === null ? from : { start: node.range[0], end: node.range[1] };

const anchorsIn = function* (node: unknown): Generator<readonly [name: string, node: unknown, start: number]> {
  if (!isNode(node)) return;
  const { anchor } = node as { readonly anchor?: string };
  if (anchor !== undefined) yield [anchor, node, node.range?.[0] ?? 0];
  if (isSeq(node)) for (const item of node.items) yield* anchorsIn(item);
  if (isMap(node))
    for (const { key, value } of node.items) {
      yield* anchorsIn(key);
      yield* anchorsIn(value);
    }
};

const unusedIn = ({ root, text }: YamlTree, used: ReadonlySet<unknown>): readonly TreeProblem[] =>
  [...anchorsIn(root)].flatMap(([name, node, at]): TreeProblem[] => {
    if (used.has(node)) return [];
    const start = Math.max(0, text.lastIndexOf(`&${name}`, at));
    return [{ start, end: start + name.length + 1, message: name }];
  });

/** What is read of the file is not all of it. */
const isBroken = ({ problems }: YamlTree): boolean => problems.some(({ message }) => /^not (?:YAML|read)/.test(message));

/** The offset of a 1-based place; the end of the text where it has no such line. */
export const offsetOf = (text: string, line: number, column: number): number => {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return Math.min(text.length, start + column - 1);
};

/** Reads a workflow or an action within the limits of `parseTree`. */
export const readTree = (bytes: Uint8Array): Tree => {
  const tree = parseTree(bytes);
  const { text, offsets, comments } = tree;
  const problems = tree.problems.map(({ line, column, message }): TreeProblem => {
    const start = offsetOf(text, line, column);
    return { start, end: Math.max(start, offsets.lineEnd(start)), message };
  });
  if (isBroken(tree)) return { text, offsets, comments, root: undefined, problems, unusedAnchors: [] };
  const { root, used } = convert(tree);
  return { text, offsets, comments, root, problems, unusedAnchors: unusedIn(tree, used) };
};
