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

/** What every node has. Lengths are bytes; `longest` may be Infinity. */
interface Known {
  readonly id: number;
  readonly shortest: number;
  readonly longest: number;
}

/**
 * A pattern over bytes that matches at least what the pattern over characters matches in UTF-8, and in broken UTF-8. Equal nodes are the same
 * object within one table.
 */
export type ByteNode = Known &
  (
    | { readonly kind: 'set'; readonly set: ByteClass }
    | { readonly kind: 'cat'; readonly items: readonly ByteNode[] }
    | { readonly kind: 'alt'; readonly items: readonly ByteNode[] }
    | { readonly kind: 'repeat'; readonly node: ByteNode; readonly min: number; readonly max: number }
    | { readonly kind: 'assert'; readonly what: Assertion }
  );

/** Makes the classes and nodes of one compilation. */
export interface ByteTable {
  readonly any: ByteClass;
  /** The bytes from 128 on. */
  readonly beyond: ByteClass;
  /** The bytes of a class that are below 128. */
  asciiOf(set: ByteClass): ByteClass;
  classOf(bytes: Iterable<number>, wide?: boolean): ByteClass;
  set(set: ByteClass): ByteNode;
  cat(items: readonly ByteNode[]): ByteNode;
  alt(items: readonly ByteNode[]): ByteNode;
  repeat(node: ByteNode, min: number, max: number): ByteNode;
  assertion(what: Assertion): ByteNode;
  /** The node of a class of characters, made the first time. */
  ofRanges(ranges: Ranges, make: (ranges: Ranges) => ByteNode): ByteNode;
}

const classes = (): ByteTable['classOf'] => {
  const known = new Map<string, ByteClass>();
  return (bytes, wide = false) => {
    const has = new Uint8Array(256);
    for (const byte of bytes) has[byte] = 1;
    const members: number[] = [];
    for (let byte = 0; byte < 256; byte++) if (has[byte] === 1) members.push(byte);
    const key = (wide ? 'w' : '') + String.fromCharCode(...members);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made: ByteClass = { id: known.size, has, members: Uint8Array.from(members), wide };
    known.set(key, made);
    return made;
  };
};

const idsOf = (items: readonly ByteNode[]): string => {
  let key = '';
  for (let i = 0; i < items.length; i++) key += `${items[i]?.id},`;
  return key;
};

export const byteTable = (): ByteTable => {
  const known = new Map<string, ByteNode>();
  const ranges = new Map<Ranges, ByteNode>();
  const asciis = new Map<ByteClass, ByteClass>();
  const classOf = classes();
  const keep = (key: string, make: (id: number) => ByteNode): ByteNode => {
    let node = known.get(key);
    if (node === undefined) known.set(key, (node = make(known.size)));
    return node;
  };
  return {
    any: classOf(
      Array.from({ length: 256 }, (_, byte) => byte),
      true,
    ),
    beyond: classOf(Array.from({ length: 128 }, (_, i) => 128 + i)),
    asciiOf: (set) => {
      let ascii = asciis.get(set);
      if (ascii === undefined) asciis.set(set, (ascii = classOf(set.members.filter((byte) => byte < 128))));
      return ascii;
    },
    classOf,
    set: (set) => keep(`s${set.id}`, (id) => ({ id, kind: 'set', set, shortest: 1, longest: set.wide ? 4 : 1 })),
    cat: (items) =>
      keep(`c${idsOf(items)}`, (id) => {
        let [shortest, longest] = [0, 0];
        for (const item of items) [shortest, longest] = [shortest + item.shortest, longest + item.longest];
        return { id, kind: 'cat', items, shortest, longest };
      }),
    alt: (items) =>
      keep(`a${idsOf(items)}`, (id) => {
        let [shortest, longest] = [Infinity, 0];
        for (const item of items) [shortest, longest] = [Math.min(shortest, item.shortest), Math.max(longest, item.longest)];
        return { id, kind: 'alt', items, shortest, longest };
      }),
    repeat: (node, min, max) =>
      keep(`r${node.id},${min},${max}`, (id) => {
        const longest = node.longest === 0 || max === 0 ? 0 : node.longest * max;
        return { id, kind: 'repeat', node, min, max, shortest: node.shortest * min, longest };
      }),
    assertion: (what) => keep(what, (id) => ({ id, kind: 'assert', what, shortest: 0, longest: 0 })),
    ofRanges: (given, make) => {
      let node = ranges.get(given);
      if (node === undefined) ranges.set(given, (node = make(given)));
      return node;
    },
  };
};

const FEW = 4; // up to so many characters beyond ASCII are written out byte by byte (K and ſ are one each)

const setToBytes = (ranges: Ranges, table: ByteTable): ByteNode => {
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
    return table.set(table.classOf(ascii, true));
  }
  const items: ByteNode[] = ascii.length > 0 || beyond.length === 0 ? [table.set(table.classOf(ascii))] : [];
  for (const code of beyond) {
    const encoded = Buffer.from(String.fromCodePoint(code));
    items.push(table.cat(Array.from(encoded, (byte) => table.set(table.classOf([byte])))));
    if (code === 0xfffd) {
      const broken = Array.from({ length: 128 }, (_, i) => 128 + i); // a broken byte reads as U+FFFD
      items.push(table.set(table.classOf(broken, true)));
    }
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : table.alt(items);
};

/** A node as the sequence that it is. */
export const itemsOf = (node: ByteNode): readonly ByteNode[] => (node.kind === 'cat' ? node.items : [node]);

const LONG_BEGINNING = 4; // a window fits into it, so that nothing is gained by trying the ways apart

const beginsWith = (items: readonly ByteNode[], beginning: readonly ByteNode[]): boolean =>
  beginning.length < items.length && beginning.every((node, at) => node === items[at]);

const choice = (items: readonly ByteNode[], table: ByteTable): ByteNode => {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : table.cat(items);
};

/** One of several sequences; where one is the beginning of others it is taken out: (?:name|name_id) is name(?:|_id), so that more rules go on alike. */
const oneOf = (choices: readonly (readonly ByteNode[])[], table: ByteTable): ByteNode => {
  const beginnings = choices.filter(({ length }) => length >= LONG_BEGINNING);
  const first = (items: readonly ByteNode[]): readonly ByteNode[] => beginnings.find((one) => beginsWith(items, one)) ?? items;
  const groups = new Map<readonly ByteNode[], (readonly ByteNode[])[]>();
  for (const items of choices) {
    let to = first(items);
    for (let shorter = first(to); shorter !== to; shorter = first(to)) to = shorter;
    const others = groups.get(to) ?? [];
    groups.set(to, others);
    if (to !== items) others.push(items.slice(to.length));
  }
  const items = Array.from(groups, ([begin, rests]) =>
    rests.length === 0
      ? choice(begin, table)
      : table.cat([...begin, table.alt([table.cat([]), ...rests.map((rest) => choice(rest, table))])]),
  );
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : table.alt(items);
};

/** Captures and laziness dropped, sequences flattened. */
export const toBytes = (node: Node, table: ByteTable): ByteNode => {
  switch (node.kind) {
    case 'set':
      return table.ofRanges(node.ranges, (ranges) => setToBytes(ranges, table));
    case 'assert':
      return table.assertion(node.what);
    case 'capture':
      return toBytes(node.node, table);
    case 'alt':
      return oneOf(
        node.items.map((item) => itemsOf(toBytes(item, table))),
        table,
      );
    case 'cat': {
      const items: ByteNode[] = [];
      for (const item of node.items) {
        const bytes = toBytes(item, table);
        if (bytes.kind === 'cat') items.push(...bytes.items);
        else items.push(bytes);
      }
      return table.cat(items);
    }
    case 'repeat': {
      const body = toBytes(node.node, table);
      return node.min === 1 && node.max === 1 ? body : table.repeat(body, node.min, node.max);
    }
  }
};
