import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { githubToken, placesOf } from '../leak/tokens.ts';
import { measured, type Measured } from '../measured.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { tarMember, tarOf, zipOf, zstdOf } from './writers.ts';

const MIB = 2 ** 20;
const PEAK = 250 * MIB; // budget B9
const SCANNED = 3 * 2 ** 30; // bytes: the limit of what is decompressed, and what it stands in, a few deep

const scanned = async (files: Readonly<Record<string, Buffer>>, depth: number): Promise<Measured> => {
  const cwd = await makeFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return measured(['leak', 'scan', '--archives', String(depth)], { cwd, env: isolatedEnv(await makeFolder()) });
};

const token = (seed: string): string => `token = "${githubToken(seed)}"\n`;

/** 16 archives in each of 16 archives in … */
const nestedBomb = (depth: number, leaf: Buffer): Buffer => {
  let bomb = leaf;
  for (let i = 0; i < depth; i++) bomb = zipOf(Array.from({ length: 16 }, (_, n) => ({ name: `${n}.zip`, data: bomb })));
  return bomb;
};

/** Runs of one byte that are as short as can be: 131,072 bytes of four. */
const zstdBomb = (window: number): Buffer =>
  zstdOf(
    Array.from({ length: 200_000 }, () => ({ byte: 0, times: 1 << 17 })),
    { window },
  );

const manyMembers = (count: number): Buffer => {
  const one = tarMember({ name: 'f'.repeat(99) });
  const thousand = gzipSync(Buffer.concat(Array.from({ length: 1000 }, () => one)));
  return Buffer.concat(Array.from({ length: count / 1000 }, () => thousand));
};

const OVER = /expands to more than|more than 100000 members/;

test.for<{ name: string; bomb: () => Buffer; depth?: number }>([
  {
    name: '10 MB that become 10 GB',
    bomb: () => {
      const ten = gzipSync(Buffer.alloc(10 * MIB));
      return Buffer.concat(Array.from({ length: 1000 }, () => ten));
    },
  },
  { name: 'zips in zips, 16 to the fifth', bomb: () => nestedBomb(5, zipOf([{ name: '0', data: Buffer.alloc(4 * MIB) }])), depth: 8 },
  { name: 'a tar of a million members', bomb: () => manyMembers(1_000_000), depth: 2 },
  { name: 'a zip of 150,000 members', bomb: () => zipOf(Array.from({ length: 150_000 }, (_, i) => ({ name: `f${i}`, method: 0 }))) },
  { name: 'zstd with a window of 32 MiB', bomb: () => zstdBomb(0x78) },
  { name: 'compressed again and again', bomb: () => gzipSync(gzipSync(gzipSync(Buffer.alloc(400 * MIB)))), depth: 8 },
])('a bomb ends in skipped, not in memory: $name', { timeout: 120_000 }, async ({ bomb, depth = 3 }) => {
  const { code, report, peak } = await scanned({ bomb: bomb(), 'later.gz': gzipSync(token('later')) }, depth);
  expect([code, placesOf(report.findings)]).toEqual([1, ['later.gz!/later:1']]);
  expect(report.skipped.filter(({ reason }) => OVER.test(reason))).toMatchObject([{ kind: 'policy' }]);
  expect(report.skipped.every(({ path = '' }) => path.startsWith('bomb'))).toBe(true);
  expect(report.stats.bytes).toBeLessThan(SCANNED);
  expect(peak).toBeLessThanOrEqual(PEAK);
});

test('large archives that are none: little memory, and what is in them is found', async () => {
  const noise = randomBytes(45 * MIB);
  const tar = tarOf([
    { name: 'noise', data: noise },
    { name: 'deep', data: token('deep') },
  ]);
  const files = {
    'stored.zip': zipOf([
      { name: 'a.tgz', data: gzipSync(tar, { level: 1 }), method: 0 },
      { name: 'z', data: token('z') },
    ]),
    'two.tar': tarOf([
      { name: 'noise', data: noise },
      { name: 'again', data: noise },
      { name: 'last', data: token('last') },
    ]),
  };
  const { report, peak } = await scanned(files, 4);
  expect(placesOf(report.findings)).toEqual(['stored.zip!/a.tgz!/a.tar!/deep:1', 'stored.zip!/z:1', 'two.tar!/last:1']);
  expect(report.skipped).toEqual([]);
  expect(peak).toBeLessThanOrEqual(PEAK);
}, 120_000);
