import { addedLines, type Change, type CheckContext, type Outcome, type Target } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import { lockedPins, type LockedPin } from '../lock/commits.ts';
import { lockFindings, type LockFault } from '../lock/fault.ts';
import { LOCK_PATH, type Lock } from '../lock/lock.ts';
import { readLock } from '../lock/read.ts';
import type { Skipped } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { fileKind } from '../uses/files.ts';
import { judgeCommits, type JudgedCommits } from './lock-commits.ts';
import { forgeOf, lockFaults, remotesFor } from './lock.ts';
import { readUsing } from './using.ts';

const NOTHING: Outcome = { findings: [], skipped: [], files: 0, bytes: 0 };

/** A lock is judged when it, or what it is for, changes. */
const concerns = ({ path }: Change): boolean => {
  const kind = fileKind(path);
  return kind === 'lock' || kind === 'action' || (kind === 'workflow' && path.startsWith('.github/'));
};

/** Commits that a change writes into the lock; without a change all. */
const addedPins = async (lock: Lock, changes: Target['changes'], context: CheckContext): Promise<readonly LockedPin[]> => {
  const pins = lockedPins(lock, forgeOf(context));
  if (changes === undefined) return pins;
  const ofLock = changes.filter(({ path, status }) => path === LOCK_PATH && status !== 'deleted');
  // Lines of earlier commits of a range are not those of the last: then the whole lock counts.
  const [only] = ofLock;
  const added = ofLock.length === 1 && only !== undefined ? await addedLines(only) : undefined;
  if (added === undefined) return ofLock.length === 0 ? [] : pins;
  return pins.filter(({ commit: { place } }) => added.some(([first, last]) => place.line >= first && place.line <= last));
};

const isOpen = ({ rule }: LockFault): boolean => rule === 'workflow/no-answer' || rule === 'workflow/lock-kept-answer';

/** One note for all that nobody ever asked about. */
const brief = ({ faults }: JudgedCommits): readonly LockFault[] => {
  const unknown = faults.filter(({ rule }) => rule === 'workflow/no-answer');
  const [first] = unknown;
  const rest = faults.filter((fault) => !isOpen(fault));
  if (first === undefined) return rest;
  const message = `${count(unknown.length, 'commit')} of the lock could not be looked at without the network`;
  return [...rest, { rule: 'workflow/no-answer', message, hint: 'ask for them: kei-git workflow lock verify', place: first.place }];
};

/**
 * What the check `workflow-pins` says of the lock of a target: whether it is whole and covers the workflows, and whether the commits that a change adds are
 * proven. Nothing where there is no lock, or the change has nothing to do with it.
 * @param isProven false: nobody is asked, and what is not known is told in one note
 */
export const lookAtLock = async (target: Target, isProven: boolean, context: CheckContext): Promise<Outcome> => {
  const { after, changes, paths } = target;
  if (changes !== undefined && !changes.some(concerns)) return NOTHING;
  if (changes === undefined && paths !== undefined && !(await after.list(paths)).some(({ path }) => path === LOCK_PATH)) return NOTHING;
  const bytes = await after.read(LOCK_PATH);
  if (bytes === undefined) return NOTHING;
  const { pins: settings } = context.policy.config.workflow;
  const isOffline = !isProven || settings.offline;
  const using = await readUsing(after, context.signal);
  const { lock } = readLock(bytes);
  const pins = lock === undefined ? [] : await addedPins(lock, changes, context);
  const judged: JudgedCommits =
    pins.length === 0 ? { faults: [], unanswered: [] } : await judgeCommits(pins, await remotesFor(context, isOffline), isOffline, context);
  const faults = [...lockFaults({ bytes, using }), ...(isProven ? judged.faults : brief(judged))];
  const isStrict = isProven && settings['strict-network'];
  return {
    findings: lockFindings(faults).map((finding) => withIgnores(finding, context.policy, context.now())),
    skipped: [
      ...using.skipped,
      ...(isStrict ? judged.unanswered.map((reason): Skipped => ({ path: LOCK_PATH, reason, kind: 'failed' })) : []),
    ],
    files: 1,
    bytes: bytes.length,
  };
};
