import { Exit } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import { openGate } from '../gate/open.ts';
import { hookDoors } from '../git/hook-doors.ts';
import { runCommands } from './commands.ts';
import type { HookHandler } from './event.ts';
import { parseSkips, skipLine } from './skip.ts';

const DOORS = { ...hookDoors, wantsColour };

/** Events at which nothing is looked at: what the person wants run is. */
export const handler: HookHandler = async (call, context) => {
  const skips = parseSkips(context.env);
  if (skips.all) {
    context.stderr.write(skipLine(skips, call.event, []));
    return Exit.clean;
  }
  // Whose settings hold is as for a message: what is staged, weighed against HEAD.
  const opened = await openGate({ paths: [], message: '' }, 'commit-msg', {}, context, DOORS.gate);
  try {
    return (await runCommands({ call }, opened, skips, context, DOORS)).exitCode;
  } finally {
    await opened.close();
  }
};
