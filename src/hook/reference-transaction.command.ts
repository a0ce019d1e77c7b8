import { Exit } from '../errors.ts';
import { gitDirAround } from '../git/unsettled.ts';
import { readSeal, removeSeal, runningGit } from '../git/seal-file.ts';
import { here } from '../git/run.ts';
import { baseTree, commitTreeChanges } from '../git/tree-changes.ts';
import { readStdin } from '../stdin.ts';
import { isAlive } from '../sys/processes.ts';
import type { HookHandler } from './event.ts';
import { digestOf, newTips, parseSeal } from './seal.ts';
import { parseSkips } from './skip.ts';

/** A commit that pre-commit has sealed must have the content that it looked at. Other changes of refs pass. */
export const handler: HookHandler = async ({ args: [state] }, context) => {
  if (state !== 'prepared' || parseSkips(context.env).all) return Exit.clean;
  const gitDir = gitDirAround(context);
  const text = gitDir === undefined ? undefined : readSeal(gitDir);
  if (gitDir === undefined || text === undefined) return Exit.clean;
  const seal = parseSeal(text);
  if (seal === undefined || seal.git !== runningGit(context.env)) {
    // Whoever made it may still be waiting for a message; else it is of a commit that never was.
    if (seal === undefined || !isAlive(seal.git)) removeSeal(gitDir);
    return Exit.clean;
  }
  const tips = newTips((await readStdin(context)).toString('utf8'));
  if (tips.length === 0) return Exit.clean;
  const place = here(context);
  const base = await baseTree(place, seal.head);
  removeSeal(gitDir);
  for (const tip of tips) {
    if (digestOf(await commitTreeChanges(place, base, tip)) === seal.digest) continue;
    context.stderr.write(
      'kei-git: nothing is committed: this is not what pre-commit looked at, something changed the index since\n' +
        '  commit again, then what is staged now is looked at; or leave this guard out: KEI_SKIP=seal\n',
    );
    return Exit.found;
  }
  return Exit.clean;
};
