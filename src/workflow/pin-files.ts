import type { Change, Entry, Target } from '../check.ts';
import { InterruptedError } from '../errors.ts';
import type { Skipped } from '../report/finding.ts';
import type { SourceFile } from '../pins/mend.ts';
import { FILE_GLOBS, fileKind, fileKindBelow } from '../uses/files.ts';
import { readUses } from '../uses/read.ts';
import type { Use, UseProblem } from '../uses/use.ts';

/** A file that refers to other repositories, and what of it is looked at. */
export interface PinFile extends SourceFile {
  readonly problems: readonly UseProblem[];
  /** The commit that it is of, where commits are looked at. */
  readonly commit?: string;
  /** Those of its references that count. */
  readonly counted: readonly Use[];
  /** It stands in the worktree under its path, so that it can be written. */
  readonly isHere: boolean;
}

export interface PinFiles {
  readonly files: readonly PinFile[];
  readonly skipped: readonly Skipped[];
  readonly bytes: number;
}

interface Item {
  readonly entry: Entry;
  readonly change?: Change;
}

const LINK = 0o120000;
const KINDS = new Set(['workflow', 'action', 'pre-commit']);

const itemsOf = async ({ after, changes, paths }: Target): Promise<readonly Item[]> => {
  if (changes !== undefined)
    return changes
      .filter(({ path, status, added }) => status !== 'deleted' && added?.length !== 0 && KINDS.has(fileKind(path) ?? ''))
      .map((change) => ({
        entry: { path: change.path, mode: change.mode ?? 0o100644, ...(change.oid === undefined ? {} : { oid: change.oid }) },
        change,
      }));
  const isWhole = after.kind !== 'directory' && paths === undefined;
  const kindOf = isWhole ? fileKind : fileKindBelow;
  const isInstalled = (path: string): boolean => after.kind === 'directory' && path.includes('node_modules/');
  return (await after.list(paths ?? (isWhole ? FILE_GLOBS : [])))
    .filter(({ path }) => KINDS.has(kindOf(path) ?? '') && !isInstalled(path))
    .map((entry) => ({ entry }));
};

/** A reference counts when a line of it is added: its own, or that of the value which an alias repeats. */
const isAdded = ({ line, anchor }: Use, { added }: Change): boolean =>
  added === undefined || added.some(([first, last]) => [line, anchor?.line ?? line].some((one) => one >= first && one <= last));

const isProblemAdded = ({ line }: UseProblem, { added }: Change): boolean =>
  added === undefined || added.some(([first, last]) => line >= first && line <= last);

/** Reads the files of a target that may refer to other repositories; of a change only what it adds counts. */
export const readPinFiles = async (target: Target, signal: AbortSignal): Promise<PinFiles> => {
  const items = (await itemsOf(target)).filter(({ entry }) => (entry.mode & 0o170000) !== LINK);
  const files: PinFile[] = [];
  const skipped: Skipped[] = [];
  let bytes = 0;
  let at = 0;
  const entries = items.map(({ entry }) => entry);
  for await (const [{ path }, content] of target.after.readMany(entries, signal)) {
    if (signal.aborted) throw new InterruptedError('interrupted');
    const change = items[at++]?.change;
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, path });
      continue;
    }
    bytes += content.bytes.length;
    const { uses, problems } = readUses(content.bytes, path);
    files.push({
      path,
      bytes: content.bytes,
      uses,
      problems: change === undefined ? problems : problems.filter((problem) => isProblemAdded(problem, change)),
      counted: change === undefined ? uses : uses.filter((use) => isAdded(use, change)),
      ...(change?.commit === undefined ? {} : { commit: change.commit }),
      isHere: change?.commit === undefined && (target.after.kind === 'worktree' || target.after.kind === 'directory'),
    });
  }
  return { files, skipped, bytes };
};
