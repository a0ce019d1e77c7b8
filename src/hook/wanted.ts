import { join } from 'node:path';
import type { Wanted, WantedChain } from './state.ts';

// Where the guard is to stand; docs/hooks.md says why.

interface SetPath {
  readonly scope: string;
  readonly value: string;
  readonly folder: string;
  readonly ours: boolean;
}
interface SeenWorktree {
  readonly path: string;
  readonly gitDir: string;
  readonly current: boolean;
  readonly settings: { readonly hooksPaths: readonly SetPath[] };
}
export interface Seen {
  readonly commonDir: string;
  readonly worktrees: readonly SeenWorktree[];
}

/** Events that are handed on wherever core.hooksPath is set, so that a hook which is added later runs too. */
const PASSED: readonly string[] = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'pre-push',
  'post-rewrite',
  'pre-auto-gc',
  'sendemail-validate',
];
/** Events that are handed on only where there is such a hook now: it runs for every ref or index that is written, or git does other things when there is one. */
const PASSED_IF_THERE: readonly string[] = [
  'reference-transaction',
  'post-index-change',
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'push-to-checkout',
  'p4-changelist',
  'p4-prepare-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
];

/** What the recorded folder is called in our files: relative ones count from where git runs hooks, in each worktree. */
const behindOf = ({ value, folder }: SetPath): string => (/^(?:[/~]|%\(|:\(|[A-Za-z]:[\\/]|$)/.test(value) ? folder : value);

export interface Wish {
  readonly seen: Seen;
  readonly blocks: ReadonlyMap<string, string>;
  /** The repository's own folder of hooks is a symbolic link: what lies there belongs to others too. */
  readonly linkedHooks: boolean;
  /** As hooks of the configuration (git 2.54). */
  readonly inConfig: boolean;
  /** True when a folder holds an executable file of that name. */
  readonly holds: (folder: string, event: string) => boolean;
}

const passed = (folders: readonly string[], holds: Wish['holds']): readonly string[] => [
  ...PASSED,
  ...PASSED_IF_THERE.filter((event) => folders.some((folder) => holds(folder, event))),
];

export const wantedPlaces = ({ seen, blocks, linkedHooks, inConfig, holds }: Wish): Wanted => {
  const { commonDir, worktrees } = seen;
  const config = join(commonDir, 'config');
  if (inConfig) return { blocks, inHooks: false, chains: [{ config, by: 'hooks', behind: undefined, passed: [] }] };
  const set = worktrees
    .toSorted((a, b) => Number(b.current) - Number(a.current))
    .map(({ gitDir, settings: { hooksPaths } }) => ({
      gitDir,
      shared: hooksPaths.findLast(({ ours, scope }) => !ours && scope !== 'worktree'),
      own: hooksPaths.findLast(({ ours, scope }) => !ours && scope === 'worktree'),
    }));
  const chains: WantedChain[] = [];
  const hooks = join(commonDir, 'hooks');
  const shared = set.find((one) => one.shared !== undefined)?.shared;
  if (shared !== undefined || linkedHooks) {
    const behind = shared === undefined ? hooks : behindOf(shared);
    const folders = set.map((one) => one.shared?.folder ?? hooks);
    chains.push({ config, by: 'path', behind, passed: passed(folders, holds) });
  }
  for (const { gitDir, own } of set) {
    if (own === undefined) continue;
    chains.push({ config: join(gitDir, 'config.worktree'), by: 'path', behind: behindOf(own), passed: passed([own.folder], holds) });
  }
  return { blocks, inHooks: shared === undefined && !linkedHooks, chains };
};

/** Nothing of ours. */
export const NOTHING_WANTED: Wanted = { blocks: new Map(), inHooks: false, chains: [] };
