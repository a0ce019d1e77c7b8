import { overlaps, union, type Ranges } from './ranges.ts';
import type { Node } from './tree.ts';

/**
 * How often a backtracking engine may try again at one starting point, on text of `WIDE` characters: the product of all repeats that can give
 * characters to what follows them. Infinity: it grows exponentially. The engine hands patterns over `RISKY` to a linear matcher.
 */
export const RISKY = 5_000_000;
const WIDE = 4096;
const SHORT_LOOP = 4; // a loop of so few rounds is multiplied out instead of called exponential

interface Facts {
  readonly first: Ranges;
  readonly all: Ranges;
  readonly nullable: boolean;
  readonly fixed: boolean; // one length only
  /** Characters that a repeat at its end could still take. */
  readonly tail: Ranges;
  readonly work: number;
}

const EMPTY: Ranges = [];

const sequence = (items: readonly Facts[]): Facts => {
  let first = EMPTY;
  let nullable = true;
  let work = 1;
  for (const item of items) {
    if (nullable) first = union(first, item.first);
    nullable &&= item.nullable;
    work *= item.work;
  }
  let tail = EMPTY;
  let follow = EMPTY;
  let open = true; // everything after is nullable
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item === undefined) continue;
    // A part of variable length that can hand characters to what follows is tried once per length.
    if (!item.fixed && overlaps(item.tail, follow)) work *= lengthsOf(item);
    if (open) tail = union(tail, item.tail);
    open &&= item.nullable;
    follow = item.nullable ? union(item.first, follow) : item.first;
  }
  return { first, all: union(...items.map((item) => item.all)), nullable, fixed: items.every((item) => item.fixed), tail, work };
};

const spans = new WeakMap<Facts, number>();
const lengthsOf = (facts: Facts): number => spans.get(facts) ?? 2;

const repeat = (body: Facts, min: number, max: number): Facts => {
  const rounds = Math.min(max, WIDE);
  let work = body.work;
  const loops = rounds > 1;
  if (loops && body.nullable && !body.fixed) work = rounds > SHORT_LOOP ? Infinity : work ** rounds;
  else if (loops && overlaps(body.tail, body.first) && !body.fixed)
    work = rounds > SHORT_LOOP ? Infinity : (work * lengthsOf(body)) ** rounds;
  else if (loops && work > 1) work = rounds > SHORT_LOOP ? Infinity : work ** rounds;
  const facts: Facts = {
    first: body.first,
    all: body.all,
    nullable: min === 0 || body.nullable,
    fixed: body.fixed && min === max,
    tail: min === max ? body.tail : union(body.tail, body.first),
    work,
  };
  spans.set(facts, (rounds - min + 1) * lengthsOf(body));
  return facts;
};

const alternation = (items: readonly Facts[], lengthsEqual: boolean): Facts => {
  let work = 1;
  let clash = false;
  for (const [i, item] of items.entries()) {
    work = Math.max(work, item.work);
    clash ||= items.slice(i + 1).some((other) => overlaps(item.first, other.first));
  }
  const all = union(...items.map((item) => item.all));
  const facts: Facts = {
    first: union(...items.map((item) => item.first)),
    all,
    nullable: items.some((item) => item.nullable),
    fixed: lengthsEqual && items.every((item) => item.fixed),
    // Two ways that begin alike and differ in length hand characters over as a repeat does.
    tail: clash && !lengthsEqual ? all : union(...items.map((item) => item.tail)),
    work,
  };
  spans.set(facts, Math.max(items.length, ...items.map(lengthsOf)));
  return facts;
};

const shape = (node: Node): { readonly facts: Facts; readonly length: number | undefined } => {
  switch (node.kind) {
    case 'set': {
      const facts: Facts = { first: node.ranges, all: node.ranges, nullable: false, fixed: true, tail: EMPTY, work: 1 };
      spans.set(facts, 1);
      return { facts, length: 1 };
    }
    case 'assert': {
      const facts: Facts = { first: EMPTY, all: EMPTY, nullable: true, fixed: true, tail: EMPTY, work: 1 };
      spans.set(facts, 1);
      return { facts, length: 0 };
    }
    case 'capture':
      return shape(node.node);
    case 'repeat': {
      const body = shape(node.node);
      return {
        facts: repeat(body.facts, node.min, node.max),
        length: body.length !== undefined && node.min === node.max ? body.length * node.min : undefined,
      };
    }
    case 'cat': {
      const parts = node.items.map(shape);
      const facts = sequence(parts.map((part) => part.facts));
      // Only what stands at the open end can hand characters on.
      let span = 1;
      for (let i = parts.length - 1, open = true; open && i >= 0; i--) {
        const part = parts[i]?.facts;
        if (part === undefined) continue;
        if (!part.fixed) span *= lengthsOf(part);
        open = part.nullable;
      }
      spans.set(facts, span);
      let length: number | undefined = 0;
      for (const part of parts) length = length === undefined || part.length === undefined ? undefined : length + part.length;
      return { facts, length };
    }
    case 'alt': {
      const parts = node.items.map(shape);
      const length = parts[0]?.length;
      const equal = length !== undefined && parts.every((part) => part.length === length);
      return {
        facts: alternation(
          parts.map((part) => part.facts),
          equal,
        ),
        length: equal ? length : undefined,
      };
    }
  }
};

/** Retries a backtracking matcher may need at one starting point; see RISKY. */
export const backtracking = (node: Node): number => shape(node).facts.work;

/** True when a capture stands inside a loop: JavaScript forgets it with each round, RE2 keeps the last. */
export const capturesInLoop = (node: Node, inLoop = false): boolean => {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return false;
    case 'capture':
      return inLoop || capturesInLoop(node.node, inLoop);
    case 'repeat':
      return capturesInLoop(node.node, inLoop || node.max > 1);
    case 'cat':
    case 'alt':
      return node.items.some((item) => capturesInLoop(item, inLoop));
  }
};

/** The code points a match can begin with; undefined when it can be empty. */
export const firstSet = (node: Node): Ranges | undefined => {
  const { facts } = shape(node);
  return facts.nullable ? undefined : facts.first;
};
