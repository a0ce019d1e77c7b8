import { resolve } from 'node:path';
import type { Context } from '../command.ts';
import { Exit, KeiError, UsageError, type ExitCode } from '../errors.ts';
import type { OptionValues } from '../config/merge.ts';
import { planEvent } from '../gate/event.ts';
import { openGate, type GateDoors } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { CHECKS } from '../gate/table.ts';
import { exitOf } from '../report/exit.ts';
import { SEVERITIES, type Report } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import type { EventPlan } from '../incoming.ts';
import { narrowed } from './narrow.ts';
import { readInputs, type ActionInputs, type InputName } from './inputs.ts';
import { tell, tellError, type TellDoors } from './tell.ts';

type Env = Context['env'];

/** What is asked of the gate. */
export interface Asked {
  readonly paths: readonly string[];
  readonly event: { readonly plan: EventPlan; readonly mayFetch: boolean };
}

/** What only an entry may reach. */
export interface ActionDoors extends TellDoors {
  readonly gate: GateDoors<Asked>;
  /** Empty when it was not given. */
  readonly input: (name: InputName) => string;
  readonly isFolder: (path: string) => boolean;
  /** A new folder for what the job may keep. @throws {FileError} */
  readonly makeFolder: (env: Env) => string;
  readonly withSafeDirectory: (env: Env, cwd: string, workspace: string, folder: string) => Env;
}

/** Inputs are ours, and one of them is a token: the programs that we start get none. */
const withoutInputs = (env: Env): Env => Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('INPUT_')));

const folderOf = ({ workingDirectory }: ActionInputs, workspace: string, { isFolder }: ActionDoors): string => {
  const folder = resolve(workspace, workingDirectory);
  if (!isFolder(folder))
    throw new UsageError(`input working-directory: there is no folder ${printable(workingDirectory)}`, {
      hint: 'it is relative to the workspace; the step before checks the repository out',
    });
  return folder;
};

/** Where nothing is to be looked at there need not even be a repository. */
const nothing = (description: string): Report => ({
  kind: 'report',
  target: { event: 'ci', kind: 'range', description },
  findings: [],
  skipped: [],
  stats: { files: 0, bytes: 0 },
});

const settings = ({ failOn, checks, strictNetwork }: ActionInputs): OptionValues => ({
  ...(failOn === undefined ? {} : { 'check.fail-on': failOn }),
  ...(checks.length === 0 ? {} : { 'check.skip': [...CHECKS.keys()].filter((id) => !checks.includes(id)) }),
  ...(strictNetwork ? { 'workflow.pins.strict-network': true } : {}),
});

const look = async (inputs: ActionInputs, plan: EventPlan, context: Context, { gate }: ActionDoors): Promise<Report> => {
  if (plan.kind === 'nothing') return nothing(plan.what);
  const asked = { paths: [], event: { plan, mayFetch: true } };
  const opened = await openGate(asked, 'ci', settings(inputs), context, { ...gate, rules: inputs.rules });
  try {
    const target = await narrowed(opened.target, inputs.paths, context, gate);
    return await runGate({ ...opened, target }, { failOn: ({ check }) => check['fail-on'] });
  } finally {
    await opened.close();
  }
};

/** What a run ends with: the worst of the two. */
const worse = (a: ExitCode, b: ExitCode): ExitCode => {
  const order: readonly ExitCode[] = [Exit.interrupted, Exit.usage, Exit.failed, Exit.found, Exit.clean];
  return order.find((code) => code === a || code === b) ?? Exit.failed;
};

const act = async (context: Context, doors: ActionDoors): Promise<ExitCode> => {
  const inputs = readInputs(doors.input, [...CHECKS.keys()]);
  const plan = planEvent(context.env, doors.readIfThere);
  const workspace = context.env['GITHUB_WORKSPACE'] || context.cwd;
  const cwd = folderOf(inputs, workspace, doors);
  const folder = doors.makeFolder(context.env);
  const env = doors.withSafeDirectory(withoutInputs(context.env), cwd, workspace, folder);
  const inside: Context = { ...context, cwd, env };
  const report = await look(inputs, plan, inside, doors);
  const code = exitOf(report, inputs.failOn ?? report.failOn ?? 'error', context.ci);
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, report.findings.filter((finding) => finding.severity === severity).length]),
  );
  const told = await tell({ inputs, report, code, counts, folder }, inside, doors);
  return worse(code, told);
};

/** Runs the checks as the step's inputs say, and tells the host what came of it. Does not throw; the number is the exit code. */
export const runAction = async (context: Context, doors: ActionDoors): Promise<ExitCode> => {
  let code: ExitCode;
  try {
    code = await act(context, doors);
  } catch (error) {
    code = context.signal.aborted ? Exit.interrupted : error instanceof KeiError ? error.exitCode : Exit.failed;
    await tellError(error, code, context, doors);
  }
  code = context.signal.aborted ? Exit.interrupted : code;
  doors.putOutput(context.env, 'exit', String(code));
  return code;
};
