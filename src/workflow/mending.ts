import { FileError, UsageError } from '../errors.ts';
import type { Edit, Finding, Report } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';

/** A file of the worktree and what is to become of it. */
export interface Mended {
  readonly file: { readonly path: string; readonly bytes: Uint8Array };
  readonly edits: readonly Edit[];
  readonly after: Buffer;
  /** Whose fixes these are. */
  readonly findings: readonly Finding[];
}

/** How files are written, which only commands may do. */
export interface Writer {
  /** A path of the report, its bytes unescaped, as an absolute one. */
  placeOf(path: string): string;
  obstacle(place: string): string | undefined;
  replaceFile(place: string, shown: string, make: (bytes: Buffer) => Uint8Array | undefined): boolean;
}

interface Wishes {
  readonly fix: boolean;
  readonly diff: boolean;
  readonly staged: boolean;
  readonly range: string | undefined;
  readonly commit: string | undefined;
}

/** @throws {UsageError} where what is looked at cannot be written */
export const requireWritable = ({ fix, diff, staged, range, commit }: Wishes): void => {
  if (fix && diff) throw new UsageError('--fix writes and --diff does not: one of them');
  if ((fix || diff) && (staged || range !== undefined || commit !== undefined))
    throw new UsageError('only the worktree can be written', { hint: 'leave --staged, --range and --commit out' });
};

/** Writes each file whole; gives those that did not change meanwhile. @throws {FileError} before anything is written where one cannot be */
export const writeAll = (mended: readonly Mended[], { placeOf, obstacle, replaceFile }: Writer): readonly Mended[] => {
  const place = ({ file }: Mended): string => placeOf(file.path.replaceAll('%25', '%'));
  for (const one of mended) {
    const reason = obstacle(place(one));
    if (reason !== undefined)
      throw new FileError(`cannot write ${printable(one.file.path)}: ${reason}`, { hint: 'nothing was written; see to that file first' });
  }
  return mended.filter((one) =>
    replaceFile(place(one), printable(one.file.path), (bytes) => (bytes.equals(one.file.bytes) ? one.after : undefined)),
  );
};

const said = ({ file, findings }: Mended): readonly string[] =>
  findings.map(({ line, fix }) => `fixed ${printable(file.path)}:${line ?? 1}: ${printable(fix?.title ?? '')}`);

/** The report of what is left after fixes were written. @param asked how many files were to be written */
export const afterFixes = (report: Report, written: readonly Mended[], asked: number): Report => {
  const done = new Set(written.flatMap(({ findings }) => findings.map(({ fingerprint, start }) => `${fingerprint} ${start}`)));
  return {
    ...report,
    findings: report.findings.filter(({ fingerprint, start }) => !done.has(`${fingerprint} ${start}`)),
    overview: [
      ...new Set(written.flatMap(said)),
      ...(written.length < asked ? [`${count(asked - written.length, 'file')} changed meanwhile and stayed as they are`] : []),
    ],
  };
};
