import { expect, test } from 'vitest';
import { meant } from '../../src/face/meant.ts';

const NAMES = ['staged', 'max-file-size', 'no-cache', 'all'];

test.for([
  ['stagd', 'staged'],
  ['STAGED', 'staged'],
  ['staegd', 'staged'],
  ['max', 'max-file-size'],
  ['al', 'all'],
  ['x', undefined],
  ['', undefined],
  ['completely-else', undefined],
  ['a'.repeat(100_000), undefined],
] as const)('meant(%s) is %s', ([word, name]) => {
  expect(meant(word, NAMES)).toBe(name);
});
