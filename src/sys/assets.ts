import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './files.ts';

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

/** Where the program's worker stands; undefined when it was not built. */
export const workerFile = (): string | undefined => {
  const dist = folder();
  return dist === undefined ? undefined : join(dist, 'worker.cjs');
};
