import { createHash } from 'node:crypto';
import type { Entry, Snapshot } from '../check.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { charactersOf } from '../substitute/characters.ts';
import { placesOf, type Place } from '../substitute/places.ts';
import type { Edit, Substituted } from './substitute.ts';

/** What is to be done to a file. Its content is not kept: it is read again when it is written. */
export interface FilePlan {
  readonly path: string;
  readonly edits: readonly (Edit & Place)[];
  /** SHA-256 of the content that the edits are for. */
  readonly hash: string;
}

export interface Plan {
  readonly files: readonly FilePlan[];
  readonly left: readonly Finding[];
  readonly skipped: readonly Skipped[];
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const LINK = 0o120000;

/** The edits with their places. */
export const placed = (bytes: Uint8Array, edits: readonly Edit[]): readonly (Edit & Place)[] => {
  const places = placesOf(
    bytes,
    edits.map(({ start }) => start),
    charactersOf(bytes) ?? { width: 1 },
  );
  return edits.map((edit, i) => ({ ...edit, ...(places[i] ?? { line: 1, column: 1 }) }));
};

/** Looks what substitution would do to files. @param substitute the content of a path */
export const planFiles = async (
  snapshot: Snapshot,
  entries: readonly Entry[],
  substitute: (bytes: Uint8Array, path: string) => Substituted,
  signal: AbortSignal,
): Promise<Plan> => {
  const files: FilePlan[] = [];
  const left: Finding[] = [];
  const skipped: Skipped[] = [];
  for await (const [entry, content] of snapshot.readMany(entries, signal)) {
    if (content.kind === 'skipped') {
      skipped.push(
        content.size === undefined ? content.skipped : { ...content.skipped, reason: 'too large to be replaced in', kind: 'failed' },
      );
      continue;
    }
    const { bytes } = content;
    const done = substitute(bytes, entry.path);
    left.push(...done.left);
    if (done.edits.length === 0) continue;
    if ((entry.mode & 0o170000) === LINK) {
      skipped.push({ path: entry.path, reason: 'what a symbolic link points to is not replaced', kind: 'failed' });
      continue;
    }
    files.push({ path: entry.path, edits: placed(bytes, done.edits), hash: hashOf(bytes) });
  }
  return { files, left, skipped };
};
