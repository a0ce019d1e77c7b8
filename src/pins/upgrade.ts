import type { Advertised, Remotes } from '../remote.ts';
import type { Answer } from './ask.ts';
import type { Wanted } from './mend.ts';
import type { Pin } from './pin.ts';
import { releases, tagsAt } from './refs.ts';
import { compareVersions, isFloating, parseVersion, type Version } from './version.ts';

/** A newer release for a pin, or why there is none that may be taken. */
export type Upgrade =
  | { readonly kind: 'newer'; readonly from: string; readonly tag: string; readonly wanted: Wanted }
  | { readonly kind: 'newest' }
  /** Nobody knows which release the pin is. */
  | { readonly kind: 'unversioned' }
  /** A newer one is younger than it must be. */
  | { readonly kind: 'young'; readonly tag: string; readonly ageMs: number }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface UpgradeOptions {
  readonly minAgeMs: number;
  readonly now: Date;
  /** Also over the first number of the version. */
  readonly major: boolean;
}

interface At {
  readonly name: string;
  readonly version: Version;
}

/** Of a part of the repository its own tags first, else those that are of no part. */
const fitOf = ({ version: { prefix } }: At, subpath: string | undefined): number => {
  const part = subpath?.split('/').at(-1);
  if (part !== undefined && prefix !== '' && [part, subpath].some((one) => one === prefix.slice(0, -1))) return 0;
  return prefix === '' ? 1 : 2;
};

/** The version that a reference is at: by what the repository says of its commit, else by its name or comment. */
const versionOf = ({ use, ref }: Pin, commit: string, advertised: Advertised): At | undefined => {
  const said = ref.kind === 'name' ? ref.name : use.comment?.version;
  const names = [...tagsAt(advertised, commit), ...(said === undefined ? [] : [said])];
  const known = names.flatMap((name): At[] => {
    const version = parseVersion(name);
    return version === undefined ? [] : [{ name, version }];
  });
  const prefix = said === undefined ? undefined : parseVersion(said)?.prefix;
  const ranked = known.toSorted((a, b) => fitOf(a, use.subpath) - fitOf(b, use.subpath));
  return ranked.find(({ version }) => prefix === undefined || version.prefix === prefix) ?? ranked[0];
};

const day = 24 * 60 * 60_000;

/** The newest release in range that is old enough. Commit dates are what the committer's clock said. */
export const findUpgrade = async (
  pin: Pin,
  { advertised, commit }: Answer,
  remotes: Remotes,
  { minAgeMs, now, major }: UpgradeOptions,
): Promise<Upgrade> => {
  if (advertised.kind === 'silent' || commit === undefined) return { kind: 'unknown', reason: 'its repository gave no answer' };
  const at = versionOf(pin, commit, advertised);
  if (at === undefined) return { kind: 'unversioned' };
  const inRange = releases(advertised, at.version.prefix).filter(
    ({ version }) =>
      (major || version.numbers[0] === at.version.numbers[0]) && !isFloating(version) && compareVersions(version, at.version) > 0,
  );
  let young: Upgrade | undefined;
  for (const release of inRange) {
    if (release.commit === commit) break;
    const tag = release.ref.slice('refs/tags/'.length);
    const dated = minAgeMs === 0 ? undefined : await remotes.dated(pin.place.url, release.commit);
    if (dated?.kind === 'silent') return { kind: 'unknown', reason: dated.detail };
    const ageMs = dated === undefined ? Infinity : now.getTime() - dated.committedAt.getTime();
    if (ageMs >= minAgeMs) return { kind: 'newer', from: at.name, tag, wanted: { commit: release.commit, tag } };
    young ??= { kind: 'young', tag, ageMs };
  }
  return young ?? { kind: 'newest' };
};

/** `3 days`, for an age below a release's least. */
export const showDays = (ms: number): string => {
  const days = Math.max(0, Math.floor(ms / day));
  return `${days} ${days === 1 ? 'day' : 'days'}`;
};
