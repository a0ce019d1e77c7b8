import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRules } from '../../src/leak/compile.ts';
import { BASE64, createFilter, HEX, type Filter, type Piece } from '../../src/leak/filter.ts';
import { inMemory, packImage } from '../../src/leak/image.ts';

const filterOf = (): Filter => createFilter(inMemory(packImage(compileRules([]))));

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
