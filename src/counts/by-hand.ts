import type { CheckContext, Snapshot } from '../check.ts';
import { countWorld } from './open-world.ts';
import { ownSettings, type OwnSettings } from './own-settings.ts';
import { computeCounts } from './sources.ts';
import { toldOf } from './told.ts';
import type { Counted } from './counted.ts';
import type { Finding, Skipped } from '../report/finding.ts';

/** All counters of what is looked at. */
export interface AllCounts extends OwnSettings {
  readonly counted: ReadonlyMap<string, Counted>;
  readonly told: { readonly findings: readonly Finding[]; readonly skipped: readonly Skipped[] };
}

/** @param mayRun commands run though the repository is not trusted: somebody asked for it by hand */
export const countAll = async (after: Snapshot, context: CheckContext, mayRun: boolean): Promise<AllCounts> => {
  const settings = await ownSettings(after, context);
  const counted = await computeCounts(settings.counts, countWorld(after, context, false, mayRun));
  return { ...settings, counted, told: toldOf(counted, settings.document) };
};
