import type { Context } from '../command.ts';
import { UsageError } from '../errors.ts';
import type { EventPlan } from '../incoming.ts';
import type { ReadFile } from './payload.ts';

interface Choice {
  readonly event?: { readonly plan: EventPlan; readonly mayFetch: boolean };
}

/** What `--event` and `--deepen` ask for. @throws {KeiError} where the run has no event, or its payload does not say enough */
export const eventChoice = async (
  options: { readonly event: boolean; readonly deepen: boolean },
  { env, ci }: Pick<Context, 'env' | 'ci'>,
  read: ReadFile,
): Promise<Choice> => {
  if (!options.event) {
    if (options.deepen) throw new UsageError('--deepen goes with --event');
    return {};
  }
  const { planEvent } = await import('./event.ts');
  return { event: { plan: planEvent(env, read), mayFetch: ci || options.deepen } };
};
