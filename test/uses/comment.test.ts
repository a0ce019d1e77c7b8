import { expect, test } from 'vitest';
import { versionIn } from '../../src/uses/comment.ts';

const commit = '8e5e7e5ab8b370d6c3'.padEnd(40, '29ec');

test.for([
  // what people and their tools write
  ['# v3.5.2', 'v3.5.2'],
  ['#v4', 'v4'],
  ['#  v4  ', 'v4'],
  ['## v4', 'v4'],
  ['# 2.7.0', '2.7.0'],
  ['# 4', '4'],
  ['# V1.2', 'V1.2'],
  ['# v2.0.0-rc.1+build.7', 'v2.0.0-rc.1+build.7'],
  ['# v1beta2', 'v1beta2'],
  ['# 1.0rc1', '1.0rc1'],
  ['# tag=v3', 'v3'],
  ['# tag: v3', 'v3'],
  ['# renovate: tag=v3.5.2', 'v3.5.2'],
  ['# ratchet:actions/checkout@v3', 'v3'],
  ['# ratchet:exclude', undefined],
  ['# frozen: v1.2.3', 'v1.2.3'],
  ['# pin@v3', 'v3'],
  ['# @v4', 'v4'],
  ['# pinned to v4.1', 'v4.1'],
  ['# actions/checkout@v4', 'v4'],
  ['# actions/checkout v4', 'v4'],
  ['# actions/checkout@main', 'main'],
  ['# version 4.1.1', '4.1.1'],
  ['# https://github.com/o/r/releases/tag/v4.1.0', 'v4.1.0'],
  ['# (v4.1.1)', 'v4.1.1'],
  ['# v4.1.1, since 2024-02-03', 'v4.1.1'],
  ['# v4.1.1.', 'v4.1.1'],
  ['# v4.1.1 is the last that works', 'v4.1.1'],
  ['# v4\r', 'v4'],
  // monorepo tags, branches
  ['# pkg/v1.2.3', 'pkg/v1.2.3'],
  ['# release/v1', 'release/v1'],
  ['# releases/2024', 'releases/2024'],
  ['# codeql-bundle-v2.1', 'codeql-bundle-v2.1'],
  ['# pkg@1.2.3', 'pkg@1.2.3'],
  ['# @scope/pkg@1.2.3', '@scope/pkg@1.2.3'],
  ['# main', 'main'],
  ['# branch: feature-x', 'feature-x'],
  ['# refs/heads/topic', 'refs/heads/topic'],
  // several comments
  ['# v3.5.2 # zizmor: ignore[superfluous-actions]', 'v3.5.2'],
  ['# zizmor: ignore[unpinned-uses] # v3', 'v3'],
  // no version
  ['# 2026-08-01 pin, no longer on a named ref', undefined],
  ['# 2026-08-01', undefined],
  ['# 2026', undefined],
  ['# 20260801', undefined],
  [`# ${commit}`, undefined],
  ['# 8e5e7e5', undefined],
  ['# TODO', undefined],
  ['# n/a', undefined],
  ['# the main one', undefined],
  ['# main entry of all', undefined],
  ['# 3 steps', undefined],
  ['# see CVE-2024-1234', undefined],
  ['# CVE-2024-1234', undefined],
  ['# ubuntu-22.04 only', undefined],
  ['# zizmor: ignore[unpinned-uses]', undefined],
  ['#', undefined],
  ['# #', undefined],
] as const)('%s names %s', ([text, version]) => {
  const found = versionIn(text);
  expect(found?.version).toBe(version);
  if (found !== undefined) expect(text.startsWith(found.version, found.start)).toBe(true);
});

test('of a comment of millions of characters the beginning is read', () => {
  for (const piece of ['a-1', '1.', ' #', '# a', 'v1-', '@', '/', '(', ' '])
    expect(() => versionIn(`#${piece.repeat(5_000_000)}!`)).not.toThrow();
});
