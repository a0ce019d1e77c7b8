import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CacheStore } from '../../src/command.ts';
import { newKeyText } from '../../src/values/key.ts';
import { run, type Ran } from '../leak/commands.ts';
import type { Overrides } from '../captured.ts';
import type { TestRepo } from '../repo.ts';

/** A key of these tests, the same in each run. */
export const KEY = newKeyText((count) => Uint8Array.from({ length: count }, (_, at) => (at * 37 + 11) % 248));

/** The mirror of a test repository, beside it. */
export const outOf = (repo: TestRepo, name = 'public.git'): string => join(repo.dir, '..', name);

const kept = new Map<string, Uint8Array>();
/** Compiled rules: the tests of a file have the same. */
const cache: CacheStore = { read: (name) => kept.get(name), write: (name, bytes) => void kept.set(name, bytes) };

/** `leak mirror`, with the key of these tests. */
export const mirror = (repo: TestRepo, argv: readonly string[], { env, ...rest }: Overrides = {}): Promise<Ran> =>
  run(repo, ['leak', 'mirror', ...argv], { env: { KEI_LEAK_KEY: KEY, ...env }, cache, ...rest });

/** Git in a mirror; what it prints, without the last newline. */
export const gitIn = async (dir: string, ...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('git', ['--git-dir', dir, ...args], {
    maxBuffer: 1 << 28,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  return stdout.replace(/\n$/, '');
};

/** Every object of a repository, reachable or not: its name, type and bytes. */
export const allObjects = async (
  dir: string,
): Promise<readonly { readonly oid: string; readonly type: string; readonly bytes: Buffer }[]> => {
  const { stdout } = await promisify(execFile)('git', ['--git-dir', dir, 'cat-file', '--batch', '--batch-all-objects', '--buffer'], {
    maxBuffer: 1 << 28,
    encoding: 'buffer',
  });
  const objects: { oid: string; type: string; bytes: Buffer }[] = [];
  for (let at = 0; at < stdout.length;) {
    const line = stdout.indexOf(10, at);
    const [oid = '', type = '', size = '0'] = stdout.toString('latin1', at, line).split(' ');
    objects.push({ oid, type, bytes: stdout.subarray(line + 1, line + 1 + Number(size)) });
    at = line + 2 + Number(size);
  }
  return objects;
};

/** Where a text stands in a repository: in any object, as it is, in base64 at each of its three places, in UTF-16 of both orders, in hexadecimal. */
export const findIn = async (dir: string, secret: string): Promise<readonly string[]> => {
  const wide = Buffer.from(secret, 'utf16le');
  const forms: [string, Buffer][] = [
    ['raw', Buffer.from(secret)],
    ['utf-16le', wide],
    ['utf-16be', Buffer.from(wide).swap16()],
    ['hex', Buffer.from(Buffer.from(secret).toString('hex'))],
    ...[0, 1, 2].map((shift): [string, Buffer] => {
      const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
      return [`base64+${shift}`, Buffer.from(text.slice(shift === 0 ? 0 : 4, -4))];
    }),
  ];
  return (await allObjects(dir)).flatMap(({ oid, type, bytes }) =>
    forms.flatMap(([form, needle]) => (bytes.includes(needle) ? [`${form} in ${type} ${oid}`] : [])),
  );
};
