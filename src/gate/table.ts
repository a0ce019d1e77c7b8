import type { Check } from '../check.ts';
import type { Config } from '../config/schema.ts';

/** Files that a check is about. */
export interface FileScope {
  readonly pattern: RegExp;
  /** Folders, and files as they would be called; a tree that has none of them has no such file. */
  readonly below: readonly string[];
}

/** What a forge runs: workflows, and actions at the root or beside workflows. */
const RUN_BY_FORGE: FileScope = {
  pattern: /^\.(?:github|forgejo|gitea)\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/i,
  below: ['.github/', '.forgejo/workflows/', '.gitea/workflows/', 'action.yml', 'action.yaml'],
};

/** What names somebody else's commits: those, and hooks of pre-commit. */
const PINNED: FileScope = {
  pattern: /^\.(?:github|forgejo|gitea)\/workflows\/(?:[^/]+\.ya?ml|actions\.lock)$|(?:^|\/)action\.ya?ml$|^\.pre-commit-config\.ya?ml$/i,
  below: [...RUN_BY_FORGE.below, '.pre-commit-config.yaml', '.pre-commit-config.yml'],
};

/** A row of the table of checks; nothing is loaded before its check runs. */
export interface CheckEntry {
  readonly summary: string;
  /** Where it looks, if not everywhere: it is not even loaded where there is none of these. */
  readonly files?: FileScope;
  /** What must be set for it to be of any use. */
  readonly when?: (config: Config) => boolean;
  readonly load: () => Promise<{ readonly check: Check }>;
}

/** Every guard that a gate can run, by id. */
export const CHECKS: ReadonlyMap<string, CheckEntry> = new Map<string, CheckEntry>([
  ['leak', { summary: 'credentials and other content that must not leave', load: () => import('../leak/gate.ts') }],
  [
    'workflow-lint',
    {
      summary: 'workflows and actions that would not run as they read, or run what others say',
      files: RUN_BY_FORGE,
      load: () => import('../workflow/lint-check.ts'),
    },
  ],
  [
    'workflow-pins',
    {
      summary: 'commits that workflows are pinned to: they exist, belong to their repository and are what their comments say',
      files: PINNED,
      load: () => import('../workflow/pins-check.ts'),
    },
  ],
  [
    'counts',
    {
      summary: 'numbers in prose that are not what their sources say',
      when: ({ counts }) => Object.keys(counts).length > 0,
      load: () => import('../counts/check.ts'),
    },
  ],
]);
