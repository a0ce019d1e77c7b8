import { Exit } from '../errors.ts';
import { keepFixes } from '../git/fix-keeper.ts';
import { elsewhere } from '../git/run.ts';
import type { HookHandler } from './event.ts';

/** No event of git: a process that waits for git's end where commands changed what is staged, and puts it back if there was no commit. */
export const handler: HookHandler = async ({ args: [gitDir] }, { env }) => {
  if (gitDir !== undefined) await keepFixes(elsewhere(gitDir, env), gitDir);
  return Exit.clean;
};
