import type { Snapshot, SnapshotSource } from '../check.ts';
import { directorySnapshot } from './directory.ts';
import { objectsOnly, type SnapshotOptions } from './snapshot.ts';

/** Opens in a worker what another thread listed. It is meant for `readMany` and `stream` of that thread's entries. */
export function openSnapshot(source: SnapshotSource, options: SnapshotOptions = {}): Snapshot {
  switch (source.kind) {
    case 'directory':
      return directorySnapshot(source.root, options);
    case 'objects':
      return objectsOnly(source, options);
  }
}
