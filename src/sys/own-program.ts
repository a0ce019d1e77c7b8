import { join } from 'node:path';
import { execPath } from 'node:process'; // oxlint-disable-line no-restricted-imports -- what runs now is started once more
import { distFolder } from './assets.ts';

/** How the program of hooks is started again as it runs now: node and the file. undefined when it was not built. */
export const hookProgram = (): readonly [node: string, file: string] | undefined => {
  const dist = distFolder();
  return dist === undefined ? undefined : [execPath, join(dist, 'hook.cjs')];
};
