import { planHooks } from './plan.ts';
import { guardBlock, type Started } from './shim.ts';
import type { Found, Plan } from './state.ts';
import { wantedPlaces, type Seen, type Wish } from './wanted.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What only commands may reach, by the names it has in git/ and sys/. */
export interface PutDoors<P extends Seen> {
  readonly changeHooks: (places: P, how: { readonly env: Env; readonly dryRun: boolean }, plan: (found: Found) => Plan) => Promise<Plan>;
  readonly holdsHook: Wish['holds'];
  readonly installPrograms: (
    env: Env,
    where: { readonly repository: string; readonly outside: readonly string[]; readonly dryRun: boolean },
  ) => Started & { readonly settle: () => void };
}

export interface PutOptions {
  readonly events: readonly string[];
  /** As hooks of the configuration (git 2.54). */
  readonly inConfig: boolean;
  readonly dryRun: boolean;
}

/** Copies what hooks run to the person's data folder and leads git to it; what `install` and `doctor --fix` do. @throws {KeiError} */
export const putHooks = async <P extends Seen>(
  places: P,
  { events, inConfig, dryRun }: PutOptions,
  env: Env,
  doors: PutDoors<P>,
): Promise<Plan> => {
  const outside = places.worktrees.map(({ path }) => path);
  const programs = doors.installPrograms(env, { repository: places.commonDir, outside, dryRun });
  const blocks = new Map(events.map((event) => [event, guardBlock(event, programs)]));
  const plan = await doors.changeHooks(places, { env, dryRun }, (found) =>
    planHooks(found, wantedPlaces({ seen: places, blocks, linkedHooks: found.hooks.kind === 'link', inConfig, holds: doors.holdsHook })),
  );
  programs.settle();
  return plan;
};
