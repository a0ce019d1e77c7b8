import { choice, defineCommand, flag } from '../command.ts';
import { UsageError } from '../errors.ts';
import { directorySnapshot } from '../git/directory.ts';
import { changeHooks, holdsHook } from '../git/hook-files.ts';
import { readHookPlaces, type HookPlaces } from '../git/hook-places.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { readIfThere } from '../sys/files.ts';
import { installPrograms } from '../sys/hook-programs.ts';
import { putHooks } from './put.ts';
import { eventsHere } from './wanted-events.ts';
import { planText, planValue } from './words.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };
const PUT_DOORS = { changeHooks, holdsHook, installPrograms };

const refuseUseless = ({ bare, worktrees, runsConfigHooks, version }: HookPlaces, inConfig: boolean): void => {
  if (bare && worktrees.length === 0)
    throw new UsageError('the repository is bare and has no worktree: nobody commits in it', {
      hint: 'run install in a clone, or after git worktree add',
    });
  if (inConfig && !runsConfigHooks)
    throw new UsageError(`git ${version.join('.')} runs no hooks of its configuration: --config-hooks needs git 2.54`, {
      hint: 'leave --config-hooks out, or install a newer git',
    });
};

export const command = defineCommand({
  args: {},
  options: {
    'config-hooks': flag('as hooks of the configuration, which git 2.54 and newer run'),
    'dry-run': flag('only say what would be changed'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Puts the guard into the files that git really runs, before what other tools have there, and never in their place. What it runs is copied to your data folder, so that no branch can replace it. ' +
    'Running it again renews what is there. kei-git uninstall gives every byte back.',
  examples: [
    { command: 'kei-git install', does: 'protects the repository with all its worktrees' },
    { command: 'kei-git install --dry-run', does: 'says what it would change' },
  ],
  run: async ({ options }, context) => {
    const inConfig = options['config-hooks'];
    const dryRun = options['dry-run'];
    const places = await readHookPlaces(context, []);
    refuseUseless(places, inConfig);
    const events = await eventsHere(context, DOORS);
    const plan = await putHooks(places, { events, inConfig, dryRun }, context.env, PUT_DOORS);
    return {
      kind: 'answer',
      text: `${planText(plan, context.cwd, dryRun)}${dryRun ? '' : 'To take it out: npx kei-git uninstall\n'}`,
      value: planValue(plan, dryRun),
    };
  },
});
