import type { ByteClass } from './bytes.ts';
import { frequencies } from './frequency.ts';

const FEW_GRAMS = 512;
const MANY_CHANCES = 2 ** 24;

/** Four classes of bytes in a row. */
export type Sequence = readonly [ByteClass, ByteClass, ByteClass, ByteClass];

/** How likely each byte of a class is followed by what comes after it; known again for each sequence that ends alike. */
interface Chance {
  readonly id: number;
  readonly members: Uint8Array;
  readonly weights: Float64Array;
}

/** Two bytes of two classes as numbers, those that `known` has. */
const pairsOf = (a: ByteClass, b: ByteClass, known: Uint8Array): number[] => {
  const out: number[] = [];
  for (let i = 0; i < a.members.length; i++)
    for (let j = 0; j < b.members.length; j++) {
      const pair = (a.members[i] ?? 0) | ((b.members[j] ?? 0) << 8);
      if (known[pair] === 1) out.push(pair);
    }
  return out;
};

/** Tells at which share of the positions of ordinary text four bytes of a sequence stand. */
export const sequenceCosts = (): ((sequence: Sequence) => number) => {
  const { first, next, startsFour, endsFour, shareOfFour } = frequencies();
  const chances = new Map<number, Chance>();

  // Words that stand everywhere (const, node, self) are known by themselves; the rest is told by pairs.
  const words = ([a, b, c, d]: Sequence): number => {
    const lows = pairsOf(a, b, startsFour);
    const highs = lows.length === 0 ? lows : pairsOf(c, d, endsFour);
    let share = 0;
    for (let i = 0; i < lows.length; i++)
      for (let j = 0; j < highs.length; j++) share += shareOfFour((lows[i] ?? 0) | ((highs[j] ?? 0) << 16));
    return share;
  };

  const goOn = (set: ByteClass, after: Chance | undefined): Chance => {
    const key = set.id * MANY_CHANCES + (after === undefined ? 0 : after.id + 1);
    const known = chances.get(key);
    if (known !== undefined) return known;
    const { members } = set;
    const weights = new Float64Array(members.length);
    for (let i = 0; i < members.length; i++) weights[i] = after === undefined ? 1 : chanceAfter(members[i] ?? 0, after);
    const made = { id: chances.size, members, weights };
    chances.set(key, made);
    return made;
  };

  const chanceAfter = (byte: number, { members, weights }: Chance): number => {
    let sum = 0;
    for (let i = 0; i < members.length; i++) sum += (next[byte * 256 + (members[i] ?? 0)] ?? 0) * (weights[i] ?? 0);
    return sum;
  };

  return (sequence) => {
    const [a, b, c, d] = sequence;
    const rest = goOn(b, goOn(c, goOn(d, undefined)));
    let cost = 0;
    for (let i = 0; i < a.members.length; i++) cost += (first[a.members[i] ?? 0] ?? 0) * chanceAfter(a.members[i] ?? 0, rest);
    const few = a.members.length * b.members.length * c.members.length * d.members.length <= FEW_GRAMS;
    return few ? Math.max(cost, words(sequence)) : cost;
  };
};
