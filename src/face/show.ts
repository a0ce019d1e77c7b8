import type { Answer, Command, Context, Input, Result } from '../command.ts';
import { Exit, UsageError } from '../errors.ts';
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

const reportText = (report: Report, format: unknown, failOn: Severity, toFile: boolean, { stdout, env }: Context): Promise<string> =>
  render(report, isFormat(format) ? format : 'text', {
    colour: !toFile && wantsColour(env, stdout.isTTY),
    columns: toFile ? FILE_COLUMNS : stdout.columns,
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

/** Prints a result as the options `format`, `output` and `fail-on` say, those of them that the command declares; gives its exit code. */
export const show = async (
  result: Result,
  { options: declared }: Pick<Command, 'options'>,
  { options }: Pick<Input, 'options'>,
  write: WriteFile,
  context: Context,
): Promise<number> => {
  const asked = (name: string): unknown => (Object.hasOwn(declared, name) ? options[name] : undefined);
  const output = asked('output');
  const file = typeof output === 'string' && output !== '-' ? output : undefined;
  if (result.kind === 'answer') {
    if (result.note !== undefined) context.stderr.write(result.note);
    if (result.bytes !== undefined) {
      context.stdout.write(result.bytes);
      return result.exitCode ?? Exit.clean;
    }
    await put(answerText(result, asked('format')), file, 'output', write, context);
    if (result.file !== undefined) await put(result.file.text, result.file.path, 'report-path', write, context);
    return result.exitCode ?? Exit.clean;
  }
  const failOn = SEVERITIES.find((severity) => severity === asked('fail-on')) ?? result.failOn ?? 'error';
  await put(await reportText(result, asked('format'), failOn, file !== undefined, context), file, 'output', write, context);
  return exitOf(result, failOn, context.ci);
};
