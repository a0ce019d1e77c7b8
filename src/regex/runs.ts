import type { ByteClass, ByteNode, ByteTable } from './bytes.ts';
import { frequencies } from './frequency.ts';

/** A run of at least `length` bytes of one class that every match has, beginning `from` to `to` bytes behind its window. */
export interface Run {
  readonly set: ByteClass;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

const SHORTEST = 6;
const FURTHEST = 4000; // bytes from the window
const WORTH_BITS = 8; // a run that stands at one of 2^8 places or more says too little

/** All bytes that a node of one character can have. */
const bytesOf = (node: ByteNode): readonly number[] | undefined => {
  switch (node.kind) {
    case 'set':
      return node.set.wide ? undefined : Array.from(node.set.members);
    case 'cat':
    case 'alt': {
      const all: number[] = [];
      for (const item of node.items) {
        const bytes = bytesOf(item);
        if (bytes === undefined) return undefined;
        all.push(...bytes);
      }
      return all;
    }
    default:
      return undefined;
  }
};

/** Finds the run behind a window that is rarest in ordinary text; undefined where there is none worth looking for. */
export const runSearch = (table: ByteTable): ((items: readonly ByteNode[], windowAt: number) => Run | undefined) => {
  const { first } = frequencies();
  interface Kind {
    readonly set: ByteClass;
    /** By how many bits each byte of it makes a run rarer. */
    readonly bits: number;
  }
  const kinds = new Map<ByteNode, Kind | undefined>();
  const makeKind = (node: ByteNode): Kind | undefined => {
    const bytes = bytesOf(node);
    if (bytes === undefined) return undefined;
    const set = table.classOf(bytes);
    let share = 0;
    for (const byte of set.members) share += first[byte] ?? 0;
    return { set, bits: -Math.log2(Math.min(0.999, share)) };
  };
  const kindOf = (node: ByteNode): Kind | undefined => {
    let kind = kinds.get(node);
    if (kind === undefined && !kinds.has(node)) kinds.set(node, (kind = makeKind(node)));
    return kind;
  };
  return (items, windowAt) => {
    let best: Run | undefined;
    let bestBits = WORTH_BITS;
    let from = 0;
    let to = 0;
    for (let at = windowAt; at < items.length && to <= FURTHEST; at++) {
      const item = items[at];
      if (item === undefined) break;
      const kind = item.kind === 'repeat' && item.min >= SHORTEST ? kindOf(item.node) : undefined;
      if (kind !== undefined && item.kind === 'repeat' && item.min * kind.bits > bestBits) {
        bestBits = item.min * kind.bits;
        best = { set: kind.set, length: item.min, from, to };
      }
      from += item.shortest;
      to += item.longest;
    }
    return best;
  };
};
