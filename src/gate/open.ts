import {
  HELD_BYTES,
  type CheckContext,
  type Entry,
  type Event,
  type KeyAnswer,
  type Proposal,
  type Snapshot,
  type Target,
  type Threads,
} from '../check.ts';
import type { CacheStore, Context, Place } from '../command.ts';
import { requireKnownChecks } from '../config/layer.ts';
import { builtinPolicy, readRepositoryPolicy, refusalFindings, resolvePolicy, type Policy, type PolicySource } from '../config/load.ts';
import { openKey } from '../config/leak-key.ts';
import type { AskHistory, RunCounter } from '../counting.ts';
import type { OptionValues } from '../config/merge.ts';
import { personalFolder, readPersonal, type PersonalSettings } from '../config/personal.ts';
import { policySide } from '../config/policy.ts';
import { FileError } from '../errors.ts';
import type { Remotes } from '../remote.ts';
import type { Finding, Skipped, TargetSummary } from '../report/finding.ts';
import { parseKey } from '../values/key.ts';
import { ciRun, type CiRun } from './pull-request.ts';
import { type RemoteDoors, remotesOf } from './remotes.ts';
import type { Holding, Judgement, Question, Side } from './sides.ts';
import { insideOf, outsideOf } from './named-rules.ts';
import { CHECKS } from './table.ts';

interface RepositoryPlace {
  readonly root: string | undefined;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly head: string | undefined;
}

/** What only commands may reach, by the names it has in git/ and sys/. `C`: what a target is asked by. */
export interface GateDoors<C> extends RemoteDoors {
  readonly here: (context: Pick<Context, 'cwd' | 'env'>) => Place;
  readonly elsewhere: (folder: string, env: Context['env']) => Place;
  readonly findRepository: (place: Place, env: Context['env']) => Promise<RepositoryPlace | undefined>;
  readonly openTarget: (
    choice: C,
    asked: { readonly place: Place; readonly repository: never; readonly event: Event; readonly context: Context; readonly limit: number },
  ) => Promise<Found>;
  readonly branchProposal: (place: Place, revisions: readonly string[], after: string) => Promise<Proposal>;
  readonly stagedSnapshot: (place: Place, repository: never, env: Context['env']) => Snapshot;
  readonly directorySnapshot: (folder: string) => Snapshot;
  readonly commitSnapshot: (place: Place, commit: string) => Snapshot;
  readonly openHistoryCounts: (place: Place, signal: AbortSignal) => AskHistory;
  readonly openCountPrograms: (asked: {
    readonly root: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  }) => RunCounter;
  readonly originUrl: (place: Place) => Promise<string | undefined>;
  readonly readIfThere: (path: string) => Uint8Array | undefined;
  readonly readPrivate: (path: string) => string | undefined;
  readonly openRepositoryCache: (commonDir: string) => CacheStore | undefined;
  readonly readAsset: (name: string) => Uint8Array | undefined;
  readonly openAsset: CheckContext['openAsset'];
  readonly openThreads: () => Threads | undefined;
  /** Rule files that whoever started the run brings along, beside those of the settings. */
  readonly rules?: readonly string[];
}

interface Found {
  readonly target: Target;
  readonly summary: TargetSummary;
  readonly proposals?: readonly Proposal[];
  /** The folder that is looked at, where it is none of the repository we are in. */
  readonly outside?: string;
  readonly told?: readonly Skipped[];
}

/** One policy that holds for a run. */
export interface View {
  readonly context: CheckContext;
  readonly policy: Policy;
  /** What of the settings does not count, as notes. */
  readonly notices: readonly Finding[];
  /** In its place when its rules are broken. */
  readonly otherwise: View | undefined;
}

/** A run that is ready to begin. */
export interface Opened {
  readonly target: Target;
  readonly summary: TargetSummary;
  /** What is found under one of them is found. */
  readonly views: readonly [View, ...View[]];
  /** What the change that is looked at lets pass which was stopped before. */
  readonly changed: readonly Finding[];
  /** What is to be said of the target itself. */
  readonly told: readonly Skipped[];
  /** When it began, by `Date.now()`. */
  readonly begun: number;
  close(): Promise<void>;
}

/** The listing is asked for once: the policy's files are found in it. */
const remembered = (snapshot: Snapshot): Snapshot => {
  let all: Promise<readonly Entry[]> | undefined;
  const list: Snapshot['list'] = (globs) => (globs === undefined || globs.length === 0 ? (all ??= snapshot.list()) : snapshot.list(globs));
  return new Proxy(snapshot, { get: (target, key) => (key === 'list' ? list : Reflect.get(target, key)) });
};

const rememberedKeys = (open: (name: string) => KeyAnswer): ((name: string) => KeyAnswer) => {
  const known = new Map<string, KeyAnswer>();
  return (name) => {
    const answer = known.get(name) ?? open(name);
    known.set(name, answer);
    return answer;
  };
};

const policySource = (snapshot: Snapshot): PolicySource => ({
  read: (path) => snapshot.read(path),
  changedPaths: () => snapshot.changedPaths?.(),
  list: async () =>
    (await snapshot.listBelow?.('leak-matrix/')) ?? (await snapshot.list()).filter(({ path }) => path.startsWith('leak-matrix/')),
});

/** True for the error that a folder is not there. */
const isMissing = (error: unknown): boolean =>
  error instanceof FileError && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ENOENT';

/** Files of a folder as they are on disk. Only leak-matrix is listed: the folder may be somebody's home. */
const folderSource = <C>(folder: string, doors: GateDoors<C>): PolicySource => ({
  read: (path) => Promise.resolve(doors.readIfThere(`${folder}/${path.replaceAll('%25', '%')}`)),
  list: async () => {
    try {
      const entries = await doors.directorySnapshot(`${folder}/leak-matrix`).list();
      return entries.map((entry) => ({ ...entry, path: `leak-matrix/${entry.path}` }));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
});

interface World<C> {
  readonly place: Place;
  readonly repository: RepositoryPlace | undefined;
  readonly context: Context;
  readonly doors: GateDoors<C>;
  /** Opened beside the target, closed with it. */
  readonly others: Snapshot[];
}

const opened = <C>({ others }: World<C>, snapshot: Snapshot): Snapshot => {
  others.push(snapshot);
  return snapshot;
};

/** Where the settings of what is looked at are read; undefined: nowhere, the built-in ones hold. */
const sourceOf = <C>(target: Target, world: World<C>): PolicySource | undefined => {
  const { place, repository, context, doors } = world;
  const { after, event } = target;
  if (after.kind === 'worktree' || after.kind === 'index') return policySource(after);
  if (event === 'commit-msg' && repository?.root !== undefined)
    return policySource(opened(world, doors.stagedSnapshot(place, repository as never, context.env)));
  if (after.kind === 'commit' && repository?.head !== undefined) return opened(world, doors.commitSnapshot(place, repository.head));
  if (repository?.root !== undefined && after.kind !== 'directory') return folderSource(repository.root, doors);
  return after.kind === 'directory' ? folderSource(repository?.root ?? context.cwd, doors) : undefined;
};

const NOTHING: PolicySource = { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) };

/** True unless a change of the index certainly leaves the policy as it is. */
const touchesPolicy = ({ changes, event }: Target, { source, policy }: Side, paths: readonly string[]): boolean => {
  const changed = event === 'commit-msg' ? source.changedPaths?.() : changes?.map(({ path }) => path);
  if (changed === undefined || paths.length > 0) return true;
  const files = new Set(policy.files.map(({ path }) => path.replaceAll('%', '%25')));
  return changed.some((path) => path.endsWith('.toml') || files.has(path));
};

type Asked = Pick<Question, 'proposals' | 'believe' | 'ofJudged'>;

/** What is to be asked about the sides of a change; undefined: it is nobody's proposal, and its own policy holds. */
const questionOf = async <C>(
  { target, proposals }: { readonly target: Target; readonly proposals?: readonly Proposal[] },
  judged: Side,
  paths: readonly string[],
  ci: CiRun,
  { place, repository, doors }: World<C>,
): Promise<Asked | undefined> => {
  const head = repository?.head;
  const side = policySide(target.event, ci.pullRequest ?? 'none');
  const isComplete = proposals?.every(({ before, missing }) => before !== undefined || missing) === true;
  if (proposals !== undefined && (isComplete || side !== 'merge-base')) return { proposals, believe: 'before', ofJudged: false };
  if (head === undefined || target.after.kind === 'directory') return undefined;
  if (side === 'merge-base') return { proposals: [await doors.branchProposal(place, ci.base, head)], believe: 'before', ofJudged: true };
  const own: Proposal = { after: head, before: head, since: head, missing: false };
  if (side === 'head') return { proposals: [own], believe: 'before', ofJudged: true };
  const isIndex = target.after.kind === 'index' || target.event === 'commit-msg';
  return isIndex && touchesPolicy(target, judged, paths) ? { proposals: [own], believe: 'both', ofJudged: true } : undefined;
};

const judge = async <C>(
  found: { readonly target: Target; readonly proposals?: readonly Proposal[] },
  judged: Side,
  paths: readonly string[],
  world: World<C>,
): Promise<Judgement> => {
  const { context, place, doors } = world;
  const ci: CiRun = found.target.event === 'ci' ? ciRun(context.env, doors.readIfThere) : { pullRequest: 'none', base: [] };
  const asked = await questionOf(found, judged, paths, ci, world);
  if (asked === undefined || asked.proposals.length === 0) return { holding: [{ side: judged }], changed: [] };
  const { judgeSides } = await import('./sides.ts');
  return judgeSides({
    ...asked,
    event: found.target.event,
    // A range is somebody's proposal even where the system does not say whose.
    pullRequest: ci.pullRequest ?? (found.proposals === undefined ? 'none' : 'same-repository'),
    judged,
    sourceOf: (commit) => withRules(opened(world, doors.commitSnapshot(place, commit)), doors, context, world.repository?.root),
    asset: doors.readAsset,
    tells: found.target.event !== 'commit-msg',
  });
};

/** Somebody's folder or repository, looked at from outside: its own settings hold there, as far as they tighten. */
const abroad = async <C>(folder: string, { context, doors, others }: World<C>): Promise<World<C>> => {
  const place = doors.elsewhere(folder, context.env);
  return { place, repository: await doors.findRepository(place, place.env), context: { ...context, cwd: folder }, doors, others };
};

const runCounter = <C>(root: string, { env, signal }: Context, { elsewhere, openCountPrograms }: GateDoors<C>): RunCounter =>
  openCountPrograms({ root, env: elsewhere(root, env).env, signal });

interface Bound {
  readonly isAbroad: boolean;
  readonly identity: string | undefined;
  readonly personal: PersonalSettings | undefined;
  readonly options: OptionValues;
  readonly context: Context;
  readonly world: Omit<CheckContext, keyof Context | 'policy' | 'readPolicyFile' | 'landed' | 'key'>;
  /** By the name that the settings give it. */
  readonly keyOf: (name: string) => KeyAnswer;
}

const viewOf = async (holding: Holding, bound: Bound): Promise<View> => {
  const { side, ignoresOf, tightens, landed, otherwise } = holding;
  const { isAbroad, identity, personal, options, context, world, keyOf } = bound;
  const told = tightens === undefined ? {} : { tightens };
  const resolved = resolvePolicy({ repository: side.policy, identity, personal, options, isAbroad, ...told });
  const more = ignoresOf === undefined ? undefined : resolvePolicy({ repository: ignoresOf.policy, identity, personal });
  const policy: Policy = {
    ...resolved,
    ignores: [...resolved.ignores, ...(more?.ignores ?? [])],
    places: [...resolved.places, ...(more?.places ?? [])],
  };
  const hint = tightens === undefined ? undefined : (await import('./sides.ts')).REMEDY[tightens];
  return {
    policy,
    notices: refusalFindings(resolved.refused, hint),
    context: {
      ...context,
      ...world,
      policy,
      landed,
      key: () => keyOf(policy.config.leak.key),
      readPolicyFile: async (path) => side.source.read(path.replaceAll('%', '%25')),
    },
    otherwise: otherwise === undefined ? undefined : await viewOf(otherwise, bound),
  };
};

/** The settings with the rule files of the repository that the run names. */
const withRules = <C, S extends PolicySource | undefined>(
  source: S,
  { rules = [] }: GateDoors<C>,
  { cwd }: Context,
  root: string | undefined,
): S | PolicySource => (source === undefined || rules.length === 0 ? source : insideOf({ rules, cwd, root }, source));

const outsideRules = async <C>(
  { rules = [], readIfThere }: GateDoors<C>,
  { cwd }: Context,
  root: string | undefined,
  { policy }: Side,
): Promise<PersonalSettings | undefined> => (rules.length === 0 ? undefined : outsideOf({ rules, cwd, root }, policy, readIfThere));

/** Finds the target, what holds for it, and what the checks may reach. @throws {KeiError} */
export const openGate = async <C extends { readonly paths: readonly string[] }>(
  choice: C,
  event: Event,
  options: OptionValues,
  context: Context,
  doors: GateDoors<C>,
): Promise<Opened> => {
  const begun = Date.now();
  const place = doors.here(context);
  const repository = await doors.findRepository(place, context.env);
  const found = await doors.openTarget(choice, { place, repository: repository as never, event, context, limit: HELD_BYTES });
  const target: Target = { ...found.target, after: remembered(found.target.after) };
  const inside: World<C> = { place, repository, context, doors, others: [] };
  const world = found.outside === undefined ? inside : await abroad(found.outside, inside);
  const remotes = new Map<string, Remotes>();
  const close = async (): Promise<void> => {
    for (const one of remotes.values()) await one.close();
    for (const snapshot of [target.after, ...world.others]) await snapshot.close?.();
  };
  try {
    const folder = context.ci ? undefined : personalFolder(context.env);
    const personal = folder === undefined ? undefined : readPersonal(folder, doors.readIfThere);
    const source = withRules(sourceOf(target, world), doors, context, repository?.root);
    const judged: Side = {
      source: source ?? NOTHING,
      policy: source === undefined ? builtinPolicy() : await readRepositoryPolicy(source),
    };
    requireKnownChecks(judged.policy.layer, [...CHECKS.keys()]);
    const { holding, changed } = await judge({ ...found, target }, judged, choice.paths, world);
    const inRepository = target.after.kind !== 'directory' && repository !== undefined;
    const root = inRepository ? repository.root : undefined;
    const bound: Bound = {
      isAbroad: found.outside !== undefined,
      identity: world.repository?.commonDir,
      personal: personal ?? (await outsideRules(doors, context, repository?.root, judged)),
      options,
      context,
      world: {
        clone: context.ci || !inRepository ? undefined : doors.openRepositoryCache(repository.commonDir),
        objectFormat: inRepository ? repository.objectFormat : undefined,
        asset: doors.readAsset,
        openAsset: doors.openAsset,
        threads: doors.openThreads(),
        history: inRepository ? (question) => doors.openHistoryCounts(place, context.signal)(question) : undefined,
        runCounter: root === undefined ? undefined : (argv, timeoutMs) => runCounter(root, context, doors)(argv, timeoutMs),
        origin: () => (world.repository === undefined ? Promise.resolve(undefined) : doors.originUrl(world.place)),
        remotes: (choice) => remotesOf(choice, remotes, context, doors),
      },
      keyOf: rememberedKeys((name) => openKey(name, { env: context.env, readPrivate: doors.readPrivate, parseKey })),
    };
    const [first = { side: judged }, ...rest] = holding;
    const views: View[] = [];
    for (const one of rest) views.push(await viewOf(one, bound));
    return { target, summary: found.summary, views: [await viewOf(first, bound), ...views], changed, told: found.told ?? [], begun, close };
  } catch (error) {
    await close();
    throw error;
  }
};
