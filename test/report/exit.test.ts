import { expect, test } from 'vitest';
import { exitOf } from '../../src/report/exit.ts';
import { finding, report, skip } from './sample.ts';

const failed = [skip('denied', 'a', 'failed')];
const at = (event: string) => ({ event, kind: 'index', description: 'index' });

test.for([
  ['clean', report(), 'error', false, 0],
  ['an error', report({ findings: [finding()] }), 'error', false, 1],
  ['a warning below the threshold', report({ findings: [finding({ severity: 'warning' })] }), 'error', false, 0],
  ['a warning at the threshold', report({ findings: [finding({ severity: 'warning' })] }), 'warning', false, 1],
  ['a failure where a person looks', report({ skipped: failed }), 'error', false, 0],
  ['a failure in CI', report({ skipped: failed }), 'error', true, 3],
  ['a failure of a ci target', report({ skipped: failed, target: at('ci') }), 'error', false, 3],
  [
    'a failure before a push, with a finding',
    report({ skipped: failed, findings: [finding()], target: at('pre-push') }),
    'error',
    false,
    3,
  ],
  ['policy in CI', report({ skipped: [skip('big')] }), 'error', true, 0],
] as const)('%s', ([, of, failOn, ci, code]) => {
  expect(exitOf(of, failOn, ci)).toBe(code);
});
