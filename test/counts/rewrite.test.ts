import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Marker } from '../../src/counts/marker.ts';
import { judgeFile } from '../../src/counts/look.ts';
import { readMarkers } from '../../src/counts/read.ts';
import { documents } from '../markdown/documents.ts';
import { asReference, referenceCode } from '../markdown/reference.ts';
import { counters, marker } from './numbers.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;

const VALUES = { a: '24', b: '1070', c: 'v1.2.3' };
const names = fc.constantFrom('a', 'b', 'c', 'frozen', 'unknown');
const texts = fc.constantFrom(
  '',
  '7',
  '24',
  '1,070',
  '**7**',
  '`7`',
  'TODO',
  'seven',
  '7 pages',
  '![x 7](https://img.shields.io/badge/x-7-blue)',
  '\u{1f600}',
);
const attributes = fc.constantFrom('', '', 'words', 'format=thousands', 'format=words locale=de', 'round=10', 'colour=red');

/** Whole markers and parts of them. */
const pieces = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(names, texts, attributes).map(([name, text, more]) => marker(name, text, more)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(names, fc.constantFrom('<!-- count:', '<!-- /count:', 'count:', '<!--count:'))
      .map(([name, begin]) => `${begin}${name} -->7`),
  },
  { weight: 1, arbitrary: fc.constantFrom('<<<<<<< HEAD\n', '\n=======\n', '\n>>>>>>> other\n', '\ufeff') },
);

/** What makes code of a marker, or could. */
const AROUND: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', ''],
  ['`', '`'],
  ['\n```\n', '\n```\n'],
  ['\n\n    ', '\n\n'],
];

/** Bytes of a document, some of them no UTF-8. */
const contents = fc
  .tuple(documents(pieces, 25), fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 2 })), { maxLength: 2 }))
  .map(([text, put]) => {
    let bytes = Buffer.from(text);
    for (const [at, more] of put) {
      const place = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
    }
    return bytes;
  });

/** What lies between the numbers. */
const outside = (bytes: Uint8Array, markers: readonly Marker[]): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of markers.flatMap(({ slots }) => slots).toSorted((a, b) => a.start - b.start)) {
    parts.push(Buffer.from(bytes.subarray(from, start)).toString('hex'));
    from = end;
  }
  return [...parts, Buffer.from(bytes.subarray(from)).toString('hex')];
};

const set = counters(VALUES);

const judged = (bytes: Uint8Array, path: string): ReturnType<typeof judgeFile> =>
  judgeFile({ path, bytes, read: readMarkers(bytes, path) }, set);

/** A document of which nothing is broken, so that it is rewritten: what was is taken out. */
const isSound = ({ judgement }: ReturnType<typeof judgeFile>): boolean => judgement.findings.every(({ rule }) => rule === 'counts/stale');

describe('whatever a document is', () => {
  test.for(['a.md', 'a.html', 'a.ts', 'a.toml'])('bytes outside of numbers never change: %s', (path) => {
    let written = 0;
    fc.assert(
      fc.property(contents, (bytes) => {
        const before = Buffer.from(bytes);
        const file = judged(bytes, path);
        expect(before.equals(bytes)).toBe(true);
        if (!isSound(file)) expect(file.after).toBeUndefined();
        if (file.after === undefined) return;
        written++;
        const again = readMarkers(file.after, path);
        expect(outside(file.after, again.markers)).toEqual(outside(bytes, file.read.markers));
        expect(judged(file.after, path).judgement.findings).toEqual([]);
      }),
      { numRuns: ROUNDS },
    );
    expect(written).toBeGreaterThan(path.endsWith('s') || path.endsWith('l') ? -1 : ROUNDS / 50);
  });

  test('what CommonMark takes for code never changes, and what is outside of it does', () => {
    const sound = documents(
      fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('7', '8'), fc.constantFrom(...AROUND))
        .map(([name, text, [open, close]]) => open + marker(name, text) + close),
      25,
    );
    let written = 0;
    let inCode = 0;
    fc.assert(
      fc.property(sound.map(asReference), (text) => {
        const { after } = judged(Buffer.from(text), 'a.md');
        if (after === undefined) return;
        const code = referenceCode(text);
        written++;
        if (code.some((literal) => literal.includes('count:'))) inCode++;
        expect(referenceCode(Buffer.from(after).toString())).toEqual(code);
      }),
      { numRuns: 2 * ROUNDS },
    );
    expect(written).toBeGreaterThan(ROUNDS / 5);
    expect(inCode).toBeGreaterThan(ROUNDS / 20);
  });
});

test('of many numbers in one line each is made true', () => {
  const text = marker('a', '7').repeat(2000);
  expect(Buffer.from(judged(Buffer.from(text), 'a.md').after ?? []).toString()).toBe(marker('a', '24').repeat(2000));
});
