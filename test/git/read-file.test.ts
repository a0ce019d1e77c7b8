import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readInto } from '../../src/git/read-file.ts';
import { makeFolder } from '../repo.ts';

interface Memory {
  bytes: Uint8Array;
  readonly asked: number[];
  readonly view: () => Uint8Array;
  readonly grow: (needed: number) => Uint8Array;
}

/** Like WebAssembly memory: growing moves it, and keeps what is in it. */
const memory = (size: number, onGrow: () => void = () => {}): Memory => {
  const self: Memory = {
    bytes: new Uint8Array(size),
    asked: [],
    view: () => self.bytes,
    grow: (needed) => {
      self.asked.push(needed);
      const larger = new Uint8Array(needed);
      larger.set(self.bytes);
      self.bytes = larger;
      onGrow();
      return larger;
    },
  };
  return self;
};

test.for([
  { size: 0, room: 10, grown: [] },
  { size: 0, room: 0, grown: [1] },
  { size: 9, room: 10, grown: [] },
  { size: 10, room: 10, grown: [11] },
  { size: 11, room: 10, grown: [12] },
  { size: 1000, room: 10, grown: [1001] },
])('a file of $size bytes into a memory of $room', async ({ size, room, grown }) => {
  const dir = await makeFolder();
  const content = Buffer.from(Array.from({ length: size }, (_, n) => n % 251));
  writeFileSync(join(dir, 'f'), content);
  const into = memory(room);
  expect(readInto(dir, 'f', into.view, into.grow)).toEqual({ kind: 'read', size });
  expect(Buffer.from(into.bytes.subarray(0, size)).equals(content)).toBe(true);
  expect(into.asked).toEqual(grown);
});

test('a file that grows or shrinks while it is read: what is there', async () => {
  const dir = await makeFolder();
  const file = join(dir, 'f');
  writeFileSync(file, 'x'.repeat(20));
  const grows = memory(10, () => appendFileSync(file, 'y'.repeat(grows.asked.length === 1 ? 100 : 0)));
  expect(readInto(dir, 'f', grows.view, grows.grow)).toEqual({ kind: 'read', size: 120 });
  expect(Buffer.from(grows.bytes.subarray(0, 120)).toString()).toBe('x'.repeat(20) + 'y'.repeat(100));
  const shrinks = memory(10, () => truncateSync(file, 15));
  expect(readInto(dir, 'f', shrinks.view, shrinks.grow)).toEqual({ kind: 'read', size: 15 });
});

test.for([
  { limit: 20, kind: 'read' },
  { limit: 19, kind: 'policy' },
  { limit: 0, kind: 'policy' },
])('a limit of $limit on 20 bytes', async ({ limit, kind }) => {
  const dir = await makeFolder();
  writeFileSync(join(dir, 'f'), 'x'.repeat(20));
  for (const room of [5, 20, 21, 100]) {
    const into = memory(room);
    expect(readInto(dir, 'f', into.view, into.grow, limit)).toMatchObject({ kind, size: 20 });
  }
});

test.runIf(process.platform === 'linux')('files without a size, and devices without an end', async () => {
  const into = memory(10);
  const read = readInto('/proc/self', 'stat', into.view, into.grow);
  expect(read).toMatchObject({ kind: 'read' });
  expect(Buffer.from(into.bytes).toString()).toMatch(/^\d+ \(/);
  for (const device of ['zero', 'null', 'full']) {
    expect(readInto('/dev', device, into.view, into.grow)).toEqual({ kind: 'policy', path: device, reason: 'not a regular file' });
  }
});
