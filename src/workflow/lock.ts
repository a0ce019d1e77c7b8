import type { CheckContext, Outcome } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import { lockedPins } from '../lock/commits.ts';
import { judgeCoverage, judgeEntries } from '../lock/coverage.ts';
import { lockFindings, type LockFault } from '../lock/fault.ts';
import { readLock } from '../lock/read.ts';
import type { Skipped } from '../report/finding.ts';
import { forgesOf } from '../pins/place.ts';
import type { Remotes } from '../remote.ts';
import { judgeCommits, type JudgedCommits } from './lock-commits.ts';
import { choiceOf } from './pins.ts';
import type { UsingFiles } from './using.ts';

/** The forge that a lock is for: it holds no hosts. */
export const forgeOf = ({ policy, env }: Pick<CheckContext, 'policy' | 'env'>): string =>
  forgesOf(policy.config.workflow, env, undefined).forge;

/** The same door as for pins: what one asked, the other knows. */
export const remotesFor = async (context: CheckContext, isOffline: boolean): Promise<Remotes> =>
  context.remotes(await choiceOf(context, isOffline));

export interface LockInput {
  /** As findings name it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Undefined: the lock stands by itself, and nobody knows what it is for. */
  readonly using: UsingFiles | undefined;
}

export interface LockOptions {
  readonly isOffline: boolean;
  /** What got no answer counts as not looked at. */
  readonly strictNetwork: boolean;
}

/** What is to be said of a lock without asking anybody. */
export const lockFaults = ({ bytes, using }: Pick<LockInput, 'bytes' | 'using'>): readonly LockFault[] => {
  const { lock, faults } = readLock(bytes);
  if (lock === undefined) return faults;
  return [...faults, ...judgeEntries(lock), ...(using === undefined ? [] : judgeCoverage(lock, using.files))];
};

const NOTHING: JudgedCommits = { faults: [], unanswered: [] };

/** Judges a lock, and proves its commits. */
export const verifyLock = async (input: LockInput, { isOffline, strictNetwork }: LockOptions, context: CheckContext): Promise<Outcome> => {
  const { path, bytes, using } = input;
  const { lock } = readLock(bytes);
  const pins = lock === undefined ? [] : lockedPins(lock, forgeOf(context));
  const judged = pins.length === 0 ? NOTHING : await judgeCommits(pins, await remotesFor(context, isOffline), isOffline, context);
  const unanswered = strictNetwork ? judged.unanswered.map((reason): Skipped => ({ path, reason, kind: 'failed' })) : [];
  return {
    findings: lockFindings([...lockFaults(input), ...judged.faults], path).map((finding) =>
      withIgnores(finding, context.policy, context.now()),
    ),
    skipped: [...(using?.skipped ?? []), ...unanswered],
    files: 1 + (using?.files.length ?? 0),
    bytes: bytes.length,
  };
};
