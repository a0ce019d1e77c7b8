import { expect, test } from 'vitest';
import { pathspecMatcher } from '../../src/git/pathspec.ts';
import { FILE_GLOBS, fileKind, fileKindBelow } from '../../src/uses/files.ts';

test.for([
  ['.github/workflows/ci.yml', 'workflow'],
  ['.github/workflows/ci.YAML', 'workflow'],
  ['.forgejo/workflows/ci.yaml', 'workflow'],
  ['.gitea/workflows/ci.yml', 'workflow'],
  ['action.yml', 'action'],
  ['a/b/action.yaml', 'action'],
  ['.github/actions/x/action.yml', 'action'],
  ['.pre-commit-config.yaml', 'pre-commit'],
  ['.github/dependabot.yml', 'dependabot'],
  ['.github/workflows/actions.lock', 'lock'],
  ['.github/workflows/sub/ci.yml', undefined],
  ['.github/workflows/ci.json', undefined],
  ['a/.github/workflows/ci.yml', undefined],
  ['.github/labeler.yml', undefined],
  ['reaction.yml', undefined],
  ['src/workflows/ci.yml', undefined],
] as const)('%s is %s', ([path, kind]) => {
  expect(fileKind(path)).toBe(kind);
  if (kind !== undefined) expect(pathspecMatcher(FILE_GLOBS)(path)).toBe(true);
});

test('below another folder', () => {
  expect(fileKindBelow('a/b/.github/workflows/ci.yml')).toBe('workflow');
  expect(fileKindBelow('a/.pre-commit-config.yaml')).toBe('pre-commit');
  expect(fileKindBelow('a.github/workflows/ci.yml')).toBe(undefined);
  expect(fileKindBelow('.github/workflows/sub/ci.yml')).toBe(undefined);
});
