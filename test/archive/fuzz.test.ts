import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { officeText } from '../../src/archive/office.ts';
import { open } from './opened.ts';
import { paxOf, tarOf, zipOf, zstdOf } from './writers.ts';

const RUNS = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;
const SLOW_MS = 5_000; // what a loaded machine may take for one input; a hang takes longer
const MOST = 4 * 2 ** 20;

/** 758 bytes of words, as `zstd -1` of zstd 1.5 compresses them: Huffman and FSE tables, sequences, a checksum. */
const ZSTD =
  'KLUv/QRINQoA9pEtFJAlbpRlUhOCZlH6b/03cQcyc04HKAAnACYALubFC2eT0OZMl+FMlxMlADgoUOtKAHBQILwnZpPQph/06p4+J/RqBeZMl9OrNZ4+YxWlp49erftCDye8Jyec6WIlADgoOGGT0OILPZgzAyjZF3oYNgltT5/hTBe1zIsXhtkk9PCe7Il9oQcvXtCrtYqSeU8CJzJdvHjB9GoNk9BjT2wVJXv6nEif8fRZRUmv1gnvySpKw3syVgM5IDBCo5CpB4Mb7tfAEmWwk4mVZLgNCKDsfSQTKvkmSR4WAUrktBrhF0GTK4MXgdUMIuQACkEpCUSQwbcM7PONCCw8wwcAJoXv3Pre3CgJmc7AuFmMg5iDHZlgMnioC3JQEpXK4VCEkmWQCHGaJNysuMmgMixlUJVhAAEcEtISeUQEyOIYX27Fi8wIlQfTlFpX';

const words = 'alpha beta gamma\n'.repeat(300);
const zip = zipOf([
  { name: 'a', data: words },
  { name: 'b', data: words, method: 0 },
  { name: 'c', data: words, descriptor: 'signed' },
  { name: 'd', data: words, method: 0, descriptor: 'signed' },
  { name: 'e', data: words, zip64: true },
]);
const tar = tarOf([
  { name: 'a', data: words },
  { name: 'x', type: 'x', data: paxOf({ path: 'long/name', size: '12' }) },
  { name: 'b', data: 'twelve bytes' },
  { name: '././@LongLink', type: 'L', data: 'n'.repeat(300) },
  { name: 's', type: 'S', data: words, format: 'gnu' },
]);
const zstd = Buffer.from(ZSTD, 'base64');
const SEEDS: Readonly<Record<string, Buffer>> = {
  zip,
  tar,
  gzip: Buffer.concat([gzipSync(words), gzipSync(tar)]),
  zstd,
  runs: zstdOf([Buffer.from(words), { byte: 65, times: 1000 }, Buffer.from(words)]),
  nested: zipOf([
    { name: 't.tgz', data: gzipSync(tar) },
    { name: 'z.zst', data: zstd, method: 0 },
    { name: 'z.zip', data: zip },
  ]),
};

interface Change {
  readonly kind: 'set' | 'cut' | 'drop' | 'insert' | 'repeat';
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const change = fc.record({
  kind: fc.constantFrom('set', 'cut', 'drop', 'insert', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(300),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(...[[0xff, 0xff, 0xff, 0xff], [0], [0x50, 0x4b, 3, 4], [0x80]].map((one) => Uint8Array.from(one))),
  ),
}) as fc.Arbitrary<Change>;

const changed = (bytes: Buffer, { kind, at: where, length, bytes: more }: Change): Buffer => {
  const at = Math.floor(where * bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, more.subarray(0, after.length), after.subarray(more.length)]);
    case 'cut':
      return Buffer.from(before);
    case 'drop':
      return Buffer.concat([before, after.subarray(length)]);
    case 'insert':
      return Buffer.concat([before, more, after]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
  }
};

test('the seeds are sound', async () => {
  for (const [name, bytes] of Object.entries(SEEDS)) {
    const { members, left } = await open(bytes, { path: 's', depth: 4 });
    expect([name, left]).toEqual([name, []]);
    expect(members.length).toBeGreaterThan(0);
  }
});

test(`${RUNS} damaged archives: each ends, within its limits, without an error`, async () => {
  const made = fc.record({
    seed: fc.constantFrom(...Object.keys(SEEDS)),
    changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    chunk: fc.constantFrom(1 << 16, 1000, 17),
  });
  await fc.assert(
    fc.asyncProperty(made, async ({ seed, changes, chunk }) => {
      const bytes = changes.reduce(changed, SEEDS[seed] ?? Buffer.alloc(0));
      const begun = performance.now();
      const opened = await open(bytes, { path: 's', depth: 4, chunk, members: 500, bytes: MOST, free: 2 ** 20, keep: false });
      expect(performance.now() - begun).toBeLessThan(SLOW_MS);
      expect(opened.members.length).toBeLessThanOrEqual(501);
      expect(opened.bytes).toBeLessThan(2 * MOST);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('random bytes behind each beginning', async () => {
  const starts = [
    'PK\x03\x04\x14\0\0\0\x08\0',
    'PK\x03\x04\x14\0\x08\0\0\0',
    '\x1f\x8b\x08\0\0\0\0\0\0\0',
    '\x1f\x8b\x08\x1c',
    '\x28\xb5\x2f\xfd\x24',
    '\x28\xb5\x2f\xfd\0X',
    '\x52\x2a\x4d\x18',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 3000, size: 'max' }), async (start, rest) => {
      const opened = await open(Buffer.concat([Buffer.from(start, 'latin1'), rest]), {
        members: 500,
        bytes: MOST,
        free: 2 ** 20,
        keep: false,
      });
      expect(opened.bytes).toBeLessThan(2 * MOST);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('the text of any XML is text of it, in order', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<w:t>',
      '</w:t>',
      '<w:p/>',
      '</w:p>',
      '</si>',
      '&amp;',
      '&#65;',
      '&#x1F600;',
      '&#0;',
      '&nope',
      '<',
      '>',
      '&',
      ';',
      '\n',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const xml = Buffer.from(pieces.join(''));
      const { text, at } = officeText(xml);
      const places = Array.from(text, (_, i) => at(i));
      expect(places.every((place, i) => place >= (places[i - 1] ?? 0) && place < xml.length)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test('a zip that ends anywhere is read to its end', async () => {
  const small = zipOf([
    { name: 'a', data: 'one' },
    { name: 'b', data: 'two', descriptor: 'signed' },
  ]);
  for (let length = 4; length < small.length; length++) {
    const { left } = await open(small.subarray(0, length));
    expect(left.length, `cut at ${length} of ${small.length}`).toBeLessThan(10);
  }
});
