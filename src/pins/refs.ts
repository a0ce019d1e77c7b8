import type { Advertised, RefTip } from '../remote.ts';
import { compareVersions, covers, isFloating, parseVersion, type Version } from './version.ts';

const TAGS = 'refs/tags/';
const HEADS = 'refs/heads/';

export const commitOf = ({ oid, peeled }: RefTip): string => peeled ?? oid;

/** `v4` of `refs/tags/v4`, `main` of `refs/heads/main`. */
export const shortName = (ref: string): string => ref.replace(/^refs\/(?:tags|heads)\//, '');

export const isTag = (ref: string): boolean => ref.startsWith(TAGS);

/** A branch or tag and the commit it means. */
export interface Named {
  /** Full name. */
  readonly ref: string;
  readonly commit: string;
}

const named = ({ refs }: Advertised, ref: string): Named[] => {
  const tip = refs.get(ref);
  return tip === undefined ? [] : [{ ref, commit: commitOf(tip) }];
};

/** What `name` means exactly, tags first: git and forges prefer them. */
export const resolveName = (advertised: Advertised, name: string): readonly Named[] => [
  ...named(advertised, TAGS + name),
  ...named(advertised, HEADS + name),
];

/**
 * What a person may mean by a version: the name itself, then with or without its `v`, then the tag of a part of the repository (`pkg/v1`, `pkg-v1`).
 * @param subpath the part that is used
 */
export const resolveMeant = (advertised: Advertised, version: string, subpath = ''): readonly Named[] => {
  const bare = version.replace(/^[vV](?=\d)/, '');
  const spellings = /^[vV]?\d/.test(version) ? [version, `v${bare}`, bare, `V${bare}`] : [version];
  const part = subpath.split('/').at(-1) ?? '';
  const parts = part === '' ? [] : [...new Set([subpath, part])];
  const tags = [
    ...spellings,
    ...parts.flatMap((one) => ['/', '-', '@', '_'].flatMap((mark) => spellings.map((name) => one + mark + name))),
  ];
  const found = [...new Set(tags)].flatMap((name) => named(advertised, TAGS + name));
  return [...found, ...named(advertised, HEADS + version)];
};

/** Names of tags that mean a commit, the most telling first: releases of three numbers, then higher ones. */
export const tagsAt = ({ refs }: Advertised, commit: string): readonly string[] => {
  const names = [...refs].flatMap(([ref, tip]) => (isTag(ref) && commitOf(tip) === commit ? [ref.slice(TAGS.length)] : []));
  const ranked = names.map((name) => ({ name, version: parseVersion(name) }));
  return ranked
    .toSorted((a, b) => rank(b.version) - rank(a.version) || byVersion(b.version, a.version) || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
};

const rank = (version: Version | undefined): number =>
  version === undefined ? 0 : isFloating(version) ? 1 : version.suffix === '' ? 3 : 2;
const byVersion = (a: Version | undefined, b: Version | undefined): number =>
  a === undefined || b === undefined ? 0 : compareVersions(a, b);

/** The most telling tag of a commit that a name covers, `v4.2.2` for `v4`; the name where there is none. */
export const bestTag = (advertised: Advertised, commit: string, name: string): string => {
  const wanted = parseVersion(name);
  const better = tagsAt(advertised, commit).find((tag) => {
    const version = parseVersion(tag);
    return (
      wanted?.prefix === version?.prefix && wanted !== undefined && version !== undefined && !isFloating(version) && covers(wanted, version)
    );
  });
  return wanted !== undefined && isFloating(wanted) ? (better ?? name) : name;
};

/** Releases, newest first: tags of versions without a suffix. */
export const releases = (advertised: Advertised, prefix = ''): readonly (Named & { readonly version: Version })[] =>
  [...advertised.refs]
    .flatMap(([ref, tip]) => {
      const version = isTag(ref) ? parseVersion(ref.slice(TAGS.length)) : undefined;
      return version === undefined || version.prefix !== prefix || version.suffix !== '' ? [] : [{ ref, commit: commitOf(tip), version }];
    })
    .toSorted((a, b) => compareVersions(b.version, a.version) || b.version.numbers.length - a.version.numbers.length);
