import type { Job } from '../../src/jobs/job.ts';

/** A command with the defaults of kei.toml. */
export const job = (name: string, more: Partial<Job> = {}): Job => ({
  name,
  on: ['pre-commit'],
  run: ['true'],
  files: undefined,
  exclude: [],
  passFiles: true,
  stageFixed: false,
  view: 'staged',
  skipOn: [],
  timeoutMs: 300_000,
  env: {},
  ci: true,
  alone: false,
  ...more,
});
