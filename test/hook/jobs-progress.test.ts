import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/layer.ts';
import { progressOn } from '../../src/face/progress.ts';
import { jobDoors } from '../../src/git/job-doors.ts';
import { here } from '../../src/git/run.ts';
import { runJobs } from '../../src/jobs/run-jobs.ts';
import { captured } from '../captured.ts';
import { makeRepo } from '../repo.ts';
import { shell } from './commands.ts';

test.skipIf(platform() === 'win32')('on a terminal, what takes over a second is named while it runs, and taken away again', async () => {
  const repo = await makeRepo();
  const terminal = captured(repo.dir, { env: repo.env, isTTY: true });
  const context = { ...terminal, progress: progressOn(terminal.stderr, () => performance.now()) };
  const settings = `${shell('slow', 'sleep 2')}${shell('slower', 'sleep 2.5')}${shell('quick', ':', 'alone = true')}`;
  const policy = {
    config: parseConfig(settings, 'kei.toml'),
    ignores: [],
    ruleFiles: [],
    places: [],
    trusted: true,
    mayRun: true,
    vouched: true,
  };
  const asked = {
    event: 'pre-commit',
    args: [],
    place: here(context),
    repository: { root: repo.dir, gitDir: `${repo.dir}/.git` },
    isSkipped: () => false,
    byHand: false,
    colour: false,
  };
  expect(await runJobs(asked, policy, context, { ...jobDoors, cores: () => 2 })).toEqual({ exitCode: 0, fixed: [] });
  const shown = terminal.err();
  expect(shown).toContain('\r\u001b[Kslow, slower (of 3 commands)');
  // Whole lines stand where nothing else does.
  const lines = shown.replaceAll(/\r\u001b\[K[^\r\n]*(?=\r\u001b\[K)/g, '').replaceAll('\r\u001b[K', '');
  expect(lines.replaceAll(/\([\d.]+ m?s\)/g, '(N)')).toBe(
    'kei-git: slow passed (N)\nkei-git: slower passed (N)\nkei-git: quick passed (N)\n',
  );
});
