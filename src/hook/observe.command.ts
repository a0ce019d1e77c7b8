import { join, resolve } from 'node:path';
import type { Context } from '../command.ts';
import { DEFAULT_HOOK_EVENTS } from '../config/hook-events.ts';
import { Exit, InterruptedError } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { CHECKS } from '../gate/table.ts';
import { hookDoors } from '../git/hook-doors.ts';
import { gitDirAround } from '../git/unsettled.ts';
import { underway } from '../git/job-state.ts';
import { readStdin } from '../stdin.ts';
import { isFolder, isThere } from '../sys/files.ts';
import { VERSION } from '../version.ts';
import { runCommands } from './commands.ts';
import { driftLine, staleLine } from './drift.ts';
import type { HookCall, HookHandler } from './event.ts';
import { lockedVersion } from './locked.ts';
import { parseSkips } from './skip.ts';

const DOORS = { ...hookDoors, wantsColour };
const LARGEST = 4 * 2 ** 20; // bytes of a lock file: it must not be felt

const textOf = (path: string): string | undefined => {
  const bytes = hookDoors.gate.readIfThere(path);
  return bytes === undefined || bytes.length > LARGEST ? undefined : Buffer.from(bytes).toString('utf8');
};

/** True where git goes on at once: a rebase that checks out one commit after the other, a file that is checked out, an amended commit. */
const isPassing = ({ event, args: [first, , flag] }: HookCall, gitDir: string): boolean =>
  (event === 'post-checkout' && flag === '0') ||
  // A rebase says at its end what it rewrote.
  (event === 'post-rewrite' ? first === 'amend' : underway(gitDir).has('rebase')) ||
  isThere(join(gitDir, 'BISECT_LOG'));

/** Events that the settings want guarded; what is broken there is told at the next commit. */
const eventsOf = async (settings: string | undefined): Promise<readonly string[]> => {
  if (settings === undefined || !settings.includes('hook')) return DEFAULT_HOOK_EVENTS;
  const [{ parseLayer }, { wantedEvents }] = await Promise.all([import('../config/layer.ts'), import('./wanted-events.ts')]);
  return wantedEvents(parseLayer(settings, 'kei.toml').config.hook);
};

/** Where the guard stands unless it stands in the configuration: the folder that `install` made, else that of the repository. */
const hooksFolder = (gitDir: string): string => {
  const common = textOf(join(gitDir, 'commondir'))?.trim();
  const shared = common === undefined ? gitDir : resolve(gitDir, common);
  const own = join(shared, 'kei-git-hooks');
  return isFolder(own) ? own : join(shared, 'hooks');
};

const tellDrift = async (gitDir: string, settings: string | undefined, { cwd, stderr }: Context): Promise<void> => {
  const folder = hooksFolder(gitDir);
  const events = await eventsOf(settings);
  const line = driftLine({
    files: new Map(events.map((event) => [event, textOf(join(folder, event))])),
    locked: lockedVersion((file) => textOf(join(cwd, file))),
    version: VERSION,
  });
  if (line !== undefined) stderr.write(line);
};

const commandsOf = async (call: HookCall, context: Context): Promise<void> => {
  const skips = parseSkips(context.env);
  const opened = await openGate({ paths: [], message: '' }, 'commit-msg', {}, context, DOORS.gate);
  try {
    const stdin = call.event === 'post-rewrite' ? { stdin: await readStdin(context) } : {};
    await runCommands({ call, ...stdin }, opened, skips, context, DOORS);
  } finally {
    await opened.close();
  }
};

const LONGEST_MS = 1500;
const COUNTS: ReadonlySet<string> = new Set([...CHECKS.keys()].filter((id) => id !== 'counts'));

/** Numbers in prose that the new content made stale; nothing where that takes long. */
const tellCounts = async (context: Context): Promise<void> => {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LONGEST_MS)]);
  const opened = await openGate({ paths: [], all: true }, 'pre-commit', {}, { ...context, signal }, DOORS.gate);
  try {
    const { findings } = await runGate(opened, { failOn: ({ check }) => check['fail-on'], without: COUNTS });
    const line = staleLine(findings);
    if (line !== undefined) context.stderr.write(line);
  } finally {
    await opened.close();
  }
};

const observe = async (call: HookCall, context: Context): Promise<void> => {
  const gitDir = gitDirAround(context);
  const settings = textOf(join(context.cwd, 'kei.toml'));
  await DOORS.settle(context);
  if (gitDir !== undefined && !isPassing(call, gitDir)) {
    await tellDrift(gitDir, settings, context);
    if (settings?.includes('counts') === true && !parseSkips(context.env).names.has('counts')) await tellCounts(context);
  }
  if (settings?.includes(call.event) === true) await commandsOf(call, context);
};

/** Says what is not as it was, in one line, and runs the person's commands. It comes too late to stop anything, and never fails. */
export const handler: HookHandler = async (call, context) => {
  if (parseSkips(context.env).all) return Exit.clean;
  try {
    await observe(call, context);
  } catch (error) {
    // Whatever it is, the next commit or `doctor` says it: here it would only be in the way.
    if (error instanceof InterruptedError) return Exit.interrupted;
  }
  return Exit.clean;
};
