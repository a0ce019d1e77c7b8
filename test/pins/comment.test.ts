import { expect, test } from 'vitest';
import { judgeComment, type CommentTruth } from '../../src/pins/comment.ts';
import { bestTag, tagsAt } from '../../src/pins/refs.ts';
import { compareVersions, parseVersion } from '../../src/pins/version.ts';
import { oid, refsOf } from './answers.ts';

const REPOSITORY = refsOf({
  'refs/heads/main': 'head',
  'refs/heads/release/v1': 'rel2',
  'refs/heads/old': 'aside',
  'refs/tags/v1.0.0': 'one',
  'refs/tags/v1.1.0': 'oneone^two',
  'refs/tags/v1': 'moving^two',
  'refs/tags/v2.0.0': 'three',
  'refs/tags/v2': 'three',
  'refs/tags/2.1.0': 'four',
  'refs/tags/pkg/v3.0.0': 'five',
  'refs/tags/tool-v3.0.0': 'six',
  'refs/tags/v4.0.0-rc.1': 'seven',
  'refs/tags/latest': 'four',
});

const said = (truth: CommentTruth): string => {
  switch (truth.kind) {
    case 'false':
      return `false: it is ${truth.is.join() || 'nothing'}`;
    case 'unknown':
      return `unknown: it is ${truth.is.join() || 'nothing'}`;
    case 'moved':
      return `moved: it was ${truth.was ?? 'something'}`;
    case 'silent':
    case 'true':
    case 'open':
      return truth.kind;
  }
};

test.for<[comment: string, pin: string, expected: string, subpath?: string | undefined, reaching?: string[]]>([
  ['v1.0.0', 'one', 'true'],
  ['1.0.0', 'one', 'true'],
  ['V1.0.0', 'one', 'true'],
  ['v2.1.0', 'four', 'true'],
  ['v1.1.0', 'two', 'true'],
  ['v1', 'two', 'true'],
  ['v1', 'one', 'moved: it was v1.0.0'],
  ['v1.0', 'one', 'true'],
  ['v1.0', 'two', 'unknown: it is v1.1.0,v1'],
  ['v1.1.0', 'one', 'false: it is v1.0.0'],
  ['v2', 'one', 'open'],
  ['v2', 'one', 'false: it is v1.0.0', undefined, ['refs/heads/main']],
  ['v2', 'other', 'moved: it was something', undefined, ['refs/tags/v2']],
  ['v2.0.0', 'other', 'false: it is nothing', undefined, ['refs/tags/v2.0.0']],
  ['v9.9.9', 'one', 'unknown: it is v1.0.0'],
  ['v9', 'other', 'unknown: it is nothing'],
  ['pkg/v3.0.0', 'five', 'true'],
  ['v3.0.0', 'five', 'true', 'pkg'],
  ['v3.0.0', 'six', 'true', 'some/tool'],
  ['v3.0.0', 'five', 'true'],
  ['v4.0.0-rc.1', 'seven', 'true'],
  ['release/v1', 'rel2', 'true'],
  ['release/v1', 'rel1', 'open'],
  ['release/v1', 'rel1', 'true', undefined, ['refs/heads/release/v1', 'refs/heads/main']],
  ['release/v1', 'aside', 'false: it is nothing', undefined, ['refs/heads/old']],
  ['main', 'one', 'true', undefined, ['refs/heads/main']],
  ['latest', 'one', 'false: it is v1.0.0', undefined, []],
  ['develop', 'one', 'silent'],
])('# %s at %s: %s', ([comment, pin, expected, subpath, reaching]) => {
  expect(said(judgeComment(comment, oid(pin), subpath, REPOSITORY, reaching))).toBe(expected);
});

test('tags of a commit, the most telling first', () => {
  expect(tagsAt(REPOSITORY, oid('three'))).toEqual(['v2.0.0', 'v2']);
  expect(tagsAt(REPOSITORY, oid('four'))).toEqual(['2.1.0', 'latest']);
  expect(bestTag(REPOSITORY, oid('three'), 'v2')).toBe('v2.0.0');
  expect(bestTag(REPOSITORY, oid('three'), 'v2.0.0')).toBe('v2.0.0');
  expect(bestTag(REPOSITORY, oid('four'), 'latest')).toBe('latest');
  expect(bestTag(REPOSITORY, oid('five'), 'v3')).toBe('v3');
});

test.for<[string, string | undefined]>([
  ['v4', '|4|'],
  ['4.1.2', '|4.1.2|'],
  ['pkg/v1.2', 'pkg/|1.2|'],
  ['codeql-bundle-v2.16.1', 'codeql-bundle-|2.16.1|'],
  ['v1.2.3-rc.1', '|1.2.3|-rc.1'],
  ['v1.2.3+build', '|1.2.3|+build'],
  ['v1.2.3beta', '|1.2.3|beta'],
  ['main', undefined],
  ['2026-08-01', undefined],
  ['', undefined],
])('version %s', ([name, expected]) => {
  const version = parseVersion(name);
  expect(version === undefined ? undefined : `${version.prefix}|${version.numbers.join('.')}|${version.suffix}`).toBe(expected);
});

test('versions in order', () => {
  const names = ['v1', 'v1.0.1', 'v1.2.0-rc.2', 'v1.2.0-rc.10', 'v1.2.0', 'v1.10.0', 'v2.0.0'];
  const sorted = names
    .toReversed()
    .flatMap((name) => parseVersion(name) ?? [])
    .toSorted(compareVersions);
  expect(sorted.map(({ numbers, suffix }) => `v${numbers.join('.')}${suffix}`)).toEqual(names);
});
