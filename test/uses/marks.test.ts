import { expect, test } from 'vitest';
import { marksIn } from '../../src/uses/marks.ts';

test.for([
  ['# validate-workflow-shas: skip=private repository', [{ tool: 'validate-workflow-shas', reason: 'private repository' }]],
  ['# validate-workflow-shas: skip=', [{ tool: 'validate-workflow-shas', reason: '' }]],
  ['# v4 # validate-workflow-shas: skip=a b # more', [{ tool: 'validate-workflow-shas', reason: 'a b' }]],
  ['# zizmor: ignore[a, b]', [{ tool: 'zizmor', rules: ['a', 'b'], reason: '' }]],
  ['# v4 # zizmor: ignore[unpinned-uses] because', [{ tool: 'zizmor', rules: ['unpinned-uses'], reason: 'because' }]],
  ['# zizmor: ignore', []],
  ['# kei:allow workflow/missing gone since March', [{ tool: 'kei', rule: 'workflow/missing', reason: 'gone since March' }]],
  ['# kei:allow missing', [{ tool: 'kei', rule: 'missing', reason: '' }]],
  [
    '# kei:allow a x # kei:allow b y\r',
    [
      { tool: 'kei', rule: 'a', reason: 'x' },
      { tool: 'kei', rule: 'b', reason: 'y' },
    ],
  ],
  [
    '# kei:allow a see #12 #zizmor: ignore[b]',
    [
      { tool: 'zizmor', rules: ['b'], reason: '' },
      { tool: 'kei', rule: 'a', reason: 'see #12' },
    ],
  ],
  ['# notkei:allow a x', []],
  ['# v4', []],
] as const)('%s', ([text, marks]) => {
  expect(marksIn(text)).toEqual(marks);
});
