import type { Context } from '../command.ts';
import { mergeConfig } from '../config/merge.ts';
import { openSide, type Doors } from '../config/side.ts';
import { isTrusted } from '../config/trust.ts';

interface HookSettings {
  readonly events: readonly string[];
  readonly seal: boolean;
  /** Commands of users; without `on`: before a commit. */
  readonly run: readonly { readonly on?: readonly string[] | undefined }[];
}

/** What compares a commit with what pre-commit looked at. */
const SEAL_EVENTS: readonly string[] = ['pre-commit', 'reference-transaction'];

/** The events that the guard is put on: those that are asked for, and those that users' commands and the seal need. */
export const wantedEvents = ({ events, seal, run }: HookSettings): readonly string[] => [
  ...new Set([...events, ...(seal ? SEAL_EVENTS : []), ...run.flatMap(({ on = ['pre-commit'] }) => on)]),
];

/** The same, as the settings say that hold where we are. @throws {KeiError} */
export const eventsHere = async (context: Context, doors: Doors): Promise<readonly string[]> => {
  const { policy, personal, identity } = await openSide(context, doors);
  const trusted = isTrusted(personal?.trust ?? [], identity, policy);
  return wantedEvents(mergeConfig({ floor: personal?.floor, repository: policy.layer, trusted }).config.hook);
};
