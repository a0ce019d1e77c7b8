import { missingRules, parseLayer, type Layer } from './layer.ts';
import { parseTrust, type PolicyFile, type TrustRecord } from './trust.ts';

/** What the person says for all repositories. */
export interface PersonalSettings {
  /** config.toml, undefined when there is none. */
  readonly floor: Layer | undefined;
  /** The rule files it names. */
  readonly ruleFiles: readonly PolicyFile[];
  readonly trust: readonly TrustRecord[];
}

// The XDG specification: a relative path is invalid and is to be ignored.
const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
const DRIVE = /^[A-Za-z]:[\\/]/;

/** `$XDG_CONFIG_HOME/kei-git` or what the system has in its place; undefined when there is no home. */
export const personalFolder = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const { XDG_CONFIG_HOME: xdg, APPDATA: roaming } = env;
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (xdg !== undefined && ABSOLUTE.test(xdg)) return `${xdg}/kei-git`;
  if (roaming !== undefined && DRIVE.test(roaming)) return `${roaming}/kei-git`;
  return home !== undefined && ABSOLUTE.test(home) ? `${home}/.config/kei-git` : undefined;
};

export const trustFile = (folder: string): string => `${folder}/trust.toml`;

/**
 * @param read the bytes of a file, undefined when there is none
 * @throws {ConfigError} when one of the files is wrong, or a rule file it names is not there
 */
export const readPersonal = (folder: string, read: (path: string) => Uint8Array | undefined): PersonalSettings => {
  const file = `${folder}/config.toml`;
  const config = read(file);
  const floor = config === undefined ? undefined : parseLayer(config, file);
  const ruleFiles = (floor?.config.leak.rules ?? []).map((name, i): PolicyFile => {
    const path = ABSOLUTE.test(name) ? name : `${folder}/${name}`;
    const bytes = read(path);
    if (bytes === undefined && floor !== undefined) throw missingRules(floor, i, []);
    return { path, bytes: bytes ?? new Uint8Array() };
  });
  const trust = read(trustFile(folder));
  return { floor, ruleFiles, trust: trust === undefined ? [] : parseTrust(trust, trustFile(folder)) };
};
