import { resolve } from 'node:path';
import { lookUnder } from '../gate/views.ts';
import { HELD_BYTES, type Entry } from '../check.ts';
import { choice, defineCommand, flag, list, number, rest, text, type Answer, type Context } from '../command.ts';
import { CATEGORIES } from '../config/categories.ts';
import { ConfigError, FileError, InterruptedError, UsageError } from '../errors.ts';
import { openGate, type Opened, type View } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import { placeOf } from '../git/read-file.ts';
import { applyEdits } from '../substitute/edits.ts';
import { isLink, obstacle, replaceFile } from '../sys/replace.ts';
import type { Skipped } from '../report/finding.ts';
import { SCOPES } from '../rules/rule.ts';
import { chosenOptions, EVENT_OF, type Chosen } from './gate.ts';
import { scanTarget } from './check.ts';
import { hashOf, planFiles, type FilePlan, type Plan } from './substitute-files.ts';
import { fileAnswer, filterAnswer } from './substitute-words.ts';
import { createSubstitutor, openLooker, type Edit, type Looker, type Substitutor } from './substitute.ts';

type Wanted = Chosen & { readonly all: boolean };

const readHeld = async (stdin: Context['stdin']): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stdin) {
    length += part.length;
    if (length > HELD_BYTES)
      throw new FileError(`standard input is larger than ${HELD_BYTES / 2 ** 20} MiB, which is what is replaced in at once`, {
        hint: 'give it in parts that end between lines, or as files',
      });
    parts.push(part);
  }
  return Buffer.concat(parts);
};

/** One substitutor for all policies that hold. */
const openAll = async (opened: Opened, wanted: Wanted): Promise<Substitutor> => {
  const open = async (view: View): Promise<Looker> => {
    try {
      const options = { ...chosenOptions(wanted, view.context, doors.readIfThere), all: wanted.all };
      return await openLooker(options, view.context, opened.target.event);
    } catch (error) {
      if (!(error instanceof ConfigError) || view.otherwise === undefined) throw error;
      return open(view.otherwise);
    }
  };
  const lookers: Looker[] = [];
  for (const view of opened.views) lookers.push(await open(view));
  const answer = opened.views[0].context.key();
  return createSubstitutor(lookers, answer.kind === 'key' ? answer.key : undefined);
};

/** @throws {KeiError} when a token was asked for and there is a reason why none could be made */
const requireKey = ({ context: inside }: View, edits: readonly Edit[], isFilter: boolean): void => {
  const answer = inside.key();
  if (!edits.some(({ nameless }) => nameless === true) || answer.kind === 'key' || (isFilter && answer.kind === 'absent')) return;
  if (answer.kind === 'unusable') throw new ConfigError(answer.reason, { hint: answer.hint });
  throw new UsageError(`tokens hang on a key, and there is none in ${answer.place}`, {
    hint: `${answer.hint}\nmode = "mask" or "value" in [rules.replace] needs none`,
  });
};

/** Files of the worktree that have findings; where no path is named only tracked ones. */
const candidates = async (opened: Opened, wanted: Wanted, paths: readonly string[], context: Context): Promise<readonly Entry[]> => {
  const { target } = opened;
  const { findings } = await lookUnder(opened, (inside) => scanTarget(target, chosenOptions(wanted, inside, doors.readIfThere), inside));
  const entries = await target.after.list(target.paths);
  const found = new Set(findings.flatMap(({ path }) => path ?? []));
  const known = new Set(entries.map(({ path }) => path));
  // A path that itself holds a secret is masked in findings: then every file is looked at.
  const some = [...found].every((path) => known.has(path)) ? entries.filter(({ path }) => found.has(path)) : entries;
  if (paths.length > 0 || target.after.kind !== 'worktree') return some;
  const index = doors.indexSnapshot(doors.here(context));
  try {
    const tracked = new Set((await index.list()).map(({ path }) => path));
    return some.filter(({ path }) => tracked.has(path));
  } finally {
    await index.close?.();
  }
};

/** What would stay because nobody can look for it. */
const blind = ({ unlooked }: Substitutor): readonly Skipped[] => unlooked.map((one) => ({ ...one, kind: 'failed' }));

/** A filter passes nothing on that it could not look for. @throws {FileError} */
const requireSight = ({ unlooked: [first] }: Substitutor): void => {
  if (first !== undefined)
    throw new FileError(`cannot look for everything: ${first.reason}`, { hint: 'nothing was written; --rules names other rule files' });
};

const requireSense = (
  { write, patch, 'stdin-path': path }: { readonly write: boolean; readonly patch: boolean; readonly 'stdin-path': string | undefined },
  paths: readonly string[],
  isFilter: boolean,
): void => {
  if (isFilter && (write || paths.length > 0))
    throw new UsageError('leak substitute: files and standard input at once', { hint: 'either paths with --write, or --stdin or --patch' });
  if (path !== undefined && (!isFilter || patch))
    throw new UsageError('leak substitute: --stdin-path goes with --stdin', { hint: 'a patch names its files itself' });
};

/** A link that is named would stand for what it points to. @throws {UsageError} */
const refuseLinks = (paths: readonly string[], cwd: string): void => {
  const link = paths.find((path) => isLink(resolve(cwd, path)));
  if (link !== undefined) throw new UsageError(`${link} is a symbolic link`, { hint: 'name the file it points to' });
};

const refuseObstacles = (root: string, files: readonly FilePlan[], shown: (path: string) => string): void => {
  for (const { path } of files) {
    const reason = obstacle(placeOf(root, path));
    if (reason !== undefined)
      throw new FileError(`cannot write ${shown(path)}: ${reason}`, {
        hint: 'nothing was written; see to that file first, or name the others',
      });
  }
};

/** Writes each file whole. @returns paths that somebody changed since they were looked at */
const writeFiles = (root: string, files: readonly FilePlan[], shown: (path: string) => string, signal: AbortSignal): readonly string[] =>
  files.flatMap(({ path, edits, hash }) => {
    if (signal.aborted) throw new InterruptedError('interrupted');
    const written = replaceFile(placeOf(root, path), shown(path), (bytes) =>
      hashOf(bytes) === hash ? applyEdits(bytes, edits) : undefined,
    );
    return written ? [] : [path];
  });

export const command = defineCommand({
  args: { paths: rest('files and folders; default: the tracked files of the worktree', { completes: 'file' }) },
  options: {
    write: flag('replace; without it nothing is changed'),
    check: flag('exit with 1 when something would be replaced'),
    stdin: flag('from standard input to standard output'),
    patch: flag('the same for a patch: it stays one'),
    'stdin-path': text('PATH', 'with --stdin: the path its content is judged by'),
    all: flag('also what ignores, the baseline and inline allows let stay'),
    rules: list('FILE', 'rule files, in place of those of the settings', { completes: 'file' }),
    'no-builtin': flag('without the built-in rules'),
    category: list('NAME', `kinds of rules, in place of those of the settings: ${CATEGORIES.join(', ')}`),
    scope: choice(SCOPES, 'replace what is found on this occasion'),
    decode: number('N', 'how deep encoded text is decoded; 0: not at all', { min: 0, max: 8 }),
    'max-file-size': number('BYTES', 'leave larger files out', { min: 1, max: Number.MAX_SAFE_INTEGER, bytes: true }),
    format: choice(['text', 'json'], 'how to print what is replaced', { default: 'text', short: 'f' }),
  },
  details:
    'Writes a token, a mask or a value in the place of each secret, as [rules.replace] of its rule says; what was written is looked at again, so that the outcome scans clean. Shows what would change; --write changes it, each file whole.\n\n' +
    'Tokens hang on the key that kei-git leak key makes. With --stdin and --patch the outcome goes to standard output, and what was done to standard error; nothing is written when something that was found would still stand.',
  examples: [
    { command: 'kei-git leak substitute', does: 'show what would be replaced in tracked files' },
    { command: 'kei-git leak substitute --write config/', does: 'replace it in a folder' },
    { command: 'git diff | kei-git leak substitute --patch', does: 'take the secrets out of a patch, which still applies' },
  ],
  run: async ({ args, options }, context): Promise<Answer> => {
    const event = options.scope === undefined ? 'check' : EVENT_OF[options.scope];
    const isFilter = options.stdin || options.patch;
    requireSense(options, args.paths, isFilter);
    refuseLinks(args.paths, context.cwd);
    const input = isFilter ? { path: options['stdin-path'] ?? 'stdin', bytes: await readHeld(context.stdin) } : undefined;
    const asked = input === undefined ? { paths: args.paths, all: true } : { paths: [], input };
    const opened = await openGate(asked, event, {}, context, doors);
    try {
      const [view] = opened.views;
      const substitutor = await openAll(opened, options);
      if (input !== undefined) {
        requireSight(substitutor);
        const done = options.patch ? substitutor.patch(input.bytes, input.path) : substitutor.content(input.bytes, input.path);
        requireKey(view, done.edits, true);
        return filterAnswer({ ...input, path: substitutor.shown(input.path) }, done, options.check);
      }
      const entries = await candidates(opened, options, args.paths, context);
      const planned: Plan = await planFiles(
        opened.target.after,
        entries,
        (bytes, path) => substitutor.content(bytes, path),
        context.signal,
      );
      const plan: Plan = { ...planned, skipped: [...blind(substitutor), ...planned.skipped] };
      requireKey(
        view,
        plan.files.flatMap(({ edits }) => edits),
        false,
      );
      const root = opened.target.after.source?.();
      if (!options.write || plan.files.length === 0 || root?.kind !== 'directory')
        return fileAnswer(plan, substitutor.shown, { written: false, check: options.check });
      refuseObstacles(root.root, plan.files, substitutor.shown);
      const changed = new Set(writeFiles(root.root, plan.files, substitutor.shown, context.signal));
      return fileAnswer(
        {
          ...plan,
          files: plan.files.filter(({ path }) => !changed.has(path)),
          skipped: [
            ...plan.skipped,
            ...[...changed].map((path) => ({
              path,
              reason: 'somebody changed it meanwhile, so it was not written',
              kind: 'failed' as const,
            })),
          ],
        },
        substitutor.shown,
        { written: true, check: options.check },
      );
    } finally {
      await opened.close();
    }
  },
});
