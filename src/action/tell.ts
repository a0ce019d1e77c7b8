import { join, resolve } from 'node:path';
import type { Context } from '../command.ts';
import { Exit, HostError, KeiError, type ExitCode } from '../errors.ts';
import type { Report, Severity } from '../report/finding.ts';
import { render } from '../report/format.ts';
import { githubError, githubWarning } from '../report/github.ts';
import { printable } from '../report/printable.ts';
import { VERSION } from '../version.ts';
import { COMMENT_BYTES, COMMENT_ROWS, keepComment, markOf, pullRequestPlace, runUrl, type CommentDoor, type PullRequestPlace } from './comment.ts'; // prettier-ignore
import type { ActionInputs } from './inputs.ts';

type Env = Context['env'];
const LOG_COLUMNS = 100;

export interface TellDoors {
  readonly readIfThere: (path: string) => Uint8Array | undefined;
  /** @throws {FileError} */
  readonly writeFile: (path: string, text: string) => void;
  /** False where the runner has no place for outputs. */
  readonly putOutput: (env: Env, name: string, value: string) => boolean;
  /** Bytes that fit into the job's summary. */
  readonly summaryRoom: (env: Env) => number;
  /** Gives why it could not. */
  readonly addSummary: (text: string) => Promise<string | undefined>;
  readonly openComments: (place: PullRequestPlace & { readonly token: string; readonly api: string; readonly signal: AbortSignal }) => Promise<CommentDoor>; // prettier-ignore
  /** What is shown of an error that nobody foresaw. */
  readonly bugReport: (error: unknown) => string;
}

interface Told {
  readonly inputs: ActionInputs;
  readonly report: Report;
  readonly code: ExitCode;
  readonly counts: Readonly<Record<string, number>>;
  /** Where reports are kept for later steps. */
  readonly folder: string;
}

/** Something that did not go as it was asked, and that the verdict does not hang on. */
const warn = (text: string, { stdout, stderr, env }: Context): void => {
  if (env['GITHUB_ACTIONS'] === 'true') stdout.write(githubWarning(printable(text)));
  else stderr.write(`kei-git: ${printable(text)}\n`);
};

/** Writes the reports that later steps read; gives their paths. @throws {FileError} */
const writeReports = async ({ inputs, report, folder }: Told, { cwd }: Context, { writeFile }: TellDoors) => {
  const options = { colour: false, columns: LOG_COLUMNS, version: VERSION };
  const files = { report: join(folder, 'report.json'), sarif: inputs.sarifFile === undefined ? join(folder, 'report.sarif') : resolve(cwd, inputs.sarifFile) }; // prettier-ignore
  writeFile(files.report, await render(report, 'json', options));
  writeFile(files.sarif, await render(report, 'sarif', options));
  return files;
};

const page = async (report: Report, title: string, limit: number, rows?: number): Promise<string> => {
  const { renderMarkdown } = await import('../report/markdown.ts');
  return renderMarkdown(report, { limit, title, ...(rows === undefined ? {} : { rows }) });
};

const comment = async ({ inputs, report, code }: Told, context: Context, { readIfThere, openComments }: TellDoors): Promise<void> => {
  const { env, signal } = context;
  const place = pullRequestPlace(env, readIfThere);
  if (place === undefined) return;
  const { token } = inputs;
  if (token === '') return warn('no comment: it needs the input token, for instance ${{ github.token }}', context);
  const api = env['GITHUB_API_URL'] || 'https://api.github.com';
  const url = runUrl(env);
  const { elapsedMs: _, ...stats } = report.stats; // else no two runs would say the same
  const body = await page({ ...report, stats }, 'kei-git', COMMENT_BYTES, COMMENT_ROWS);
  const more = url === undefined ? '' : `\n[The whole run](${url})\n`;
  try {
    const door = await openComments({ ...place, token, api, signal });
    await keepComment(door, markOf(env), `${body}${more}`, code === Exit.clean && report.findings.length === 0);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    warn(`no comment: ${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`, context);
  }
};

/** Tells the host what was found, everywhere it can be read. Gives what of that makes the run fail. */
export const tell = async (told: Told, context: Context, doors: TellDoors): Promise<ExitCode> => {
  const { inputs, report, code, counts, folder } = told;
  const { env, stdout } = context;
  // First of all: whatever fails behind it, this was said.
  stdout.write(await render(report, inputs.format, { colour: false, columns: LOG_COLUMNS, version: VERSION, failOn: failOnOf(told) }));
  for (const severity of ['error', 'warning', 'note'] as const) doors.putOutput(env, `${severity}s`, String(counts[severity] ?? 0));
  const room = doors.summaryRoom(env);
  if (room > 0) {
    const why = await doors.addSummary(await page(report, 'kei-git', room));
    if (why !== undefined) warn(`no job summary: ${why}`, context);
  }
  let failed: ExitCode = Exit.clean;
  try {
    const files = await writeReports({ inputs, report, code, counts, folder }, context, doors);
    for (const [name, path] of Object.entries(files)) doors.putOutput(env, name, path);
  } catch (error) {
    if (!(error instanceof KeiError)) throw error;
    failed = error.exitCode;
    sayError(error.message, error.hint, context);
  }
  if (inputs.comment) await comment(told, context, doors);
  return failed;
};

const failOnOf = ({ inputs, report }: Told): Severity => inputs.failOn ?? report.failOn ?? 'error';

const sayError = (message: string, hint: string | undefined, { stdout, stderr, env }: Context): void => {
  const hints = (hint ?? '').split('\n').filter((line) => line !== '');
  const lines = [printable(message), ...hints.map((line) => `hint: ${printable(line)}`)];
  if (env['GITHUB_ACTIONS'] === 'true') stdout.write(githubError(lines.join('\n')));
  else stderr.write(`kei-git: ${lines.join('\n  ')}\n`);
};

/** Says why there is no report. */
export const tellError = async (error: unknown, code: ExitCode, context: Context, doors: TellDoors): Promise<void> => {
  const { stderr, env } = context;
  if (code === Exit.interrupted) return sayError('interrupted', undefined, context);
  if (!(error instanceof KeiError)) stderr.write(doors.bugReport(error));
  const [message, hint] = error instanceof KeiError ? [error.message, error.hint] : ['this is a bug, please report it', undefined];
  sayError(message, hint, context);
  if (doors.summaryRoom(env) === 0) return;
  const { renderMarkdownError } = await import('../report/markdown.ts');
  await doors.addSummary(renderMarkdownError(message, hint));
};
