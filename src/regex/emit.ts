import { MAX_CODE_POINT, negate, type Ranges } from './ranges.ts';
import type { Assertion, Node } from './tree.ts';

/**
 * `ascii`: JavaScript for text of code points below 128 only, no flag needed. `unicode`: JavaScript for any text, with the `u` flag.
 * `re2`: RE2's own syntax again, with no flag left.
 */
export type Alphabet = 'ascii' | 'unicode' | 're2';

const ASSERT: Readonly<Record<Assertion, string>> = {
  begin: '^', // without the m flag the text's, as RE2's; a lookaround would also hold in the middle of a surrogate pair
  end: '$',
  lineBegin: '(?<=^|\\n)',
  lineEnd: '(?=$|\\n)',
  word: '\\b', // without the i flag JavaScript's \b is ASCII, as RE2's
  notWord: '\\B',
};

const ASSERT_RE2: Readonly<Record<Assertion, string>> = {
  begin: '\\A',
  end: '\\z',
  lineBegin: '(?m:^)',
  lineEnd: '(?m:$)',
  word: '\\b',
  notWord: '\\B',
};

const character = (code: number, alphabet: Alphabet): string => {
  const text = String.fromCodePoint(code);
  if (/[A-Za-z0-9_]/.test(text)) return text;
  if (alphabet === 're2') return `\\x{${code.toString(16)}}`;
  if (code < 256) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
};

const members = (ranges: Ranges, alphabet: Alphabet): string =>
  ranges
    .map(([a, b]) => {
      const first = character(a, alphabet);
      return a === b ? first : `${first}${b > a + 1 ? '-' : ''}${character(b, alphabet)}`;
    })
    .join('');

const emitSet = (ranges: Ranges, alphabet: Alphabet): string => {
  const limit = alphabet === 'ascii' ? 0x7f : MAX_CODE_POINT;
  const cut = ranges.filter(([a]) => a <= limit).map(([a, b]) => [a, Math.min(b, limit)] as const);
  const [only] = cut;
  if (only === undefined) return alphabet === 're2' ? '[^\\x{0}-\\x{10ffff}]' : '[]';
  if (cut.length === 1 && only[0] === only[1]) return character(only[0], alphabet);
  if (cut.length === 1 && only[0] === 0 && only[1] === limit) return alphabet === 're2' ? '(?s:.)' : '[^]';
  if (cut[cut.length - 1]?.[1] === limit) {
    const left = negate(cut).filter(([a]) => a <= limit);
    return `[^${members(
      left.map(([a, b]) => [a, Math.min(b, limit)] as const),
      alphabet,
    )}]`;
  }
  return `[${members(cut, alphabet)}]`;
};

const quantifier = (min: number, max: number): string => {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
};

/** Source of a regular expression with the same meaning; captures keep their numbers, names are dropped. */
export const emitPattern = (node: Node, alphabet: Alphabet): string => {
  switch (node.kind) {
    case 'set':
      return emitSet(node.ranges, alphabet);
    case 'cat':
      if (node.items.length === 0) return '(?:)';
      return node.items.map((item) => (item.kind === 'alt' ? `(?:${emitPattern(item, alphabet)})` : emitPattern(item, alphabet))).join('');
    case 'alt':
      return node.items.map((item) => emitPattern(item, alphabet)).join('|');
    case 'capture':
      return `(${emitPattern(node.node, alphabet)})`;
    case 'repeat': {
      const body = emitPattern(node.node, alphabet);
      const atomic = node.node.kind === 'set' || node.node.kind === 'capture';
      return `${atomic ? body : `(?:${body})`}${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`;
    }
    case 'assert':
      return (alphabet === 're2' ? ASSERT_RE2 : ASSERT)[node.what];
  }
};
