import type { Place } from '../command.ts';
import type { AskHistory, HistoryAnswer, HistoryQuestion } from '../counting.ts';
import { run } from './run.ts';

const SHALLOW: HistoryAnswer = {
  kind: 'partial',
  reason: 'this clone is shallow: it has only a part of the history',
  hint: 'git fetch --unshallow --tags; actions/checkout: fetch-depth: 0',
};
const NO_TAGS: HistoryAnswer = {
  kind: 'partial',
  reason: 'this clone fetches no tags (remote.*.tagOpt)',
  hint: 'git fetch --tags, and unset tagOpt',
};

const linesOf = async (
  place: Place,
  args: readonly string[],
  signal: AbortSignal,
  okCodes?: readonly number[],
): Promise<readonly string[]> => {
  const { stdout } = await run(place, args, { signal, ...(okCodes === undefined ? {} : { okCodes }) });
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
};

const commitOf = async (place: Place, revision: string, signal: AbortSignal): Promise<string | undefined> => {
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const [oid] = await linesOf(place, asked, signal, [0, 1, 128]);
  return oid !== undefined && /^[0-9a-f]{40,64}$/.test(oid) ? oid : undefined;
};

const tagsOf = async (place: Place, from: string | undefined, signal: AbortSignal): Promise<HistoryAnswer> => {
  const fetched = await linesOf(place, ['config', '--get-regexp', String.raw`^remote\..*\.tagopt$`, '--no-tags'], signal, [0, 1]);
  if (fetched.length > 0) return NO_TAGS;
  const reached = from === undefined ? [] : [`--merged=${from}`];
  return { kind: 'names', names: await linesOf(place, ['for-each-ref', '--format=%(refname:strip=2)', ...reached, 'refs/tags'], signal) };
};

/** As `.mailmap` joins them, and no file of this machine's configuration: the number is the same everywhere. */
const contributorsOf = async (place: Place, from: string, signal: AbortSignal): Promise<HistoryAnswer> => {
  const args = ['-c', 'mailmap.file=/dev/null', '-c', 'mailmap.blob=', 'shortlog', '--summary', '--email', from, '--'];
  return { kind: 'names', names: (await linesOf(place, args, signal)).map((line) => line.replace(/^\s*\d+\t/, '')) };
};

const answer = async (place: Place, { what, ref }: HistoryQuestion, signal: AbortSignal): Promise<HistoryAnswer> => {
  const [shallow] = await linesOf(place, ['rev-parse', '--is-shallow-repository'], signal);
  if (shallow !== 'false') return SHALLOW;
  const from = what === 'tags' && ref === undefined ? undefined : await commitOf(place, ref ?? 'HEAD', signal);
  if (what === 'tags') return ref !== undefined && from === undefined ? { kind: 'absent' } : tagsOf(place, from, signal);
  // A repository without a commit has none.
  if (from === undefined) return ref === undefined ? { kind: 'number', number: 0 } : { kind: 'absent' };
  if (what === 'contributors') return contributorsOf(place, from, signal);
  const [number = ''] = await linesOf(place, ['rev-list', '--count', from, '--'], signal);
  return { kind: 'number', number: Number(number) };
};

/** Counts what a repository's history has. A clone that has only a part of it gives no number. @throws {GitError} */
export const openHistoryCounts =
  (place: Place, signal: AbortSignal): AskHistory =>
  (question) =>
    answer(place, question, signal);
