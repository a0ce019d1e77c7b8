import { lateRepositoryCache, personalCacheFolder } from '../sys/cache.ts';
import { readIfThere } from '../sys/files.ts';
import { openAsset, readAsset } from '../sys/assets.ts';
import { readPrivate } from '../sys/private.ts';
import { openCountPrograms } from '../sys/count-program.ts';
import { openThreads } from '../sys/threads.ts';
import { directorySnapshot } from './directory.ts';
import { openHistoryCounts } from './history-counts.ts';
import { branchProposal } from './proposals.ts';
import { originUrl } from './origin.ts';
import { openRemotes } from './remotes.ts';
import { findRepository } from './repository.ts';
import { elsewhere, here } from './run.ts';
import { commitSnapshot, indexSnapshot, stagedSnapshot } from './snapshot.ts';
import { openTarget } from './target.ts';

/** What a gate needs of the world; handed to it by the command that was asked. Each is loaded when it is first asked for. */
export const doors = {
  get here() {
    return here;
  },
  get elsewhere() {
    return elsewhere;
  },
  get findRepository() {
    return findRepository;
  },
  get openTarget() {
    return openTarget;
  },
  get directorySnapshot() {
    return directorySnapshot;
  },
  get commitSnapshot() {
    return commitSnapshot;
  },
  get indexSnapshot() {
    return indexSnapshot;
  },
  get stagedSnapshot() {
    return stagedSnapshot;
  },
  get branchProposal() {
    return branchProposal;
  },
  get readIfThere() {
    return readIfThere;
  },
  get readPrivate() {
    return readPrivate;
  },
  get openRepositoryCache() {
    return lateRepositoryCache;
  },
  get personalCacheFolder() {
    return personalCacheFolder;
  },
  get openHistoryCounts() {
    return openHistoryCounts;
  },
  get openCountPrograms() {
    return openCountPrograms;
  },
  get originUrl() {
    return originUrl;
  },
  get openRemotes() {
    return openRemotes;
  },
  get readAsset() {
    return readAsset;
  },
  get openAsset() {
    return openAsset;
  },
  get openThreads() {
    return openThreads;
  },
};
