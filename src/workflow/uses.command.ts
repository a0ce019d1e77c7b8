import type { Entry, Snapshot } from '../check.ts';
import { choice, defineCommand, rest, type Context } from '../command.ts';
import { Exit } from '../errors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { openTarget } from '../git/target.ts';
import type { Skipped } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { FILE_GLOBS, fileKind, fileKindBelow } from '../uses/files.ts';
import type { Use, UseProblem } from '../uses/use.ts';

interface Listed {
  readonly uses: readonly Use[];
  readonly problems: readonly (UseProblem & { readonly path: string })[];
  readonly skipped: readonly Skipped[];
}

const LINK = 0o120000;
const LITERAL = ':(literal)'; // as `openTarget` names paths

/** Reads the files of the worktree, or of a folder that is in none. Where something is named, files count wherever they lie below it. */
const listUses = async (args: readonly string[], context: Context): Promise<Listed> => {
  const place = here(context);
  const repository = await findRepository(place, context.env);
  const { target } = await openTarget({ paths: args, all: true }, { place, repository, event: 'check', context });
  const { after } = target;
  const isWhole = after.kind !== 'directory' && target.paths === undefined;
  try {
    const all = await after.list(target.paths ?? (isWhole ? FILE_GLOBS : []));
    const [only] = all;
    const file = all.length === 1 && only !== undefined && args[0]?.endsWith(only.path) === true ? [`${LITERAL}${only.path}`] : [];
    const named = new Set(target.paths ?? file);
    const isNamed = (path: string): boolean => named.has(`${LITERAL}${path}`);
    const isInstalled = (path: string): boolean => after.kind === 'directory' && path.includes('node_modules/');
    const kindOf = isWhole ? fileKind : fileKindBelow;
    const isWanted = ({ path, mode }: Entry): boolean =>
      mode !== LINK && (isNamed(path) || (kindOf(path) !== undefined && !isInstalled(path)));
    const listed = await readAll(all.filter(isWanted), isNamed, after, context);
    const unread = (after.unlisted ?? []).filter(({ kind }) => kind === 'failed');
    return { ...listed, skipped: [...listed.skipped, ...unread] };
  } finally {
    await after.close?.();
  }
};

const readAll = async (
  entries: readonly Entry[],
  isNamed: (path: string) => boolean,
  after: Snapshot,
  { signal, progress }: Context,
): Promise<Listed> => {
  const { readUses } = await import('../uses/read.ts'); // with the library that reads YAML
  const uses: Use[] = [];
  const problems: (UseProblem & { readonly path: string })[] = [];
  const skipped: Skipped[] = [];
  progress.start('reading workflows', entries.length);
  for await (const [{ path }, content] of after.readMany(entries, signal)) {
    progress.advance();
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, path });
      continue;
    }
    const found = readUses(content.bytes, path, isNamed(path));
    uses.push(...found.uses);
    problems.push(...found.problems.map((problem) => ({ path, ...problem })));
  }
  progress.stop();
  return { uses, problems, skipped };
};

const shown = ({ path, line, column, raw, kind, host, owner, repo, subpath, ref, digest, comment }: Use): object => ({
  path,
  line,
  column,
  raw,
  kind,
  host: host ?? null,
  owner: owner ?? null,
  repo: repo ?? null,
  subpath: subpath ?? null,
  ref: ref ?? null,
  digest: digest ?? null,
  comment: comment?.version ?? null,
  commentText: comment?.text ?? null,
});

/** The image that a Docker action is: it stands at no `uses`. */
const isOwnImage = ({ kind, path }: Use): boolean => kind === 'image' && fileKindBelow(path) === 'action';

const lineOf = ({ path, line, column, raw, kind, comment }: Use): string =>
  printable(`${path}:${line}:${column}: ${kind} ${raw}${comment === undefined ? '' : ` # ${comment.text}`}`);

export const command = defineCommand({
  args: { paths: rest('a folder, or files and folders of this repository; default: all of it', { completes: 'file' }) },
  options: { format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }) },
  details:
    'Lists the references to actions, reusable workflows, images and hooks, as the files on disk have them: workflows of .github, .forgejo and .gitea, ' +
    'action.yml files, .pre-commit-config.yaml. They are read as YAML, so nothing in a script, an input or a comment counts. With --format json ' +
    '"comment" is the version that a comment names, and the images that Docker actions are stand under "images". Exit code 1: something in a file could not be read as a reference; the list may lack it.',
  examples: [
    { command: 'kei-git workflow uses', does: 'lists the references of this repository or folder' },
    { command: 'kei-git workflow uses --format json .github', does: 'lists those below .github for a program' },
  ],
  run: async ({ args, options: _options }, context) => {
    const { uses, problems, skipped } = await listUses(args.paths, context);
    const notes = [
      ...problems.map(({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`),
      ...skipped.map(({ path, reason }) => `${path ?? ''}: not read: ${reason}`),
    ];
    return {
      kind: 'answer',
      text: uses.map((use) => `${lineOf(use)}\n`).join(''),
      note: notes.map((note) => `${printable(note)}\n`).join(''),
      value: { uses: uses.filter((use) => !isOwnImage(use)).map(shown), images: uses.filter(isOwnImage).map(shown), problems, skipped },
      exitCode: skipped.length > 0 ? Exit.failed : problems.length > 0 ? Exit.found : Exit.clean,
    };
  },
});
