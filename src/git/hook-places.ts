import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, Place } from '../command.ts';
import { readFolder, readHookFile, type Around, type HookFile, type HookFolder } from './hook-file.ts';
import { CHAIN_FOLDERS, readHookSettings, type ConfigHook, type HooksPath, type HookSettings } from './hook-settings.ts';
import { here, run } from './run.ts';
import { listWorktrees, type Worktree } from './worktree-list.ts';

export interface WorktreeHooks {
  /** The root of the worktree, absolute. */
  readonly path: string;
  readonly gitDir: string;
  /** The first worktree, whose git directory is the repository. */
  readonly main: boolean;
  /** The one that we were asked in. */
  readonly current: boolean;
  /** Where git takes hooks from. */
  readonly folder: HookFolder;
  /** Where it would take them from without what `install` wrote into the configuration. */
  readonly beneath: HookFolder;
  readonly settings: HookSettings;
  /** What the events that were asked for would start, of `folder`. */
  readonly files: readonly HookFile[];
  /** Hooks in the configuration that are for an asked event and switched on, whether this git runs them or not. */
  readonly configHooks: readonly ConfigHook[];
}

export interface HookPlaces {
  /** Of git: `[2, 39]`. */
  readonly version: readonly [major: number, minor: number];
  /** This git runs hooks that stand in its configuration: 2.54 and newer. */
  readonly runsConfigHooks: boolean;
  readonly commonDir: string;
  /** Nothing is checked out beside the git directory itself. */
  readonly bare: boolean;
  /** Those that are there. */
  readonly worktrees: readonly WorktreeHooks[];
  /** Where git cannot be asked, and why: another user's, damaged. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

const gitVersion = async (place: Place): Promise<readonly [number, number]> => {
  const { stdout } = await run(place, ['version']);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout.toString('latin1')) ?? []).map(Number);
  return [major, minor];
};

/** core.hooksPath as it would be without what `install` wrote. */
const askedHooksPath = ({ hooksPaths }: HookSettings): HooksPath | undefined => hooksPaths.findLast(({ ours }) => !ours);

/** Where `install` keeps its files: beside the configuration of all worktrees, and beside that of one. */
export const chainFolder = (gitDir: string, scope: keyof typeof CHAIN_FOLDERS): string => join(gitDir, CHAIN_FOLDERS[scope]);

const readWorktree = async ({ place, gitDir, current }: Worktree, events: readonly string[], around: Around): Promise<WorktreeHooks> => {
  const settings = await readHookSettings(place, [gitDir, around.commonDir]);
  const own = join(around.commonDir, 'hooks');
  const folder = readFolder(settings.hooksPaths.at(-1)?.folder ?? own, around);
  return {
    path: place.cwd,
    gitDir,
    main: gitDir === around.commonDir,
    current,
    folder,
    beneath: readFolder(askedHooksPath(settings)?.folder ?? own, around),
    settings,
    files: events.map((event) => readHookFile(folder.path, event)),
    configHooks: settings.configHooks.filter((hook) => hook.enabled && hook.events.some((event) => events.includes(event))),
  };
};

/**
 * Where git takes its hooks from, for each worktree of the repository that we are in. What the environment or a command line sets for one run
 * (GIT_CONFIG_…, `git -c`) is left aside.
 * @throws {GitError} where there is no repository
 */
export const readHookPlaces = async (context: Pick<Context, 'cwd' | 'env'>, events: readonly string[]): Promise<HookPlaces> => {
  const { commonDir, bare, worktrees: listed, unreadable } = await listWorktrees(context);
  const version = await gitVersion(here(context));
  const around: Around = {
    commonDir,
    roots: listed.map(({ place }) => realpathSync.native(place.cwd)),
    gitDirs: [commonDir, ...listed.map(({ gitDir }) => gitDir)],
  };
  const worktrees: WorktreeHooks[] = [];
  for (const worktree of listed) worktrees.push(await readWorktree(worktree, events, around));
  const runsConfigHooks = version[0] > 2 || (version[0] === 2 && version[1] >= 54);
  return { version, runsConfigHooks, commonDir, bare, worktrees, unreadable };
};
