import type { Answer, Command, Context, Input, Output, Result } from '../command.ts';
import { Exit, UsageError, type ExitCode } from '../errors.ts';
import { exitOf } from '../report/exit.ts';
import { SEVERITIES, type Report, type Severity } from '../report/finding.ts';
import { isFormat, render } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { VERSION } from '../version.ts';
import { wantsColour } from './colour.ts';

const FILE_COLUMNS = 100;

/** Writes a file whole or not at all; the path is as it was typed. @throws {KeiError} */
export type WriteFile = (path: string, text: string) => Promise<void>;

const answerText = ({ text, value }: Answer, format: unknown): string =>
  format === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : text;

/** @param to undefined: a file */
const reportText = (report: Report, format: unknown, failOn: Severity, to: Output | undefined, { env }: Context): Promise<string> =>
  render(report, isFormat(format) ? format : 'text', {
    colour: to !== undefined && wantsColour(env, to.isTTY),
    columns: to === undefined ? FILE_COLUMNS : to.columns,
    version: VERSION,
    failOn,
  });

/** A report that cannot be written to its file is printed all the same. @param option that named it */
const put = async (text: string, file: string | undefined, option: string, write: WriteFile, { stdout }: Context): Promise<void> => {
  if (file === undefined) {
    stdout.write(text);
    return;
  }
  try {
    // Writing is by rename, which would put a file in the place of the device.
    if (/^\/(?:dev|proc)\//.test(file))
      throw new UsageError(`--${option}: ${printable(file)} is no file`, { hint: `leave --${option} out and redirect` });
    await write(file, text);
  } catch (error) {
    stdout.write(text);
    throw error;
  }
};

type Asked = (name: string) => unknown;

const failOnOf = (report: Report, asked: Asked): Severity =>
  SEVERITIES.find((severity) => severity === asked('fail-on')) ?? report.failOn ?? 'error';

const showBeside = async (report: Report, asked: Asked, toFile: boolean, context: Context): Promise<ExitCode> => {
  const failOn = failOnOf(report, asked);
  const to = toFile ? context.stdout : context.stderr;
  to.write(await reportText(report, asked('format'), failOn, to, context));
  return exitOf(report, failOn, context.ci);
};

/** Prints a result as the options `format`, `output` and `fail-on` say, those of them that the command declares; gives its exit code. */
export const show = async (
  result: Result,
  { options: declared }: Pick<Command, 'options'>,
  { options }: Pick<Input, 'options'>,
  write: WriteFile,
  context: Context,
): Promise<number> => {
  const asked: Asked = (name) => (Object.hasOwn(declared, name) ? options[name] : undefined);
  const output = asked('output');
  const file = typeof output === 'string' && output !== '-' ? output : undefined;
  if (result.kind === 'answer') {
    const { beside, note, bytes } = result;
    if (bytes !== undefined) context.stdout.write(bytes);
    else await put(beside === undefined ? answerText(result, asked('format')) : result.text, file, 'output', write, context);
    if (result.file !== undefined) await put(result.file.text, result.file.path, 'report-path', write, context);
    if (note !== undefined) context.stderr.write(note);
    return beside === undefined ? (result.exitCode ?? Exit.clean) : showBeside(beside, asked, file !== undefined, context);
  }
  const failOn = failOnOf(result, asked);
  const to = file === undefined ? context.stdout : undefined;
  await put(await reportText(result, asked('format'), failOn, to, context), file, 'output', write, context);
  return exitOf(result, failOn, context.ci);
};
