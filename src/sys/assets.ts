import { fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetFile } from '../check.ts';
import { errorCode, fileError } from './files.ts';

// Set by the build to the folder of the bundle, in tests to dist/.
declare const __KEI_DIST__: string | undefined;
// Set where the program is one file: what that file holds, by name.
declare const __KEI_PACKED__: ((name: string) => Uint8Array | undefined) | undefined;
declare const __KEI_WORKER__: string | undefined;

const packed = (name: string): Uint8Array | undefined => (typeof __KEI_PACKED__ === 'function' ? __KEI_PACKED__(name) : undefined);

/** Where the program's files stand; undefined when it was not built. */
export const distFolder = (): string | undefined => (typeof __KEI_DIST__ === 'string' ? __KEI_DIST__ : undefined);

/** A file of the program's own folder; undefined when it is not there. */
export const readAsset = (name: string): Uint8Array | undefined => {
  const dist = distFolder();
  if (dist === undefined) return undefined;
  const inside = packed(name);
  if (inside !== undefined) return inside;
  try {
    return readFileSync(join(dist, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const opened = new Map<string, AssetFile>();
const keep = (name: string, file: AssetFile): AssetFile => (opened.set(name, file), file);

const ofBytes = (bytes: Uint8Array): AssetFile => ({
  length: bytes.length,
  read: (into, at) => into.set(bytes.subarray(at, at + into.length)),
});

/** The same, opened once and for all; undefined when it is not there. */
export const openAsset = (name: string): AssetFile | undefined => {
  const dist = distFolder();
  const known = opened.get(name);
  if (dist === undefined || known !== undefined) return known;
  const inside = packed(name);
  if (inside !== undefined) return keep(name, ofBytes(inside));
  const path = join(dist, name);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const file: AssetFile = {
    length: fstatSync(fd).size,
    read: (into, at) => {
      for (let done = 0; done < into.length;) {
        const count = readSync(fd, into, done, into.length - done, at + done);
        if (count === 0) throw fileError('read', path, new Error('it is shorter than it was'));
        done += count;
      }
    },
  };
  return keep(name, file);
};

/** Where the program's worker stands; undefined when it was not built. */
export const workerFile = (): string | undefined => {
  const dist = distFolder();
  return dist === undefined ? undefined : join(dist, typeof __KEI_WORKER__ === 'string' ? __KEI_WORKER__ : 'worker.cjs');
};
