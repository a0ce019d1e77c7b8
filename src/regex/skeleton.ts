import { emitPattern } from './emit.ts';
import { lengths, type Node } from './tree.ts';

const SHORT_LOOP = 3;

/** Free of loops that a backtracking engine could wander in. */
const isPlain = (node: Node): boolean => {
  switch (node.kind) {
    case 'set':
      return true;
    case 'assert':
      return false;
    case 'capture':
      return isPlain(node.node);
    case 'repeat':
      return node.max <= SHORT_LOOP && node.node.kind === 'set';
    case 'cat':
    case 'alt':
      return node.items.every(isPlain);
  }
};

const flatten = (node: Node): readonly Node[] => {
  if (node.kind === 'capture') return flatten(node.node);
  return node.kind === 'cat' ? node.items.flatMap(flatten) : [node];
};

/**
 * A quick test that every matching text passes: the loop-free parts of the pattern occur one after the other. Spares the linear engine, which is
 * slow, most texts that cannot match.
 */
export const skeletonTest = (tree: Node): ((text: string, from: number) => boolean) => {
  const [only, ...others] = flatten(tree);
  if (only?.kind === 'alt' && others.length === 0) {
    const ways = only.items.map(skeletonTest);
    return (text, from) => ways.some((way) => way(text, from));
  }
  const runs: Node[][] = [[]];
  for (const item of flatten(tree)) {
    if (isPlain(item)) runs[runs.length - 1]?.push(item);
    else if (runs[runs.length - 1]?.length !== 0) runs.push([]);
  }
  const parts = runs.map((items): Node => ({ kind: 'cat', items })).filter((part) => lengths(part)[0] >= 2);
  const tests = parts.map((part) => new RegExp(emitPattern(part, 'unicode'), 'gu'));
  return (text, from) => {
    let at = from;
    for (const test of tests) {
      test.lastIndex = at;
      const match = test.exec(text);
      if (match === null) return false;
      at = match.index + 1;
    }
    return true;
  };
};
