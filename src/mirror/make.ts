import type { CheckContext, Key } from '../check.ts';
import type { Progress } from '../command.ts';
import { UsageError } from '../errors.ts';
import type { LeakOptions } from '../leak/options.ts';
import { openSubstitutor } from '../leak/substitute.ts';
import { createCommits, type Commits } from './commits.ts';
import { openGuard, type Guard } from './guard.ts';
import { createJournal, type Journal } from './journal.ts';
import { freeName } from './names.ts';
import { leftOut } from './policy.ts';
import type { Store } from './store.ts';
import { createTrees } from './trees.ts';

/** A ref of the mirror. */
export interface MirrorRef {
  readonly name: string;
  readonly oid: string;
}

/** What makes a mirror, opened. */
export interface Maker {
  readonly guard: Guard;
  readonly journal: Journal;
  readonly commits: Commits;
}

/** What a repository has to be asked before anything is made. */
export interface Plan {
  /** The commit that is mirrored. */
  readonly commit: string;
  /** It and all that it goes on from, parents first. */
  readonly lineage: () => Promise<readonly string[]>;
  /** All tags: names without `refs/tags/`, latin1. */
  readonly tags: readonly MirrorRef[];
}

/** The branch of a mirror that is there already. */
export interface Tip {
  readonly oid: string;
  readonly tree: string;
  readonly message: string;
}

export interface Branch {
  readonly oid: string;
  readonly tags: readonly MirrorRef[];
}

const TRAILER = 'Kei-Mirror';
const MARK = new RegExp(`^${TRAILER}: ([0-9a-f]{32})$`, 'gm');
const PURPOSE = 'leak/mirror/1';

/** @throws {ConfigError} for the first error in a rule file */
export const openMaker = async (store: Store, options: LeakOptions, key: Key, context: CheckContext): Promise<Maker> => {
  const guard = await openGuard(options, await openSubstitutor(options, key, context, 'mirror'), context);
  const journal = createJournal(guard.mask);
  const { maxFileSize } = options.plan;
  const trees = createTrees(store, { guard, leftOut: leftOut(context.policy), journal, maxFileSize });
  return { guard, journal, commits: createCommits({ store, trees, guard, journal }) };
};

/**
 * Names a source commit to those who have the key, and to nobody else: from the commit's own name one could try out what was taken out of it.
 */
const markOf = (commit: string, key: Key): string => key.hmac(PURPOSE, commit).toString('hex').slice(0, 32);

const FOREIGN = 'make a new mirror beside it, and compare the two';

/** One commit with the tree of the source's, on top of what the mirror has. @throws {UsageError} when the mirror is not of this repository */
export const makeSnapshot = async (plan: Plan, tip: Tip | undefined, key: Key, { commits }: Maker): Promise<Branch> => {
  const mark = markOf(plan.commit, key);
  if (tip !== undefined) {
    const before = [...tip.message.matchAll(MARK)].at(-1)?.[1];
    if (before === undefined)
      throw new UsageError('the last commit of that mirror was not made by this command without --history', { hint: FOREIGN });
    if (before !== mark && !(await plan.lineage()).toReversed().some((commit) => markOf(commit, key) === before))
      throw new UsageError('the last commit of that mirror is of none that this one goes on from', {
        hint: `another repository, another key (kei-git leak key), a shallow clone (git fetch --unshallow), or rewritten history: ${FOREIGN}`,
      });
  }
  const fresh = await commits.snapshot(plan.commit, tip === undefined ? [] : [tip.oid], `${TRAILER}: ${mark}`);
  return { oid: tip !== undefined && tip.tree === fresh.tree ? tip.oid : fresh.oid, tags: [] };
};

/** All commits, in the same shape. @throws {UsageError} when the mirror has commits that would be lost */
export const makeHistory = async (
  plan: Plan,
  tip: Pick<Tip, 'oid'> | undefined,
  { commits }: Maker,
  progress: Progress,
): Promise<Branch> => {
  const made: string[] = [];
  const due = await plan.lineage();
  progress.start('making commits', due.length);
  for (const commit of due) {
    made.push(await commits.commit(commit));
    progress.advance();
  }
  if (tip !== undefined && !made.includes(tip.oid))
    throw new UsageError('that mirror has commits that this history does not have', {
      hint: `rules, exceptions or the key changed since, history was rewritten, or somebody committed there: ${FOREIGN}`,
    });
  const tags: MirrorRef[] = [];
  const taken = new Set<string>();
  for (const { name, oid } of plan.tags) {
    const tag = await commits.tag(name, oid);
    if (tag !== undefined) tags.push({ ...tag, name: freeName(tag.name, taken) });
  }
  return { oid: made.at(-1) ?? '', tags };
};

const MAIN = 'main';

/** The branch of a new mirror: the source's name for it, if that may be known. @param source latin1; undefined: the commit is on no branch */
export const branchName = (source: string | undefined, { commits }: Maker): string =>
  source === undefined ? MAIN : (commits.refName(source) ?? MAIN);
