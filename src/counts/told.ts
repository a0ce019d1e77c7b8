import { CONFIG_FILE } from '../config/load.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import type { TomlDocument } from '../toml.ts';
import type { Counted } from './counted.ts';

const RULE = 'counts/broken';

const findingOf = (
  name: string,
  { key, reason, hint }: Extract<Counted, { kind: 'broken' }>,
  document: TomlDocument | undefined,
): Finding => {
  const path = ['counts', name, ...(key === '' ? [] : [key])];
  const place = document?.locate(path, 'value') ?? document?.locate(['counts', name]);
  return {
    rule: RULE,
    severity: 'error',
    message: `${name}: ${reason}`,
    ...(hint === undefined ? {} : { hint }),
    path: CONFIG_FILE,
    ...place,
    fingerprint: placeFingerprint(RULE, CONFIG_FILE, `${name} ${key}`, 0),
  };
};

/** What is to be said of the counters themselves, each once, wherever they are used: those that are broken, and those that nobody can tell here. */
export const toldOf = (
  counted: ReadonlyMap<string, Counted>,
  document: () => TomlDocument | undefined,
): { readonly findings: readonly Finding[]; readonly skipped: readonly Skipped[] } => {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  for (const [name, one] of counted) {
    if (one.kind === 'broken') findings.push(findingOf(name, one, document()));
    else if (one.kind === 'unknown') {
      const reason = `${name}: ${one.reason}${one.hint === undefined ? '' : ` (${one.hint})`}`;
      skipped.push({ path: CONFIG_FILE, reason, kind: one.isChosen === true ? 'policy' : 'failed' });
    }
  }
  return { findings, skipped };
};
