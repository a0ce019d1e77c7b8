import { humanAge } from '../report/quantity.ts';
import type { Remotes } from '../remote.ts';
import { shown, type LockFault } from './fault.ts';
import { isObjectName } from './key.ts';
import type { Lock, LockedCommit, LockEntry } from './lock.ts';
import { isRelease, refState, type Named } from './refs.ts';

/** A commit of a lock and where its repository is. */
export interface LockedPin {
  readonly entry: LockEntry;
  readonly commit: LockedCommit;
  /** As git takes it. */
  readonly url: string;
}

/** The address of a repository of the forge. @param forge base URL, without a slash at the end */
export const urlOf = (forge: string, { key }: Pick<LockEntry, 'key'>): string => `${forge}/${key.owner}/${key.repo}`;

/** All commits of a lock, in its order. */
export const lockedPins = (lock: Lock, forge: string): readonly LockedPin[] =>
  lock.entries.flatMap((entry) => (entry.commit === undefined ? [] : [{ entry, commit: entry.commit, url: urlOf(forge, entry) }]));

const short = (oid: string): string => oid.slice(0, 12);
const shortRef = ({ ref }: Named): string => ref.replace(/^refs\/(?:tags|heads)\//, '');

/** The ref that says which commit an entry ought to have; undefined: its key is a commit, which cannot move. */
const refOf = ({ key, ref }: LockEntry): string | undefined => (isObjectName(key.ref) ? undefined : (ref ?? key.ref));

/** What is to be said of an entry whose commit is there: its ref may mean another one now. */
export const refFaults = async ({ entry, commit, url }: LockedPin, remotes: Remotes): Promise<readonly LockFault[]> => {
  const name = refOf(entry);
  const advertised = await remotes.advertised(url);
  if (name === undefined || advertised.kind === 'silent' || refState(advertised, name, commit.oid).kind === 'same') return [];
  // Only an answer of now may say that something is no longer so.
  const now = await remotes.advertised(url, 'fresh');
  const state = now.kind === 'silent' ? undefined : refState(now, name, commit.oid);
  const { place } = commit;
  switch (state?.kind) {
    case undefined:
    case 'same':
      return [];
    case 'gone':
      return [
        { rule: 'workflow/lock-ref-gone', message: `${shown(entry.key)} has neither a tag nor a branch of that name any more`, place },
      ];
    case 'two':
    case 'moved': {
      const to = state.kind === 'two' ? state.names[0] : state.to;
      if (to === undefined) return [];
      const isTag = to.ref.startsWith('refs/tags/');
      const hint = `it is ${to.oid}; to take that: kei-git workflow lock write`;
      return isTag && isRelease(name)
        ? [
            {
              rule: 'workflow/lock-release-moved',
              message: `the release ${shortRef(to)} of ${entry.key.owner}/${entry.key.repo} is not ${short(commit.oid)} any more: releases are not meant to move`,
              hint,
              place,
            },
          ]
        : [{ rule: 'workflow/lock-moved', message: `${shown(entry.key)} has moved on from ${short(commit.oid)}`, hint, place }];
    }
  }
};

/** Which answers are of a run before, one per repository. @param askedAt of each pin; undefined: it got no answer */
export const keptFaults = (answers: readonly (readonly [pin: LockedPin, askedAt: Date | undefined])[], now: Date): readonly LockFault[] => {
  const oldest = new Map<string, readonly [pin: LockedPin, askedAt: Date]>();
  for (const [pin, askedAt] of answers) {
    const known = oldest.get(pin.url);
    if (askedAt !== undefined && (known === undefined || askedAt < known[1])) oldest.set(pin.url, [pin, askedAt]);
  }
  return [...oldest.values()].map(([{ entry, commit }, askedAt]) => ({
    rule: 'workflow/lock-kept-answer',
    message: `${entry.key.owner}/${entry.key.repo} was asked ${humanAge(now.getTime() - askedAt.getTime())} ago, not now`,
    place: commit.place,
  }));
};
