import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { createBacktracker, type RawMatch } from '../../src/regex/backtrack.ts';
import { createMatcher, prepare, preparedMatcher, type Matcher, type Prepared } from '../../src/regex/match.ts';
import { parsePattern } from '../../src/regex/parse.ts';
import type { Pattern } from '../../src/regex/tree.ts';

const RUNS = process.env['KEI_LONG'] === '1' ? 40_000 : 4_000;

// Letters that case folding joins across the border of ASCII, what assertions look at, and characters of 2, 3 and 4 bytes.
const CHARACTERS = [
  'a',
  'b',
  'k',
  'K',
  's',
  'S',
  '\u212a',
  '\u017f',
  '0',
  '_',
  '-',
  ' ',
  '\n',
  '\r',
  '\v',
  '\u00e9',
  '\u00c9',
  '\u03c3',
  '\u03c2',
  '\u20ac',
  '\u{1f600}',
  '\u{10400}',
  '\u{10428}',
];
const text = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 14 }).map((parts) => parts.join(''));

const LITERALS = [
  'a',
  'b',
  'k',
  'K',
  's',
  'S',
  '\u212a',
  '\u017f',
  '0',
  '-',
  ' ',
  '\u00e9',
  '\u03c3',
  '\u{1f600}',
  '\u{10400}',
  '\\n',
  '\\.',
  '\\x6b',
  '\\x{17f}',
  '\\x{1F600}',
  '\\Qa.b\\E',
  '\\/',
];
const CLASSES = [
  '.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '[ak]',
  '[^ak]',
  '[a-s]',
  '[^\\n]',
  '[\\w-]',
  '[^\\W]',
  '[[:alpha:]]',
  '[[:^space:]]',
  '[\\x{17f}-\\x{212a}]',
  '[K-S\\d]',
  '[^\\s\\d]',
  '[]a]',
  '[a\\]-]',
  '\\pL',
  '\\p{Lu}',
  '\\PL',
  '\\p{Greek}',
  '[\\p{Ll}_]',
];
const ASSERTIONS = ['^', '$', '\\b', '\\B', '\\A', '\\z'];
const REPEATS = ['*', '+', '?', '{2}', '{0,2}', '{1,3}', '{2,}', '{0}', '*?', '+?', '??', '{0,2}?', '{1,}?'];
const FLAGS = ['(?i)', '(?s)', '(?m)', '(?U)', '(?-i)', '(?is-m)'];

const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string; atom: string; simple: string }>((tie) => ({
  pattern: fc.oneof(
    { withCrossShrink: true, depthSize: 'small' },
    tie('sequence'),
    fc.tuple(tie('sequence'), tie('pattern')).map((both) => both.join('|')),
  ),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: tie('simple') },
    { weight: 4, arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...REPEATS)).map((both) => both.join('')) },
    { weight: 2, arbitrary: tie('atom') },
    { weight: 1, arbitrary: fc.constantFrom(...ASSERTIONS) },
    { weight: 1, arbitrary: fc.constantFrom(...FLAGS) },
  ),
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('simple'),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(?i:${inner})`),
    tie('pattern').map((inner) => `(?P<n>${inner})`),
  ),
  simple: fc.oneof(fc.constantFrom(...LITERALS), fc.constantFrom(...CLASSES)),
}));

/** Spans of the match and its groups, as re2js has them. */
const ofRe2 = (compiled: RE2JS, input: string): RawMatch['spans'] => {
  const matcher = compiled.matcher(input);
  if (!matcher.find()) return [];
  return Array.from({ length: compiled.groupCount() + 1 }, (_, group) => {
    const start = matcher.start(group);
    return start < 0 ? undefined : ([start, matcher.end(group)] as const);
  });
};

const compiledBy = (source: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined; // two groups of one name, an escape at the end of a class: not the dialect
  }
};

const plain = (spans: RawMatch['spans']): unknown => [...spans].map((span) => (span === undefined ? undefined : [span[0], span[1]]));
const isAscii = (value: string): boolean => /^[\0-\x7f]*$/.test(value);

/** The matcher of a pattern that was prepared, written out as JSON and read again. */
const keptMatcher = (parsed: Pattern): Matcher => preparedMatcher(JSON.parse(JSON.stringify(prepare(parsed))) as Prepared, () => parsed);

let compared = 0;
let matched = 0;

test('match and captures are those of RE2, on both engines', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), (source, texts) => {
      const re2 = compiledBy(source);
      if (re2 === undefined) return;
      const parsed = parsePattern(source);
      const matcher = createMatcher(parsed);
      const kept = keptMatcher(parsed);
      const linear = createBacktracker(parsed);
      for (const input of texts) {
        const wanted = plain(ofRe2(re2, input));
        compared++;
        if (Array.isArray(wanted) && wanted.length > 0) matched++;
        const found = matcher.exec(input, 0, Infinity, isAscii(input));
        const other = kept.exec(input, 0, Infinity, isAscii(input));
        expect([other?.index, other?.end, kept.longest, kept.first()]).toEqual([
          found?.index,
          found?.end,
          matcher.longest,
          matcher.first(),
        ]);
        expect({
          kept: plain(kept.spans(input)),
          linear: plain(linear(input, 0, Infinity)?.spans ?? []),
          chosen: plain(matcher.spans(input)),
          exec: found === undefined ? [] : [[found.index, found.end]],
        }).toEqual({ kept: wanted, linear: wanted, chosen: wanted, exec: Array.isArray(wanted) ? wanted.slice(0, 1) : [] });
      }
    }),
    { numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(RUNS);
  expect(matched).toBeGreaterThan(RUNS / 4);
});

test('a search between two places gives the leftmost match that begins there', () => {
  fc.assert(
    fc.property(pattern, text, fc.nat(14), fc.nat(14), (source, input, a, b) => {
      const re2 = compiledBy(source);
      if (re2 === undefined) return;
      const [from, latest] = [Math.min(a, b, input.length), Math.min(Math.max(a, b), input.length)];
      const splits = (at: number): boolean => /[\udc00-\udfff]/.test(input.charAt(at)) && /[\ud800-\udbff]/.test(input.charAt(at - 1));
      if (splits(from) || splits(latest)) return;
      const matcher = re2.matcher(input);
      const wanted = matcher.find(from) && matcher.start() <= latest ? [matcher.start(), matcher.end()] : undefined;
      const parsed = parsePattern(source);
      for (const exec of [createMatcher(parsed).exec, createBacktracker(parsed)]) {
        const found = exec(input, from, latest);
        expect(found === undefined ? undefined : [found.index, found.end]).toEqual(wanted);
      }
    }),
    { numRuns: RUNS / 2 },
  );
});

test.for([
  ['(?i)k', '\u212a'],
  ['(?i)\u017f', 'S'],
  ['(?i)[^k]', '\u212a'],
  ['a(?i)b|B', 'aB'],
  ['(a*)+', 'aab'],
  ['(a|b)*?b', 'aab'],
  ['(a)|b', 'b'],
  ['(?:(a)|b)*', 'ab'],
  ['x*', '\u{1f600}'],
  ['\\bk', '\u017fk'],
  ['(?i)\\W', '\u212a'],
  ['$', 'a\n'],
  ['(?m)$', 'a\n'],
  ['(|a)*', 'aa'],
  ['(|a)+', 'aa'],
  ['(a*)*', 'b'],
  ['[[:word:]]+', 'k\u017f'],
] as const)('%s on %j', ([source, input]) => {
  const parsed = parsePattern(source);
  const wanted = plain(ofRe2(RE2JS.compile(source), input));
  expect(plain(createBacktracker(parsed)(input, 0, Infinity)?.spans ?? [])).toEqual(wanted);
  expect(plain(createMatcher(parsed).spans(input))).toEqual(wanted);
});
