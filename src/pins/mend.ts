import type { Edit, Fix } from '../report/finding.ts';
import type { Use } from '../uses/use.ts';
import type { Pin } from './pin.ts';

/** A file and what it refers to. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly uses: readonly Use[];
}

const [SPACE, TAB] = [0x20, 0x09];

/** The white space that the file's own references have most often before `#`. */
const gapOf = ({ bytes, uses }: SourceFile): string => {
  const seen = new Map<string, number>();
  for (const to of new Set(uses.flatMap(({ comment }) => comment?.start ?? []))) {
    let from = to;
    while (bytes[from - 1] === SPACE || bytes[from - 1] === TAB) from--;
    const gap = Buffer.from(bytes.subarray(from, to)).toString('latin1');
    if (gap !== '') seen.set(gap, (seen.get(gap) ?? 0) + 1);
  }
  return [...seen].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? ' ';
};

/** Writes a tag into the comment of a reference; undefined where there is no room for one. */
const commentEdit = (use: Use, tag: string, file: SourceFile): Edit | undefined => {
  const { comment, commentAt } = use;
  const words = use.kind === 'hook' ? `# frozen: ${tag}` : `# ${tag}`;
  if (comment === undefined) return commentAt === undefined ? undefined : { start: commentAt, end: commentAt, text: gapOf(file) + words };
  // One comment behind two references is of neither.
  if (file.uses.some((other) => other.start !== use.start && other.comment?.start === comment.start)) return undefined;
  if (comment.versionStart !== undefined && comment.versionEnd !== undefined)
    return { start: comment.versionStart, end: comment.versionEnd, text: tag };
  return { start: comment.start, end: comment.start, text: `${words} ` };
};

/** What is to stand in a reference. */
export interface Wanted {
  /** undefined: what stands there stays. */
  readonly commit?: string;
  /** For the comment; undefined: it stays. */
  readonly tag?: string | undefined;
}

/** True where the bytes of a reference are its value; of an alias, those of the value that it repeats. */
const isVerbatim = ({ start, end, raw }: Use, { uses, bytes }: SourceFile): boolean =>
  uses.some((one) => one.verbatim && one.start === start) && Buffer.from(bytes.subarray(start, end)).toString() === raw;

/** The edits that make a reference say what is wanted; undefined where they cannot be written, or nothing would change. */
export const mend = ({ use, chain }: Pin, { commit, tag }: Wanted, file: SourceFile): Fix | undefined => {
  if (chain.length > 0 || use.ref === undefined || !isVerbatim(use, file)) return undefined;
  const isNew = tag !== undefined && tag !== use.comment?.version;
  const comment = isNew ? commentEdit(use, tag, file) : undefined;
  const ref = { start: use.end - Buffer.byteLength(use.ref), end: use.end, text: commit ?? '' };
  const edits = [...(commit === undefined || commit === use.ref ? [] : [ref]), ...(comment === undefined ? [] : [comment])];
  if (edits.length === 0) return undefined;
  const told = tag !== undefined && (!isNew || comment !== undefined) ? ` # ${tag}` : '';
  return { title: commit === undefined ? `let the comment say ${tag ?? ''}` : `write ${commit}${told}`, edits };
};

/** Why nothing can be written over a reference; undefined: it is not that. */
export const immovable = ({ use }: Pin, file: SourceFile): string | undefined =>
  isVerbatim(use, file) ? undefined : 'it is written folded or escaped: change it by hand';
