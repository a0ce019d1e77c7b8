import { applyEdits, fitting, unifiedDiff } from '../pins/diff.ts';
import { allowedBy, type Finding } from '../report/finding.ts';
import type { Mended } from './mending.ts';

/** A file that was looked at; only one of the worktree can be written. */
interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isHere: boolean;
}

/** What the fixes of findings make of the files; what somebody allowed stays. Of two fixes that do not go together the first counts. */
export const mendAll = (files: readonly Source[], findings: readonly Finding[]): readonly Mended[] =>
  files.flatMap((file) => {
    if (!file.isHere) return [];
    const mine = findings.filter((finding) => finding.path === file.path && finding.fix !== undefined && allowedBy(finding) === undefined);
    const fixes = fitting(mine.map(({ fix }) => fix?.edits ?? []));
    const used = mine.filter((_, i) => fixes.used[i] === true);
    return used.length === 0 ? [] : [{ file, edits: fixes.edits, after: applyEdits(file.bytes, fixes.edits), findings: used }];
  });

/** One patch of all that would change. */
export const patchOf = (mended: readonly Mended[]): Buffer =>
  Buffer.concat(mended.map(({ file, after }) => unifiedDiff(file.path.replaceAll('%25', '%'), file.bytes, after)));
