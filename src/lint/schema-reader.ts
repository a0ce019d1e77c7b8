import type { ObjectReader } from '@actions/workflow-parser/templates/object-reader';
import {
  BooleanToken,
  MappingToken,
  NullToken,
  NumberToken,
  SequenceToken,
  StringToken,
} from '@actions/workflow-parser/templates/tokens/index';
import type { LiteralToken } from '@actions/workflow-parser/templates/tokens/index';
import type { TokenRange } from '@actions/workflow-parser/templates/tokens/token-range';
import type { ScalarNode, TreeNode } from './tree.ts';

type Event =
  | { readonly kind: 'literal'; readonly token: LiteralToken }
  | { readonly kind: 'list'; readonly token: SequenceToken }
  | { readonly kind: 'map'; readonly token: MappingToken }
  | { readonly kind: 'list-end' | 'map-end' };

/** A value that the parser was given, and where it stands. */
export interface Given {
  readonly node: TreeNode;
  /** The map that it is a key of. */
  readonly keyOf: MappingToken | undefined;
  /** The key that it stands under. */
  readonly under: ScalarNode | undefined;
}

/** Lets the parser's schema engine read our tree in place of a text of its own. */
export interface SchemaReader extends ObjectReader {
  /**
   * The value that a range of the parser is about. Ranges are no places of the file: the line counts values, the columns are units of the
   * value's text, and both are 0 where the whole value is meant.
   */
  givenAt(line: number): Given | undefined;
}

const literal = (node: ScalarNode, range: TokenRange): LiteralToken => {
  const { value } = node;
  if (typeof value === 'string') return new StringToken(undefined, range, value, undefined);
  if (typeof value === 'number') return new NumberToken(undefined, range, value, undefined);
  if (typeof value === 'boolean') return new BooleanToken(undefined, range, value, undefined);
  return new NullToken(undefined, range, undefined);
};

export const readerOf = (root: TreeNode): SchemaReader => {
  const given: Given[] = [];
  const rangeOf = (one: Given): TokenRange => {
    const line = given.push(one);
    return { start: { line, column: 0 }, end: { line, column: 0 } };
  };
  function* eventsOf(node: TreeNode, under: ScalarNode | undefined): Generator<Event> {
    const range = rangeOf({ node, under, keyOf: undefined });
    if (node.kind === 'scalar') {
      yield { kind: 'literal', token: literal(node, range) };
    } else if (node.kind === 'list') {
      yield { kind: 'list', token: new SequenceToken(undefined, range, undefined) };
      for (const item of node.items) yield* eventsOf(item, undefined);
      yield { kind: 'list-end' };
    } else {
      const token = new MappingToken(undefined, range, undefined);
      yield { kind: 'map', token };
      for (const { key, value } of node.entries) {
        yield { kind: 'literal', token: new StringToken(undefined, rangeOf({ node: key, under, keyOf: token }), key.text, undefined) };
        yield* eventsOf(value, key);
      }
      yield { kind: 'map-end' };
    }
  }
  const events = eventsOf(root, undefined);
  let next = events.next();
  const take = <K extends Event['kind']>(kind: K): Extract<Event, { readonly kind: K }> | undefined => {
    const event = next.done === true ? undefined : next.value;
    if (event?.kind !== kind) return undefined;
    next = events.next();
    return event as Extract<Event, { readonly kind: K }>;
  };
  return {
    givenAt: (line) => given[line - 1],
    allowLiteral: () => take('literal')?.token,
    allowSequenceStart: () => take('list')?.token,
    allowSequenceEnd: () => take('list-end') !== undefined,
    allowMappingStart: () => take('map')?.token,
    allowMappingEnd: () => take('map-end') !== undefined,
    validateStart: () => undefined,
    validateEnd: () => undefined,
  };
};
