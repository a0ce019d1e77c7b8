import { createHash } from 'node:crypto';
import type { Ignore } from '../config/ignores.ts';
import type { BaselineEntry } from '../imports/detect-secrets.ts';
import type { Finding } from '../report/finding.ts';
import type { Problem } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';

/** The bytes of a file, undefined when there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

export interface Matched {
  readonly ignores: readonly Ignore[];
  /** Entries for which nothing is written, and why. */
  readonly problems: readonly Problem[];
}

const sha1Of = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

const AROUND = 400; // bytes beside a finding in which what the other tool took for the secret may go on
const WORDS = [/[^\s"'`=:,;<>(){}[\]|&@/\\]+/g, /[^\s"'`]+/g, /BEGIN[ A-Z]{0,20} PRIVATE KEY(?: BLOCK)?/g];

/** Digests of what another tool may have taken for the secret: ours, and the words that it is part of. */
const digestsOf = (bytes: Uint8Array, start: number, end: number): ReadonlySet<string> => {
  const from = Math.max(0, start - AROUND);
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const around = whole.toString('latin1', from, end + AROUND); // a unit is a byte
  const digests = new Set([sha1Of(whole.subarray(start, end))]);
  for (const words of WORDS) {
    for (const { 0: word, index } of around.matchAll(words)) {
      const at = from + index;
      if (at < end && at + word.length > start) digests.add(sha1Of(whole.subarray(at, at + word.length)));
    }
  }
  return digests;
};

const byPath = (entries: readonly BaselineEntry[]): ReadonlyMap<string, readonly BaselineEntry[]> => {
  const files = new Map<string, BaselineEntry[]>();
  for (const entry of entries) {
    const known = files.get(entry.path);
    if (known === undefined) files.set(entry.path, [entry]);
    else known.push(entry);
  }
  return files;
};

/** The findings of each entry. */
const findingsOf = async (
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  read: ReadFile,
): Promise<ReadonlyMap<BaselineEntry, readonly Finding[]>> => {
  const matched = new Map<BaselineEntry, Finding[]>();
  const files = byPath(entries);
  let last: { readonly path: string; readonly bytes: Uint8Array | undefined } | undefined;
  for (const finding of findings) {
    const { path = '', start, end, extra } = finding;
    const known = files.get(path);
    if (known === undefined || start === undefined || end === undefined || extra?.['decoded'] !== undefined) continue;
    if (last?.path !== path) last = { path, bytes: await read(path) };
    if (last.bytes === undefined) continue;
    const digests = digestsOf(last.bytes, start, end);
    for (const entry of known) if (digests.has(entry.sha1)) matched.set(entry, [...(matched.get(entry) ?? []), finding]);
  }
  return matched;
};

const REVOKE = 'revoke it, then take it out of the file';

/** Why nothing is written for an entry. */
const refusal = (
  { isSecret, isVerified, path, type }: BaselineEntry,
  found: readonly Finding[],
): readonly [Problem['severity'], string, string, string?] | undefined => {
  const what = `${quoted(type)} in ${quoted(path, 80)}`;
  if (isSecret === true) return ['warning', 'revoke', `${what} was called a secret in the audit: it is no exception here`, REVOKE];
  if (isVerified && isSecret !== false)
    return ['warning', 'revoke', `${what} was live when it was verified: it is no exception here`, REVOKE];
  return found.length > 0 ? undefined : ['note', 'no-match', `${what}: no finding of ours in that file has this digest`];
};

/**
 * What a baseline lets stay, as exceptions by our fingerprints, each for its file: of findings whose secret has the digest of an entry.
 * @param file the baseline, as messages name it
 */
export const matchBaseline = async (
  file: string,
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  read: ReadFile,
): Promise<Matched> => {
  const matched = await findingsOf(entries, findings, read);
  const ignores = new Map<string, Ignore>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const found = matched.get(entry) ?? [];
    const refused = refusal(entry, found);
    if (refused !== undefined) {
      const [severity, code, message, hint] = refused;
      problems.push({ code, severity, file, ...entry.at, message, ...(hint === undefined ? {} : { hint }) });
      continue;
    }
    const reason = entry.isSecret === false ? 'detect-secrets baseline: audited, no secret' : 'detect-secrets baseline';
    for (const { fingerprint, rule, extra } of found)
      if (extra?.['allowed'] === undefined)
        ignores.set(`${fingerprint} ${entry.path}`, { kind: 'baseline', rule, fingerprint, path: entry.path, reason });
  }
  return { ignores: [...ignores.values()], problems };
};
