import type { CheckContext, Event, Proposal } from '../check.ts';
import { CONFIG_FILE, policyState, readRepositoryPolicy, type PolicySource, type RepositoryPolicy } from '../config/load.ts';
import { judgedIgnoresCount, weakeningFindings, weakenings, type PullRequest, type Weakening } from '../config/policy.ts';
import { ConfigError } from '../errors.ts';
import type { Finding } from '../report/finding.ts';
import { CHECKS } from './table.ts';

/** One side of a change: what it says about its guards. */
export interface Side {
  readonly source: PolicySource;
  readonly policy: RepositoryPolicy;
}

/** A policy under which the target is looked at. */
export interface Holding {
  readonly side: Side;
  /** Whose exceptions count as well. */
  readonly ignoresOf?: Side;
  /** Why it may only tighten what holds without it. */
  readonly tightens?: string;
  /** Where an inline allow must stand to count; undefined: anywhere. */
  readonly landed?: Pick<PolicySource, 'read'>;
  /** What holds when its rules turn out to be broken: a change that repairs them must be able to land. */
  readonly otherwise?: Holding;
}

export interface Judgement {
  /** What is found under one of them is found. */
  readonly holding: readonly Holding[];
  readonly changed: readonly Finding[];
}

/** What stands before a change, and the change. */
interface Pair {
  readonly after: Side;
  readonly before: PolicySource | undefined;
  readonly since: PolicySource | undefined;
  readonly missing: boolean;
}

export interface Question {
  readonly event: Event;
  readonly pullRequest: PullRequest;
  readonly judged: Side;
  /** `both`: what is judged is believed where it is the stricter one. `before`: it is not believed. */
  readonly believe: 'both' | 'before';
  readonly proposals: readonly Proposal[];
  /** The side of a commit. */
  readonly sourceOf: (commit: string) => PolicySource;
  /** Proposals are of the judged side itself, not of commits that are read from git. */
  readonly ofJudged: boolean;
  readonly asset: CheckContext['asset'];
  /** False where another hook of the same commit says it. */
  readonly tells: boolean;
}

const MISSING = 'the commit it goes on from is not in this clone';
const BROKEN = 'the settings it goes on from cannot be read';
/** What helps where a change may only tighten. */
export const REMEDY: Readonly<Record<string, string>> = {
  [MISSING]: 'fetch the branch that it goes to; with actions/checkout: fetch-depth: 0',
  [BROKEN]: 'let a change that mends them land by itself',
};
const NOWHERE: Pick<PolicySource, 'read'> = { read: () => Promise.resolve(undefined) };

/** undefined when it is broken: then nobody can go by it. */
const readOr = async (source: PolicySource): Promise<Side | undefined> => {
  try {
    return { source, policy: await readRepositoryPolicy(source) };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

const builtinRules = async (asset: CheckContext['asset']): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const [, entry] of CHECKS) ids.push(...(await (await entry.load()).check.builtinRules(asset)));
  return ids;
};

const cannotCompare = (why: string): Weakening => ({
  key: 'before',
  file: CONFIG_FILE,
  sentence: `${why}, so nobody can say what this change lets pass; it may only tighten the defaults`,
});

const changesOf = async (since: Side | undefined, after: Side, asset: CheckContext['asset']): Promise<readonly Weakening[]> => {
  if (since === undefined) return [cannotCompare(BROKEN)];
  if (since.policy.hash === after.policy.hash) return [];
  const now = policyState(after.policy);
  try {
    return weakenings(policyState(since.policy), now, await builtinRules(asset));
  } catch (error) {
    if (error instanceof ConfigError) return [cannotCompare(BROKEN)];
    throw error;
  }
};

const judgePair = async ({ after, before, since, missing }: Pair, question: Question): Promise<Judgement> => {
  const { event, pullRequest, believe, asset, tells } = question;
  const old = before === undefined ? undefined : await readOr(before);
  const headIgnores = old?.policy.layer.config.policy['head-ignores'] === true;
  const counts = judgedIgnoresCount(event, pullRequest, headIgnores);
  const cautious = (tightens: string): Holding => ({
    side: after,
    tightens,
    ...(counts ? { ignoresOf: after } : { landed: before ?? NOWHERE }),
  });
  if (missing) return { holding: [cautious(MISSING)], changed: tells ? weakeningFindings([cannotCompare(MISSING)], REMEDY[MISSING]) : [] };
  if (before === undefined) return { holding: [{ side: after }], changed: [] };
  const parted = since === undefined || since === before ? old : await readOr(since);
  const changed = tells ? weakeningFindings(await changesOf(parted, after, asset)) : [];
  if (old === undefined) return { holding: [cautious(BROKEN)], changed };
  const landed = counts ? {} : { landed: before };
  if (old.policy.hash === after.policy.hash) return { holding: [{ side: after, ...landed }], changed };
  const holds: Holding = { side: old, ...landed, ...(counts ? { ignoresOf: after } : {}), otherwise: cautious(BROKEN) };
  return { holding: believe === 'both' ? [{ side: after }, holds] : [holds], changed };
};

const keyOf = ({ side, ignoresOf, landed, tightens }: Holding): string =>
  JSON.stringify([side.policy.hash, ignoresOf?.policy.hash, landed === undefined, tightens]);

const distinct = <T>(items: readonly T[], key: (item: T) => string): readonly T[] =>
  [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed();

/** Whose policy holds where a change is judged. Policy is not taken from the side that is being judged. */
export const judgeSides = async (question: Question): Promise<Judgement> => {
  const { proposals, sourceOf, judged, ofJudged } = question;
  const known = new Map<string, PolicySource>();
  const at = (commit: string | undefined): PolicySource | undefined => {
    if (commit === undefined) return undefined;
    const source = known.get(commit) ?? sourceOf(commit);
    known.set(commit, source);
    return source;
  };
  const all: Judgement[] = [];
  for (const { after, before, since, missing } of proposals) {
    const source = ofJudged ? undefined : at(after);
    const side = source === undefined ? judged : { source, policy: await readRepositoryPolicy(source) };
    all.push(await judgePair({ after: side, before: at(before), since: at(since), missing }, question));
  }
  return {
    holding: distinct(
      all.flatMap(({ holding }) => holding),
      keyOf,
    ),
    changed: distinct(
      all.flatMap(({ changed }) => changed),
      ({ fingerprint }) => fingerprint,
    ),
  };
};
