import { groupsOf, partitions, type Groups, type Partition } from './byte-groups.ts';
import type { ByteClass, ByteNode, ByteTable } from './bytes.ts';
import { ACCEPT, DEAD, minimise, type Automaton } from './minimal.ts';

export type { Automaton } from './minimal.ts';

const LONG_REPEAT = 3; // a repeat that varies by more is taken as unlimited

/** How much an automaton may take; more tells candidates apart better and compiles longer. */
export interface Effort {
  /** Bytes looked ahead. */
  readonly budget: number;
  readonly states: number;
  readonly positions: number;
  /** States that no text tells apart are joined. */
  readonly minimal: boolean;
  /** For what stands so rarely that there are few candidates to tell apart; undefined: the same. */
  readonly whenRare?: Effort;
}
const BRIEF: Effort = { budget: 8, states: 32, positions: 300, minimal: false };
/** For rules that are compiled while somebody waits. */
export const QUICK: Effort = { budget: 16, states: 64, positions: 600, minimal: true, whenRare: BRIEF };
/** For rules that are compiled once and shipped. @public scripts/rules.mjs */
export const THOROUGH: Effort = { budget: 24, states: 500, positions: 3000, minimal: true, whenRare: QUICK };

class TooLarge extends Error {}

/** Steps of a nondeterministic automaton: one over a byte of a class to `a`, or an empty one to `a` and `b`. Numbers below 0 lead nowhere. */
interface Steps {
  readonly sets: readonly (ByteClass | undefined)[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly start: number;
}

const END = 0; // the step at which everything is accepted

/** Cuts what comes after the first `budget` bytes of the shortest match, and assertions, which say nothing about bytes. */
const truncate = (items: readonly ByteNode[], budget: number, table: ByteTable): ByteNode[] => {
  const out: ByteNode[] = [];
  let length = 0;
  for (const item of items) {
    if (length >= budget) break;
    if (item.kind === 'assert') continue;
    if (item.kind === 'repeat' && length + item.shortest >= budget) {
      const count = Math.min(item.min, Math.max(1, Math.ceil((budget - length) / Math.max(1, item.node.shortest))));
      out.push(table.repeat(item.node, count, count));
      break;
    }
    out.push(item);
    length += item.shortest;
  }
  return out;
};

const build = (items: readonly ByteNode[], most: number, table: ByteTable): Steps => {
  const sets: (ByteClass | undefined)[] = [undefined];
  const a: number[] = [-1];
  const b: number[] = [-1];
  const add = (set: ByteClass | undefined, to: number, or: number): number => {
    if (sets.length >= most) throw new TooLarge();
    a.push(to);
    b.push(or);
    return sets.push(set) - 1;
  };
  const loop = (node: ByteNode, after: number): number => {
    const at = add(undefined, -1, after);
    a[at] = make(node, at);
    return at;
  };
  const inOrder = (nodes: readonly ByteNode[], after: number): number => {
    let next = after;
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      if (node !== undefined) next = make(node, next);
    }
    return next;
  };
  const make = (node: ByteNode, after: number): number => {
    switch (node.kind) {
      case 'assert':
        return after;
      case 'set': {
        if (!node.set.wide) return add(node.set, after, -1);
        const again = add(undefined, -1, after);
        const run = add(table.beyond, again, -1);
        a[again] = run;
        return add(undefined, add(table.asciiOf(node.set), after, -1), run);
      }
      case 'cat':
        return inOrder(node.items, after);
      case 'alt': {
        let at = -1;
        for (const item of node.items) {
          const branch = make(item, after);
          at = at < 0 ? branch : add(undefined, at, branch);
        }
        return at < 0 ? after : at;
      }
      case 'repeat': {
        let at = after;
        if (node.max === Infinity || node.max - node.min > LONG_REPEAT) at = loop(node.node, after);
        else for (let i = node.min; i < node.max; i++) at = add(undefined, make(node.node, at), after);
        for (let i = 0; i < node.min; i++) at = make(node.node, at);
        return at;
      }
    }
  };
  return { sets, a, b, start: inOrder(items, END) };
};

/** Makes automata, with what is shared by all of one compilation. */
export type AutomatonSearch = (items: readonly ByteNode[], effort: Effort) => Automaton | undefined;

/**
 * Makes automata that accept at least every text that begins as the items do; undefined for one that would say nothing or grow too large. One
 * looks less far ahead where looking as far as asked would take too much.
 */
export const automatonSearch = (table: ByteTable): AutomatonSearch => {
  const partitionOf = partitions();
  const known = new Map<string, Automaton | undefined>();

  const search: AutomatonSearch = (items, { budget: far, positions, states, minimal }) => {
    for (let budget = far; budget >= 3; budget = Math.floor(budget * 0.75)) {
      const cut = truncate(items, budget, table);
      try {
        const automaton = determine(build(cut, positions, table), partitionOf, states);
        return automaton === undefined || !minimal ? automaton : minimise(automaton);
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error;
      }
    }
    return undefined;
  };

  return (items, effort) => {
    let key = `${effort.budget},${effort.states}:`;
    for (const { id } of truncate(items, effort.budget, table)) key += `${id},`;
    if (known.has(key)) return known.get(key);
    const automaton = search(items, effort);
    known.set(key, automaton);
    return automaton;
  };
};

/** Subset construction. States are numbered in the order in which they are found from the start, classes in their order. */
const determine = (
  { sets, a, b, start }: Steps,
  partitionOf: (sets: readonly ByteClass[]) => Partition,
  most: number,
): Automaton | undefined => {
  const distinct: ByteClass[] = [];
  const kinds = sets.map((set) => {
    if (set === undefined) return -1;
    const known = distinct.indexOf(set);
    return known < 0 ? distinct.push(set) - 1 : known;
  });
  const partition = partitionOf(distinct);
  const { classes, count } = partition;
  const mark = new Uint32Array(sets.length);
  let round = 0;
  /** Follows empty steps; undefined when the end is reached. */
  const close = (stack: number[]): number[] | undefined => {
    round++;
    const out: number[] = [];
    let accepted = false;
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (id < 0 || mark[id] === round) continue;
      mark[id] = round;
      if (id === END) accepted = true;
      else if ((kinds[id] ?? 0) < 0) stack.push(a[id] ?? -1, b[id] ?? -1);
      else out.push(id);
    }
    return accepted ? undefined : out.sort((x, y) => x - y);
  };
  const known = new Map<string, number>();
  const queue: (readonly number[])[] = [];
  const rowOf = (from: number[]): number => {
    const set = close(from);
    if (set === undefined) return ACCEPT;
    if (set.length === 0) return DEAD;
    const key = String.fromCharCode(...set);
    const found = known.get(key);
    if (found !== undefined) return found;
    if (queue.length >= most) throw new TooLarge();
    known.set(key, queue.push(set) + 1);
    return queue.length + 1;
  };
  /** Where the bytes of each group lead from a state. */
  const targets = (set: readonly number[], groups: Groups): number[] =>
    groups.sets.map((flags, group) => {
      if (group === 0) return DEAD;
      const from: number[] = [];
      for (const id of set) if (flags[kinds[id] ?? 0] === 1) from.push(a[id] ?? -1);
      return rowOf(from);
    });
  const first = rowOf([start]);
  if (first === ACCEPT) return undefined;
  const rows = new Uint16Array(most * count);
  for (let state = 0; state < queue.length; state++) {
    const set = queue[state] ?? [];
    const own: number[] = [];
    for (const id of set) if (!own.includes(kinds[id] ?? 0)) own.push(kinds[id] ?? 0);
    const groups = groupsOf(partition, own);
    const to = targets(set, groups);
    for (let cls = 0; cls < count; cls++) rows[state * count + cls] = to[groups.of[cls] ?? 0] ?? DEAD;
  }
  return { classes, classCount: count, rows: rows.slice(0, queue.length * count), start: first };
};
