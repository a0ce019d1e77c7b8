import type { Proposal } from '../check.ts';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { PushUpdate, Remote } from './push.ts';
import { run } from './run.ts';

const MOST = 16;
const OID = /^[0-9a-f]{40,64}$/;

const resolved = async (place: Place, revision: string): Promise<string | undefined> => {
  const { stdout } = await run(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
    okCodes: [0, 1, 128],
  });
  const oid = stdout.toString('latin1').trim();
  return OID.test(oid) ? oid : undefined;
};

/** Where two commits parted, the best first: none where they share nothing, several where they were merged crosswise. */
export const mergeBases = async (place: Place, a: string, b: string): Promise<readonly string[]> => {
  const { stdout } = await run(place, ['merge-base', '--all', '--end-of-options', a, b], { okCodes: [0, 1, 128] });
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => OID.test(line))
    .slice(0, MOST);
};

const mergeBase = async (place: Place, a: string, b: string): Promise<string | undefined> => (await mergeBases(place, a, b))[0];

/** What a range proposes to add to what it leaves out; a single revision goes on from nothing. What shares nothing with the other side is judged by its tip. */
export const rangeProposals = async (place: Place, range: string): Promise<readonly Proposal[]> => {
  const { stdout } = await run(place, ['rev-parse', '--revs-only', '--end-of-options', range]);
  const lines = stdout.toString('latin1').split('\n');
  const without = lines.flatMap((line) => (line.startsWith('^') && OID.test(line.slice(1)) ? [line.slice(1)] : []));
  const proposals: Proposal[] = [];
  for (const after of lines.filter((line) => OID.test(line)).slice(0, MOST)) {
    const [base] = without;
    const before = base === undefined ? undefined : ((await mergeBase(place, base, after)) ?? (await resolved(place, base)));
    proposals.push({ after, before, since: before, missing: base !== undefined && before === undefined });
  }
  return proposals;
};

/**
 * What is to land on a branch that CI names.
 * @param revisions what may be there of the branch, the first that is counts
 */
export const branchProposal = async (place: Place, revisions: readonly string[], after: string): Promise<Proposal> => {
  let unrelated: string | undefined;
  for (const revision of revisions) {
    const tip = await resolved(place, revision);
    const base = tip === undefined ? undefined : await mergeBase(place, tip, after);
    if (base !== undefined) return { after, before: base, since: base, missing: false };
    unrelated ??= tip;
  }
  return { after, before: unrelated, since: unrelated, missing: unrelated === undefined };
};

type Tip = Pick<PushUpdate, 'localOid' | 'remoteOid'>;

/** Where a side says what its guards are; see `readRepositoryPolicy`. */
const POLICY: readonly string[] = [
  'kei.toml',
  '.kei/ignores.toml',
  'leak-matrix',
  '.gitleaks.toml',
  '.betterleaks.toml',
  '.gitleaksignore',
];

/** What the policy of each commit is made of, as one word; commits that are not here have none. */
const policyWords = async (place: Place, commits: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const names = commits.flatMap((commit) => POLICY.map((path) => `${commit}:${path}\n`));
  const { stdout } = await run(place, ['cat-file', '--batch-check=%(objectname)'], { stdin: names.join('') });
  const lines = stdout.toString('latin1').split('\n');
  const wordOf = (at: number): string => {
    const own = lines.slice(at * POLICY.length, (at + 1) * POLICY.length);
    return own.map((line) => (OID.test(line) ? line : '-')).join(' ');
  };
  return new Map(commits.map((commit, at) => [commit, wordOf(at)]));
};

/** Of many refs those that differ in what their policies are made of: each policy is asked, once. @throws {GitError} when those are too many */
const distinctTips = async (place: Place, tips: readonly Tip[]): Promise<readonly Tip[]> => {
  if (tips.length <= MOST) return tips;
  const words = await policyWords(place, [...new Set(tips.flatMap(({ localOid, remoteOid = localOid }) => [localOid, remoteOid]))]);
  const wordOf = (oid: string | undefined): string => (oid === undefined ? '' : (words.get(oid) ?? ''));
  const distinct = new Map(tips.map((tip) => [`${wordOf(tip.localOid)}\n${wordOf(tip.remoteOid)}`, tip]));
  if (distinct.size > MOST)
    throw new GitError(`${tips.length} refs with ${distinct.size} different settings at once`, { hint: 'push fewer refs at a time' });
  return [...distinct.values()];
};

/**
 * What a push proposes to the refs of the remote.
 * @param commits what is new to it, parents before children
 * @throws {GitError} when the refs have too many different settings
 */
export const pushProposals = async (
  place: Place,
  updates: readonly PushUpdate[],
  remote: Remote,
  commits: readonly string[],
): Promise<readonly Proposal[]> => {
  const [first] = commits;
  const last = commits.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Set(commits);
  const named = updates.filter(({ localOid }) => known.has(localOid));
  // A tag can bring commits that no branch of the push names.
  const tips: readonly Tip[] = named.length > 0 ? named : [{ localOid: last, remoteOid: undefined }];
  const isUrl = remote.name === remote.url;
  const proposals: Proposal[] = [];
  for (const { localOid: after, remoteOid } of await distinctTips(place, tips)) {
    const before =
      (remoteOid === undefined ? undefined : await resolved(place, remoteOid)) ??
      (isUrl ? undefined : await resolved(place, `refs/remotes/${remote.name}/HEAD`)) ??
      (await resolved(place, `${first}^`));
    const since = before === undefined ? undefined : ((await mergeBase(place, before, after)) ?? before);
    proposals.push({ after, before, since, missing: false });
  }
  return proposals;
};
