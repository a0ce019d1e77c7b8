import type { Event } from '../check.ts';
import type { Context } from '../command.ts';
import { Exit, KeiError, type ExitCode } from '../errors.ts';
import { openGate, type Opened } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { CHECKS } from '../gate/table.ts';
import { exitOf } from '../report/exit.ts';
import type { Report } from '../report/finding.ts';
import { render } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { VERSION } from '../version.ts';
import { runCommands, type Commanded } from './commands.ts';
import type { HookDoors } from './doors.ts';
import type { HookCall } from './event.ts';
import { wayOut, worthSaying } from './say.ts';
import { parseSkips, skipLine, type Skips } from './skip.ts';

/** A hook that looks, then runs what the person wants run. */
export interface Guarded<C> extends Commanded {
  readonly event: Event;
  readonly choice: C;
  /** What the hook itself has to say of what the checks found. */
  readonly judge?: (report: Report, opened: Opened, skips: Skips) => Promise<Report>;
  /** The checks alone, once more. */
  readonly onlyChecks?: boolean;
  /** What comes last, when nothing stopped. */
  readonly after?: (opened: Opened, skips: Skips) => Promise<ExitCode>;
}

/** Names that SKIP may name beside checks and commands. */
const OWN_GUARDS = ['prefixes', 'seal'] as const;

/** Every name that can be left out here. */
const namesOf = ({ views: [first] }: Opened): readonly string[] => [
  ...CHECKS.keys(),
  ...OWN_GUARDS,
  ...first.policy.config.hook.run.map(({ name }) => name),
];

const tell = async <C>(report: Report, code: ExitCode, call: HookCall, context: Context, { wantsColour }: HookDoors<C>): Promise<void> => {
  const told = worthSaying(report, code);
  if (told === undefined) return;
  const { env, stderr } = context;
  const colour = wantsColour(env, stderr.isTTY);
  stderr.write(await render(told, 'text', { colour, columns: stderr.columns, version: VERSION }));
  if (code !== Exit.clean && call.byHand === undefined) stderr.write(`\n${wayOut(call.event, told.findings)}`);
};

/** An error that stops git has the way out behind it. */
const errorText = ({ message, hint = '' }: KeiError, event: string): string => {
  const hints = hint.split('\n').filter((line) => line !== '');
  return `kei-git: ${printable(message)}\n${hints.map((line) => `  hint: ${printable(line)}\n`).join('')}${wayOut(event, [])}`;
};

const look = async <C>(
  { call, judge }: Guarded<C>,
  opened: Opened,
  skips: Skips,
  context: Context,
  doors: HookDoors<C>,
): Promise<ExitCode> => {
  const found = await runGate(opened, { failOn: ({ check }) => check['fail-on'], without: skips.names });
  context.progress.stop();
  const report = judge === undefined ? found : await judge(found, opened, skips);
  const code = exitOf(report, report.failOn ?? 'error', context.ci);
  await tell(report, code, call, context, doors);
  return code;
};

/** Everything from the first look on. What commands changed is looked at as well. */
const runThrough = async <C extends { readonly paths: readonly string[] }>(
  guarded: Guarded<C>,
  skips: Skips,
  context: Context,
  doors: HookDoors<C>,
): Promise<ExitCode> => {
  const { onlyChecks = false } = guarded;
  const opened = await openGate(guarded.choice, guarded.event, {}, context, doors.gate);
  try {
    if (!onlyChecks) context.stderr.write(skipLine(skips, guarded.call.event, namesOf(opened)));
    const code = await look(guarded, opened, skips, context, doors);
    if (code !== Exit.clean) return code;
    const { exitCode, fixed } = onlyChecks ? { exitCode: code, fixed: [] } : await runCommands(guarded, opened, skips, context, doors);
    if (exitCode !== Exit.clean) return exitCode;
    if (fixed.length === 0) return (await guarded.after?.(opened, skips)) ?? Exit.clean;
  } finally {
    await opened.close();
  }
  return runThrough({ ...guarded, onlyChecks: true }, skips, context, doors);
};

/** Runs the checks and the person's commands at an event of git, and says what one has to know: nothing where nothing is wrong. */
export const guard = async <C extends { readonly paths: readonly string[] }>(
  guarded: Guarded<C>,
  context: Context,
  doors: HookDoors<C>,
): Promise<ExitCode> => {
  const skips = parseSkips(context.env);
  await doors.settle(context);
  if (skips.all) {
    context.stderr.write(skipLine(skips, guarded.call.event, []));
    return Exit.clean;
  }
  try {
    return await runThrough(guarded, skips, context, doors);
  } catch (error) {
    if (!(error instanceof KeiError) || context.signal.aborted || guarded.call.byHand !== undefined) throw error;
    context.progress.stop();
    context.stderr.write(errorText(error, guarded.call.event));
    return error.exitCode;
  }
};
