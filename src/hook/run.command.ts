import { defineCommand, flag, one, rest, text } from '../command.ts';
import { HOOK_EVENT_NAMES } from '../config/hook-events.ts';
import { Exit, UsageError } from '../errors.ts';
import { HANDLERS } from './table.ts';

/** Events that are about files which somebody can name otherwise. */
const WITH_FILES: readonly string[] = ['pre-commit', 'pre-merge-commit', 'pre-push'];

export const command = defineCommand({
  args: {
    event: one('an event of git', { values: HOOK_EVENT_NAMES }),
    args: rest('what git gives to the hook'),
  },
  options: {
    'all-files': flag('look at every file, and run commands on all of them'),
    range: text('A..B', 'look at these commits, and run commands on what they change', { completes: 'ref' }),
  },
  details:
    'Does what the hook of that event does: the checks, then the commands of [[hook.run]]. Where git gives lines to a hook, they are read from standard input. In CI the commands run whose `ci` is true; elsewhere they run where the repository is trusted.',
  examples: [
    { command: 'kei-git hook run pre-commit', does: 'as git commit would, without committing' },
    { command: 'kei-git hook run pre-commit --all-files', does: 'in CI: everything, on every file' },
    { command: 'kei-git hook run pre-commit --range origin/main..HEAD', does: 'in CI: on what a branch changes' },
  ],
  run: async ({ args: { event, args }, options }, context) => {
    const { 'all-files': all, range } = options;
    if (all && range !== undefined) throw new UsageError('hook run: --all-files and --range at once');
    if ((all || range !== undefined) && !WITH_FILES.includes(event))
      throw new UsageError(`hook run: ${event} is about no files`, { hint: `--all-files and --range go with ${WITH_FILES.join(', ')}` });
    if (all && event === 'pre-push') throw new UsageError('hook run: pre-push is about commits', { hint: '--range A..B names them' });
    const load = HANDLERS.get(event);
    if (load === undefined) return { kind: 'answer', text: '', value: undefined, exitCode: Exit.clean };
    const { handler } = await load();
    const exitCode = await handler({ event, args, byHand: { all, range } }, context);
    return { kind: 'answer', text: '', value: undefined, exitCode };
  },
});
