import type { Context } from '../command.ts';
import { Exit, GitError, type ExitCode } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import type { Opened } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import type { HookHandler } from './event.ts';
import { guard } from './guard.ts';

/** Notes what was looked at, so that nothing else is committed. */
const seal = async ({ target }: Opened, context: Context): Promise<ExitCode> => {
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
  if (!isWhatWasLookedAt(target.changes ?? [], changes, false))
    throw new GitError('the index changed while it was looked at', { hint: 'commit again' });
  writeSeal(gitDir, formatSeal({ git, head, digest: digestOf(changes) }));
  return Exit.clean;
};

/** Every check on what is staged. */
export const handler: HookHandler = ({ event }, context) =>
  guard(
    {
      name: event,
      event: 'pre-commit',
      choice: { paths: [], staged: true },
      after: async (opened, { names }) => {
        const [{ policy }] = opened.views;
        return policy.config.hook.seal && !names.has('seal') ? seal(opened, context) : Exit.clean;
      },
    },
    context,
    { gate: doors, wantsColour },
  );
