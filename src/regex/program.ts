import type { Ranges } from './ranges.ts';
import { lengths, type Assertion, type Node } from './tree.ts';

/** Instructions of a matching program; each has an operation and two operands. */
export const Op = { set: 0, split: 1, jump: 2, save: 3, assert: 4, match: 5 } as const;

export interface Program {
  readonly ops: Uint8Array;
  /** set: index of the set; split: where to go first; jump: where; save: slot; assert: index into ASSERTIONS. */
  readonly x: Int32Array;
  /** split: where to go then. */
  readonly y: Int32Array;
  /** Per set: 128 × 0 or 1. */
  readonly ascii: readonly Uint8Array[];
  readonly sets: readonly Ranges[];
  readonly slots: number;
}

export const ASSERTIONS: readonly Assertion[] = ['begin', 'end', 'lineBegin', 'lineEnd', 'word', 'notWord'];
const MAX_INSTRUCTIONS = 50_000;

/** The pattern, with its repeats written out, is too long to run. */
export class ProgramTooLong extends Error {}

class Builder {
  readonly ops: number[] = [];
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly ascii: Uint8Array[] = [];
  readonly sets: Ranges[] = [];
  private readonly known = new Map<Ranges, number>();

  add(op: number, x = 0, y = 0): number {
    if (this.ops.length >= MAX_INSTRUCTIONS) throw new ProgramTooLong('pattern is too long once its repeats are written out');
    this.x.push(x);
    this.y.push(y);
    return this.ops.push(op) - 1;
  }

  private setOf(ranges: Ranges): number {
    const found = this.known.get(ranges);
    if (found !== undefined) return found;
    const table = new Uint8Array(128);
    for (const [first, last] of ranges) table.fill(1, Math.min(first, 128), Math.min(last + 1, 128));
    this.ascii.push(table);
    this.known.set(ranges, this.sets.length);
    return this.sets.push(ranges) - 1;
  }

  /** Code that goes on behind itself when the node has matched. */
  emit(node: Node): void {
    switch (node.kind) {
      case 'set':
        this.add(Op.set, this.setOf(node.ranges));
        return;
      case 'assert':
        this.add(Op.assert, ASSERTIONS.indexOf(node.what));
        return;
      case 'cat':
        for (const item of node.items) this.emit(item);
        return;
      case 'capture':
        this.add(Op.save, node.index * 2);
        this.emit(node.node);
        this.add(Op.save, node.index * 2 + 1);
        return;
      case 'alt':
        this.alternatives(node.items);
        return;
      case 'repeat':
        this.repeat(node.node, node.min, node.max, node.greedy);
    }
  }

  private alternatives(items: readonly Node[]): void {
    const ends: number[] = [];
    for (const [i, item] of items.entries()) {
      if (i === items.length - 1) this.emit(item);
      else {
        const split = this.add(Op.split);
        this.x[split] = this.ops.length;
        this.emit(item);
        ends.push(this.add(Op.jump));
        this.y[split] = this.ops.length;
      }
    }
    for (const end of ends) this.x[end] = this.ops.length;
  }

  private branch(greedy: boolean): (after: number) => void {
    const split = this.add(Op.split);
    if (greedy) this.x[split] = this.ops.length;
    else this.y[split] = this.ops.length;
    return (after) => {
      if (greedy) this.y[split] = after;
      else this.x[split] = after;
    };
  }

  private repeat(node: Node, min: number, max: number, greedy: boolean): void {
    // As Go since 1.17: x{n,} is n - 1 times x and x+; what may be empty is (x+)? instead of x*, so that an empty round comes in its turn.
    const fixed = max === Infinity ? Math.max(0, min - 1) : min;
    for (let i = 0; i < fixed; i++) this.emit(node);
    if (max === Infinity) {
      if (min === 0 && lengths(node)[0] > 0) {
        const top = this.ops.length;
        const leave = this.branch(greedy);
        this.emit(node);
        this.add(Op.jump, top);
        leave(this.ops.length);
        return;
      }
      const skip = min === 0 ? this.branch(greedy) : undefined;
      const top = this.ops.length;
      this.emit(node);
      const leave = this.branch(greedy);
      this.add(Op.jump, top);
      leave(this.ops.length);
      skip?.(this.ops.length);
      return;
    }
    const leaves: ((after: number) => void)[] = [];
    for (let i = min; i < max; i++) {
      leaves.push(this.branch(greedy));
      this.emit(node);
    }
    for (const leave of leaves) leave(this.ops.length);
  }
}

/** Instructions that a tree takes at most. */
const lengthOf = (node: Node): number => {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return 1;
    case 'capture':
      return lengthOf(node.node) + 2;
    case 'cat':
    case 'alt': {
      let sum = node.kind === 'alt' ? 2 * node.items.length : 0;
      for (const item of node.items) sum += lengthOf(item);
      return sum;
    }
    case 'repeat': {
      const rounds = node.max === Infinity ? node.min + 1 : node.max;
      return rounds * (lengthOf(node.node) + 1) + 2;
    }
  }
};

/** False when the tree surely fits into a program: it need not be compiled to know. */
export const mayBeTooLong = (tree: Node): boolean => lengthOf(tree) >= MAX_INSTRUCTIONS;

/** Writes a tree out as a program. @throws {ProgramTooLong} */
export const compileProgram = (tree: Node, captures: number): Program => {
  const builder = new Builder();
  builder.emit(tree);
  builder.add(Op.match);
  return {
    ops: Uint8Array.from(builder.ops),
    x: Int32Array.from(builder.x),
    y: Int32Array.from(builder.y),
    ascii: builder.ascii,
    sets: builder.sets,
    slots: (captures + 1) * 2,
  };
};
