import { choice, defineCommand, flag, type Context } from '../command.ts';
import { Exit, FileError } from '../errors.ts';
import { changeHooks } from '../git/hook-files.ts';
import { readHookPlaces } from '../git/hook-places.ts';
import { forgetPrograms } from '../sys/hook-programs.ts';
import { planHooks } from './plan.ts';
import { NOTHING_WANTED } from './wanted.ts';
import { planText, planValue } from './words.ts';

/** Removes what only this repository's hooks ran; where that cannot be found, the guard is out all the same. */
const forgetCopy = (env: Context['env'], repository: string): void => {
  try {
    forgetPrograms(env, repository);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
};

export const command = defineCommand({
  args: {},
  options: {
    'dry-run': flag('only say what would be changed'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Takes out what install put into hooks and configuration, in every worktree, and gives back every byte that was there before. What a person changed meanwhile stays, and is named.',
  examples: [{ command: 'kei-git uninstall', does: 'takes the guard out of the repository' }],
  run: async ({ options }, { cwd, env }) => {
    const dryRun = options['dry-run'];
    const places = await readHookPlaces({ cwd, env }, []);
    const plan = await changeHooks(places, { env, dryRun }, (found) => planHooks(found, NOTHING_WANTED));
    if (!dryRun && plan.remarks.length === 0) forgetCopy(env, places.commonDir);
    const isEmpty = plan.lines.length === 0 && plan.remarks.length === 0;
    return {
      kind: 'answer',
      text: isEmpty ? 'kei-git is not installed here.\n' : planText(plan, cwd, dryRun),
      value: planValue(plan, dryRun),
      exitCode: plan.remarks.length > 0 ? Exit.found : Exit.clean,
    };
  },
});
