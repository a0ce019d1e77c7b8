import { wantsColour } from '../face/colour.ts';
import { doors } from '../git/doors.ts';
import type { HookHandler } from './event.ts';
import { guard } from './guard.ts';

/** Every check on what is staged. */
export const handler: HookHandler = ({ event }, context) =>
  guard({ name: event, event: 'pre-commit', choice: { paths: [], staged: true } }, context, { gate: doors, wantsColour });
