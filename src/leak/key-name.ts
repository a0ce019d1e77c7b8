import type { Context } from '../command.ts';
import { mergeConfig } from '../config/merge.ts';
import { openSide, type Doors } from '../config/side.ts';

/** Which key the settings name. A repository's own may name any, since a name loosens nothing. */
export const settledKeyName = async (context: Context, doors: Doors): Promise<string> => {
  const { personal, policy } = await openSide(context, doors);
  return mergeConfig({ floor: personal?.floor, repository: policy.layer, trusted: false }).config.leak.key;
};
