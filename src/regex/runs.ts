import { byteLengths, type ByteClass, type ByteNode, type ClassTable } from './bytes.ts';
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

/** The run behind the window that is rarest in ordinary text; undefined where there is none worth looking for. */
export const rarestRun = (items: readonly ByteNode[], windowAt: number, table: ClassTable): Run | undefined => {
  const { first } = frequencies();
  let best: Run | undefined;
  let bestBits = WORTH_BITS;
  let from = 0;
  let to = 0;
  for (const item of items.slice(windowAt)) {
    if (to > FURTHEST) break;
    const bytes = item.kind === 'repeat' && item.min >= SHORTEST ? bytesOf(item.node) : undefined;
    if (bytes !== undefined && item.kind === 'repeat') {
      const set = table.of(bytes);
      let share = 0;
      for (const byte of set.members) share += first[byte] ?? 0;
      const bits = -item.min * Math.log2(Math.min(0.999, share));
      if (bits > bestBits) {
        bestBits = bits;
        best = { set, length: item.min, from, to };
      }
    }
    const [a, b] = byteLengths(item);
    from += a;
    to += b;
  }
  return best;
};
