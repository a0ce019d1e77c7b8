import type { Change, Entry, Target } from '../check.ts';
import type { Finding } from '../report/finding.ts';

/** What stands where a finding is, read once more. It holds a secret: not to be kept, shown or written. */
export interface Evidence {
  /** As it stands in the file; encoded where it was found encoded. */
  readonly secret: string;
  /** First and last byte of it in its line, from 1. */
  readonly firstByte: number;
  readonly lastByte: number;
}

const keyOf = ({ path, commit }: Pick<Change, 'path' | 'commit'>): string => `${commit ?? ''}\0${path}`;

const entryOf = (finding: Finding, changes: ReadonlyMap<string, Change> | undefined): Entry | undefined => {
  const { path, commit } = finding;
  if (path === undefined) return undefined;
  if (changes === undefined) return { path, mode: 0o100644 };
  const change = changes.get(keyOf({ path, ...(commit === undefined ? {} : { commit }) }));
  return change === undefined
    ? undefined
    : { path, mode: change.mode ?? 0o100644, ...(change.oid === undefined ? {} : { oid: change.oid }) };
};

const evidenceOf = ({ start = 0, end = 0 }: Finding, bytes: Uint8Array): Evidence | undefined => {
  if (end <= start || end > bytes.length) return undefined;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const line = start === 0 ? 0 : content.lastIndexOf(0x0a, start - 1) + 1;
  const lastLine = content.lastIndexOf(0x0a, end - 1) + 1;
  return { secret: content.toString('utf8', start, end), firstByte: start - line + 1, lastByte: end - lastLine };
};

/** Reads what was found again. What is not there any more, or stands in a message, is left out. */
export const readEvidence = async (
  { after, changes }: Pick<Target, 'after' | 'changes'>,
  findings: readonly Finding[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Finding, Evidence>> => {
  const byKey = changes === undefined ? undefined : new Map(changes.map((change) => [keyOf(change), change]));
  const wanted = new Map<Entry, Finding[]>();
  const entries = new Map<string, Entry>();
  for (const finding of findings) {
    const entry = entryOf(finding, byKey);
    if (entry === undefined) continue;
    const key = entry.oid ?? entry.path;
    const known = entries.get(key) ?? entry;
    entries.set(key, known);
    wanted.set(known, [...(wanted.get(known) ?? []), finding]);
  }
  const evidence = new Map<Finding, Evidence>();
  for await (const [entry, content] of after.readMany([...entries.values()], signal)) {
    if (content.kind !== 'bytes') continue;
    for (const finding of wanted.get(entry) ?? []) {
      const one = evidenceOf(finding, content.bytes);
      if (one !== undefined) evidence.set(finding, one);
    }
  }
  return evidence;
};
