import type { Entry, Snapshot } from '../check.ts';
import type { Progress } from '../command.ts';
import type { Config } from '../config/schema.ts';
import { InterruptedError } from '../errors.ts';
import type { Finding, Severity, Skipped } from '../report/finding.ts';
import type { CountSet } from './counted.ts';
import { judgeMarkers, type Judgement } from './judge.ts';
import type { ReadMarkers } from './marker.ts';
import { readMarkers } from './read.ts';
import { holds, rewrite } from './rewrite.ts';

/** A file with markers, or with what was meant to be one. */
export interface MarkedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly read: ReadMarkers;
}

export interface Reading {
  readonly files: readonly MarkedFile[];
  readonly skipped: readonly Skipped[];
  /** Of all files that were looked at. */
  readonly bytes: number;
}

/** The markers of files. @throws {InterruptedError} */
export const readMarked = async (
  entries: readonly Entry[],
  snapshot: Pick<Snapshot, 'readMany'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Reading> => {
  const files: MarkedFile[] = [];
  const skipped: Skipped[] = [];
  let bytes = 0;
  progress.start('files', entries.length);
  for await (const [{ path }, content] of snapshot.readMany(entries, signal)) {
    if (signal.aborted) throw new InterruptedError('interrupted');
    progress.advance();
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, kind: 'failed' });
      continue;
    }
    bytes += content.bytes.length;
    const read = readMarkers(content.bytes, path);
    if (read.markers.length + read.problems.length > 0) files.push({ path, bytes: content.bytes, read });
  }
  return { files, skipped, bytes };
};

/** Counters that markers ask for, and those that a percentage is of. */
export const wantedCounts = (files: readonly MarkedFile[], counts: Config['counts']): ReadonlySet<string> => {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    const whole = Object.hasOwn(counts, name) ? counts[name]?.['of-total'] : undefined;
    if (whole !== undefined) want(whole);
  };
  for (const { read } of files) {
    for (const { name, attributes } of read.markers) {
      want(name);
      for (const { key, value } of attributes) if (key === 'of-total') want(value);
    }
  }
  return wanted;
};

export interface JudgedFile extends MarkedFile {
  readonly judgement: Judgement;
  /** What the file becomes; undefined: nothing of it is stale, or something is broken. */
  readonly after: Uint8Array | undefined;
}

/** For a number that would not stand as it is written. */
const asBroken = ({ fix: _fix, hint: _hint, ...finding }: Finding): Finding =>
  finding.rule === 'counts/stale'
    ? { ...finding, rule: 'counts/broken', severity: 'error', message: `${finding.message}, and that cannot stand there` }
    : finding;

/** @param severity of a number that is another one now; what is broken is an error */
export const judgeFile = (file: MarkedFile, set: CountSet, severity?: Severity): JudgedFile => {
  const { path, bytes, read } = file;
  const judgement = judgeMarkers(path, read, set, severity);
  if (judgement.changes.length === 0) return { ...file, judgement, after: undefined };
  const after = rewrite(bytes, judgement.changes);
  if (holds(path, read, after, set)) return { ...file, judgement, after: judgement.findings.some(isBroken) ? undefined : after };
  return { ...file, judgement: { ...judgement, findings: judgement.findings.map(asBroken), changes: [] }, after: undefined };
};

const isBroken = ({ rule }: Finding): boolean => rule === 'counts/broken';
