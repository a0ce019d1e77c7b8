import { wantsColour } from '../face/colour.ts';
import type { Context } from '../command.ts';
import { UsageError } from '../errors.ts';
import { doors } from '../git/doors.ts';
import { remoteOfUrl } from '../git/push.ts';
import { readStdin } from '../stdin.ts';
import type { HookHandler } from './event.ts';
import { guard } from './guard.ts';

/** A push to a URL: what a remote of that URL has is known by the remote's name. */
const nameOf = async (remote: string, url: string, context: Context): Promise<string> =>
  remote === url ? ((await remoteOfUrl(doors.here(context), url)) ?? remote) : remote;

/** Every check on each commit that is new to the remote: what a missing install or --no-verify let through is found here. */
export const handler: HookHandler = async ({ event, args }, context) => {
  const [remote, url = remote] = args;
  if (remote === undefined || url === undefined)
    throw new UsageError('pre-push: the name of the remote is missing', { hint: 'git gives it: a name and a URL' });
  const lines = (await readStdin(context)).toString('utf8');
  // Nothing is sent: git asks all the same.
  if (lines.trim() === '') return 0;
  const push = { lines, remote: await nameOf(remote, url, context), url };
  return guard({ name: event, event: 'pre-push', choice: { paths: [], push } }, context, { gate: doors, wantsColour });
};
