import { HELD_BYTES, type CheckContext, type Key, type Target } from '../check.ts';
import { choice, defineCommand, flag, one, text, type Context, type Place, type Result } from '../command.ts';
import { UsageError } from '../errors.ts';
import { openGate, type Opened } from '../gate/open.ts';
import { readRefs } from '../git/bare.ts';
import { doors } from '../git/doors.ts';
import { lineage, repositoryNames } from '../git/lineage.ts';
import { judgeMirrorFolder, type MirrorFolder } from '../git/mirror-folder.ts';
import { openMirrorWork, type MirrorWork } from '../git/mirror-work.ts';
import type { Repository } from '../git/layout.ts';
import { findRepository, resolveCommit } from '../git/repository.ts';
import { here, run as runGit } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { openTarget } from '../git/target.ts';
import { settledOptions } from '../leak/gate.ts';
import { FORMATS } from '../report/format.ts';
import { branchName, makeHistory, makeSnapshot, openMaker, type Branch, type MirrorRef, type Plan } from './make.ts';
import { mirrorContext } from './policy.ts';
import { prove, type NamedText } from './proof.ts';
import { madeAnswer, refusal } from './words.ts';

const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';

interface Source {
  readonly place: Place;
  readonly repository: Repository;
  readonly commit: string;
  /** The branch that was asked for, without `refs/heads/`. */
  readonly branch: string | undefined;
}

const openSource = async (from: string | undefined, history: boolean, context: Context): Promise<Source> => {
  const place = here(context);
  const repository = await findRepository(place, context.env);
  if (repository === undefined) throw new UsageError('not in a git repository', { hint: 'go to the repository that is to be mirrored' });
  if (from === undefined && repository.head === undefined) throw new UsageError('there is no commit yet: nothing to mirror');
  if (history && repository.shallow)
    throw new UsageError('--history in a shallow clone: older commits are not here', { hint: 'git fetch --unshallow' });
  const commit = await resolveCommit(place, from ?? 'HEAD');
  const { stdout } = await runGit(place, ['rev-parse', '--verify', '--quiet', '--symbolic-full-name', '--end-of-options', from ?? 'HEAD'], {
    okCodes: [0, 1, 128],
  });
  const ref = stdout
    .toString('utf8')
    .split('\n')
    .find((line) => line.startsWith(HEADS));
  return { place, repository, commit, branch: ref?.slice(HEADS.length) };
};

const keyOf = (context: CheckContext): Key => {
  const answer = context.key();
  switch (answer.kind) {
    case 'key':
      return answer.key;
    case 'absent':
      throw new UsageError('a mirror needs a key, so that it comes out the same each time', { hint: answer.hint });
    case 'unusable':
      throw new UsageError(answer.reason, { hint: answer.hint });
  }
};

/** What holds: the settings, rules and exceptions of HEAD, whatever commit is mirrored. */
const openPolicy = ({ place, repository, commit }: Source, context: Context): Promise<Opened> => {
  const after = commitSnapshot(place, commit);
  const target: Target = { event: 'mirror', after, changes: [], description: after.description };
  return openGate({ paths: [] }, 'mirror', {}, context, {
    ...doors,
    findRepository: () => Promise.resolve({ ...repository, head: repository.head ?? commit }),
    openTarget: () => Promise.resolve({ target, summary: { event: 'mirror', kind: 'mirror', description: after.description } }),
  });
};

interface Job {
  readonly source: Source;
  readonly folder: MirrorFolder;
  readonly history: boolean;
  readonly out: string;
  readonly inside: CheckContext;
}

const planOf = async ({ source: { place, commit }, history, inside }: Job): Promise<Plan> => ({
  commit,
  lineage: () => lineage(place, commit, inside.signal),
  tags: history ? (await readRefs(place, TAGS)).map(({ name, oid }) => ({ name: latin1(name.slice(TAGS.length)), oid })) : [],
});

const latin1 = (name: string): string => Buffer.from(name).toString('latin1');
const utf8 = (name: string): string => Buffer.from(name, 'latin1').toString('utf8');

const requireSameTags = (tags: readonly MirrorRef[], { refs }: MirrorWork): void => {
  const there = new Map(refs.map(({ name, oid }) => [name, oid]));
  const moved = tags.find(({ name, oid }) => (there.get(name) ?? oid) !== oid);
  if (moved !== undefined)
    throw new UsageError(`tag ${moved.name.slice(TAGS.length)} of that mirror is another one`, {
      hint: 'if the tag was moved on purpose: delete it there, git -C OUT tag -d NAME',
    });
};

const namesIn = async (work: MirrorWork, signal: AbortSignal): Promise<readonly NamedText[]> => {
  const names: NamedText[] = [];
  for await (const name of repositoryNames(work.place, signal)) names.push(name);
  return names;
};

const makeIn = async (work: MirrorWork, job: Job): Promise<Result> => {
  const { source, history, out, inside } = job;
  const options = settledOptions(inside);
  const key = keyOf(inside);
  const maker = await openMaker(work.store, options, key, inside);
  const branch =
    work.head?.startsWith(HEADS) === true
      ? work.head.slice(HEADS.length)
      : utf8(branchName(source.branch === undefined ? undefined : latin1(source.branch), maker));
  const tip = work.refs.find(({ name }) => name === HEADS + branch);
  const plan = await planOf(job);
  inside.progress.start('making a commit');
  const made: Branch = history
    ? await makeHistory(plan, tip, maker, inside.progress)
    : await makeSnapshot(plan, tip === undefined ? undefined : await work.tipOf(tip.oid), key, maker);
  inside.progress.stop();
  const tags = made.tags.map(({ name, oid }) => ({ name: TAGS + utf8(name), oid }));
  requireSameTags(tags, work);
  const left = maker.journal.left();
  if (left.failures.length > 0) return refusal(out, left.failures, { files: left.files, bytes: 0, messages: left.commits });
  const fresh = [{ name: HEADS + branch, oid: made.oid }, ...tags];
  await work.putRefs(fresh, HEADS + branch);
  const { target } = await openTarget(
    { paths: [], history: true },
    { place: work.place, repository: source.repository, event: 'mirror', context: inside, limit: HELD_BYTES },
  );
  const proof = await prove(target, await namesIn(work, inside.signal), maker.guard, options, inside);
  if (proof.failures.length > 0) return refusal(out, proof.failures, proof);
  const count = await work.countNew(made.oid);
  await work.finish();
  const there = new Map(work.refs.map(({ name, oid }) => [name, oid]));
  const changed = fresh.some(({ name, oid }) => there.get(name) !== oid);
  return madeAnswer({ out, branch, commit: made.oid, tags: tags.length, history, changed, fresh: count, left, proof });
};

export const command = defineCommand({
  args: { out: one('the mirror: a bare repository, made or gone on with', { completes: 'directory' }) },
  options: {
    from: text('COMMIT', 'what is mirrored (default: HEAD)', { completes: 'ref' }),
    history: flag('every commit that it goes on from, and their tags, in place of one commit with its files'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
  },
  details:
    'Makes a copy that may be published: what the rules find is replaced, what a rule excludes is left out, in files, paths, messages and names. The copy is looked at as a whole before it is put in place; where anything is left, nothing is written.',
  examples: [
    { command: 'kei-git leak mirror ../public.git', does: 'one commit with the files of HEAD; the next time another on top of it' },
    { command: 'kei-git leak mirror ../public.git --history --from main', does: 'the whole history of a branch' },
  ],
  run: async ({ args, options }, context): Promise<Result> => {
    const source = await openSource(options.from, options.history, context);
    const folder = await judgeMirrorFolder(args.out, context, source.place, source.repository);
    if (folder.existing !== undefined && folder.existing.objectFormat !== source.repository.objectFormat)
      throw new UsageError(`that mirror has ${folder.existing.objectFormat} names, this repository ${source.repository.objectFormat}`);
    const opened = await openPolicy(source, context);
    try {
      const [view] = opened.views;
      const inside = mirrorContext(view.context);
      const { maxFileSize } = settledOptions(inside).plan;
      keyOf(inside);
      const work = await openMirrorWork(folder, source.place, source.repository, context, maxFileSize);
      try {
        return await makeIn(work, { source, folder, history: options.history, out: args.out, inside });
      } finally {
        work.close();
      }
    } finally {
      await opened.close();
    }
  },
});
