import { applyEdits } from '../pins/diff.ts';
import type { CountSet } from './counted.ts';
import { judgeMarkers, type Change } from './judge.ts';
import type { ReadMarkers } from './marker.ts';
import { readMarkers } from './read.ts';

/** The file with its numbers made true: no byte outside of a marker's number is another one. */
export const rewrite = (bytes: Uint8Array, changes: readonly Change[]): Uint8Array =>
  changes.length === 0
    ? bytes
    : applyEdits(
        bytes,
        changes.flatMap(({ edits }) => edits),
      );

/** True where the rewritten file holds the markers that it held, and none of them is stale. */
export const holds = (path: string, before: ReadMarkers, after: Uint8Array, set: CountSet): boolean => {
  const read = readMarkers(after, path);
  const same = read.markers.length === before.markers.length && read.markers.every(({ name }, i) => name === before.markers[i]?.name);
  return same && judgeMarkers(path, read, set).changes.length === 0;
};
