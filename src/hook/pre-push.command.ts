import type { Context } from '../command.ts';
import { Exit, UsageError } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import type { Opened } from '../gate/open.ts';
import { hookDoors } from '../git/hook-doors.ts';
import { remoteOfUrl } from '../git/push.ts';
import type { Report } from '../report/finding.ts';
import { readStdin } from '../stdin.ts';
import type { HookHandler } from './event.ts';
import { guard } from './guard.ts';
import type { Skips } from './skip.ts';

const DOORS = { ...hookDoors, wantsColour };

/** A push to a URL: what a remote of that URL has is known by the remote's name. */
const nameOf = async (remote: string, url: string, context: Context): Promise<string> =>
  remote === url ? ((await remoteOfUrl(hookDoors.gate.here(context), url)) ?? remote) : remote;

/** Subjects that commit-msg would have stopped. */
const judge = async (report: Report, { target, views: [first] }: Opened, { names }: Skips): Promise<Report> => {
  const { prefixes } = first.policy.config.hook;
  if (prefixes.length === 0 || names.has('prefixes')) return report;
  const { wrongSubjects } = await import('./message.ts');
  return { ...report, findings: [...report.findings, ...wrongSubjects(target.messages ?? [], prefixes)] };
};

/** Every check on each commit that is new to the remote: what a missing install or --no-verify let through is found here. */
export const handler: HookHandler = async (call, context) => {
  const event = 'pre-push';
  if (call.byHand?.range !== undefined)
    return guard({ call, event, judge, choice: { paths: [], range: call.byHand.range } }, context, DOORS);
  const [remote, url = remote] = call.args;
  if (remote === undefined || url === undefined)
    throw new UsageError('pre-push: the name of the remote is missing', { hint: 'git gives it: a name and a URL' });
  const stdin = await readStdin(context);
  const lines = stdin.toString('utf8');
  // Nothing is sent: git asks all the same.
  if (lines.trim() === '') return Exit.clean;
  const push = { lines, remote: await nameOf(remote, url, context), url };
  return guard({ call, stdin, event, judge, choice: { paths: [], push } }, context, DOORS);
};
