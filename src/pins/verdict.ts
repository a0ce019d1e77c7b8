import type { Advertised, Held, Reaching, Remotes, Silence } from '../remote.ts';

/** What a pin turned out to be, best first; see docs/workflow.md. */
export const VERDICTS = [
  'ok-tip',
  'ok-reachable',
  'branch-only',
  'tag-object',
  'off-repository',
  'not-a-commit',
  'missing',
  'repository-missing',
  'auth-or-missing',
  'no-answer',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];

export interface Verdict {
  readonly kind: VerdictKind;
  /** Branches and tags that point to it or reach it, by full name. */
  readonly refs: readonly string[];
  /** The commit behind a tag object. */
  readonly peeled?: string;
  /** One line for a person. */
  readonly detail?: string;
  /** When the oldest answer that this rests on was given. */
  readonly askedAt?: Date;
}

/** Proves or disproves that a repository has a commit. @param oid full object name, lower case */
export type JudgePin = (remotes: Remotes, url: string, oid: string) => Promise<Verdict>;

const unanswered = ({ why, detail }: Silence): Verdict => ({ kind: why === 'refused' ? 'no-answer' : why, refs: [], detail });

/** What the list of refs alone says; undefined: nothing. */
const byTips = ({ refs, askedAt }: Advertised, oid: string): Verdict | undefined => {
  const tips: string[] = [];
  const objects: string[] = [];
  let peeled: string | undefined;
  for (const [name, tip] of refs) {
    if ((tip.peeled ?? tip.oid) === oid) tips.push(name);
    else if (tip.oid === oid) {
      objects.push(name);
      peeled = tip.peeled;
    }
  }
  if (tips.length > 0) return { kind: 'ok-tip', refs: tips, askedAt };
  return peeled === undefined ? undefined : { kind: 'tag-object', refs: objects, peeled, askedAt };
};

const isSha256 = ({ refs, others }: Advertised): boolean | undefined => {
  const oid = refs.values().next().value?.oid ?? others.values().next().value;
  return oid === undefined ? undefined : oid.length === 64;
};

const pullRequest = (name: string): string => {
  const number = /^refs\/(?:pull|pull-requests|merge-requests)\/(\d+)\//.exec(name)?.[1];
  return number === undefined ? `only ${name} has it` : `it is of pull request ${number}, which anyone may open`;
};

/** What a server has that none of its branches and tags reaches. */
const unreached = async (held: Held, remotes: Remotes, url: string): Promise<Verdict> => {
  const { type, askedAt, peeled } = held;
  switch (type) {
    case 'absent':
      return { kind: 'missing', refs: [], detail: 'the repository has no such object', askedAt };
    case 'tree':
    case 'blob':
      return { kind: 'not-a-commit', refs: [], detail: `it is a ${type}`, askedAt };
    case 'commit':
      return {
        kind: 'off-repository',
        refs: [],
        detail: 'no branch and no tag reaches it: of a fork, a pull request, or thrown away',
        askedAt,
      };
    case 'tag': {
      if (peeled === undefined) return { kind: 'not-a-commit', refs: [], detail: 'it is a tag of something that is no commit', askedAt };
      const behind = await judgePin(remotes, url, peeled);
      const isOwn = behind.kind === 'ok-tip' || behind.kind === 'ok-reachable' || behind.kind === 'branch-only';
      if (isOwn) return { ...behind, kind: 'tag-object', peeled };
      return { kind: 'off-repository', refs: [], detail: 'it is a tag of a commit that no branch and no tag reaches', askedAt };
    }
  }
};

const reached = ({ refs, askedAt }: Reaching, { defaultBranch }: Advertised): Verdict => {
  const isOk = refs.some((name) => name.startsWith('refs/tags/') || name === defaultBranch);
  return { kind: isOk ? 'ok-reachable' : 'branch-only', refs, askedAt };
};

/** Why a pin is rejected, by a list of refs of this run. That none of them reaches it is known. */
const rejected = async (now: Advertised, remotes: Remotes, url: string, oid: string): Promise<Verdict> => {
  if (isSha256(now) === (oid.length !== 64))
    return { kind: 'missing', refs: [], detail: 'the repository names its objects in another way', askedAt: now.askedAt };
  const other = [...now.others].find(([, value]) => value === oid)?.[0];
  if (other !== undefined) return { kind: 'off-repository', refs: [], detail: pullRequest(other), askedAt: now.askedAt };
  const held = await remotes.held(url, oid);
  if (held.kind === 'held') return unreached(held, remotes, url);
  // What the server still has of it is not known, and does not matter.
  return { kind: 'off-repository', refs: [], detail: `no branch and no tag reaches it (${held.detail})`, askedAt: now.askedAt };
};

/** @see JudgePin. What was kept is enough to accept a pin; to reject one, the server is asked. */
export const judgePin: JudgePin = async (remotes, url, oid) => {
  const first = await remotes.advertised(url);
  if (first.kind === 'silent') return unanswered(first);
  const early = byTips(first, oid);
  if (early !== undefined) return early;
  const reaching = await remotes.reaching(url, oid);
  const isMember = reaching.kind === 'reaching' && reaching.refs.length > 0;
  if (isMember && reaching.askedAt <= first.askedAt) return reached(reaching, first);
  const now = await remotes.advertised(url, 'fresh');
  if (now.kind === 'silent') return unanswered(now);
  const late = byTips(now, oid);
  if (late !== undefined) return late;
  if (isMember) return reached(reaching, now);
  return reaching.kind === 'silent' ? unanswered(reaching) : await rejected(now, remotes, url, oid);
};
