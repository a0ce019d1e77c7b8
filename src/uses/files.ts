export type FileKind = 'workflow' | 'action' | 'pre-commit' | 'dependabot' | 'lock';

const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['workflow', /^\.(?:github|forgejo|gitea)\/workflows\/[^/]+\.ya?ml$/i],
  ['action', /(?:^|\/)action\.ya?ml$/i],
  ['pre-commit', /^\.pre-commit-config\.ya?ml$/i],
  ['dependabot', /^\.github\/dependabot\.ya?ml$/i],
  ['lock', /^\.github\/workflows\/actions\.lock$/i],
];

/** What a file is to the forge, by its path from the root of the repository; undefined: nothing that refers to others' code. */
export const fileKind = (path: string): FileKind | undefined => KINDS.find(([, pattern]) => pattern.test(path))?.[0];

/** The same for a file below some other folder: a template, a repository in a folder of repositories. */
export const fileKindBelow = (path: string): FileKind | undefined =>
  fileKind(path.replace(/^.*\/(?=(?:\.github|\.forgejo|\.gitea)\/|\.pre-commit-config\.ya?ml$)/i, ''));

/** For `Snapshot.list`: all files of which `fileKind` knows a kind, and some more. */
export const FILE_GLOBS: readonly string[] = [
  ':(glob,icase).github/**',
  ':(glob,icase).forgejo/workflows/*',
  ':(glob,icase).gitea/workflows/*',
  ':(glob,icase)**/action.yml',
  ':(glob,icase)**/action.yaml',
  ':(glob,icase).pre-commit-config.y*ml',
];
