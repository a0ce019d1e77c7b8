import { byteLengths, type ByteNode } from './bytes.ts';

/** Deterministic automaton over bytes. Row 0 is dead, row 1 accepts; `start` may be either. */
export interface Automaton {
  /** Class of each byte. */
  readonly classes: Uint8Array;
  readonly classCount: number;
  /** Next row at row * classCount + class; rows 0 and 1 are not stored: row r stands at (r - 2). */
  readonly rows: Uint16Array;
  readonly start: number;
}

const DEAD = 0;
const ACCEPT = 1;
const LONG_REPEAT = 3; // a repeat that varies by more is taken as unlimited

interface Position {
  readonly has: Uint8Array | undefined; // undefined: an empty step
  a: number;
  b: number;
}

/** How much an automaton may take; more tells candidates apart better and compiles longer. */
export interface Effort {
  /** Bytes looked ahead. */
  readonly budget: number;
  readonly states: number;
  readonly positions: number;
}
/** For rules that are compiled while somebody waits. */
export const QUICK: Effort = { budget: 16, states: 64, positions: 600 };
/** For rules that are compiled once and shipped. @public scripts/rules.mjs */
export const THOROUGH: Effort = { budget: 24, states: 500, positions: 3000 };

class TooLarge extends Error {}

/** Cuts what comes after the first `budget` bytes of the shortest match. */
const truncate = (items: readonly ByteNode[], budget: number): ByteNode[] => {
  const out: ByteNode[] = [];
  let length = 0;
  for (const item of items) {
    if (length >= budget) break;
    const [min] = byteLengths(item);
    if (item.kind === 'repeat' && length + min >= budget) {
      const [unit] = byteLengths(item.node);
      const count = Math.min(item.min, Math.max(1, Math.ceil((budget - length) / Math.max(1, unit))));
      out.push({ ...item, min: count, max: count });
      break;
    }
    out.push(item);
    length += min;
  }
  return out;
};

const build = (items: readonly ByteNode[], most: number): { positions: Position[]; start: number; accept: number } => {
  const positions: Position[] = [];
  const add = (has: Uint8Array | undefined, a: number, b: number): number => {
    if (positions.length >= most) throw new TooLarge();
    return positions.push({ has, a, b }) - 1;
  };
  const accept = add(undefined, -1, -1);
  const loop = (node: ByteNode, after: number): number => {
    const at = add(undefined, -1, after);
    const body = make(node, at);
    const position = positions[at];
    if (position !== undefined) position.a = body;
    return at;
  };
  const make = (node: ByteNode, after: number): number => {
    switch (node.kind) {
      case 'assert':
        return after;
      case 'set': {
        if (!node.set.wide) return add(node.set.has, after, -1);
        const high = new Uint8Array(256).fill(1, 128);
        const low = Uint8Array.from(node.set.has);
        low.fill(0, 128);
        const again = add(undefined, -1, after);
        const run = add(high, again, -1);
        const position = positions[again];
        if (position !== undefined) position.a = run;
        return add(undefined, add(low, after, -1), run);
      }
      case 'cat':
        return node.items.reduceRight((next, item) => make(item, next), after);
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
  return { positions, start: make({ kind: 'cat', items }, accept), accept };
};

const byteClasses = (positions: readonly Position[]): { classes: Uint8Array; examples: number[] } => {
  // Refines one partition by each distinct set; 256 bytes, few sets.
  const classes = new Uint8Array(256);
  let count = 1;
  for (const has of new Set(positions.map((position) => position.has))) {
    if (has === undefined) continue;
    const split = new Map<number, number>();
    const kept = new Map<number, number>();
    for (let byte = 0; byte < 256; byte++) {
      const old = classes[byte] ?? 0;
      const map = has[byte] === 1 ? split : kept;
      let to = map.get(old);
      if (to === undefined) {
        const other = has[byte] === 1 ? kept : split;
        to = other.has(old) ? count++ : old;
        map.set(old, to);
      }
      classes[byte] = to;
    }
  }
  const examples: number[] = [];
  for (let byte = 255; byte >= 0; byte--) examples[classes[byte] ?? 0] = byte;
  return { classes, examples };
};

/**
 * An automaton that accepts at least every text that begins as `items` do; undefined when it would say nothing or grow too large. Looks less far
 * ahead where looking as far as asked would take too much.
 */
export const prefixAutomaton = (items: readonly ByteNode[], effort: Effort): Automaton | undefined => {
  for (let { budget } = effort; budget >= 3; budget = Math.floor(budget * 0.75)) {
    try {
      return determine(build(truncate(items, budget), effort.positions), effort.states);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  return undefined;
};

const determine = (
  { positions, start, accept }: { positions: readonly Position[]; start: number; accept: number },
  most: number,
): Automaton | undefined => {
  const { classes, examples } = byteClasses(positions);
  const classCount = examples.length;
  const mark = new Uint32Array(positions.length);
  let round = 0;
  const stack: number[] = [];
  /** Follows empty steps; undefined when the end is reached. */
  const close = (from: readonly number[]): number[] | undefined => {
    round++;
    const out: number[] = [];
    for (const id of from) stack.push(id);
    let accepted = false;
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (id < 0 || mark[id] === round) continue;
      mark[id] = round;
      if (id === accept) accepted = true;
      const position = positions[id];
      if (position === undefined) continue;
      if (position.has === undefined) stack.push(position.a, position.b);
      else out.push(id);
    }
    return accepted ? undefined : out.sort((a, b) => a - b);
  };
  const known = new Map<string, number>();
  const queue: (readonly number[])[] = [];
  const rowOf = (set: readonly number[] | undefined): number => {
    if (set === undefined) return ACCEPT;
    if (set.length === 0) return DEAD;
    const key = String.fromCharCode(...set);
    const found = known.get(key);
    if (found !== undefined) return found;
    if (queue.length >= most) throw new TooLarge();
    queue.push(set);
    known.set(key, queue.length + 1);
    return queue.length + 1;
  };
  const first = rowOf(close([start]));
  if (first === ACCEPT) return undefined;
  const rows: number[] = [];
  for (let state = 0; state < queue.length; state++) {
    const set = queue[state] ?? [];
    for (let cls = 0; cls < classCount; cls++) {
      const byte = examples[cls] ?? 0;
      const to: number[] = [];
      for (const id of set) {
        const position = positions[id];
        if (position?.has?.[byte] === 1) to.push(position.a);
      }
      rows.push(rowOf(to.length === 0 ? [] : close(to)));
    }
  }
  return minimise({ classes, classCount, rows: Uint16Array.from(rows), start: first });
};

/** Joins states that no text tells apart (Moore's algorithm), then classes of bytes that no state tells apart. */
const minimise = ({ classes, classCount, rows, start }: Automaton): Automaton => {
  const states = rows.length / classCount;
  let group = new Uint16Array(states + 2).fill(2);
  group[DEAD] = DEAD;
  group[ACCEPT] = ACCEPT;
  for (let count = 1; ;) {
    const next = new Uint16Array(states + 2);
    next[ACCEPT] = ACCEPT;
    const known = new Map<string, number>();
    for (let state = 0; state < states; state++) {
      let key = String.fromCharCode(group[state + 2] ?? 0);
      for (let cls = 0; cls < classCount; cls++) key += String.fromCharCode(group[rows[state * classCount + cls] ?? 0] ?? 0);
      let to = known.get(key);
      if (to === undefined) {
        to = known.size + 2;
        known.set(key, to);
      }
      next[state + 2] = to;
    }
    group = next;
    if (known.size === count) break;
    count = known.size;
  }
  // One state of each group stands for it, in the order of the groups.
  const members: number[] = [];
  for (let state = 0; state < states; state++) members[(group[state + 2] ?? 2) - 2] ??= state;
  const columns = new Map<string, number>();
  const columnOf: number[] = [];
  const kept: number[] = [];
  for (let cls = 0; cls < classCount; cls++) {
    const key = String.fromCharCode(...members.map((state) => group[rows[state * classCount + cls] ?? 0] ?? 0));
    let column = columns.get(key);
    if (column === undefined) {
      column = columns.size;
      columns.set(key, column);
      kept.push(cls);
    }
    columnOf.push(column);
  }
  const out = new Uint16Array(members.length * kept.length);
  let at = 0;
  for (const state of members) for (const cls of kept) out[at++] = group[rows[state * classCount + cls] ?? 0] ?? 0;
  return { classes: classes.map((cls) => columnOf[cls] ?? 0), classCount: kept.length, rows: out, start: group[start] ?? DEAD };
};
