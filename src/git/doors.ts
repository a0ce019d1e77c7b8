import { openRepositoryCache } from '../sys/cache.ts';
import { readIfThere } from '../sys/files.ts';
import { openAsset, readAsset } from '../sys/assets.ts';
import { openThreads } from '../sys/threads.ts';
import { directorySnapshot } from './directory.ts';
import { findRepository } from './repository.ts';
import { here } from './run.ts';
import { commitSnapshot } from './snapshot.ts';
import { openTarget } from './target.ts';

/** What a gate needs of the world; handed to it by the command that was asked. */
export const doors = {
  here,
  findRepository,
  openTarget,
  directorySnapshot,
  commitSnapshot,
  readIfThere,
  openRepositoryCache,
  readAsset,
  openAsset,
  openThreads,
} as const;
