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

interface Stretch {
  readonly bytes: readonly number[];
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/** One stretch that stands wherever one of them does. */
const joined = (a: Stretch, b: Stretch): Stretch => ({
  bytes: [...a.bytes, ...b.bytes],
  length: Math.min(a.length, b.length),
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
});

/** The first long run that all texts of a node have, and where in them it begins; of alternatives the shortest of all. */
const runIn = (node: ByteNode): Stretch | undefined => {
  if (node.kind === 'repeat') {
    const bytes = node.min >= SHORTEST ? bytesOf(node.node) : undefined;
    return bytes === undefined ? undefined : { bytes, length: node.min, from: 0, to: 0 };
  }
  if (node.kind === 'cat') {
    let [from, to] = [0, 0];
    for (const item of node.items) {
      const run = runIn(item);
      if (run !== undefined) return { ...run, from: from + run.from, to: to + run.to };
      from += item.shortest;
      to += item.longest;
    }
    return undefined;
  }
  if (node.kind !== 'alt') return undefined;
  let all: Stretch | undefined;
  for (const item of node.items) {
    const run = runIn(item);
    if (run === undefined) return undefined;
    all = all === undefined ? run : joined(all, run);
  }
  return all;
};

/** Finds the run behind a window that is rarest in ordinary text; undefined where there is none worth looking for. */
export const runSearch = (table: ByteTable): ((items: readonly ByteNode[], windowAt: number) => Run | undefined) => {
  const { first } = frequencies();
  interface Kind {
    readonly run: Run;
    /** By how many bits it is rarer than nothing. */
    readonly bits: number;
  }
  const kinds = new Map<ByteNode, Kind | undefined>();
  const makeKind = (node: ByteNode): Kind | undefined => {
    const stretch = runIn(node);
    if (stretch === undefined) return undefined;
    const { bytes, length, from, to } = stretch;
    const set = table.classOf(bytes);
    let share = 0;
    for (const byte of set.members) share += first[byte] ?? 0;
    return { run: { set, length, from, to }, bits: -length * Math.log2(Math.min(0.999, share)) };
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
      const kind = kindOf(item);
      if (kind !== undefined && kind.bits > bestBits && to + kind.run.to <= FURTHEST) {
        bestBits = kind.bits;
        best = { ...kind.run, from: from + kind.run.from, to: to + kind.run.to };
      }
      from += item.shortest;
      to += item.longest;
    }
    return best;
  };
};
