import type { Finding, Severity } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import { withoutSecrets } from '../report/quoted.ts';
import type { Position } from '../toml.ts';

/** One thing to say about a file of policy. */
export interface Notice {
  /** What it is about, the same in the next run: `leak.fail-on`. */
  readonly key: string;
  readonly file: string;
  readonly position?: Position | undefined;
  readonly sentence: string;
}

/** @param rule with its room: `policy/changed` */
export const findingsOf = (notices: readonly Notice[], rule: string, severity: Severity, hint?: string): readonly Finding[] =>
  notices.map(({ key, file, position, sentence }) => ({
    rule,
    severity,
    message: sentence,
    ...(hint === undefined ? {} : { hint }),
    path: withoutSecrets(file),
    ...position,
    fingerprint: placeFingerprint(rule, file, key, 0),
  }));
