import type { Advertised } from '../remote.ts';
import { isTag, resolveMeant, shortName, tagsAt, type Named } from './refs.ts';
import { covers, isFloating, parseVersion } from './version.ts';

/** What the comment behind a pin turned out to be. */
export type CommentTruth =
  /** It names nothing, or a word that is no ref here. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'true' }
  /** A tag that moves with each release, and has moved on. `was`: a tag that stayed. */
  | { readonly kind: 'moved'; readonly named: Named; readonly was: string | undefined }
  /** Another commit's. `is`: tags of the pin, the most telling first. */
  | { readonly kind: 'false'; readonly named: Named; readonly is: readonly string[] }
  /** A version that the repository has no tag or branch for. */
  | { readonly kind: 'unknown'; readonly is: readonly string[] }
  /** It depends on what reaches the pin, which nobody has said. */
  | { readonly kind: 'open' };

const isCoveredBy = (version: string, tag: string): boolean => {
  const [wide, narrow] = [parseVersion(version), parseVersion(tag)];
  return wide !== undefined && narrow !== undefined && covers(wide, narrow);
};

/**
 * Compares a comment with what the repository says.
 * @param version as the comment names it
 * @param reaching full names of the refs that reach the pin; undefined: not asked
 */
export const judgeComment = (
  version: string,
  pin: string,
  subpath: string | undefined,
  advertised: Advertised,
  reaching: readonly string[] | undefined,
): CommentTruth => {
  const meant = resolveMeant(advertised, version, subpath);
  if (meant.some(({ commit }) => commit === pin)) return { kind: 'true' };
  const is = tagsAt(advertised, pin);
  const covered = is.find((tag) => isCoveredBy(version, tag));
  const [named] = meant;
  if (named === undefined) {
    if (covered !== undefined) return { kind: 'true' };
    return parseVersion(version) === undefined ? { kind: 'silent' } : { kind: 'unknown', is };
  }
  const floats = isTag(named.ref) && isFloats(shortName(named.ref));
  if (floats && covered !== undefined) return { kind: 'moved', named, was: covered };
  if (!floats && isTag(named.ref)) return { kind: 'false', named, is };
  if (reaching === undefined) return { kind: 'open' };
  if (!reaching.includes(named.ref)) return { kind: 'false', named, is };
  return floats ? { kind: 'moved', named, was: undefined } : { kind: 'true' };
};

const isFloats = (name: string): boolean => {
  const version = parseVersion(name);
  return version === undefined || isFloating(version);
};
