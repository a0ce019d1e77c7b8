import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCache, openRepositoryCache } from '../../src/sys/cache.ts';
import { makeFolder } from '../repo.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined): string | undefined => found && Buffer.from(found).toString();

test('what is written is read again, by this and by the next process', async () => {
  const home = await makeFolder();
  const cache = openCache({ HOME: home });
  cache?.write('rules-1', bytes('compiled'));
  cache?.write('empty', bytes(''));
  const again = openCache({ HOME: home });
  expect([text(again?.read('rules-1')), text(again?.read('empty')), again?.read('none')]).toEqual(['compiled', '', undefined]);
  expect(readdirSync(join(home, '.cache', 'kei-git')).sort()).toEqual(['empty', 'rules-1']);
  if (process.platform !== 'win32') expect(lstatSync(join(home, '.cache', 'kei-git')).mode & 0o777).toBe(0o700);
});

test.for([
  { name: 'a flipped byte', damage: (file: string) => writeFileSync(file, flip(readFileSync(file), 50)) },
  { name: 'a flipped byte of the hash', damage: (file: string) => writeFileSync(file, flip(readFileSync(file), 20)) },
  { name: 'half of it', damage: (file: string) => truncateSync(file, 47) },
  { name: 'nothing', damage: (file: string) => truncateSync(file, 0) },
  { name: 'other bytes', damage: (file: string) => writeFileSync(file, 'x'.repeat(100)) },
  { name: 'more at the end', damage: (file: string) => writeFileSync(file, 'x', { flag: 'a' }) },
])('a damaged entry is no entry: $name', async ({ damage }) => {
  const home = await makeFolder();
  const cache = openCache({ HOME: home });
  cache?.write('entry', bytes('0123456789'));
  expect(text(cache?.read('entry'))).toBe('0123456789');
  damage(join(home, '.cache', 'kei-git', 'entry'));
  expect(cache?.read('entry')).toBeUndefined();
  cache?.write('entry', bytes('again'));
  expect(text(cache?.read('entry'))).toBe('again');
});

const flip = (whole: Buffer, at: number): Buffer => {
  whole[at] = (whole[at] ?? 0) ^ 1;
  return whole;
};

test.for(['../escape', 'a/b', '', '.hidden', 'x'.repeat(200), 'nul\0', 'tmp.tmp'])('the name %j is refused', async (name) => {
  const home = await makeFolder();
  const cache = openCache({ HOME: home });
  cache?.write(name, bytes('x'));
  expect(cache?.read(name)).toBeUndefined();
  expect([readdirSync(join(home, '.cache')), readdirSync(join(home, '.cache', 'kei-git'))]).toEqual([['kei-git'], []]);
});

test('XDG_CACHE_HOME is used when it is absolute', async () => {
  const home = await makeFolder();
  openCache({ HOME: home, XDG_CACHE_HOME: join(home, 'xdg') })?.write('a', bytes('x'));
  openCache({ HOME: home, XDG_CACHE_HOME: 'relative' })?.write('b', bytes('x'));
  expect(readdirSync(join(home, 'xdg', 'kei-git'))).toEqual(['a']);
  expect(readdirSync(join(home, '.cache', 'kei-git'))).toEqual(['b']);
  expect(openCache({})).toBeUndefined();
  expect(openRepositoryCache(home)).toBeDefined();
  expect(readdirSync(home)).toContain('kei');
});

test.runIf(process.platform !== 'win32')('a folder that is not safely ours is no cache', async () => {
  const home = await makeFolder();
  mkdirSync(join(home, 'elsewhere'));
  mkdirSync(join(home, '.cache'));
  symlinkSync(join(home, 'elsewhere'), join(home, '.cache', 'kei-git'));
  expect(openCache({ HOME: home })).toBeUndefined();

  const open = await makeFolder();
  mkdirSync(join(open, 'kei'));
  chmodSync(join(open, 'kei'), 0o777);
  expect(openRepositoryCache(open)).toBeUndefined();

  const file = await makeFolder();
  writeFileSync(join(file, 'kei'), '');
  expect(openRepositoryCache(file)).toBeUndefined();
});

test.runIf(process.getuid?.() === 0)("somebody else's folder is no cache (needs root to make one)", async () => {
  const home = await makeFolder();
  mkdirSync(join(home, 'kei'), { mode: 0o700 });
  chownSync(join(home, 'kei'), 65534, 65534);
  expect(openRepositoryCache(home)).toBeUndefined();
});
