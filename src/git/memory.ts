import type { Snapshot } from '../check.ts';
import { overlaySnapshot } from './overlay.ts';

const NOTHING: Snapshot = {
  kind: 'directory',
  description: 'nothing',
  list: () => Promise.resolve([]),
  read: () => Promise.resolve(undefined),
  async *readMany() {},
  async *stream() {},
};

/** Contents that stand nowhere but here: standard input, a proposal without a repository. */
export const memorySnapshot = (files: ReadonlyMap<string, Uint8Array>): Snapshot => overlaySnapshot(NOTHING, files);
