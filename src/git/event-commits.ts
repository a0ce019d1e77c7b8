import type { Proposal } from '../check.ts';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Incoming } from '../incoming.ts';
import { absentOf, type History } from './deepen.ts';
import { ObjectSession } from './object-session.ts';
import { mergeBases } from './proposals.ts';
import type { Pushed } from './push.ts';
import { run } from './run.ts';
import { peel, type Tagged } from './tags.ts';

export interface EventCommits extends Pushed {
  readonly proposals: readonly Proposal[];
  /** Of them, the merge that the system tried. */
  readonly merge: string | undefined;
}

const REMEDY = 'fetch the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or let it be fetched: --deepen';

/** What is looked at, and what it goes on from; the first of `bases` has the policy. */
interface Sides {
  readonly head: string;
  readonly merge: string | undefined;
  readonly tips: readonly string[];
  readonly bases: readonly string[];
  /** Taken in their place where the payload knows of more commits than those leave. */
  readonly fewer: readonly string[];
}

interface Asked {
  readonly place: Place;
  readonly plan: Incoming;
  readonly history: History;
  readonly signal: AbortSignal;
}

const refused = ({ plan }: Asked, what: string, why: string | undefined): GitError =>
  new GitError(`${plan.what}: ${what}${why === undefined ? '' : `, and ${why}`}`, { hint: REMEDY });

/** As they stand in the object: what a shallow clone leaves out is named too. */
async function parentsIn(place: Place, commits: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const session = new ObjectSession(place, 2 ** 20);
  const parents = new Map<string, readonly string[]>();
  try {
    for (const commit of commits) {
      const answer = await session.ask(commit);
      if (answer.kind !== 'object' || answer.type !== 'commit') continue;
      const [header = ''] = answer.bytes.toString('latin1').split('\n\n', 1);
      parents.set(
        commit,
        [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, oid = '']) => oid),
      );
    }
    return parents;
  } finally {
    session.close();
  }
}

/** The first that is here or can be brought. */
async function firstOf({ history, place }: Asked, oids: readonly string[]): Promise<string | undefined> {
  const absent = new Set(await absentOf(place, oids));
  const here = oids.find((oid) => !absent.has(oid));
  if (here !== undefined) return here;
  for (const oid of oids) if ((await history.bring([oid])) === undefined) return oid;
  return undefined;
}

async function branchTip(asked: Asked): Promise<string | undefined> {
  const { plan, history } = asked;
  const tip = plan.onto === undefined ? undefined : await history.branch(plan.onto);
  return tip === undefined ? undefined : firstOf(asked, [tip]);
}

/** Branches of the origin as this clone knows them, the pushed one left out. */
async function otherBranches({ place, plan }: Asked): Promise<readonly string[]> {
  const { stdout } = await run(place, ['for-each-ref', '--format=%(objectname) %(symref) %(refname)', 'refs/remotes/origin/']);
  const own = plan.ref?.replace(/^refs\/heads\//, 'refs/remotes/origin/');
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [oid = '', symref, ...name] = line.split(' ');
      return oid === '' || symref !== '' || name.join(' ') === own ? [] : [oid];
    });
}

async function ofProposal(asked: Asked): Promise<Sides> {
  const { place, plan } = asked;
  const { head, base } = plan;
  const tried = plan.merge === undefined ? undefined : (await parentsIn(place, [plan.merge])).get(plan.merge);
  const merge = tried?.includes(head) === true ? plan.merge : undefined;
  // What the system merged with is the branch as it is; what the payload says may have been rewritten since, to take out what the head still has.
  const others = merge === undefined ? [] : (tried ?? []).filter((oid) => oid !== head);
  const told = base === undefined ? [] : [base];
  const wanted = others.length > 0 ? others : told;
  const first = (await firstOf(asked, wanted)) ?? (await firstOf(asked, told)) ?? (await branchTip(asked));
  if (first === undefined) throw refused(asked, 'what it goes on from is not in this clone', await asked.history.bring(wanted.slice(0, 1)));
  const absent = new Set(await absentOf(place, wanted));
  const tips = merge === undefined ? [head] : [head, merge];
  return { head, merge, tips, bases: [...new Set([first, ...wanted.filter((oid) => !absent.has(oid))])], fewer: told };
}

async function ofRef(asked: Asked, tips: readonly string[]): Promise<Sides> {
  const { plan } = asked;
  const before = plan.base === undefined ? undefined : await firstOf(asked, [plan.base]);
  const [head = plan.head] = tips;
  if (plan.as === 'update' && before !== undefined) return { head, merge: undefined, tips, bases: [before], fewer: [] };
  // A new ref, or one that was moved away from what nobody has any more.
  const main = await branchTip(asked);
  // Branches that are pushed together must not hide each other's commits: the payload says which are new, or only the default branch counts.
  const others = plan.as === 'tag' || plan.fresh !== undefined ? await otherBranches(asked) : [];
  const bases = [main, ...others, before].filter((oid) => oid !== undefined);
  return { head, merge: undefined, tips, bases: [...new Set(bases)], fewer: bases.slice(0, 1) };
}

async function commitsBetween(
  place: Place,
  tips: readonly string[],
  bases: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const stdin = [...tips, ...bases.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join('');
  const { stdout } = await run(place, ['rev-list', '--reverse', '--topo-order', '--stdin'], { stdin, signal });
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

const countOf = (commits: readonly string[], { merge }: Sides): number => commits.filter((oid) => oid !== merge).length;

/** Leaves fewer commits out where the payload knows of more. */
async function enough(asked: Asked, sides: Sides): Promise<{ readonly commits: readonly string[]; readonly sides: Sides }> {
  const { place, plan, signal } = asked;
  const commits = await commitsBetween(place, sides.tips, sides.bases, signal);
  const known = new Set(commits);
  const lacks = countOf(commits, sides) < plan.atLeast || plan.fresh?.some((oid) => !known.has(oid)) === true;
  if (!lacks || sides.fewer.length === 0 || sides.fewer.join() === sides.bases.join()) return { commits, sides };
  if ((await asked.history.bring(sides.fewer)) !== undefined) return { commits, sides };
  const fewer = { ...sides, bases: sides.fewer };
  return { commits: await commitsBetween(place, fewer.tips, fewer.bases, signal), sides: fewer };
}

/** What is wrong with a range; undefined when it is surely all. */
async function lackOf({ place, plan, history }: Asked, commits: readonly string[], sides: Sides): Promise<string | undefined> {
  const cuts = history.cuts();
  const cut = commits.filter((oid) => cuts.has(oid));
  // A first commit has nothing before it that could be left out.
  const parents = cut.length === 0 ? undefined : await parentsIn(place, cut);
  if (cut.some((oid) => parents?.get(oid)?.length !== 0)) return 'its history is cut off in this clone (a shallow clone)';
  const [base] = sides.bases;
  if (base === undefined) return undefined;
  const shared = await mergeBases(place, base, sides.head);
  if (shared.length === 0) return cuts.size > 0 ? 'where it branched off is cut off in this clone (a shallow clone)' : undefined;
  const found = countOf(commits, sides);
  return found < plan.atLeast ? `only ${found} of its ${plan.atLeast} commits are in this clone` : undefined;
}

type Tried = { readonly lack: string } | { readonly lack: undefined; readonly commits: readonly string[]; readonly sides: Sides };

async function attempt(asked: Asked, first: Sides): Promise<Tried> {
  try {
    const { commits, sides } = await enough(asked, first);
    const lack = await lackOf(asked, commits, sides);
    return lack === undefined ? { lack, commits, sides } : { lack };
  } catch (error) {
    // A fetch that was killed may have left commits without what they go on from.
    if (error instanceof GitError && asked.history.cuts().size > 0) return { lack: 'its history is incomplete in this clone' };
    throw error;
  }
}

async function proposalsOf(
  { place, plan }: Asked,
  { head, bases: [base] }: Sides,
  commits: readonly string[],
): Promise<readonly Proposal[]> {
  if (commits.length === 0 && plan.as !== 'proposal') return [];
  const nothing: Proposal = {
    after: head,
    before: undefined,
    since: undefined,
    missing: plan.as !== 'tag' && (plan.onto !== undefined || plan.base !== undefined),
  };
  if (base === undefined) return [nothing];
  const shared = await mergeBases(place, base, head);
  if (plan.as === 'update' && base === plan.base) return [{ after: head, before: base, since: shared[0] ?? base, missing: false }];
  // What shares nothing with where it goes to is judged as it stands there.
  return (shared.length > 0 ? shared : [base]).map((before) => ({ after: head, before, since: before, missing: false }));
}

const NO_TAGS: Tagged = { tags: [], commits: [], files: [] };

/** What a tag names; a checkout may have put the commit where the annotated tag was. */
async function namedBy({ place, plan, signal }: Asked): Promise<Tagged> {
  if (plan.as !== 'tag') return { ...NO_TAGS, commits: [plan.head] };
  const { stdout } = await run(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', plan.ref ?? ''], {
    okCodes: [0, 1, 128],
    signal,
  });
  const here = stdout.toString('latin1').trim();
  const local = /^[0-9a-f]{40,64}$/.test(here) && here !== plan.head ? await peel(place, [here]) : NO_TAGS;
  return local.commits.includes(plan.head) ? local : peel(place, [plan.head]);
}

/**
 * The commits that an event brings. Where the clone lacks some, more of the history is fetched; what is not surely all is refused.
 * @throws {GitError} when commits are not here and cannot be brought
 */
export async function eventCommits(asked: Asked): Promise<EventCommits> {
  const { plan, history } = asked;
  const why = await history.bring([plan.head]);
  if (why !== undefined) throw refused(asked, 'its last commit is not in this clone', why);
  const named = await namedBy(asked);
  const { tags, files } = named;
  if (named.commits.length === 0) return { commits: [], tags, files, proposals: [], merge: undefined };
  const first = plan.as === 'proposal' ? await ofProposal(asked) : await ofRef(asked, named.commits);
  for (;;) {
    const tried = await attempt(asked, first);
    if (tried.lack === undefined) {
      const { commits, sides } = tried;
      return { commits, tags, files, proposals: await proposalsOf(asked, sides, commits), merge: sides.merge };
    }
    const reason = await history.deepen([...first.tips, ...first.bases]);
    if (reason !== undefined) throw refused(asked, tried.lack, reason);
  }
}
