import { resolve } from 'node:path';
import type { Context } from '../command.ts';
import { Exit, GitError, type ExitCode } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import type { Opened } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import type { HookHandler } from './event.ts';
import { guard } from './guard.ts';
import type { Skips } from './skip.ts';

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The parents beside HEAD of what is to be committed. A merge without conflicts is not written down yet when git asks: its environment names them
 * (GITHEAD_…, builtin/merge.c).
 */
const mergedWith = (event: string, { cwd, env }: Context): readonly string[] => {
  if (event === 'pre-merge-commit')
    return Object.keys(env).flatMap((name) => (name.startsWith('GITHEAD_') && OID.test(name.slice(8)) ? [name.slice(8)] : []));
  // Git runs hooks at the root of the worktree, and tells its git directory where that is not there.
  const heads = doors.readIfThere(resolve(cwd, env['GIT_DIR'] ?? '.git', 'MERGE_HEAD'));
  return heads === undefined
    ? []
    : Buffer.from(heads)
        .toString('latin1')
        .split('\n')
        .filter((line) => OID.test(line));
};

/** Notes what was looked at, so that nothing else is committed. */
const seal = async ({ target }: Opened, isMerge: boolean, context: Context): Promise<ExitCode> => {
  const [{ digestOf, formatSeal, isWhatWasLookedAt }, { baseTree, indexChanges }, { writeSeal }, { runningGit }] = await Promise.all([
    import('./seal.ts'),
    import('../git/tree-changes.ts'),
    import('../git/seal-file.ts'),
    import('../sys/processes.ts'),
  ]);
  const git = runningGit(context.env);
  const place = doors.here(context);
  const repository = await doors.findRepository(place, context.env);
  // Nobody could tell its commit from another's.
  if (git === undefined || repository === undefined) return Exit.clean;
  const { head, gitDir } = repository;
  const changes = await indexChanges(place, await baseTree(place, head));
  if (!isWhatWasLookedAt(target.changes ?? [], changes, isMerge))
    throw new GitError('the index changed while it was looked at', { hint: 'commit again' });
  writeSeal(gitDir, formatSeal({ git, head, digest: digestOf(changes) }));
  return Exit.clean;
};

/** Every check on what is staged. */
export const handler: HookHandler = ({ event }, context) => {
  const merging = mergedWith(event, context);
  const after = async (opened: Opened, { names }: Skips): Promise<ExitCode> => {
    const [{ policy }] = opened.views;
    return policy.config.hook.seal && !names.has('seal') ? seal(opened, merging.length > 0, context) : Exit.clean;
  };
  const choice = { paths: [], staged: true, merging };
  return guard({ name: event, event: 'pre-commit', choice, after }, context, { gate: doors, wantsColour });
};
