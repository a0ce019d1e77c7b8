import type { Use } from '../uses/use.ts';
import { placeOf, type Forges, type RepositoryPlace } from './place.ts';

/** What stands behind the `@`. `sha`: a full object name in lower case. `short`: hexadecimal, but too short to be one. */
export type PinRef =
  | { readonly kind: 'sha'; readonly oid: string; readonly isUpper: boolean }
  | { readonly kind: 'short'; readonly prefix: string }
  | { readonly kind: 'name'; readonly name: string };

/** A reference to a repository that git can be asked about. */
export interface Pin {
  readonly use: Use;
  readonly place: RepositoryPlace;
  readonly ref: PinRef;
  /** What led to it from the use's file, outermost first, `owner/repo@ref`; empty for what stands in the file itself. */
  readonly chain: readonly Link[];
}

export interface Link {
  readonly use: Use;
  readonly name: string;
}

const FULL = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const SHORT = /^(?=.*[0-9])[0-9a-f]{7,63}$/;

/** How a ref is written; what else it may be, the repository says. */
const parsePinRef = (ref: string): PinRef => {
  if (FULL.test(ref)) return { kind: 'sha', oid: ref.toLowerCase(), isUpper: ref !== ref.toLowerCase() };
  return SHORT.test(ref) ? { kind: 'short', prefix: ref } : { kind: 'name', name: ref };
};

/** True for a name that begins like a full object name and goes on. */
export const isLikeSha = (name: string): boolean => /^[0-9a-f]{40}/i.test(name);

/** The references of a file that lie in other repositories. @param path of the file that the forge reads */
export const pinsOf = (uses: readonly Use[], path: string, forges: Forges, chain: readonly Link[] = []): readonly Pin[] =>
  uses.flatMap((use): Pin[] => {
    const place = placeOf(use, path, forges);
    return place === undefined || use.ref === undefined ? [] : [{ use, place, ref: parsePinRef(use.ref), chain }];
  });

/** `actions/cache/save@v4`, an object name cut. */
export const showPin = ({ use, place, ref }: Pin): string => {
  const subpath = use.subpath === undefined ? '' : `/${use.subpath}`;
  return `${place.name}${subpath}@${ref.kind === 'sha' ? ref.oid.slice(0, 12) : (use.ref ?? '')}`;
};
