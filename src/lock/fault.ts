import type { Finding } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import { withoutSecrets } from '../report/quoted.ts';
import { isObjectName } from './key.ts';
import { LOCK_PATH, LOCK_RULES, type LockKey, type LockRule, type Place } from './lock.ts';

/** Something that is to be said of a lock. */
export interface LockFault {
  readonly rule: LockRule;
  readonly message: string;
  readonly hint?: string;
  /** The file it stands in; default: the lock. */
  readonly path?: string;
  readonly place: Pick<Place, 'line' | 'column'> & Partial<Place>;
  /** Something is missing that only the host's own tool can add; what is there is sound. */
  readonly isForHost?: boolean;
}

/** A key as it is shown: of an object name the beginning. */
export const shown = ({ owner, repo, ref }: LockKey): string =>
  `${owner}/${repo}@${isObjectName(ref) ? `${ref.slice(0, 12)}…` : withoutSecrets(ref)}`;

/** What GitHub is reported to do with a lock that it cannot read: https://github.com/github/gh-actions-lock/issues/125 */
const IGNORED = 'the host ignores a broken lock without a word';

export const broken = (message: string, place: LockFault['place'], hint?: string): LockFault => ({
  rule: 'workflow/lock-broken',
  message: `${message}: ${IGNORED}`,
  hint: hint ?? 'write it anew with the tool of the host: gh actions-lock',
  place,
});

/** As findings of a report. @param lockPath where the lock stands, from the root of what is looked at */
export const lockFindings = (faults: readonly LockFault[], lockPath: string = LOCK_PATH): readonly Finding[] => {
  const seen = new Map<string, number>();
  return faults.map(({ rule, message, hint, path = lockPath, place }) => {
    const key = `${rule}\0${path}\0${message}`;
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return {
      rule,
      severity: LOCK_RULES[rule],
      message,
      ...(hint === undefined ? {} : { hint }),
      path,
      line: place.line,
      column: place.column,
      ...(place.start === undefined ? {} : { start: place.start }),
      ...(place.end === undefined ? {} : { end: place.end }),
      fingerprint: placeFingerprint(rule, path, message, ordinal),
    };
  });
};
