import { expect, test } from 'vitest';
import { nearest } from '../../src/nearest.ts';

const KEYS = ['categories', 'rules', 'max-file-size', 'fail-on', 'jobs', 'warning'];

test.for<[string, string | undefined]>([
  ['ruels', 'rules'],
  ['Rules', 'rules'],
  ['max_file_size', 'max-file-size'],
  ['job', 'jobs'],
  ['cat', 'categories'],
  ['warn', 'warning'],
  ['xyz', undefined],
  ['', undefined],
  ['r'.repeat(10_000), undefined],
])('%s', ([word, expected]) => {
  expect(nearest(word, KEYS)).toBe(expected);
});

test('the first of equals, nothing of nothing', () => {
  expect(nearest('ab', ['aa', 'bb'])).toBe('aa');
  expect(nearest('ab', [])).toBeUndefined();
});
