// What a hook does with users' commands and nothing else: bundled by jobs.test.ts, started by git.
import { doors } from '../../src/git/doors.ts';
import { jobDoors } from '../../src/git/job-doors.ts';
import { findRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { openGate } from '../../src/gate/open.ts';
import { progressOn } from '../../src/face/progress.ts';
import { runJobs } from '../../src/jobs/run-jobs.ts';
import { outputTo } from '../../src/sys/terminal.ts';
import type { Context } from '../../src/command.ts';

const [event = '', ...args] = process.argv.slice(2);
const byHand = process.env['TEST_BY_HAND'] === '1';
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
const isTTY = process.env['TEST_TTY'] === '1';
const stderr = outputTo(2, { isTTY, columns: 80 });
const context: Context = {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: outputTo(1, { isTTY: false, columns: 80 }),
  stderr,
  now: () => new Date(),
  signal: controller.signal,
  progress: progressOn(stderr, () => performance.now()),
  cache: undefined,
  ci: process.env['CI'] === 'true',
};

const readStdin = async (): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of context.stdin) pieces.push(piece);
  return Buffer.concat(pieces);
};

const main = async (): Promise<number> => {
  const place = here(context);
  const repository = await findRepository(place);
  if (repository?.root === undefined) throw new Error('no worktree');
  const opened = await openGate({ paths: [], staged: true }, 'pre-commit', {}, context, doors);
  const skips = new Set((process.env['SKIP'] ?? '').split(','));
  const { exitCode } = await runJobs(
    {
      event,
      args,
      ...(event === 'pre-push' || event === 'post-rewrite' ? { stdin: await readStdin() } : {}),
      place,
      repository: { root: repository.root, gitDir: repository.gitDir },
      isSkipped: (name) => skips.has(name),
      byHand,
      colour: isTTY,
    },
    opened.views[0].policy,
    context,
    jobDoors,
  );
  await opened.close();
  return exitCode;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(99);
  },
);
