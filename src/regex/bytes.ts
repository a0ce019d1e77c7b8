import type { Ranges } from './ranges.ts';
import type { Assertion, Node } from './tree.ts';

/** A class of bytes; equal classes are the same object within one table. */
export interface ByteClass {
  readonly id: number;
  readonly has: Uint8Array; // 256 × 0 or 1
  readonly members: Uint8Array;
  /** Stands for characters beyond ASCII too: what follows it may begin one to three bytes later. */
  readonly wide: boolean;
}

/** A pattern over bytes that matches at least what the pattern over characters matches in UTF-8, and in broken UTF-8. */
export type ByteNode =
  | { readonly kind: 'set'; readonly set: ByteClass }
  | { readonly kind: 'cat'; readonly items: readonly ByteNode[] }
  | { readonly kind: 'alt'; readonly items: readonly ByteNode[] }
  | { readonly kind: 'repeat'; readonly node: ByteNode; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly what: Assertion };

export interface ClassTable {
  of(bytes: Iterable<number>, wide?: boolean): ByteClass;
  readonly any: ByteClass;
}

export const classTable = (): ClassTable => {
  const known = new Map<string, ByteClass>();
  const of = (bytes: Iterable<number>, wide = false): ByteClass => {
    const has = new Uint8Array(256);
    for (const byte of bytes) has[byte] = 1;
    const members: number[] = [];
    let key = wide ? 'w' : '';
    for (let byte = 0; byte < 256; byte++) {
      if (has[byte] === 1) {
        members.push(byte);
        key += String.fromCharCode(byte);
      }
    }
    const found = known.get(key);
    if (found !== undefined) return found;
    const made: ByteClass = { id: known.size, has, members: Uint8Array.from(members), wide };
    known.set(key, made);
    return made;
  };
  return {
    of,
    any: of(
      Array.from({ length: 256 }, (_, byte) => byte),
      true,
    ),
  };
};

const FEW = 4; // up to so many characters beyond ASCII are written out byte by byte (K and ſ are one each)

const setToBytes = (ranges: Ranges, table: ClassTable): ByteNode => {
  const ascii: number[] = [];
  const beyond: number[] = [];
  let many = false;
  for (const [first, last] of ranges) {
    for (let code = first; code <= Math.min(last, 0x7f); code++) ascii.push(code);
    const from = Math.max(first, 0x80);
    if (last - from >= FEW || beyond.length > FEW) many ||= last >= from;
    else for (let code = from; code <= last; code++) beyond.push(code);
  }
  if (many || beyond.length > FEW) {
    for (let byte = 0x80; byte < 0x100; byte++) ascii.push(byte);
    return { kind: 'set', set: table.of(ascii, true) };
  }
  const items: ByteNode[] = ascii.length > 0 || beyond.length === 0 ? [{ kind: 'set', set: table.of(ascii) }] : [];
  for (const code of beyond) {
    const encoded = Buffer.from(String.fromCodePoint(code));
    items.push({ kind: 'cat', items: Array.from(encoded, (byte) => ({ kind: 'set', set: table.of([byte]) }) as const) });
    if (code === 0xfffd)
      items.push({
        kind: 'set',
        set: table.of(
          Array.from({ length: 128 }, (_, i) => 128 + i),
          true,
        ),
      }); // a broken byte reads as U+FFFD
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'alt', items };
};

/** Captures and laziness dropped, sequences flattened. */
export const toBytes = (node: Node, table: ClassTable): ByteNode => {
  switch (node.kind) {
    case 'set':
      return setToBytes(node.ranges, table);
    case 'assert':
      return node;
    case 'capture':
      return toBytes(node.node, table);
    case 'alt':
      return { kind: 'alt', items: node.items.map((item) => toBytes(item, table)) };
    case 'cat': {
      const items: ByteNode[] = [];
      for (const item of node.items) {
        const bytes = toBytes(item, table);
        if (bytes.kind === 'cat') items.push(...bytes.items);
        else items.push(bytes);
      }
      return { kind: 'cat', items };
    }
    case 'repeat': {
      const body = toBytes(node.node, table);
      return node.min === 1 && node.max === 1 ? body : { kind: 'repeat', node: body, min: node.min, max: node.max };
    }
  }
};

/** Shortest and longest match in bytes. */
export const byteLengths = (node: ByteNode): readonly [min: number, max: number] => {
  switch (node.kind) {
    case 'set':
      return [1, node.set.wide ? 4 : 1];
    case 'assert':
      return [0, 0];
    case 'repeat': {
      const [min, max] = byteLengths(node.node);
      return [min * node.min, max === 0 || node.max === 0 ? 0 : max * node.max];
    }
    case 'cat':
    case 'alt': {
      let min = node.kind === 'alt' ? Infinity : 0;
      let max = 0;
      for (const item of node.items) {
        const [a, b] = byteLengths(item);
        min = node.kind === 'alt' ? Math.min(min, a) : min + a;
        max = node.kind === 'alt' ? Math.max(max, b) : max + b;
      }
      return [min, max];
    }
  }
};
