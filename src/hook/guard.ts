import type { Event } from '../check.ts';
import type { Context } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import { openGate, type GateDoors, type Opened } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { CHECKS } from '../gate/table.ts';
import { exitOf } from '../report/exit.ts';
import type { Report } from '../report/finding.ts';
import { render } from '../report/format.ts';
import { VERSION } from '../version.ts';
import { wayOut, worthSaying } from './say.ts';
import { parseSkips, skipLine, type Skips } from './skip.ts';

/** What only commands may reach. */
export interface GuardDoors<C> {
  readonly gate: GateDoors<C>;
  readonly wantsColour: (env: Context['env'], isTTY: boolean) => boolean;
}

/** A hook that looks. */
export interface Guarded<C> {
  /** The hook's name. */
  readonly name: string;
  readonly event: Event;
  readonly choice: C;
  /** What the hook itself has to say of what the checks found. */
  readonly judge?: (report: Report, opened: Opened, skips: Skips) => Promise<Report>;
  /** What comes when nothing stopped. */
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

const tell = async (
  report: Report,
  code: ExitCode,
  name: string,
  { env, stderr }: Context,
  { wantsColour }: GuardDoors<never>,
): Promise<void> => {
  const told = worthSaying(report, code);
  if (told === undefined) return;
  const colour = wantsColour(env, stderr.isTTY);
  stderr.write(await render(told, 'text', { colour, columns: stderr.columns, version: VERSION }));
  if (code !== Exit.clean) stderr.write(`\n${wayOut(name, told.findings)}`);
};

/** Runs the checks at an event of git, and says what a person has to know: nothing where nothing is wrong. */
export const guard = async <C extends { readonly paths: readonly string[] }>(
  { name, event, choice, judge, after }: Guarded<C>,
  context: Context,
  doors: GuardDoors<C>,
): Promise<ExitCode> => {
  const skips = parseSkips(context.env);
  if (skips.all) {
    context.stderr.write(skipLine(skips, name, []));
    return Exit.clean;
  }
  const opened = await openGate(choice, event, {}, context, doors.gate);
  try {
    context.stderr.write(skipLine(skips, name, namesOf(opened)));
    const found = await runGate(opened, { failOn: ({ check }) => check['fail-on'], without: skips.names });
    context.progress.stop();
    const report = judge === undefined ? found : await judge(found, opened, skips);
    const code = exitOf(report, report.failOn ?? 'error', context.ci);
    await tell(report, code, name, context, doors as GuardDoors<never>);
    return code === Exit.clean && after !== undefined ? await after(opened, skips) : code;
  } finally {
    await opened.close();
  }
};
