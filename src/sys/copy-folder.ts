import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, fileError } from './files.ts';

/** Takes a folder away in one step: at no instant is half of it there. */
export const removeFolder = (data: string, folder: string): void => {
  const aside = join(data, `.old-${randomBytes(9).toString('hex')}`);
  try {
    renameSync(folder, aside);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileError('remove', folder, error); // somebody else did
  }
  rmSync(aside, { recursive: true, force: true });
};
