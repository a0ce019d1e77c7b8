import { choice, defineCommand, flag, type Context } from '../command.ts';
import { mergeConfig } from '../config/merge.ts';
import { openSide } from '../config/side.ts';
import { isTrusted } from '../config/trust.ts';
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
import { planHooks } from './plan.ts';
import { guardBlock } from './shim.ts';
import type { Plan } from './state.ts';
import { wantedEvents } from './wanted-events.ts';
import { wantedPlaces } from './wanted.ts';
import { planText, planValue } from './words.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };

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

const eventsHere = async (context: Context): Promise<readonly string[]> => {
  const { policy, personal, identity } = await openSide(context, DOORS);
  const trusted = isTrusted(personal?.trust ?? [], identity, policy);
  return wantedEvents(mergeConfig({ floor: personal?.floor, repository: policy.layer, trusted }).config.hook);
};

interface Job {
  readonly places: HookPlaces;
  readonly events: readonly string[];
  readonly inConfig: boolean;
  readonly dryRun: boolean;
}

const install = async ({ places, events, inConfig, dryRun }: Job, { env }: Context): Promise<Plan> => {
  const { commonDir, worktrees } = places;
  const programs = installPrograms(env, { repository: commonDir, outside: worktrees.map(({ path }) => path), dryRun });
  const blocks = new Map(events.map((event) => [event, guardBlock(event, programs)]));
  const plan = await changeHooks(places, { env, dryRun }, (found) =>
    planHooks(found, wantedPlaces({ seen: places, blocks, linkedHooks: found.hooks.kind === 'link', inConfig, holds: holdsHook })),
  );
  programs.settle();
  return plan;
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
    const plan = await install({ places, events: await eventsHere(context), inConfig, dryRun }, context);
    return {
      kind: 'answer',
      text: `${planText(plan, context.cwd, dryRun)}${dryRun ? '' : 'To take it out: npx kei-git uninstall\n'}`,
      value: planValue(plan, dryRun),
    };
  },
});
