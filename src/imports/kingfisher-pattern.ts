import { createMatcher } from '../regex/match.ts';
import { PatternError } from '../regex/parse.ts';
import { matchesEmpty, type Node, type Pattern } from '../regex/tree.ts';
import { usablePattern } from '../regex/usable.ts';
import { entropy } from '../values/entropy.ts';
import type { KingfisherRule } from './kingfisher-rule.ts';
import { translateRust } from './rust-dialect.ts';

export interface ReadPattern {
  readonly regex: string;
  readonly pattern: Pattern;
  /** 0: the first that is not empty. */
  readonly secretGroup: number;
}

const namesIn = (node: Node, names: Map<number, string | undefined>): ReadonlyMap<number, string | undefined> => {
  if (node.kind === 'capture') names.set(node.index, node.name);
  if (node.kind === 'capture' || node.kind === 'repeat') namesIn(node.node, names);
  if (node.kind === 'cat' || node.kind === 'alt') for (const item of node.items) namesIn(item, names);
  return names;
};

/** The secret is the capture without a name, else the one called TOKEN; named ones are for what is asked of providers. */
const secretGroupOf = ({ tree }: Pattern): number => {
  const names = namesIn(tree, new Map());
  const unnamed = [...names].filter(([, name]) => name === undefined).map(([index]) => index);
  if (unnamed.length === names.size) return 0;
  const [first] = unnamed;
  if (first !== undefined) return unnamed.length === 1 ? first : 0;
  return [...names].find(([, name]) => name?.toUpperCase() === 'TOKEN')?.[0] ?? 0;
};

const EXTENDED = /^\s*\(\?[a-zA-Z]*x/;

/** As a person would write it: no white space at line ends, the first and the last line for themselves. */
const laidOut = (given: string): string => {
  const trimmed = given.trim();
  if (!EXTENDED.test(trimmed) || !trimmed.includes('\n')) return trimmed;
  return `${trimmed.replaceAll(/(?<!\\)[ \t]+$/gm, '')}\n`;
};

/** The expression of a rule; undefined and told where it cannot be used. */
export const readPattern = ({ fields, notes, at }: KingfisherRule): ReadPattern | undefined => {
  const field = fields.get('pattern');
  const place = field?.value.at ?? at;
  const leftOut = (why: string): undefined => {
    notes.tell(place, 'error', 'left-out', `the rule is left out: ${why}`);
  };
  const given = field?.value.scalar;
  if (typeof given !== 'string' || given.trim() === '') return leftOut('it has no pattern');
  const { refused } = translateRust(given);
  if (refused !== undefined) return leftOut(refused);
  const regex = laidOut(given);
  try {
    const pattern = usablePattern(regex);
    if (matchesEmpty(pattern.tree)) return leftOut('its pattern matches the empty text');
    return { regex, pattern, secretGroup: secretGroupOf(pattern) };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return leftOut(error.message);
  }
};

/** Where the rule's first secret stands in a text. @param counts whether what was found is one, by its entropy too */
export const secretFinder = (
  { pattern, secretGroup }: ReadPattern,
  counts: (secret: string, bits: number) => boolean,
): ((text: string) => readonly [number, number] | undefined) => {
  const matcher = createMatcher(pattern);
  return (text) => {
    const spans = matcher.spans(text);
    const groups = spans.slice(1).filter((span) => span !== undefined && span[1] > span[0]);
    const spot = (secretGroup > 0 ? spans[secretGroup] : groups[0]) ?? spans[0];
    if (spot === undefined) return undefined;
    const secret = text.slice(spot[0], spot[1]);
    return counts(secret, entropy(secret)) ? [spot[0], spot[1]] : undefined;
  };
};
