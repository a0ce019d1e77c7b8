import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/layer.ts';
import { hasJobs, jobsOf, type JobFile } from '../../src/jobs/job.ts';
import { planJobs } from '../../src/jobs/plan.ts';
import { job } from './jobs.ts';

const file = (path: string, mode: number | undefined = 0o100644): JobFile => ({ path, mode });
const FILES: readonly JobFile[] = [
  file('a.ts'),
  file('run.sh', 0o100755),
  file('link.ts', 0o120000),
  file('module.ts', 0o160000),
  { path: 'gone.ts', mode: undefined },
  { path: 'gone.css', mode: undefined },
];

test.for([
  { name: 'without globs it runs, and is given nothing', more: {}, files: [] },
  { name: 'regular files that match', more: { files: ['*.ts', '*.sh'] }, files: ['a.ts', 'run.sh'] },
  { name: 'nothing matches', more: { files: ['*.py'] }, files: undefined },
  { name: 'only a deleted file matches: there is nothing to hand over', more: { files: ['*.css'] }, files: undefined },
  { name: 'a deleted file starts what takes no files', more: { files: ['*.css'], passFiles: false }, files: [] },
  { name: 'links and submodules are not handed over', more: { files: ['link.ts', 'module.ts'] }, files: undefined },
  { name: 'what is excluded', more: { files: ['*'], exclude: ['*.ts'] }, files: ['run.sh'] },
  { name: 'not in CI, outside of it', more: { ci: false }, files: [] },
  { name: 'not in CI, in it', more: { ci: false }, ci: true, files: undefined },
])('planJobs: $name', ({ more, files, ci = false }) => {
  const { jobs, resting } = planJobs({ jobs: [job('one', more)], files: FILES, underway: new Set(), ci });
  expect(jobs.map((one) => one.files)).toEqual(files === undefined ? [] : [files]);
  expect(resting).toEqual([]);
});

test('a command rests during what its settings say, and is not told where it had nothing to do', () => {
  const jobs = [
    job('merge', { skipOn: ['merge'] }),
    job('rebase', { skipOn: ['rebase'] }),
    job('both', { skipOn: ['rebase', 'merge'] }),
    job('none', { skipOn: ['merge'], files: ['*.py'] }),
  ];
  const names = (underway: readonly ('merge' | 'rebase')[]) => {
    const plan = planJobs({ jobs, files: FILES, underway: new Set(underway), ci: false });
    return { run: plan.jobs.map((one) => one.job.name), rest: plan.resting.map(({ name, during }) => `${name} ${during}`) };
  };
  expect(names([])).toEqual({ run: ['merge', 'rebase', 'both'], rest: [] });
  expect(names(['merge'])).toEqual({ run: ['rebase'], rest: ['merge merge', 'both merge'] });
  expect(names(['rebase'])).toEqual({ run: ['merge'], rest: ['rebase rebase', 'both rebase'] });
});

test('commands as kei.toml has them', () => {
  const { hook } = parseConfig(
    `[hook]
timeout = "90s"
[[hook.run]]
name = "plain"
run = ["make"]
[[hook.run]]
name = "every"
on = ["pre-commit", "commit-msg"]
run = ["lint", "{files}"]
files = ["*.ts"]
exclude = ["gen/"]
pass-files = true
stage-fixed = true
view = "index"
skip-on = ["merge"]
timeout = "0s"
env = { A = "b" }
ci = false
alone = true
`,
    'kei.toml',
  );
  expect(['pre-commit', 'commit-msg', 'pre-push'].map((event) => hasJobs(hook, event))).toEqual([true, true, false]);
  expect(jobsOf(hook, 'pre-push')).toEqual([]);
  const every = {
    name: 'every',
    on: ['pre-commit', 'commit-msg'],
    run: ['lint', '{files}'],
    files: ['*.ts'],
    exclude: ['gen/'],
    passFiles: true,
    stageFixed: true,
    view: 'index',
    skipOn: ['merge'],
    timeoutMs: undefined,
    env: { A: 'b' },
    ci: false,
    alone: true,
  };
  expect(jobsOf(hook, 'pre-commit')).toEqual([job('plain', { run: ['make'], timeoutMs: 90_000 }), every]);
  // What is staged concerns only what is to be committed.
  expect(jobsOf(hook, 'commit-msg')).toEqual([{ ...every, view: 'worktree' }]);
});
