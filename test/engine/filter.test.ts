import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRules } from '../../src/engine/compile.ts';
import { BASE64, createFilter, HEX, type Filter, type Piece } from '../../src/engine/filter.ts';
import { inMemory, packImage } from '../../src/engine/image.ts';
import { THOROUGH } from '../../src/regex/automaton.ts';

const filterOf = (...expressions: string[]): Filter =>
  createFilter(
    inMemory(
      packImage(
        compileRules(
          expressions.map((regex) => ({ regex, keywords: [] })),
          THOROUGH,
        ),
      ),
    ),
  );

const put = (filter: Filter, text: string): number => {
  const bytes = Buffer.from(text, 'latin1');
  filter.reserve(bytes.length);
  filter.main().bytes.set(bytes);
  return bytes.length;
};

const SHORTEST = 20;
const PROBED = 16;
const isText = (bytes: Buffer): boolean => bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13);

/** The same runs, told by an expression and Node's decoders. */
const runsOf = (text: string): Piece[] => {
  const out: Piece[] = [];
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]+/g)) {
    const [run] = match;
    if (run.length < SHORTEST) continue;
    const head = run.slice(0, PROBED);
    const base64 = isText(Buffer.from(head, 'base64')) ? BASE64 : 0;
    const hex = /^[0-9a-f]+$/i.test(head) && isText(Buffer.from(head, 'hex')) ? HEX : 0;
    if ((base64 | hex) !== 0) out.push({ start: match.index, end: match.index + run.length, kind: base64 | hex });
  }
  return out;
};

const word = fc.string({ minLength: 1, maxLength: 60 });
const part = fc.oneof(
  word.map((text) => Buffer.from(text).toString('base64')),
  word.map((text) => Buffer.from(text).toString('base64url')),
  word.map((text) => Buffer.from(text).toString('hex')),
  fc.stringMatching(/^[\x00-\xff]{0,40}$/),
  fc.stringMatching(/^[\w+/.-]{0,40}$/),
  fc.constantFrom(' ', '"', '\n', '@', '[', '`', '{', ':', ',', '.', '*'),
);

test('encoded runs are those that an expression finds', () => {
  const filter = filterOf();
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      expect(filter.pieces('runs', filter.main(), put(filter, text))).toEqual(runsOf(text));
    }),
  );
});

test('every byte is told apart at every place of a block', () => {
  const filter = filterOf();
  const run = Buffer.from('text of some length').toString('base64').slice(0, SHORTEST);
  for (let byte = 0; byte < 256; byte++)
    for (let shift = 0; shift < 17; shift++) {
      const sign = String.fromCharCode(byte);
      const text = `${' '.repeat(shift)}${run}${sign}${run}${sign}`;
      expect(filter.pieces('runs', filter.main(), put(filter, text))).toEqual(runsOf(text));
    }
});

// Short enough for the automaton to see to the end: a candidate stands exactly where an expression matches. The last has a run to be searched.
const EXPRESSIONS = ['zqx[0-9]{3}', '(?i:jwvk)[-_]zq', 'Qvz_[a-z]{0,40}?=[0-9a-f]{8}'];

/** Rule and start of each match, of starts that lie in one another too. */
const matchesOf = (text: string): string[] => {
  const tests = [/^zqx[0-9]{3}/, /^jwvk[-_][zZ][qQ]/i, /^Qvz_[a-z]{0,40}?=[0-9a-f]{8}/].map((test, i) => ({ test, i }));
  const out: string[] = [];
  for (let at = 0; at < text.length; at++)
    for (const { test, i } of tests)
      if (test.test(text.slice(at, at + 64)) && (i !== 1 || text.slice(at + 5, at + 7) === 'zq')) out.push(`${i} ${at}`);
  return out.sort();
};

const candidatesOf = (filter: Filter, text: string): string[] => {
  const found = filter.candidates(filter.main(), put(filter, text)) ?? new Uint32Array(0);
  const out: string[] = [];
  for (let i = 0; i < found.length; i += 2) {
    const at = (found[i + 1] ?? 0) * 4;
    const [rule, min, max] = filter.places.subarray(at, at + 3);
    expect(min).toBe(max);
    out.push(`${rule} ${(found[i] ?? 0) - (min ?? 0)}`);
  }
  return out.sort();
};

const TOKENS = ['zqx123', 'ZQX123', 'zqx12a', 'JwVk-zq', 'jwvk_zq', 'jwvk zq', 'Qvz_abc=0123abcd', 'Qvz_=0123abcd', 'Qvz_abc=0123abcg'];
const filler = fc.stringMatching(/^[ -~\n]{0,300}$/);

test('candidates stand where expressions match', () => {
  const filter = filterOf(...EXPRESSIONS);
  fc.assert(
    fc.property(fc.array(fc.oneof(filler, fc.constantFrom(...TOKENS)), { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      expect(candidatesOf(filter, text)).toEqual(matchesOf(text));
    }),
  );
});

test('a token is found at every place of a step', () => {
  const filter = filterOf(...EXPRESSIONS);
  for (let at = 0; at < 600; at++)
    for (const tail of ['', ' ', 'x'.repeat(9)]) expect(candidatesOf(filter, `${'.'.repeat(at)}zqx123${tail}`)).toEqual([`0 ${at}`]);
});

test('more candidates than one step holds are all given, in order', () => {
  const filter = filterOf(...EXPRESSIONS);
  const count = 100_000;
  const found = filter.candidates(filter.main(), put(filter, `before ${'zqx123 '.repeat(count)}`)) ?? new Uint32Array(0);
  expect(found.length).toBe(count * 2);
  const min = filter.places[1] ?? 0;
  for (let i = 0; i < count; i++) if (found[i * 2] !== i * 7 + 7 + min) expect.fail(`candidate ${i} stands at ${found[i * 2]}`);
});

test('a run that stands in alternatives loses no match', () => {
  const expressions = ['Wqz_[a-z ]{0,60}?(?:[0-9a-f]{40}=|key:?[0-9a-f]{22}==)', 'Xqj_(?:[0-9]{9,}|a{0,3}[a-f]{8})!'];
  const filter = filterOf(...expressions);
  const tests = expressions.map((source) => new RegExp(source, 'g'));
  const hex = fc.stringMatching(/^[0-9a-f]{38,42}={0,2}$/);
  const short = fc.stringMatching(/^k?ey:?[0-9a-f]{20,24}={0,2}$/);
  const other = fc.stringMatching(/^(?:[0-9]{8,11}|a{0,3}[a-f]{7,9})!$/);
  const words = fc.stringMatching(/^[a-z ]{0,20}$/);
  let matches = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom('Wqz_', 'Xqj_'), hex, short, other, words), { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      const found = candidatesOf(filter, text);
      for (const [i, test] of tests.entries())
        for (const match of text.matchAll(test)) {
          matches++;
          expect(found).toContain(`${i} ${match.index}`);
        }
    }),
    { numRuns: 1000 },
  );
  expect(matches).toBeGreaterThan(20);
});
