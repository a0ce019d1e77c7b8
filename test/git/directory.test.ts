import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry, Snapshot } from '../../src/check.ts';
import { FileError, InterruptedError } from '../../src/errors.ts';
import { directorySnapshot } from '../../src/git/directory.ts';
import { openSnapshot } from '../../src/git/open.ts';
import { makeFolder } from '../repo.ts';

const paths = (entries: readonly Entry[]): string[] => entries.map(({ path }) => path);
const contents = async (snapshot: Snapshot, entries: readonly Entry[]): Promise<Record<string, string>> => {
  const out: Record<string, string> = {};
  for await (const [entry, content] of snapshot.readMany(entries)) {
    out[entry.path] =
      content.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : `${content.skipped.kind}: ${content.skipped.reason}`;
  }
  return out;
};

test('all files in order of their bytes, without the inside of .git', async () => {
  const dir = await makeFolder();
  for (const folder of ['a', 'a-b', '.git', 'sub/.git', 'empty', 'é']) mkdirSync(join(dir, folder), { recursive: true });
  for (const file of ['a/x', 'a-b/x', 'a.b', 'b', '.git/config', 'sub/.git/HEAD', 'sub/file', 'é/ü', '.hidden', '\ue000', '😀'])
    writeFileSync(join(dir, file), file);
  const snapshot = directorySnapshot(dir);
  const entries = await snapshot.list();
  expect(paths(entries)).toEqual(['.hidden', 'a-b/x', 'a.b', 'a/x', 'b', 'sub/file', 'é/ü', '\ue000', '😀']);
  expect(snapshot.unlisted).toEqual([]);
  expect(paths(await snapshot.list(['a', '*.b']))).toEqual(['a.b', 'a/x']);
  expect(Buffer.from((await snapshot.read('a/x')) ?? []).toString()).toBe('a/x');
  expect([await snapshot.read('none'), await snapshot.read('a')]).toEqual([undefined, undefined]);
  const opened = openSnapshot(structuredClone(snapshot.source?.()) ?? { kind: 'directory', root: '' });
  expect(await contents(opened, entries)).toMatchObject({ 'a/x': 'a/x', b: 'b' });
});

test.runIf(process.platform === 'linux')('links, FIFOs and sockets: named, never followed, never waited for', async () => {
  const dir = await makeFolder();
  writeFileSync(join(dir, 'file'), 'f');
  symlinkSync('.', join(dir, 'loop'));
  symlinkSync('/etc/passwd', join(dir, 'outside'));
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  const server = createServer();
  await new Promise<void>((done) => server.listen(join(dir, 'socket'), done));
  const snapshot = directorySnapshot(dir);
  const entries = await snapshot.list();
  expect(paths(entries)).toEqual(['file']);
  expect(snapshot.unlisted).toEqual([
    { reason: '2 symbolic links were not followed', kind: 'policy' },
    { path: 'fifo', reason: 'a FIFO', kind: 'policy' },
    { path: 'socket', reason: 'a socket', kind: 'policy' },
  ]);
  // And when one takes the place of a file after the listing.
  const late = ['fifo', 'socket', 'outside', '.', 'none'].map((path) => ({ path, mode: 0o100644 }));
  expect(await contents(snapshot, late)).toEqual({
    '.': 'policy: a folder',
    fifo: 'policy: not a regular file',
    none: 'policy: gone before it was read',
    outside: 'policy: a symbolic link',
    socket: 'policy: not a regular file',
  });
  await new Promise((done) => server.close(done));
});

test.runIf(process.platform === 'linux')('names that are no UTF-8 are found and read', async () => {
  const dir = await makeFolder();
  const odd = Buffer.concat([Buffer.from(`${dir}/odd`), Buffer.from([0xff])]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from('/x'), Buffer.from([0xfe])]), 'x');
  writeFileSync(join(dir, '50%'), 'p');
  writeFileSync(join(dir, 'a\nb'), 'n');
  writeFileSync(join(dir, 'real\ufffd'), 'r');
  const snapshot = directorySnapshot(dir);
  const entries = await snapshot.list();
  expect(await contents(snapshot, entries)).toEqual({ '50%25': 'p', 'a\nb': 'n', 'odd%FF/x%FE': 'x', 'real\ufffd': 'r' });
});

test('one file, and nothing', async () => {
  const dir = await makeFolder();
  writeFileSync(join(dir, '9%'), 'x');
  const snapshot = directorySnapshot(join(dir, '9%'));
  expect(await contents(snapshot, await snapshot.list())).toEqual({ '9%25': 'x' });
  expect(() => directorySnapshot(join(dir, 'none'))).toThrow(FileError);
  expect(await directorySnapshot(await makeFolder()).list()).toEqual([]);
});

test('too large is skipped with its size and can be streamed', async () => {
  const dir = await makeFolder();
  writeFileSync(join(dir, 'a'), 'x'.repeat(100));
  writeFileSync(join(dir, 'b'), 'x'.repeat(101));
  writeFileSync(join(dir, 'sparse'), '');
  truncateSync(join(dir, 'sparse'), 3_000_000_000);
  const snapshot = directorySnapshot(dir, { limit: 100 });
  const entries = await snapshot.list();
  const found = [];
  for await (const [, content] of snapshot.readMany(entries)) found.push(content);
  const skipped = (path: string) => ({ kind: 'policy', path, reason: 'larger than 100 bytes' });
  expect(found).toEqual([
    { kind: 'bytes', bytes: Buffer.from('x'.repeat(100)) },
    { kind: 'skipped', size: 101, skipped: skipped('b') },
    { kind: 'skipped', size: 3_000_000_000, skipped: skipped('sparse') },
  ]);
  let length = 0;
  for await (const piece of snapshot.stream({ path: 'b', mode: 0o100644 })) length += piece.length;
  expect(length).toBe(101);
  await expect(snapshot.read('b')).rejects.toThrow(new FileError('cannot read b: larger than 100 bytes'));
});

test('gone while it is walked and read, and interrupted', async () => {
  const dir = await makeFolder();
  for (let n = 0; n < 5; n++) writeFileSync(join(dir, `${n}`), 'x');
  const snapshot = directorySnapshot(dir);
  const entries = await snapshot.list();
  unlinkSync(join(dir, '2'));
  expect(await contents(snapshot, entries)).toMatchObject({ 1: 'x', 2: 'policy: gone before it was read', 3: 'x' });
  const abort = new AbortController();
  const reading = async (): Promise<void> => {
    for await (const _ of snapshot.readMany(entries, abort.signal)) abort.abort();
  };
  await expect(reading()).rejects.toThrow(InterruptedError);
});

// Root may read everything, so as root the test looks at it as another user.
test.runIf(process.platform === 'linux')('what may not be read is named as failed', async () => {
  const dir = await makeFolder();
  mkdirSync(join(dir, 'closed'));
  writeFileSync(join(dir, 'closed/x'), 'x');
  writeFileSync(join(dir, 'file'), 'f');
  chmodSync(join(dir, 'file'), 0);
  chmodSync(join(dir, 'closed'), 0);
  chmodSync(dir, 0o755);
  const snapshot = directorySnapshot(dir);
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65534);
  const entries = await snapshot.list();
  const read = await contents(snapshot, entries);
  if (root) process.seteuid?.(0);
  chmodSync(join(dir, 'closed'), 0o755);
  expect(read).toEqual({ file: 'failed: permission denied' });
  expect(snapshot.unlisted).toEqual([{ path: 'closed/', reason: 'permission denied', kind: 'failed' }]);
});
