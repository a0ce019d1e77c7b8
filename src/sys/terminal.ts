import { fstatSync, writeSync } from 'node:fs';
import { sep } from 'node:path';
import type { Output } from '../command.ts';
import { errorCode, fileError } from './files.ts';

const WAIT_MS = 2;
const wait = new Int32Array(new SharedArrayBuffer(4));

export interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
}

/** False where a file or a pipe is open. */
export const mayBeTerminal = (fd: number): boolean => {
  try {
    return sep === '\\' || fstatSync(fd).isCharacterDevice();
  } catch {
    return false; // it is closed
  }
};

/** Writes all bytes before it returns, also to a pipe that somebody made non-blocking and that is full. */
const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(wait, 0, 0, WAIT_MS);
    }
  }
};

/**
 * Standard output or standard error, written at once, so that nothing is lost whenever the program ends.
 * A reader that went away (`| head`) ends the writing quietly; a full disk is a {@link FileError}.
 */
export const outputTo = (fd: 1 | 2, { isTTY, columns }: Terminal): Output => {
  let closed = false;
  return {
    isTTY,
    columns,
    write: (text) => {
      if (closed) return;
      try {
        writeAll(fd, typeof text === 'string' ? Buffer.from(text) : text);
      } catch (error) {
        closed = true;
        const code = errorCode(error);
        // EOF is what Windows says for EPIPE. When stderr cannot be written, there is no one left to tell.
        if (fd === 1 && code !== 'EPIPE' && code !== 'EOF') throw fileError('write', 'standard output', error);
      }
    },
  };
};
