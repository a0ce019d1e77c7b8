import type { CheckContext, Snapshot } from '../check.ts';
import { parseConfig } from '../config/layer.ts';
import { CONFIG_FILE } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { parseToml, type TomlDocument } from '../toml.ts';

/** The counters of what is looked at, and where markers are. */
export interface OwnSettings {
  readonly counts: Config['counts'];
  readonly markers: Config['markers'];
  /** kei.toml, for places in it; undefined where there is none. */
  readonly document: () => TomlDocument | undefined;
}

/**
 * Counters are not policy: a change that brings a counter and its first marker is judged by the kei.toml that it brings, not by the one before it.
 * @throws {ConfigError}
 */
export const ownSettings = async (after: Snapshot, context: Pick<CheckContext, 'policy' | 'readPolicyFile'>): Promise<OwnSettings> => {
  const isTree = after.kind !== 'directory';
  const bytes = isTree ? await after.read(CONFIG_FILE) : await context.readPolicyFile(CONFIG_FILE);
  const { counts, markers } = isTree ? parseConfig(bytes ?? '', CONFIG_FILE) : context.policy.config;
  return { counts, markers, document: () => (bytes === undefined ? undefined : parseToml(bytes, CONFIG_FILE)) };
};
