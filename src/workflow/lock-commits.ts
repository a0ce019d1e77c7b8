import type { Context } from '../command.ts';
import { shown, type LockFault } from '../lock/fault.ts';
import { keptFaults, refFaults, type LockedPin } from '../lock/commits.ts';
import { judgePin, type Verdict, type VerdictKind } from '../pins/verdict.ts';
import type { Remotes } from '../remote.ts';
import { InterruptedError } from '../errors.ts';
import { printable } from '../report/printable.ts';

const PARALLEL = 16;

const FOUND: readonly VerdictKind[] = ['ok-tip', 'ok-reachable', 'branch-only'];
const WORDS: Readonly<Partial<Record<VerdictKind, string>>> = {
  'branch-only': 'has no tag and is not on the default branch',
  'tag-object': 'is the object of a tag, not a commit',
  'off-repository': 'is in no branch and no tag of the repository: anybody can have written it',
  'not-a-commit': 'is no commit',
  missing: 'is not in the repository',
  'repository-missing': 'cannot be: there is no such repository',
  'auth-or-missing': 'could not be looked for: the repository is private, or there is none',
  'no-answer': 'could not be looked for',
};
const REMEDY = 'to take what its ref means now: kei-git workflow lock write';
const LOGIN = 'if it is yours, let git know how to log in there';

const faultOf = ({ entry, commit, url }: LockedPin, { kind, peeled, detail, refs }: Verdict): LockFault | undefined => {
  const words = WORDS[kind];
  if (words === undefined || kind === 'ok-tip' || kind === 'ok-reachable') return undefined;
  // It is what the entry says: a branch.
  if (kind === 'branch-only' && refs.includes(`refs/heads/${entry.ref}`)) return undefined;
  const isSilent = kind === 'no-answer' || kind === 'auth-or-missing';
  const because = isSilent && detail !== undefined ? `: ${printable(detail)}` : '';
  const hint = isSilent ? LOGIN : kind === 'repository-missing' ? `nothing answers at ${url}: is the name right?` : REMEDY;
  return {
    rule: `workflow/${kind}`,
    message: `the commit ${commit.oid.slice(0, 12)} of ${shown(entry.key)} ${words}${because}`,
    ...(kind === 'branch-only' || kind === 'no-answer'
      ? {}
      : { hint: peeled === undefined ? hint : `the commit behind it is ${peeled}\n${hint}` }),
    place: commit.place,
  };
};

export interface JudgedCommits {
  readonly faults: readonly LockFault[];
  /** What got no answer, in words, each once. */
  readonly unanswered: readonly string[];
}

/** Proves the commits of a lock against their repositories, several at once, and says where a ref has moved on. Answers of before are told where only they may be given. */
export const judgeCommits = async (
  pins: readonly LockedPin[],
  remotes: Remotes,
  isOffline: boolean,
  { signal, progress, now }: Pick<Context, 'signal' | 'progress' | 'now'>,
): Promise<JudgedCommits> => {
  const faults: (readonly LockFault[])[] = [];
  const heard: (readonly [LockedPin, Date | undefined])[] = [];
  const unanswered = new Set<string>();
  const todo = pins.entries();
  const work = async (): Promise<void> => {
    for (const [at, pin] of todo) {
      if (signal.aborted) throw new InterruptedError('interrupted');
      const verdict = await judgePin(remotes, pin.url, pin.commit.oid);
      const fault = faultOf(pin, verdict);
      const isSilent = verdict.kind === 'no-answer' || verdict.kind === 'auth-or-missing';
      if (isSilent) unanswered.add(`${pin.url}: ${printable(verdict.detail ?? 'no answer')}`);
      heard[at] = [pin, isSilent ? undefined : verdict.askedAt];
      faults[at] = [...(fault === undefined ? [] : [fault]), ...(FOUND.includes(verdict.kind) ? await refFaults(pin, remotes) : [])];
      progress.advance();
    }
  };
  progress.start('asking repositories', pins.length);
  await Promise.all(Array.from({ length: PARALLEL }, work));
  progress.stop();
  return { faults: [...faults.flat(), ...(isOffline ? keptFaults(heard, now()) : [])], unanswered: [...unanswered] };
};
