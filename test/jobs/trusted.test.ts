import { expect, test } from 'vitest';
import { permissionOf } from '../../src/jobs/trusted.ts';

const NOBODY = { trusted: false, ci: false, byHand: false, env: {} };

test.for([
  { name: 'a person who trusts', asked: { ...NOBODY, trusted: true }, kind: 'granted' },
  { name: 'a person who does not', asked: NOBODY, kind: 'not-trusted' },
  { name: 'by hand neither', asked: { ...NOBODY, byHand: true }, kind: 'not-trusted' },
  {
    name: 'a job of CI that says so',
    asked: { ...NOBODY, ci: true, byHand: true, env: { GITHUB_EVENT_NAME: 'pull_request' } },
    kind: 'granted',
  },
  { name: 'CI without a word about the event', asked: { ...NOBODY, ci: true, byHand: true }, kind: 'granted' },
  { name: 'a hook that git starts in CI', asked: { ...NOBODY, ci: true }, kind: 'only-by-hand' },
  {
    name: 'a stranger’s change with our rights',
    asked: { ...NOBODY, ci: true, byHand: true, env: { GITHUB_EVENT_NAME: 'pull_request_target' } },
    kind: 'strangers',
  },
  {
    name: 'and what follows it',
    asked: { ...NOBODY, ci: true, byHand: true, env: { GITHUB_EVENT_NAME: 'workflow_run' } },
    kind: 'strangers',
  },
])('permissionOf: $name', ({ asked, kind }) => {
  expect(permissionOf(asked).kind).toBe(kind);
});
