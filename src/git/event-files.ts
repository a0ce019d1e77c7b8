import type { Place } from '../command.ts';
import { comparePaths, splitNul } from './paths.ts';
import { parsePrePush, pushed } from './push.ts';
import { run } from './run.ts';

/** A file that an event is about. */
export interface EventFile {
  readonly path: string;
  /** undefined: it is deleted. */
  readonly mode: number | undefined;
}

export interface EventAsked {
  readonly place: Place;
  /** What git gives to the hook. */
  readonly args: readonly string[];
  readonly stdin?: Uint8Array | undefined;
  readonly signal?: AbortSignal;
}

const RAW = [
  '-r',
  '--raw',
  '-z',
  '--no-renames',
  '--no-abbrev',
  '--no-ext-diff',
  '--no-color',
  '--no-relative',
  '--ignore-submodules=none',
] as const;
const isZero = (oid: string): boolean => /^0+$/.test(oid);

/** Of `:100644 100755 OID OID M`, NUL, path, NUL. */
const parseRaw = (stdout: Buffer): readonly EventFile[] => {
  const parts = splitNul(stdout);
  const files: EventFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = ''] = (parts[at] ?? '').split(' ');
    files.push({ path: parts[at + 1] ?? '', mode: /^0+$/.test(mode) ? undefined : Number.parseInt(mode, 8) });
  }
  return files;
};

const emptyTree = async ({ place, signal }: EventAsked): Promise<string> =>
  (await run(place, ['hash-object', '-t', 'tree', '--stdin'], { ...(signal === undefined ? {} : { signal }) })).stdout
    .toString('latin1')
    .trim();

/** The full name of a commit; undefined where there is none. */
const commitOf = async ({ place }: EventAsked, revision: string): Promise<string | undefined> => {
  const { code, stdout } = await run(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
    okCodes: [0, 1, 128],
  });
  return code === 0 ? stdout.toString('latin1').trim() : undefined;
};

/** What is to be committed. */
const staged = async (asked: EventAsked): Promise<readonly EventFile[]> => {
  const head = (await commitOf(asked, 'HEAD')) ?? (await emptyTree(asked));
  return parseRaw((await run(asked.place, ['diff-index', '--cached', '--ita-invisible-in-index', ...RAW, head, '--'])).stdout);
};

/** What differs between two commits. @param before undefined or zeros: nothing was there */
const between = async (asked: EventAsked, before: string | undefined, after: string | undefined): Promise<readonly EventFile[]> => {
  if (after === undefined || isZero(after)) return [];
  const from = before === undefined || isZero(before) ? await emptyTree(asked) : before;
  return parseRaw((await run(asked.place, ['diff-tree', ...RAW, from, after, '--'])).stdout);
};

/** What the commits of a push change, as it is in the last of them. */
const inPush = async (asked: EventAsked): Promise<readonly EventFile[]> => {
  const { place, args, stdin = new Uint8Array() } = asked;
  const [name = '', url = name] = args;
  const updates = parsePrePush(Buffer.from(stdin).toString('utf8'));
  const { commits } = await pushed(place, updates, { name, url });
  if (commits.length === 0) return [];
  const touched = await run(place, ['diff-tree', '--stdin', '--root', '-c', '--no-commit-id', '-r', '--name-only', '-z', '--no-renames'], {
    stdin: `${commits.join('\n')}\n`,
  });
  const paths = [...new Set(splitNul(touched.stdout))];
  const modes = new Map<string, number>();
  for (const { localOid } of updates) {
    const listed = await run(place, ['ls-tree', '-r', '-z', '--full-tree', localOid], { okCodes: [0, 128] });
    for (const line of splitNul(listed.stdout)) modes.set(line.slice(line.indexOf('\t') + 1), Number.parseInt(line, 8));
  }
  return paths.map((path) => ({ path, mode: modes.get(path) })).toSorted((a, b) => comparePaths(a.path, b.path));
};

/** From the first old name to the last new one: one commit of `--amend`, all of a rebase. */
const rewritten = async (asked: EventAsked): Promise<readonly EventFile[]> => {
  const lines = Buffer.from(asked.stdin ?? [])
    .toString('latin1')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const [before] = lines[0] ?? [];
  return between(asked, asked.args[0] === 'rebase' ? await commitOf(asked, 'ORIG_HEAD') : before, lines.at(-1)?.[1]);
};

/**
 * The files that an event of git is about: what is to be committed, what is pushed, what a commit, a merge, a checkout or a rebase changed.
 * @throws {GitError}
 */
export const eventFiles = async (event: string, asked: EventAsked): Promise<readonly EventFile[]> => {
  const [first, second, third] = asked.args;
  switch (event) {
    case 'pre-commit':
    case 'pre-merge-commit':
    case 'prepare-commit-msg':
    case 'commit-msg':
      return staged(asked);
    case 'post-commit':
      return between(asked, await commitOf(asked, 'HEAD^'), await commitOf(asked, 'HEAD'));
    case 'post-merge':
      return first === '1' ? staged(asked) : between(asked, await commitOf(asked, 'ORIG_HEAD'), await commitOf(asked, 'HEAD'));
    case 'post-checkout':
      return third === '0' ? [] : between(asked, first, second);
    case 'post-rewrite':
      return rewritten(asked);
    case 'pre-push':
      return inPush(asked);
    default:
      return [];
  }
};
