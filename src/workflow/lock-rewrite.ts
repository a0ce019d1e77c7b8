import type { CheckContext } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import { lockFindings, shown, type LockFault } from '../lock/fault.ts';
import { readLock } from '../lock/read.ts';
import { relock, withEdits, type Left, type Move } from '../lock/relock.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { forgeOf, lockFaults, remotesFor, type LockInput } from './lock.ts';

export interface Rewritten {
  /** The file as it should be; undefined: it cannot be said, since it is broken. */
  readonly bytes: Uint8Array | undefined;
  readonly moves: readonly Move[];
  readonly left: readonly Left[];
  /** What is left to do, by a person or the host's own tool. */
  readonly findings: readonly Finding[];
  /** What got no answer, where that counts as not looked at. */
  readonly unanswered: readonly Skipped[];
}

const leftFault = ({ entry, why }: Left): LockFault => ({
  rule: 'workflow/lock-not-updated',
  message: `${shown(entry.key)} stays as it is: ${printable(why)}`,
  hint: 'the tool of the host may know: gh actions-lock --relock',
  place: entry.commit?.place ?? entry.place,
});

/** Brings the commits of a lock to what their refs mean now. Nothing else of the file changes. */
export const rewriteLock = async (input: LockInput, strictNetwork: boolean, context: CheckContext): Promise<Rewritten> => {
  const { path, bytes, using } = input;
  const { lock, faults } = readLock(bytes);
  const broken = faults.filter(({ rule, isForHost }) => rule === 'workflow/lock-broken' && isForHost !== true);
  if (lock === undefined || broken.length > 0)
    return { bytes: undefined, moves: [], left: [], findings: lockFindings(lock === undefined ? faults : broken, path), unanswered: [] };
  context.progress.start('asking repositories', lock.entries.length);
  const remotes = await remotesFor(context, false);
  const done = await relock(lock, forgeOf(context), using?.files ?? [], remotes, () => context.progress.advance());
  context.progress.stop();
  const moves = done.flatMap((one) => (one.kind === 'move' ? [one.move] : []));
  const left = done.flatMap((one) => (one.kind === 'left' ? [one.left] : []));
  const fresh = withEdits(
    bytes,
    moves.map(({ edit }) => edit),
  );
  return {
    bytes: fresh,
    moves,
    left,
    findings: lockFindings([...lockFaults({ bytes: fresh, using }), ...left.map(leftFault)], path).map((finding) =>
      withIgnores(finding, context.policy, context.now()),
    ),
    unanswered: left.flatMap(({ entry, why, isSilent }): readonly Skipped[] =>
      isSilent && strictNetwork ? [{ path, reason: `${shown(entry.key)}: ${printable(why)}`, kind: 'failed' }] : [],
    ),
  };
};
