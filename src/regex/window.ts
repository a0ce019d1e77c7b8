import type { ByteClass, ByteNode, ByteTable } from './bytes.ts';
import { sequenceCosts, type Sequence } from './sequence-costs.ts';

const WINDOW = 4;
const MAX_GRAMS = 20_000; // of one window
const MAX_SEQUENCES = 256;
const MAX_DISTANCE = 6000; // bytes from the start of a match to its window
const RARE_ENOUGH = 1e-7;
const MANY_TAILS = 2 ** 24;

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

/** What a pattern can go on with. */
type Rest = { readonly node: ByteNode; readonly next: Rest } | undefined;

/** What a pattern goes on with from one of its items; equal ones are the same object within one search, so that rules of one shape share them. */
interface Tail {
  readonly id: number;
  readonly node: ByteNode;
  readonly next: Tail | undefined;
  /** undefined: not looked at so far; false: no window can stand here. */
  found: Found | false | undefined;
}

type Found = Pick<Window, 'sequences' | 'grams' | 'cost'>;

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
  branches(items: readonly ByteNode[], limit: number): readonly Branch[] | undefined;
}

export const windowSearch = (table: ByteTable): WindowSearch => {
  const costOf = sequenceCosts();
  const tails = new Map<number, Tail>();

  // All class sequences with which the pattern can go on; undefined when they are too many.
  const sequencesFrom = (start: Rest): { sequences: Sequence[]; grams: number } | undefined => {
    const sequences: Sequence[] = [];
    const taken: ByteClass[] = [];
    let grams = 0;
    const finish = (product: number): boolean => {
      const padded = product * 256 ** (WINDOW - taken.length);
      grams += padded;
      const { any } = table;
      sequences.push([taken[0] ?? any, taken[1] ?? any, taken[2] ?? any, taken[3] ?? any]);
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
          if (node.node.shortest === 0) return false; // an empty body could repeat without end
          const less = table.repeat(node.node, Math.max(0, node.min - 1), node.max - 1);
          return walk({ node: node.node, next: { node: less, next: after } }, product);
        }
      }
    };
    return walk(start, 1) ? { sequences, grams } : undefined;
  };

  /** The sequence of a tail that begins with four plain bytes or narrow classes: that is what most windows are. */
  const plainSequence = (tail: Tail): { sequences: Sequence[]; grams: number } | undefined => {
    const [a, b, c, d] = [tail.node, tail.next?.node, tail.next?.next?.node, tail.next?.next?.next?.node];
    if (a.kind !== 'set' || b?.kind !== 'set' || c?.kind !== 'set' || d?.kind !== 'set') return undefined;
    if (a.set.wide || b.set.wide || c.set.wide) return undefined;
    const grams = a.set.members.length * b.set.members.length * c.set.members.length * d.set.members.length;
    return grams > MAX_GRAMS ? undefined : { sequences: [[a.set, b.set, c.set, d.set]], grams };
  };

  const windowAt = (tail: Tail): Found | false => {
    const found = plainSequence(tail) ?? sequencesFrom(tail);
    if (found === undefined) return false;
    let cost = 0;
    for (const sequence of found.sequences) cost += costOf(sequence);
    return { ...found, cost };
  };

  /** What goes on from each item. */
  const tailsOf = (items: readonly ByteNode[]): readonly Tail[] => {
    const out: Tail[] = [];
    let tail: Tail | undefined;
    for (let at = items.length - 1; at >= 0; at--) {
      const node = items[at];
      if (node === undefined) continue;
      const key = node.id * MANY_TAILS + (tail === undefined ? 0 : tail.id + 1);
      let known = tails.get(key);
      if (known === undefined) tails.set(key, (known = { id: tails.size, node, next: tail, found: undefined }));
      out[at] = tail = known;
    }
    return out;
  };

  const bestWindow = (items: readonly ByteNode[]): Window | undefined => {
    const all = tailsOf(items);
    let best: { readonly at: number; readonly found: Found; readonly min: number; readonly max: number } | undefined;
    let bestScore = Infinity;
    let min = 0;
    let max = 0;
    for (let at = 0; at < all.length && max <= MAX_DISTANCE; at++) {
      const tail = all[at];
      if (tail === undefined) break;
      if (tail.node.kind !== 'assert') {
        const found = (tail.found ??= windowAt(tail));
        const score = found === false ? Infinity : found.cost * (1 + max * 0.01) + found.grams * 5e-8;
        if (found !== false && score < bestScore) {
          bestScore = score;
          best = { at, found, min, max };
        }
      }
      min += tail.node.shortest;
      max += tail.node.longest;
    }
    return best === undefined ? undefined : { at: best.at, ...best.found, min: best.min, max: best.max };
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
    branches: (items, limit) => {
      const branches = split(items, 0);
      return branches?.every((branch) => branch.window.cost <= limit) === true ? branches : undefined;
    },
  };
};
