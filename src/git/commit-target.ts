import type { Change, Event, Proposal, Snapshot, Target, TargetMessage } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Incoming } from '../incoming.ts';
import type { Skipped } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { commitChanges, rangeCommits, selectedCommits } from './changes.ts';
import { messages } from './history.ts';
import { printable } from './paths.ts';
import { pushProposals, rangeProposals } from './proposals.ts';
import { parsePrePush, pushed, type Pushed } from './push.ts';
import type { Repository } from './layout.ts';
import { resolveCommit } from './repository.ts';
import { commitSnapshot, objectsOnly, submodule, type SnapshotOptions } from './snapshot.ts';

/** Commits that a person or a hook asked to be looked at: one of these. */
export interface CommitChoice {
  readonly range?: string | undefined;
  readonly commit?: string | undefined;
  /** Commits that these arguments of git rev-list select. */
  readonly log?: readonly string[];
  /** Git's lines to a pre-push hook; `remote` is the hook's first argument, `url` its second. */
  readonly push?: { readonly lines: string; readonly remote: string; readonly url: string };
}

interface Asked {
  readonly place: Place;
  readonly repository: Repository;
  readonly event: Event;
  readonly context: Pick<Context, 'signal' | 'progress'>;
  readonly options: SnapshotOptions;
}

/** Commits, and what travels with them. */
interface Sent extends Pushed {
  readonly description: string;
  readonly proposals?: readonly Proposal[];
  readonly told?: readonly Skipped[];
}

export interface CommitTarget {
  readonly target: Target;
  readonly proposals: readonly Proposal[] | undefined;
  readonly told: readonly Skipped[];
}

const NOTHING: Pushed = { commits: [], tags: [], files: [] };

const targetOf = async (
  { commits, tags, files, description, proposals, told = [] }: Sent,
  { place, event, context, options }: Asked,
): Promise<CommitTarget> => {
  const signal = { signal: context.signal };
  const changes: Change[] = files.map(({ path, oid, mode }) => ({ path, oid, mode, status: 'added' }));
  const elsewhere = new Set<string>();
  for await (const { changes: more, submodules } of commitChanges(place, commits, signal)) {
    changes.push(...more);
    for (const path of submodules) elsewhere.add(path);
  }
  const texts: TargetMessage[] = [];
  for await (const { oid, kind, bytes } of messages(place, [...commits, ...tags], signal))
    texts.push({ commit: oid, text: Buffer.from(bytes).toString('utf8'), ...(kind === 'tag' ? { tag: true } : {}) });
  const last = commits.at(-1);
  const after: Snapshot = last === undefined ? objectsOnly(place, options) : commitSnapshot(place, last, options);
  return { target: { event, after, changes, messages: texts, description }, proposals, told: [...told, ...[...elsewhere].map(submodule)] };
};

/** A clone that ends within the range has some of its commits only. */
const rangeOf = async (range: string, { place, repository, context }: Asked): Promise<Sent> => {
  const commits = await rangeCommits(place, range, { signal: context.signal });
  if (repository.shallow) {
    const { readCuts } = await import('./deepen.ts');
    const cuts = readCuts(repository.commonDir);
    if (commits.some((commit) => cuts.has(commit)))
      throw new GitError(`${printable(range)} is cut off in this clone: some of its commits are not here (a shallow clone)`, {
        hint: 'fetch the whole history (git fetch --unshallow; actions/checkout: fetch-depth: 0)',
      });
  }
  const proposals = await rangeProposals(place, range);
  return { ...NOTHING, commits, proposals, description: `${count(commits.length, 'commit')} of ${printable(range)}` };
};

/** Where a clone ends, nobody can tell what a commit changed: all of it counts, and that is said. */
const cutOff = async (commits: readonly string[], { commonDir, shallow }: Repository): Promise<readonly Skipped[]> => {
  if (!shallow) return [];
  const { readCuts } = await import('./deepen.ts');
  const cuts = readCuts(commonDir);
  const cut = commits.filter((commit) => cuts.has(commit)).length;
  const reason = `what changed in ${count(cut, 'commit')}: the clone is shallow and ends there, so all files of it were looked at`;
  return cut === 0 ? [] : [{ kind: 'policy', reason }];
};

const pushOf = async (
  { lines, remote: name, url }: NonNullable<CommitChoice['push']>,
  { place, repository, context }: Asked,
): Promise<Sent> => {
  const updates = parsePrePush(lines);
  const remote = { name, url };
  const sent = await pushed(place, updates, remote, { signal: context.signal });
  const proposals = await pushProposals(place, updates, remote, sent.commits);
  const told = await cutOff(sent.commits, repository);
  return { ...sent, proposals, told, description: `${count(sent.commits.length, 'commit')} to be pushed` };
};

const sentOf = async ({ push, range, log, commit }: CommitChoice, asked: Asked): Promise<Sent> => {
  if (push !== undefined) return pushOf(push, asked);
  if (range !== undefined) return rangeOf(range, asked);
  if (log !== undefined) {
    const commits = await selectedCommits(asked.place, log, { signal: asked.context.signal });
    return { ...NOTHING, commits, description: count(commits.length, 'commit') };
  }
  const one = await resolveCommit(asked.place, commit ?? 'HEAD');
  return { ...NOTHING, commits: [one], description: `commit ${one.slice(0, 12)}` };
};

/** Opens commits that were asked for. @throws {KeiError} */
export const openCommits = async (choice: CommitChoice, asked: Asked): Promise<CommitTarget> =>
  targetOf(await sentOf(choice, asked), asked);

/** Fetches a commit, should it not be here. That it cannot be had is told by whoever needs it. */
export const bringCommit = async (place: Place, { commonDir }: Repository, oid: string, context: Asked['context']): Promise<void> => {
  const { openHistory } = await import('./deepen.ts');
  await openHistory(place, { ...context, commonDir, mayFetch: true, atLeast: 0 }).bring([oid]);
};

/** Opens the commits that an event of CI brings. @param mayFetch what this clone lacks may be fetched. @throws {KeiError} */
export const openEvent = async (plan: Incoming, mayFetch: boolean, asked: Asked): Promise<CommitTarget> => {
  const { bringContents } = await import('./contents.ts');
  const { openHistory } = await import('./deepen.ts');
  const { eventCommits } = await import('./event-commits.ts');
  const { place, repository, context } = asked;
  const history = openHistory(place, { ...context, commonDir: repository.commonDir, mayFetch, atLeast: plan.atLeast });
  const { merge, ...sent } = await eventCommits({ place, plan, history, signal: context.signal });
  const policies = sent.proposals.flatMap(({ after, before, since }) => [after, before, since].filter((oid) => oid !== undefined));
  await bringContents(place, sent.commits, policies, history, context.signal);
  const own = sent.commits.filter((commit) => commit !== merge).length;
  const description = `${count(own, 'commit')} of ${plan.what}${own === sent.commits.length ? '' : ', and the merge'}`;
  return targetOf({ ...sent, description }, asked);
};
