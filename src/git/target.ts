import { lstatSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Change, Event, Proposal, Target, TargetMessage } from '../check.ts';
import type { Context, Place } from '../command.ts';
import { UsageError } from '../errors.ts';
import type { EventPlan } from '../incoming.ts';
import type { Skipped, TargetSummary } from '../report/finding.ts';
import { mergedChanges, stagedChanges } from './changes.ts';
import { bringCommit, openCommits, openEvent, type CommitChoice } from './commit-target.ts';
import { directorySnapshot } from './directory.ts';
import { historyBlobs, historyMessages, parseShard } from './history.ts';
import { memorySnapshot } from './memory.ts';
import { printable } from './paths.ts';
import type { Repository } from './layout.ts';
import { openPlainIndex } from './plain-index.ts';
import { commitSnapshot, indexSnapshot, objectsOnly, type SnapshotOptions } from './snapshot.ts';
import { worktreeSnapshot } from './worktree.ts';

/** What a person asked to be looked at; nothing set: what is staged, else the worktree, outside a repository the folder. */
export interface TargetChoice extends CommitChoice {
  readonly paths: readonly string[];
  readonly staged?: boolean;
  /** With `staged`: the parents beside HEAD of the merge that is to be committed. What one of them has is not looked at again. */
  readonly merging?: readonly string[];
  readonly all?: boolean;
  readonly history?: boolean;
  readonly shard?: string | undefined;
  /** Files that are not as the index has them. */
  readonly unstaged?: boolean;
  /** A folder or file as it is on disk, what git ignores too; paths are told from `from` where it lies below. */
  readonly folder?: { readonly path: string; readonly from: string };
  /** A text that stands in no file; `path` is what it is called. */
  readonly input?: { readonly path: string; readonly bytes: Uint8Array };
  /** The text of a commit message. */
  readonly message?: string;
  /** What an event of CI brings, and whether what this clone lacks of it may be fetched. */
  readonly event?: { readonly plan: EventPlan; readonly mayFetch: boolean };
}

export interface OpenTarget {
  readonly target: Target;
  readonly summary: TargetSummary;
  /** Of a range and a push: whose policy holds, and whose is judged. */
  readonly proposals?: readonly Proposal[];
  /** The folder that is looked at, where it is none of the repository or the folder we are in. */
  readonly outside?: string;
  /** What is to be said of the target itself. */
  readonly told?: readonly Skipped[];
}

interface Asked extends SnapshotOptions {
  readonly place: Place;
  readonly repository: Repository | undefined;
  readonly event: Event;
  readonly context: Pick<Context, 'cwd' | 'env' | 'signal' | 'progress'>;
}

const one = (choice: TargetChoice): void => {
  const { staged, all, range, commit, history, push, input, message, log, unstaged, folder, event } = choice;
  const asked = [staged, all, range, commit, history, push, input, message, log, unstaged, folder, event].filter(
    (value) => value !== undefined && value !== false,
  );
  if (asked.length > 1)
    throw new UsageError('two kinds of target at once', { hint: 'one of --staged, --all, --range, --commit, --event, --history, --stdin' });
  if (choice.shard !== undefined && choice.history !== true) throw new UsageError('--shard goes with --history');
};

const needsRepository = (repository: Repository | undefined): Repository => {
  if (repository === undefined) throw new UsageError('not in a git repository', { hint: 'name a folder: kei-git leak scan DIR' });
  return repository;
};

const opened = (kind: string, target: Target, proposals?: readonly Proposal[], told: readonly Skipped[] = []): OpenTarget => ({
  target,
  summary: { event: target.event, kind, description: target.description },
  ...(proposals === undefined ? {} : { proposals }),
  ...(told.length === 0 ? {} : { told }),
});

/** Finds out what is to be looked at and opens it. @throws {KeiError} */
export const openTarget = async (choice: TargetChoice, asked: Asked): Promise<OpenTarget> => {
  one(choice);
  const { event } = asked;
  if (choice.message !== undefined)
    return opened('message', {
      event,
      after: memorySnapshot(new Map()),
      messages: [{ text: choice.message }],
      description: 'a commit message',
    });
  if (choice.input !== undefined)
    return opened('stdin', {
      event,
      after: memorySnapshot(new Map([[choice.input.path, choice.input.bytes]])),
      description: choice.input.path,
    });
  if (choice.event !== undefined) return ofEvent(choice, choice.event, asked);
  if (choice.range !== undefined || choice.commit !== undefined || choice.push !== undefined || choice.log !== undefined)
    return ofCommits(choice, asked);
  if (choice.folder !== undefined) return ofFolder(choice.folder, asked);
  if (choice.unstaged === true) return ofUnstaged(asked);
  if (choice.history === true) return ofHistory(choice, asked);
  if (choice.staged === true) needsRepository(asked.repository);
  const outside = outsideFolder(choice.paths, asked);
  if (outside !== undefined) {
    if (choice.staged === true) throw new UsageError(`${printable(outside)} lies outside this repository: nothing of it is staged`);
    const after = directorySnapshot(outside, asked);
    const folder = lstatSync(outside).isFile() ? dirname(outside) : outside;
    const isOurs = asked.repository?.root === undefined && isInside(realOf(asked.context.cwd), folder);
    return { ...opened('directory', { event, after, description: after.description }), ...(isOurs ? {} : { outside: folder }) };
  }
  return ofRepository(choice, asked);
};

const ofFolder = ({ path, from }: NonNullable<TargetChoice['folder']>, asked: Asked): OpenTarget => {
  const after = directorySnapshot(realOf(path), { ...asked, from });
  return opened('directory', { event: asked.event, after, description: after.description });
};

const ofUnstaged = async ({ place, repository, event, context: _context, ...options }: Asked): Promise<OpenTarget> => {
  const { root } = needsRepository(repository);
  if (root === undefined) throw new UsageError('a bare repository has no worktree', { hint: 'look at its history' });
  const after = await worktreeSnapshot(place, { ...options, repository });
  const differing = await after.changedNow?.();
  const changes = (await after.list())
    .filter(({ path }) => differing?.has(path) === true)
    .map(({ path, mode }): Change => ({ path, mode, status: 'modified' }));
  return opened('worktree', { event, after, changes, description: 'what is changed and not staged' });
};

/** A folder or file that does not lie in the worktree we are in. */
const outsideFolder = (paths: readonly string[], { repository, context }: Asked): string | undefined => {
  const [only, ...others] = paths;
  if (repository?.root === undefined && repository !== undefined && only === undefined) return undefined;
  if (only === undefined) return repository === undefined ? context.cwd : undefined;
  const real = realOf(resolve(context.cwd, only));
  if (repository?.root !== undefined && isInside(repository.root, real)) return undefined;
  if (others.length > 0) throw new UsageError('several paths outside a repository', { hint: 'one folder or file at a time' });
  return real;
};

const realOf = (path: string): string => {
  try {
    return realpathSync.native(path);
  } catch {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw new UsageError(`no such file or folder: ${printable(path)}`);
    return path;
  }
};

const isInside = (root: string, path: string): boolean => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

const ofRepository = async (choice: TargetChoice, { place, repository, event, context, ...options }: Asked): Promise<OpenTarget> => {
  const repo = needsRepository(repository);
  const { root } = repo;
  if (root === undefined) {
    const head = repository?.head;
    if (choice.staged === true || head === undefined)
      throw new UsageError('a bare repository has no worktree and no index', { hint: '--commit HEAD, --history' });
    const after = commitSnapshot(place, head, options);
    return opened('commit', { event, after, description: after.description });
  }
  const specs = choice.paths.map(
    (path) =>
      relative(root, realOf(resolve(context.cwd, path)))
        .split(sep)
        .join('/') || '.',
  );
  const paths = specs.length > 0 ? { paths: specs.map((path) => `:(literal)${path}`) } : {};
  if (choice.staged === true || (choice.all !== true && specs.length === 0)) {
    const { merging = [] } = choice;
    const signal = { signal: context.signal };
    const plain = openPlainIndex(repo, context.env);
    const ask = (): Promise<readonly Change[]> => stagedChanges(place, signal);
    const changes = merging.length > 0 ? await mergedChanges(place, merging, signal) : (plain?.changes(ask) ?? (await ask()));
    if (choice.staged === true || changes.length > 0) {
      const after = indexSnapshot(place, { ...options, plain });
      const wanted =
        specs.length === 0
          ? changes
          : changes.filter(({ path }) => specs.some((spec) => spec === '.' || path === spec || path.startsWith(`${spec}/`)));
      return opened('index', { event, after, changes: wanted, description: 'what is staged' });
    }
  }
  const after = await worktreeSnapshot(place, { ...options, repository });
  return opened('worktree', { event, after, ...paths, description: 'the worktree' });
};

const ofCommits = async (choice: TargetChoice, { place, repository, event, context, ...options }: Asked): Promise<OpenTarget> => {
  const asked = { place, repository: needsRepository(repository), event, context, options };
  const { target, proposals, told } = await openCommits(choice, asked);
  return opened(choice.commit === undefined ? 'range' : 'commit', target, proposals, told);
};

const ofEvent = async (choice: TargetChoice, { plan, mayFetch }: NonNullable<TargetChoice['event']>, asked: Asked): Promise<OpenTarget> => {
  const { place, repository, event, context, ...options } = asked;
  if (choice.paths.length > 0) throw new UsageError('--event looks at what the event brings, and takes no paths');
  const here = needsRepository(repository);
  if (plan.kind === 'nothing') return opened('range', { event, after: memorySnapshot(new Map()), changes: [], description: plan.what });
  if (plan.kind === 'all') {
    if (plan.trusted !== undefined && mayFetch && plan.trusted !== here.head) await bringCommit(place, here, plan.trusted, context);
    const all = await ofRepository({ paths: [], all: true }, asked);
    return plan.because === undefined ? all : { ...all, told: [{ kind: 'policy', reason: plan.because }] };
  }
  const { target, proposals, told } = await openEvent(plan, mayFetch, { place, repository: here, event, context, options });
  return opened('range', target, proposals, told);
};

const ofHistory = async (choice: TargetChoice, { place, repository, event, context, ...options }: Asked): Promise<OpenTarget> => {
  needsRepository(repository);
  const shard = choice.shard === undefined ? undefined : parseShard(choice.shard);
  if (choice.shard !== undefined && shard === undefined)
    throw new UsageError(`--shard: not a shard: ${printable(choice.shard)}`, { hint: '--shard 3/16' });
  const asked = { signal: context.signal, ...(shard === undefined ? {} : { shard }) };
  const changes: Change[] = [];
  for await (const batch of historyBlobs(place, asked)) {
    for (const { path, oid, mode, commit } of batch)
      changes.push({ path, oid, mode, status: 'added', ...(commit === undefined ? {} : { commit }) });
  }
  const texts: TargetMessage[] = [];
  for await (const { oid, bytes } of historyMessages(place, asked)) texts.push({ commit: oid, text: Buffer.from(bytes).toString('utf8') });
  const description = `the whole history${choice.shard === undefined ? '' : `, shard ${choice.shard}`}`;
  return opened('history', { event, after: objectsOnly(place, options), changes, messages: texts, description });
};
