import type { Entry } from '../check.ts';
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

/** Reads the files of the worktree, or of a folder that is in none. Where something is named, files count wherever they lie below it. */
const listUses = async (paths: readonly string[], context: Context): Promise<Listed> => {
  const place = here(context);
  const repository = await findRepository(place, context.env);
  const { target } = await openTarget({ paths, all: true }, { place, repository, event: 'check', context });
  const { after } = target;
  const isWhole = after.kind !== 'directory' && target.paths === undefined;
  try {
    const all = await after.list(target.paths ?? (isWhole ? FILE_GLOBS : []));
    const kindOf = isWhole ? fileKind : fileKindBelow;
    const isInstalled = (path: string): boolean => after.kind === 'directory' && path.includes('node_modules/');
    const entries = all.filter(({ path, mode }) => kindOf(path) !== undefined && mode !== LINK && !isInstalled(path));
    return await readAll(entries, after, context);
  } finally {
    await after.close?.();
  }
};

const readAll = async (
  entries: readonly Entry[],
  after: Awaited<ReturnType<typeof openTarget>>['target']['after'],
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
    const found = readUses(content.bytes, path);
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

const lineOf = ({ path, line, column, raw, kind, comment }: Use): string =>
  printable(`${path}:${line}:${column}: ${kind} ${raw}${comment === undefined ? '' : ` # ${comment.text}`}`);

export const command = defineCommand({
  args: { paths: rest('a folder, or files and folders of this repository; default: all of it', { completes: 'file' }) },
  options: { format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }) },
  details:
    'Lists the references to actions, reusable workflows, images and hooks, as the files on disk have them: workflows of .github, .forgejo and .gitea, ' +
    'action.yml files, .pre-commit-config.yaml. They are read as YAML, so nothing in a script, an input or a comment counts. With --format json ' +
    '"comment" is the version that a comment names. Exit code 1: something in a file could not be read as a reference; the list may lack it.',
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
      value: { uses: uses.map(shown), problems, skipped },
      exitCode: skipped.length > 0 ? Exit.failed : problems.length > 0 ? Exit.found : Exit.clean,
    };
  },
});
