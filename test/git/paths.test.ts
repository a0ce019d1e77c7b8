import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePaths, decodePath, encodePath, sortByPath, splitNul } from '../../src/git/paths.ts';

const asBytes = (path: string | Buffer): Buffer => (typeof path === 'string' ? Buffer.from(path) : path);

test.for([
  { bytes: [0x61], path: 'a' },
  { bytes: [0x25], path: '%25' },
  { bytes: [0x25, 0x34, 0x31], path: '%2541' },
  { bytes: [0xff], path: '%FF' },
  { bytes: [0x61, 0xc3, 0xa9, 0xc3], path: 'aé%C3' },
  { bytes: [0xc3, 0x25, 0x0a], path: '%C3%25\n' },
  { bytes: [0xed, 0xa0, 0x80], path: '%ED%A0%80' },
  { bytes: [0xf0, 0x9f, 0x98, 0x80, 0xfe], path: '😀%FE' },
])('the bytes $bytes are $path', ({ bytes, path }) => {
  expect(encodePath(Buffer.from(bytes))).toBe(path);
  expect([...asBytes(decodePath(path))]).toEqual(bytes);
});

test('every name comes back byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (raw) => {
      const bytes = Buffer.from(raw);
      const path = encodePath(bytes);
      expect(asBytes(decodePath(path)).equals(bytes)).toBe(true);
      expect(Buffer.from(path).toString()).toBe(path);
    }),
  );
});

test('splitNul is the same on both of its ways', () => {
  const name = fc.uint8Array({ minLength: 1, maxLength: 8, min: 1 });
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const output = Buffer.concat(names.flatMap((raw) => [Buffer.from(raw), Buffer.from([0])]));
      expect(splitNul(output)).toEqual(names.map((raw) => encodePath(Buffer.from(raw))));
    }),
  );
  expect(splitNul(Buffer.from('a%\0b\nc'))).toEqual(['a%25', 'b\nc']);
});

test('comparePaths orders as bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(comparePaths(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(sortByPath([{ path: '😀' }, { path: '\ue000' }, { path: 'a' }]).map(({ path }) => path)).toEqual(['a', '\ue000', '😀']);
});
