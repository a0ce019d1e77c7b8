import { readSync, writeSync } from 'node:fs';

const CHUNK = 65_536;
const WAIT_MS = 2;
const NEWLINE = 0x0a;

/** Waits where somebody made the file non-blocking. */
const patiently = (step: () => number): number => {
  for (;;) {
    try {
      return step();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') return 0; // how Windows says it
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
};

const readAll = (fd: number): Buffer => {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.allocUnsafe(CHUNK);
    const count = patiently(() => readSync(fd, part, 0, CHUNK, null));
    if (count === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, count));
  }
};

const writeAll = (fd: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) at += patiently(() => writeSync(fd, bytes, at));
};

/**
 * Reads standard input to its end and writes it to `fd` as hooks/*-stdin.sh waits for it: without its last newline, which a here-document adds, and
 * with a sign behind it.
 */
export const readAndGiveBack = (fd: number): Buffer => {
  const bytes = readAll(0);
  const text = bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes;
  writeAll(fd, Buffer.concat([text, Buffer.from(bytes.length === 0 ? '-' : '+')]));
  return bytes;
};
