import type { ByteClass } from './bytes.ts';

/** Bytes that no step tells apart, as numbered classes. */
export interface Partition {
  readonly classes: Uint8Array;
  readonly count: number;
  /** For each distinct set of bytes, in their order, and each class: whether it is among them. */
  readonly inside: Uint8Array;
  readonly groups: Map<string, Groups>;
}

/** The classes by which of a state's sets they are in. */
export interface Groups {
  /** Group of each class; 0: it is in none. */
  readonly of: Uint8Array;
  /** For each group: 0 or 1 for each distinct set. */
  readonly sets: readonly Uint8Array[];
}

const refine = (sets: readonly ByteClass[]): Partition => {
  const classes = new Uint8Array(256);
  const to = new Int16Array(512);
  let count = 1;
  for (const { has } of sets) {
    to.fill(-1);
    for (let byte = 0; byte < 256; byte++) {
      const old = classes[byte] ?? 0;
      const at = old * 2 + (has[byte] ?? 0);
      if ((to[at] ?? 0) < 0) to[at] = (to[at ^ 1] ?? 0) < 0 ? old : count++;
      classes[byte] = to[at] ?? 0;
    }
  }
  const inside = new Uint8Array(sets.length * count);
  for (let i = 0; i < sets.length; i++) {
    const has = sets[i]?.has;
    for (let byte = 0; byte < 256; byte++) inside[i * count + (classes[byte] ?? 0)] = has?.[byte] ?? 0;
  }
  return { classes, count, inside, groups: new Map() };
};

const groupBy = ({ count, inside }: Partition, kinds: readonly number[]): Groups => {
  const of = new Uint8Array(count);
  const sets: Uint8Array[] = [new Uint8Array(0)];
  const known = new Map<string, number>();
  for (let cls = 0; cls < count; cls++) {
    const among = kinds.filter((kind) => inside[kind * count + cls] === 1);
    if (among.length === 0) continue;
    const key = among.join();
    let group = known.get(key);
    if (group === undefined) {
      const flags = new Uint8Array(inside.length / count);
      for (const kind of among) flags[kind] = 1;
      group = sets.push(flags) - 1;
      known.set(key, group);
    }
    of[cls] = group;
  }
  return { of, sets };
};

/** @param kinds distinct sets of a state, in any order */
export const groupsOf = (partition: Partition, kinds: number[]): Groups => {
  const key = String.fromCharCode(...kinds);
  let groups = partition.groups.get(key);
  if (groups === undefined) partition.groups.set(key, (groups = groupBy(partition, kinds)));
  return groups;
};

/** Tells the classes that sets of bytes make of all bytes; for the same sets the same object. */
export const partitions = (): ((sets: readonly ByteClass[]) => Partition) => {
  const known = new Map<string, Partition>();
  return (sets) => {
    let key = '';
    for (const { id } of sets) key += `${id},`;
    let partition = known.get(key);
    if (partition === undefined) known.set(key, (partition = refine(sets)));
    return partition;
  };
};
