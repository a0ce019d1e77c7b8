import type { Entry, Snapshot } from '../check.ts';
import { globTest } from '../glob.ts';
import { quoted } from '../report/quoted.ts';
import type { Counted } from './counted.ts';

export type Globs = string | readonly string[] | undefined;
export type Unanswered = Exclude<Counted, { readonly kind: 'value' }>;

export const listOf = (globs: Globs): readonly string[] => (globs === undefined ? [] : typeof globs === 'string' ? [globs] : globs);

/** `docs/*.md`, `*.ts and *.tsx`, `a, b and 3 more`. */
export const showGlobs = (globs: Globs): string => {
  const all = listOf(globs).map((glob) => quoted(glob, 60).slice(1, -1));
  const shown = all.length > 3 ? [...all.slice(0, 2), `${all.length - 2} more`] : all;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
};

/** A test of paths as snapshots spell them. */
export const pathTest = (globs: Globs, exclude: Globs): ((path: string) => boolean) => {
  const wanted = listOf(globs).map((glob) => globTest(glob.replaceAll('%', '%25')));
  const unwanted = listOf(exclude).map((glob) => globTest(glob.replaceAll('%', '%25')));
  return (path) => wanted.some((test) => test(path)) && !unwanted.some((test) => test(path));
};

/** Where a glob without wildcards at its end can only lead. */
const folderOf = (glob: string): string => /^\.?\/?((?:[^*?[/]+\/)*)/.exec(glob)?.[1] ?? '';

const mayHold = (folder: string, globs: Globs): boolean =>
  listOf(globs).some((glob) => {
    const below = folderOf(glob);
    return below.startsWith(`${folder}/`) || `${folder}/`.startsWith(below);
  });

/** Something that listing could not look at and that could hold a file of these globs. */
const unlistedOf = (snapshot: Snapshot, globs: Globs, test: (path: string) => boolean): Unanswered | undefined => {
  for (const { path = '', reason, kind } of snapshot.unlisted ?? []) {
    if (reason.endsWith('(a sparse checkout)'))
      return { kind: 'unknown', reason, hint: 'kei-git counts --check --staged takes what is staged' };
    const isMeant = kind === 'failed' ? path === '' || test(path) || mayHold(path, globs) : reason.startsWith('unmerged') && test(path);
    if (isMeant) return { kind: 'unknown', reason: `${path === '' ? 'a file' : path} could not be looked at: ${reason}` };
  }
  return undefined;
};

/** The files that globs match, or why they cannot be told. */
export const filesOf = async (snapshot: Snapshot, globs: Globs, exclude: Globs): Promise<readonly Entry[] | Unanswered> => {
  const test = pathTest(globs, exclude);
  const entries = (await snapshot.list()).filter(({ path }) => test(path));
  return unlistedOf(snapshot, globs, test) ?? entries;
};

const SYMBOLIC_LINK = 0o120000;

/** True for what has content of its own. */
export const isRegular = ({ mode }: Entry): boolean => mode !== SYMBOLIC_LINK;

/** Text as git tells it from other content: no zero byte in the first 8,000. */
export const isTextual = (bytes: Uint8Array): boolean => !bytes.subarray(0, 8000).includes(0);

/** Why nothing matched. */
export const noFile = (key: 'glob' | 'lines' | 'files', globs: Globs): Unanswered => {
  const hint = listOf(globs).some((glob) => glob.includes('{'))
    ? 'braces are not read in globs: write an array'
    : 'zero = true where none is right';
  return { kind: 'broken', key, reason: `no file matches ${showGlobs(globs)}`, hint };
};
