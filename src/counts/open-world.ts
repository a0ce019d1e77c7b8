import type { CheckContext, Snapshot } from '../check.ts';
import type { CountWorld, NotRun } from './world.ts';

const NOT_TRUSTED: NotRun = {
  reason: 'commands of a repository that is not trusted do not run',
  hint: 'if its kei.toml is yours or reviewed: kei-git trust',
};
const ELSEWHERE: NotRun = {
  reason: 'commands look at the worktree, and that is not what is looked at here',
  hint: 'kei-git counts',
};

type World = Pick<CheckContext, 'policy' | 'history' | 'runCounter' | 'signal'>;

const runnerOf = (snapshot: Snapshot, { policy, runCounter }: World, mayRun: boolean): CountWorld['run'] => {
  if (!policy.mayRun && !mayRun) return NOT_TRUSTED;
  return runCounter === undefined || (snapshot.kind !== 'worktree' && snapshot.kind !== 'index') ? ELSEWHERE : runCounter;
};

/**
 * What counters are computed from where a snapshot is looked at.
 * @param isHook a hook waits for it. @param mayRun commands run though the repository is not trusted: somebody asked for it by hand
 */
export const countWorld = (snapshot: Snapshot, context: World, isHook: boolean, mayRun = false): CountWorld => ({
  snapshot,
  history: context.history,
  run: runnerOf(snapshot, context, mayRun),
  isHook,
  signal: context.signal,
});
