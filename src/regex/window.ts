import { byteLengths, type ByteClass, type ByteNode, type ClassTable } from './bytes.ts';
import { frequencies } from './frequency.ts';

const WINDOW = 4;
const MAX_GRAMS = 20_000; // of one window
const MAX_SEQUENCES = 256;
const MAX_DISTANCE = 6000; // bytes from the start of a match to its window
const RARE_ENOUGH = 1e-7;
const FEW_GRAMS = 512;

/** Four classes of bytes in a row. */
export type Sequence = readonly [ByteClass, ByteClass, ByteClass, ByteClass];

/** A place every match of a branch passes: four bytes out of `sequences`, `min` to `max` bytes after the match begins. */
export interface Window {
  /** Index into the branch's items at which the window starts. */
  readonly at: number;
  readonly sequences: readonly Sequence[];
  readonly grams: number;
  /** Share of positions of ordinary text at which such four bytes stand. */
  readonly cost: number;
  readonly min: number;
  readonly max: number;
}

export interface Branch {
  readonly items: readonly ByteNode[];
  readonly window: Window;
}

type Rest = { readonly node: ByteNode; readonly next: Rest } | undefined;

const push = (items: readonly ByteNode[], from: number, next: Rest): Rest => {
  let rest = next;
  for (let i = items.length - 1; i >= from; i--) {
    const node = items[i];
    if (node !== undefined) rest = { node, next: rest };
  }
  return rest;
};

/** Search for windows, with what is shared by all rules of one compilation. */
export interface WindowSearch {
  /**
   * Splits a pattern into branches that each have a window; undefined when some way through the pattern has none that is
   * rarer than `limit`.
   */
  branches(tree: ByteNode, limit: number): readonly Branch[] | undefined;
}

export const windowSearch = (table: ClassTable): WindowSearch => {
  const { first, next, fours } = frequencies();
  const costs = new Map<string, number>();

  // Words that stand everywhere (const, node, self) are known by themselves; the rest is told by pairs.
  const words = ([a, b, c, d]: Sequence): number => {
    let share = 0;
    for (const w of a.members)
      for (const x of b.members)
        for (const y of c.members) {
          const low = w | (x << 8) | (y << 16);
          for (const z of d.members) share += fours.get((low | (z << 24)) >>> 0) ?? 0;
        }
    return share;
  };

  const costOf = (sequence: Sequence): number => {
    const key = `${sequence[0].id},${sequence[1].id},${sequence[2].id},${sequence[3].id}`;
    const known = costs.get(key);
    if (known !== undefined) return known;
    let members = sequence[0].members;
    let weights = Float64Array.from(members, (byte) => first[byte] ?? 0);
    for (let k = 1; k < WINDOW; k++) {
      const to = (sequence[k] ?? sequence[0]).members;
      const sums = new Float64Array(to.length);
      for (let i = 0; i < members.length; i++) {
        const weight = weights[i] ?? 0;
        const row = (members[i] ?? 0) * 256;
        for (let j = 0; j < to.length; j++) sums[j] = (sums[j] ?? 0) + weight * (next[row + (to[j] ?? 0)] ?? 0);
      }
      members = to;
      weights = sums;
    }
    let cost = 0;
    for (const weight of weights) cost += weight;
    if (sequence.reduce((product, set) => product * set.members.length, 1) <= FEW_GRAMS) cost = Math.max(cost, words(sequence));
    costs.set(key, cost);
    return cost;
  };

  // All class sequences with which the pattern can go on; undefined when they are too many.
  const sequencesFrom = (start: Rest): { sequences: Sequence[]; grams: number } | undefined => {
    const sequences: Sequence[] = [];
    const taken: ByteClass[] = [];
    let grams = 0;
    const finish = (product: number): boolean => {
      const padded = product * 256 ** (WINDOW - taken.length);
      grams += padded;
      const [a = table.any, b = table.any, c = table.any, d = table.any] = taken;
      sequences.push([a, b, c, d]);
      return grams <= MAX_GRAMS && sequences.length <= MAX_SEQUENCES;
    };
    const walk = (rest: Rest, product: number): boolean => {
      if (product > MAX_GRAMS) return false;
      if (taken.length === WINDOW || rest === undefined) return finish(product);
      const { node, next: after } = rest;
      switch (node.kind) {
        case 'assert':
          return walk(after, product);
        case 'set': {
          taken.push(node.set);
          // After a wide class nothing is known about where the next byte stands.
          const fine = node.set.wide ? finish(product * node.set.members.length) : walk(after, product * node.set.members.length);
          taken.pop();
          return fine;
        }
        case 'cat':
          return walk(push(node.items, 0, after), product);
        case 'alt': {
          for (const item of node.items) if (!walk({ node: item, next: after }, product)) return false;
          return true;
        }
        case 'repeat': {
          if (node.min === 0 && !walk(after, product)) return false;
          if (node.max === 0) return true;
          const less: ByteNode = { kind: 'repeat', node: node.node, min: Math.max(0, node.min - 1), max: node.max - 1 };
          if (byteLengths(node.node)[0] === 0) return false; // an empty body could repeat without end
          return walk({ node: node.node, next: { node: less, next: after } }, product);
        }
      }
    };
    return walk(start, 1) ? { sequences, grams } : undefined;
  };

  const bestWindow = (items: readonly ByteNode[]): Window | undefined => {
    let best: Window | undefined;
    let bestScore = Infinity;
    let min = 0;
    let max = 0;
    for (let at = 0; at < items.length && max <= MAX_DISTANCE; at++) {
      const item = items[at];
      if (item === undefined) break;
      if (item.kind !== 'assert') {
        const found = sequencesFrom(push(items, at, undefined));
        if (found !== undefined) {
          let cost = 0;
          for (const sequence of found.sequences) cost += costOf(sequence);
          const score = cost * (1 + max * 0.01) + found.grams * 5e-8;
          if (score < bestScore) {
            bestScore = score;
            best = { at, sequences: found.sequences, grams: found.grams, cost, min, max };
          }
        }
      }
      const [a, b] = byteLengths(item);
      min += a;
      max += b;
    }
    return best;
  };

  const hasLetters = (node: ByteNode): boolean => {
    switch (node.kind) {
      case 'set':
        return node.set.members.length <= 2;
      case 'assert':
        return false;
      case 'repeat':
        return node.min > 0 && hasLetters(node.node);
      case 'cat':
      case 'alt':
        return node.items.some(hasLetters);
    }
  };

  const replaceAt = (items: readonly ByteNode[], at: number, node: ByteNode): ByteNode[] => [
    ...items.slice(0, at),
    ...(node.kind === 'cat' ? node.items : [node]),
    ...items.slice(at + 1),
  ];

  // Alternations are multiplied out only where that makes the windows much rarer.
  const split = (items: readonly ByteNode[], depth: number): Branch[] | undefined => {
    const single = items.length === 1 ? items[0] : undefined;
    if (single?.kind === 'alt')
      return splitAll(
        single.items.map((item) => (item.kind === 'cat' ? item.items : [item])),
        depth + 1,
      );
    const base = bestWindow(items);
    if (base !== undefined && base.cost < RARE_ENOUGH) return [{ items, window: base }];
    let best: { cost: number; parts: ByteNode[][] } | undefined;
    let tries = 0;
    for (let at = 0; at < items.length && tries < 3 && depth < 6; at++) {
      const item = items[at];
      if (item?.kind !== 'alt' || item.items.length > 64 || !hasLetters(item)) continue;
      tries++;
      const parts = item.items.map((choice) => replaceAt(items, at, choice));
      let cost = 0;
      for (const part of parts) cost += bestWindow(part)?.cost ?? Infinity;
      if (cost < (best?.cost ?? (base === undefined ? Infinity : base.cost / 4))) best = { cost, parts };
    }
    if (best !== undefined) {
      const parts = splitAll(best.parts, depth + 1);
      if (parts !== undefined) return parts;
    }
    return base === undefined ? undefined : [{ items, window: base }];
  };

  const splitAll = (parts: readonly (readonly ByteNode[])[], depth: number): Branch[] | undefined => {
    const out: Branch[] = [];
    for (const part of parts) {
      const branches = split(part, depth);
      if (branches === undefined || out.length > 200) return undefined;
      out.push(...branches);
    }
    return out;
  };

  return {
    branches: (tree, limit) => {
      const branches = split(tree.kind === 'cat' ? tree.items : [tree], 0);
      return branches?.every((branch) => branch.window.cost <= limit) === true ? branches : undefined;
    },
  };
};
