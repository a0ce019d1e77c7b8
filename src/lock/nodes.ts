import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Tree } from '../uses/tree.ts';
import { broken, type LockFault } from './fault.ts';
import type { Place } from './lock.ts';

/** A row of a map. */
export interface Field {
  readonly name: string;
  readonly place: Place;
  /** Undefined: nothing stands there. */
  readonly value: Node | undefined;
}

/** Looks at the nodes of a file and tells what is not as it must be. */
export interface Nodes {
  readonly tree: Tree;
  placeOf(node: Node | undefined, otherwise?: Place): Place;
  /** Gives undefined back, for who has nothing else to give then. */
  tell(fault: LockFault): undefined;
  /** Rows of a map whose keys are text; undefined, and told, where it is none. Keys that stand twice are told by the tree. */
  fields(node: Node | undefined, what: string, place: Place): readonly Field[] | undefined;
  items(node: Node | undefined, what: string, place: Place): readonly (Node | undefined)[];
  /** A text that is not empty; undefined, and told, where it is none. */
  text(node: Node | undefined, what: string, place: Place): string | undefined;
}

const START: Place = { line: 1, column: 1, start: 0, end: 0 };

const isNothing = (node: Node | undefined): boolean =>
  node === undefined || (isScalar(node) && (node.value === null || (node.type === 'PLAIN' && node.source === '')));

/** A number, true or a date without quotes is the text that stands there, as in the host's reader. */
const textOf = ({ value, source }: Scalar): string | undefined =>
  typeof value === 'string' ? value : value === null || value === undefined ? undefined : source;

export const openNodes = (tree: Tree, tell: (fault: LockFault) => undefined): Nodes => {
  const placeOf = (node: Node | undefined, otherwise: Place = START): Place => {
    const [from, to] = node?.range ?? [];
    if (from === undefined || to === undefined) return otherwise;
    return { ...tree.offsets.spotOf(from), start: tree.offsets.byteOf(from), end: tree.offsets.byteOf(to) };
  };
  const target = (node: unknown): Node | undefined => (node === null || node === undefined ? undefined : tree.target(node as Node)); // of yaml's own pairs
  const fields: Nodes['fields'] = (node, what, place) => {
    if (isNothing(node)) return [];
    if (!isMap(node)) return tell(broken(`${what} is no map`, placeOf(node, place)));
    return node.items.flatMap(({ key, value }): readonly Field[] => {
      const written = target(key);
      const at = placeOf(key as Node, place);
      const name = isScalar(written) ? textOf(written) : undefined;
      if (name === undefined) return tell(broken(`${what} has a key that is no text`, at)) ?? [];
      return [{ name, place: at, value: target(value) }];
    });
  };
  const items: Nodes['items'] = (node, what, place) => {
    if (isNothing(node)) return [];
    if (!isSeq(node)) return tell(broken(`${what} is no list`, placeOf(node, place))) ?? [];
    return node.items.map(target);
  };
  const text: Nodes['text'] = (node, what, place) => {
    const value = isScalar(node) ? textOf(node) : undefined;
    if (value === undefined || value === '')
      return tell(broken(`${what} is ${value === '' || isNothing(node) ? 'empty' : 'no text'}`, placeOf(node, place)));
    return value;
  };
  return { tree, placeOf, tell, fields, items, text };
};
