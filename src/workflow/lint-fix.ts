import { resolve } from 'node:path';
import { FileError } from '../errors.ts';
import { applyEdits, fitting } from '../pins/diff.ts';
import { allowedBy, type Finding, type Report } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import type { LintedFile } from './lint.ts';

/** What writes files, by the names it has in sys/. */
export interface FixDoors {
  /** Why a file cannot be written; undefined: it can. */
  readonly obstacle: (path: string) => string | undefined;
  /** False where the file is not what it was. */
  readonly replaceFile: (path: string, name: string, make: (bytes: Buffer) => Uint8Array | undefined) => boolean;
}

interface Mended {
  readonly file: LintedFile;
  readonly after: Buffer;
  /** Whose fixes these are. */
  readonly findings: readonly Finding[];
}

const mend = (file: LintedFile, findings: readonly Finding[]): readonly Mended[] => {
  const mine = findings.filter((finding) => finding.path === file.path && finding.fix !== undefined && allowedBy(finding) === undefined);
  const { edits, used } = fitting(mine.map(({ fix }) => fix?.edits ?? []));
  const fixed = mine.filter((_, i) => used[i] === true);
  return fixed.length === 0 ? [] : [{ file, after: applyEdits(file.bytes, edits), findings: fixed }];
};

/**
 * Writes the fixes of a report into the files that were judged, each file whole or not at all. Of two fixes that do not go together the first counts.
 * @param root the folder that paths are relative to
 * @returns the report of what is left. @throws {FileError} before anything is written where one cannot be
 */
export const writeFixes = (report: Report, files: readonly LintedFile[], root: string, { obstacle, replaceFile }: FixDoors): Report => {
  const placeOf = ({ file }: Mended): string => resolve(root, file.path.replaceAll('%25', '%'));
  const mended = files.flatMap((file) => mend(file, report.findings));
  for (const one of mended) {
    const reason = obstacle(placeOf(one));
    if (reason === undefined) continue;
    throw new FileError(`cannot write ${printable(one.file.path)}: ${reason}`, { hint: 'nothing was written; see to that file first' });
  }
  const written = mended.filter((one) =>
    replaceFile(placeOf(one), printable(one.file.path), (bytes) => (bytes.equals(one.file.bytes) ? one.after : undefined)),
  );
  const fixed = new Set(written.flatMap(({ findings }) => findings));
  return {
    ...report,
    findings: report.findings.filter((finding) => !fixed.has(finding)),
    overview: [
      ...(report.overview ?? []),
      ...written.flatMap(({ file, findings }) => findings.map(({ line, fix }) => `fixed ${file.path}:${line ?? 1}: ${fix?.title ?? ''}`)),
      ...mended.filter((one) => !written.includes(one)).map(({ file }) => `${file.path} changed meanwhile and stays as it is`),
    ],
  };
};
