import type { Advertised } from '../remote.ts';

/** A tag or branch of that name, and its commit. */
export interface Named {
  /** Full name. */
  readonly ref: string;
  readonly oid: string;
}

/** What `name` means in a repository: the tag, then the branch. */
export const named = ({ refs }: Advertised, name: string): readonly Named[] =>
  [`refs/tags/${name}`, `refs/heads/${name}`].flatMap((ref) => {
    const tip = refs.get(ref);
    return tip === undefined ? [] : [{ ref, oid: tip.peeled ?? tip.oid }];
  });

/** True for names of releases, which do not move: three numbers. `v4`, `v4.2` and branches are there to move. */
export const isRelease = (name: string): boolean => /^(?:.*[/@_-])?v?\d+\.\d+\.\d+/i.test(name);

/** How the commit of an entry stands to the ref that it was taken from. */
export type RefState =
  | { readonly kind: 'same' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'moved'; readonly to: Named }
  /** A tag and a branch of that name, with other commits. */
  | { readonly kind: 'two'; readonly names: readonly Named[] };

export const refState = (advertised: Advertised, name: string, oid: string): RefState => {
  const names = named(advertised, name);
  const [first, second] = names;
  if (first === undefined) return { kind: 'gone' };
  if (names.some((one) => one.oid === oid)) return { kind: 'same' };
  return second === undefined || second.oid === first.oid ? { kind: 'moved', to: first } : { kind: 'two', names };
};
