import { join } from 'node:path';
import type { Context } from '../command.ts';
import { Exit, GitError, type ExitCode } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import type { Opened } from '../gate/open.ts';
import { hookDoors } from '../git/hook-doors.ts';
import { gitDirAround } from '../git/unsettled.ts';
import type { TargetChoice } from '../git/target.ts';
import type { HookCall, HookHandler } from './event.ts';
import { guard, type Guarded } from './guard.ts';
import type { Skips } from './skip.ts';

const DOORS = { ...hookDoors, wantsColour };
const { gate } = hookDoors;
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The parents beside HEAD of what is to be committed. A merge without conflicts is not written down yet when git asks: its environment names them
 * (GITHEAD_…, builtin/merge.c).
 */
const mergedWith = (event: string, context: Context): readonly string[] => {
  if (event === 'pre-merge-commit')
    return Object.keys(context.env).flatMap((name) => (name.startsWith('GITHEAD_') && OID.test(name.slice(8)) ? [name.slice(8)] : []));
  const gitDir = gitDirAround(context);
  const heads = gitDir === undefined ? undefined : gate.readIfThere(join(gitDir, 'MERGE_HEAD'));
  return heads === undefined
    ? []
    : Buffer.from(heads)
        .toString('latin1')
        .split('\n')
        .filter((line) => OID.test(line));
};

/** Notes what was looked at, so that nothing else is committed. */
const seal = async ({ target }: Opened, isMerge: boolean, context: Context): Promise<ExitCode> => {
  const [{ digestOf, formatSeal, isWhatWasLookedAt }, { baseTree, indexChanges }, { runningGit, writeSeal }] = await Promise.all([
    import('./seal.ts'),
    import('../git/tree-changes.ts'),
    import('../git/seal-file.ts'),
  ]);
  const git = runningGit(context.env);
  const place = gate.here(context);
  const repository = await gate.findRepository(place, context.env);
  // Nobody could tell its commit from another's.
  if (git === undefined || repository === undefined) return Exit.clean;
  const { head, gitDir } = repository;
  const changes = await indexChanges(place, await baseTree(place, head));
  if (!isWhatWasLookedAt(target.changes ?? [], changes, isMerge))
    throw new GitError('the index changed while it was looked at', { hint: 'commit again' });
  writeSeal(gitDir, formatSeal({ git, head, digest: digestOf(changes) }));
  return Exit.clean;
};

/** What is looked at: what is staged, unless somebody asks by hand for more. */
const choiceOf = ({ byHand }: HookCall, merging: readonly string[], { ci }: Context): Pick<Guarded<TargetChoice>, 'event' | 'choice'> => {
  if (byHand?.range !== undefined) return { event: ci ? 'ci' : 'check', choice: { paths: [], range: byHand.range } };
  if (byHand?.all === true) return { event: ci ? 'ci' : 'check', choice: { paths: [], all: true } };
  return { event: 'pre-commit', choice: { paths: [], staged: true, merging } };
};

/** Every check on what is staged, then the person's commands. */
export const handler: HookHandler = (call, context) => {
  const merging = mergedWith(call.event, context);
  const after = async (opened: Opened, { names }: Skips): Promise<ExitCode> => {
    const [{ policy }] = opened.views;
    const seals = call.byHand === undefined && policy.config.hook.seal && !names.has('seal');
    return seals ? seal(opened, merging.length > 0, context) : Exit.clean;
  };
  return guard({ call, ...choiceOf(call, merging, context), after }, context, DOORS);
};
