import type { Ranges } from './ranges.ts';

/** `begin`, `end`: of the text. `lineBegin`, `lineEnd`: also next to a line feed. `word`: ASCII word boundary. */
export type Assertion = 'begin' | 'end' | 'lineBegin' | 'lineEnd' | 'word' | 'notWord';

/** A pattern of the RE2 dialect with every flag resolved into it. */
export type Node =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'cat'; readonly items: readonly Node[] }
  | { readonly kind: 'alt'; readonly items: readonly Node[] }
  | { readonly kind: 'capture'; readonly index: number; readonly name?: string; readonly node: Node }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: 'assert'; readonly what: Assertion };

export interface Pattern {
  readonly source: string;
  readonly tree: Node;
  readonly captures: number;
}

/** True when the empty text matches. */
export const matchesEmpty = (node: Node): boolean => {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assert':
      return true;
    case 'capture':
      return matchesEmpty(node.node);
    case 'repeat':
      return node.min === 0 || matchesEmpty(node.node);
    case 'cat':
      return node.items.every(matchesEmpty);
    case 'alt':
      return node.items.some(matchesEmpty);
  }
};

/** Shortest and longest match in code points; longest may be Infinity. */
export const lengths = (node: Node): readonly [min: number, max: number] => {
  switch (node.kind) {
    case 'set':
      return [1, 1];
    case 'assert':
      return [0, 0];
    case 'capture':
      return lengths(node.node);
    case 'repeat': {
      const [min, max] = lengths(node.node);
      return [min * node.min, max === 0 || node.max === 0 ? 0 : max * node.max];
    }
    case 'cat': {
      let min = 0;
      let max = 0;
      for (const item of node.items) {
        const [a, b] = lengths(item);
        min += a;
        max += b;
      }
      return [min, max];
    }
    case 'alt': {
      let min = Infinity;
      let max = 0;
      for (const item of node.items) {
        const [a, b] = lengths(item);
        min = Math.min(min, a);
        max = Math.max(max, b);
      }
      return [min, max];
    }
  }
};

const bitsOf = (node: Node): number => {
  switch (node.kind) {
    case 'set':
      return Math.log2(node.ranges.reduce((size, [first, last]) => size + Math.min(last, 0x7f) - Math.min(first, 0x80) + 1, 0) || 1);
    case 'assert':
      return 0;
    case 'capture':
      return bitsOf(node.node);
    case 'repeat':
      return node.min * bitsOf(node.node);
    case 'cat':
      return node.items.reduce((sum, item) => sum + bitsOf(item), 0);
    case 'alt':
      return Math.min(...node.items.map(bitsOf));
  }
};

const captureOf = (node: Node, index: number): Node | undefined => {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return undefined;
    case 'capture':
      return node.index === index ? node : captureOf(node.node, index);
    case 'repeat':
      return captureOf(node.node, index);
    case 'cat':
    case 'alt':
      for (const item of node.items) {
        const found = captureOf(item, index);
        if (found !== undefined) return found;
      }
      return undefined;
  }
};

/**
 * Bits that the shortest text of a capture has at least when each character is drawn evenly from its class, beyond ASCII left out.
 * @param group 0: the first capture, else the whole pattern
 */
export const secretBits = (pattern: Pattern, group: number): number => bitsOf(captureOf(pattern.tree, Math.max(1, group)) ?? pattern.tree);
