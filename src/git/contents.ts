import type { Place } from '../command.ts';
import type { History } from './deepen.ts';
import { splitNul } from './paths.ts';
import { run } from './run.ts';

/** Files that may say something about the guards. */
const POLICY = /(?:\.toml|\.gitleaksignore)$/;
const RAW: readonly string[] = [
  'diff-tree',
  '--stdin',
  '--root',
  '-r',
  '-m',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-relative',
];
const SUBMODULE = '160000';

/** A partial clone: contents were left out, and git would fetch each when it is asked for. */
const isPartial = async (place: Place): Promise<boolean> => {
  const { code } = await run(
    place,
    ['config', '--get-regexp', String.raw`^(remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone)$`],
    {
      okCodes: [0, 1],
    },
  );
  return code === 0;
};

/** Both sides of every file that the commits change: lines are told apart by them. */
async function changedContents(place: Place, commits: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { stdout } = await run(place, RAW, { stdin: commits.map((oid) => `${oid}\n`).join(''), signal });
  const oids = new Set<string>();
  for (const record of splitNul(stdout)) {
    if (!record.startsWith(':')) continue;
    const [modeBefore = '', modeAfter, before = '', after = ''] = record.slice(1).split(' ');
    if (modeBefore !== SUBMODULE) oids.add(before);
    if (modeAfter !== SUBMODULE) oids.add(after);
  }
  return oids;
}

async function policyContents(place: Place, commit: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await run(place, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit], { signal });
  return splitNul(stdout).flatMap((record) => {
    const tab = record.indexOf('\t');
    return POLICY.test(record) ? [record.slice(0, tab).split(' ')[2] ?? ''] : [];
  });
}

/** Every object that is here. Asking about one that is not would make git fetch it, or die where it may not. */
async function objectsHere(place: Place, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { stdout } = await run(place, ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'], { signal });
  return new Set(stdout.toString('latin1').split('\n'));
}

/** What a partial clone left out of what commits are judged by, brought in one go. What cannot be brought is told when it is read. */
export async function bringContents(
  place: Place,
  commits: readonly string[],
  policies: readonly string[],
  history: Pick<History, 'fill'>,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isPartial(place))) return;
  const wanted = new Set(await changedContents(place, commits, signal));
  for (const commit of new Set(policies)) for (const oid of await policyContents(place, commit, signal)) wanted.add(oid);
  const here = await objectsHere(place, signal);
  const absent = [...wanted].filter((oid) => !here.has(oid) && !/^0+$/.test(oid));
  if (absent.length > 0) await history.fill(absent);
}
