import { expect, test } from 'vitest';
import { readUses } from '../../src/uses/read.ts';

const SHA = '8e5e7e5ab8b370d6c329ec480221332ada57f0ab';
const workflow = (steps: string): Buffer => Buffer.from(`on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`);

test('a step', () => {
  const bytes = workflow(`      - uses: actions/checkout@${SHA} # v3.5.2\n`);
  const { uses, problems, kind } = readUses(bytes, '.github/workflows/x.yml');
  expect({ problems, kind }).toEqual({ problems: [], kind: 'workflow' });
  const start = bytes.indexOf('actions/');
  expect(uses).toEqual([
    {
      path: '.github/workflows/x.yml',
      line: 6,
      column: 15,
      start,
      end: start + 57,
      raw: `actions/checkout@${SHA}`,
      kind: 'action',
      owner: 'actions',
      repo: 'checkout',
      ref: SHA,
      comment: { text: 'v3.5.2', start: start + 58, end: start + 66, version: 'v3.5.2', versionStart: start + 60, versionEnd: start + 66 },
      verbatim: true,
    },
  ]);
});
