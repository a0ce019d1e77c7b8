import type { Answer } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { placed, type FilePlan, type Plan } from './substitute-files.ts';
import type { Substituted } from './substitute.ts';

// What is said of a substitution. Nothing of what was replaced is in it.

const editLines = ({ path, edits }: Pick<FilePlan, 'path' | 'edits'>): string =>
  edits
    .filter(({ rule }) => rule !== '')
    .map(
      ({ line, column, text, rule }) =>
        `${printable(path)}:${line}:${column}  ${text === '' ? '(taken out)' : printable(text)}  [${printable(rule)}]\n`,
    )
    .join('');

const leftLine = ({ path = '', line, column, message, rule }: Finding): string =>
  `${printable(path)}${line === undefined ? '' : `:${line}:${column ?? 1}`}  stays, it cannot be replaced: ${printable(message)} [${printable(rule)}]\n`;

const skippedLine = ({ path = '', reason }: Skipped): string => `${printable(path)}  not replaced: ${printable(reason)}\n`;

const edited = ({ path, edits }: Pick<FilePlan, 'path' | 'edits'>) => ({
  path,
  edits: edits.map(({ start, end, line, column, rule, text }) => ({ start, end, line, column, rule, text })),
});

const codeOf = (left: readonly Finding[], skipped: readonly Skipped[], isFound: boolean): ExitCode =>
  skipped.some(({ kind }) => kind === 'failed') ? Exit.failed : left.length > 0 || isFound ? Exit.found : Exit.clean;

/** What files got or would get. @param shown a path without the secrets in it */
export const fileAnswer = (
  { files: plans, left, skipped: without }: Plan,
  shown: (path: string) => string,
  { written, check }: { readonly written: boolean; readonly check: boolean },
): Answer => {
  const files = plans.map((one) => ({ ...one, path: shown(one.path) }));
  const skipped = without.map((one) => (one.path === undefined ? one : { ...one, path: shown(one.path) }));
  const edits = files.reduce((sum, one) => sum + one.edits.length, 0);
  const sum =
    files.length === 0
      ? left.length + skipped.length === 0
        ? 'nothing to replace\n'
        : ''
      : `${count(edits, 'place')} in ${count(files.length, 'file')} ${written ? 'replaced' : 'to be replaced; to do it: --write'}\n`;
  return {
    kind: 'answer',
    text: files.map(editLines).join('') + left.map(leftLine).join('') + skipped.map(skippedLine).join('') + sum,
    value: { schema: 'kei-git/substitute/1', written, files: files.map(edited), left, skipped },
    exitCode: codeOf(left, skipped, check && files.length > 0),
  };
};

/** What a filter gives. Nothing, when something that was found would still stand in it. */
export const filterAnswer = (
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  done: Substituted,
  check: boolean,
): Answer => {
  const one = { path, edits: placed(bytes, done.edits) };
  const without = done.edits.filter(({ nameless }) => nameless === true).length;
  const nameless =
    without === 0
      ? ''
      : `without a key there are no tokens: ${count(without, 'place has', 'places have')} the rule's name alone; to make one: kei-git leak key --new\n`;
  const stands = done.left.length > 0;
  return {
    kind: 'answer',
    text: '',
    value: undefined,
    bytes: stands || check ? Buffer.alloc(0) : done.bytes,
    note: editLines(one) + done.left.map(leftLine).join('') + (stands ? 'nothing was written, for what stands\n' : '') + nameless,
    exitCode: codeOf(done.left, [], check && done.edits.length > 0),
  };
};
