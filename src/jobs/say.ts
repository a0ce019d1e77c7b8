import { printable } from '../report/printable.ts';
import { count, humanTime } from '../report/quantity.ts';
import type { JobOutput } from './doors.ts';
import type { Underway } from './plan.ts';

const ESCAPE = '\u001b';
const RESET = `${ESCAPE}[0m`;
/** What a command that passed may say beside. */
const WORTH_BYTES = 4096;

const list = (names: readonly string[], most = 8): string =>
  names.slice(0, most).map(printable).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');

const line = (text: string): string => `kei-git: ${text}\n`;
const hint = (text: string): string => `  hint: ${text}\n`;

/** What ran, on what and how long. */
export interface Ran {
  readonly name: string;
  /** Files that it was given; undefined: it takes none. */
  readonly files: number | undefined;
  readonly ms: number;
}
const much = ({ files, ms }: Ran): string => `(${files === undefined ? '' : `${count(files, 'file')}, `}${humanTime(ms)})`;

/** What a command wrote, apart from our lines by an end of line and an end of colours. */
const shown = ({ text }: JobOutput): string => {
  if (text.trim() === '') return '';
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  return ended.includes(ESCAPE) ? ended + RESET : ended;
};

/** `2 warnings`, `warning: …`; not `0 warnings`. */
const WARNS = /(?<!\b(?:0|no) )\bwarn(?:ing)?s?\b/i;

/** Lines that a person should see though the command passed. */
const warningsIn = (output: JobOutput): string => {
  if (!WARNS.test(output.text)) return '';
  const text = output.text.length > WORTH_BYTES ? `…\n${output.text.slice(-WORTH_BYTES).replace(/^.*\n/, '')}` : output.text;
  return shown({ ...output, text });
};

export const passedLine = (ran: Ran, output: JobOutput): string => line(`${ran.name} passed ${much(ran)}`) + warningsIn(output);

export const failedLine = (ran: Ran, code: number, output: JobOutput): string =>
  line(`${ran.name} failed: exit code ${code} ${much(ran)}`) + shown(output);

export const killedLine = (ran: Ran, by: string, output: JobOutput): string =>
  line(`${ran.name} was killed by ${by} ${much(ran)}${by === 'SIGKILL' ? '; was there no memory left?' : ''}`) + shown(output);

export const lateLine = (ran: Ran, timeoutMs: number, output: JobOutput): string =>
  line(`${ran.name} was ended: it took more than ${humanTime(timeoutMs)} ${much(ran)}`) +
  hint('if it needs longer, say so: timeout in [[hook.run]]') +
  shown(output);

export const changedLine = (name: string, paths: readonly string[]): string =>
  line(`${name} changed ${list(paths)}, and nothing of that is kept`) +
  hint('to commit what it fixes: stage-fixed = true in [[hook.run]]; else let it only check');

export const notRunLine = (name: string, reason: string): string => line(`${name} ${reason}`);

export const missingLine = (name: string, program: string): string =>
  line(`${name} did not run: there is no program ${printable(program)} in node_modules/.bin or on PATH`) +
  hint(`install it, or go without it this once: SKIP=${name}`);

export const unnameableLine = (name: string, path: string): string =>
  line(`${name} did not run: ${printable(path)} is no name in UTF-8 and cannot be handed over`) +
  hint('rename the file, or leave it out: exclude in [[hook.run]]');

export const restingLine = (name: string, during: Underway): string => line(`${name} rests during a ${during}`);

export const notTrustedLine = (event: string, names: readonly string[]): string =>
  line(
    `${list(names)} of kei.toml ${names.length === 1 ? 'does' : 'do'} not run (${event}): you have not trusted this repository's settings as they are now`,
  ) + hint('to read and trust them: kei-git trust');

export const onlyByHandLine = (event: string, names: readonly string[]): string =>
  line(
    `${list(names)} of kei.toml ${names.length === 1 ? 'does' : 'do'} not run (${event}): in CI they run by \`kei-git hook run ${event}\` only`,
  );

export const strangersLine = (event: string, names: readonly string[], ciEvent: string): string =>
  line(
    `${list(names)} of kei.toml ${names.length === 1 ? 'does' : 'do'} not run (${event}): ${ciEvent} runs with rights that who proposes the change may not have`,
  );

export const indexLine = (names: readonly string[]): string =>
  line(`the index is another one than before ${list(names)}: what is staged now nobody has looked at, so nothing is committed`) +
  hint('a command that fixes files: stage-fixed = true in [[hook.run]], and no `git add` in it; then commit again');

export const fixedLine = (paths: readonly string[]): string => line(`${count(paths.length, 'file')} fixed: ${list(paths)}`);

export const leftLine = (left: readonly { readonly path: string; readonly reason: string }[], patch: string | undefined): string =>
  left.map(({ path, reason }) => line(`${printable(path)} is not fixed: ${reason}`)).join('') +
  (patch === undefined ? '' : hint(`nothing was changed; what would have been: git apply --index ${printable(patch)}`));

export const straysLine = (paths: readonly string[]): string =>
  line(
    `${list(paths)}: changed by a command that was not given ${paths.length === 1 ? 'it' : 'them'}; left as ${paths.length === 1 ? 'it was' : 'they were'}`,
  );
