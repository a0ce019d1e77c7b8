import { fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetFile } from '../check.ts';
import { errorCode, fileError } from './files.ts';

// Set by the build to the folder of the bundle, in tests to dist/.
declare const __KEI_DIST__: string | undefined;

const folder = (): string | undefined => (typeof __KEI_DIST__ === 'string' ? __KEI_DIST__ : undefined);

/** A file of the program's own folder; undefined when it is not there. */
export const readAsset = (name: string): Uint8Array | undefined => {
  const dist = folder();
  if (dist === undefined) return undefined;
  try {
    return readFileSync(join(dist, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const opened = new Map<string, AssetFile>();

/** The same, opened once and for all; undefined when it is not there. */
export const openAsset = (name: string): AssetFile | undefined => {
  const dist = folder();
  const known = opened.get(name);
  if (dist === undefined || known !== undefined) return known;
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
  opened.set(name, file);
  return file;
};

/** Where the program's worker stands; undefined when it was not built. */
export const workerFile = (): string | undefined => {
  const dist = folder();
  return dist === undefined ? undefined : join(dist, 'worker.cjs');
};
