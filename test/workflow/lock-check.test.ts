import { beforeAll, beforeEach, expect, test } from 'vitest';
import { openGate } from '../../src/gate/open.ts';
import { runGate } from '../../src/gate/run.ts';
import { doors } from '../../src/git/doors.ts';
import { LOCK_PATH } from '../../src/lock/lock.ts';
import { lookAtLock } from '../../src/workflow/lock-check.ts';
import { captured } from '../captured.ts';
import { run } from '../leak/commands.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { makeSpecimens, type Specimens } from '../server-repos.ts';
import { serveGit, type GitServer } from '../servers.ts';

const CI = '.github/workflows/ci.yml';
const KEYS = ['act/ion@main', 'act/ion@v1.0.0'];

let server: GitServer;
let oids: Specimens;
let repo: TestRepo;
let cache: string;
beforeAll(async () => {
  const specimens = await makeSpecimens();
  oids = specimens.oids;
  server = await serveGit({ root: specimens.root, protocol: 'http' });
});
beforeEach(async () => {
  repo = await makeRepo();
  cache = await makeFolder();
});

const workflow = (uses: readonly string[]): string =>
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`;
const lockOf = (commits: readonly string[]): string =>
  `version: v0.0.2\nworkflows:\n  ${CI}: [${KEYS.join(', ')}]\ndependencies:\n${KEYS.map((key, at) => `  ${key}:\n    ref: ${key.replace(/.*@/, '')}\n    commit: sha1-${commits[at]}\n    owner_id: 1\n    repo_id: 2\n`).join('')}`;

interface Choice {
  readonly staged?: boolean;
  readonly all?: boolean;
  readonly range?: string;
}
/** `line rule` of what is found, and how many requests that took. */
const look = async (choice: Choice, isProven: boolean): Promise<{ readonly found: readonly string[]; readonly asked: number }> => {
  const before = server.requests.length;
  const context = captured(repo.dir, { env: { ...repo.env, XDG_CACHE_HOME: cache, ...server.insteadOf('https://github.com/') } });
  const opened = await openGate({ paths: [], ...choice }, choice.staged === true ? 'pre-commit' : 'check', {}, context, doors);
  try {
    const { findings } = await runGate(opened, {
      failOn: ({ check }) => check['fail-on'],
      look: (inside) => lookAtLock(opened.target, isProven, inside),
    });
    const found = findings.map(({ path, line, rule }) => `${path === LOCK_PATH ? '' : `${path} `}${line} ${rule.slice(9)}`);
    return { found, asked: server.requests.length - before };
  } finally {
    await opened.close();
  }
};

test('no lock, and changes that have nothing to do with one: nothing is read or asked', async () => {
  await repo.write(CI, workflow(KEYS));
  await repo.commit();
  expect(await look({ all: true }, true)).toEqual({ found: [], asked: 0 });
  await repo.write(LOCK_PATH, lockOf([oids.fabricated, oids.tagged]));
  await repo.commit();
  await repo.write('a.txt', 'a\n');
  await repo.git('add', 'a.txt');
  expect(await look({ staged: true }, true)).toEqual({ found: [], asked: 0 });
});

test('only commits that a change adds are asked for', async () => {
  await repo.write(CI, workflow(KEYS));
  await repo.write(LOCK_PATH, lockOf([oids.fabricated, oids.tagged]));
  await repo.commit();
  await repo.write(LOCK_PATH, lockOf([oids.fabricated, oids.pullRequest]));
  await repo.git('add', LOCK_PATH);
  await repo.write(LOCK_PATH, lockOf([oids.tip, oids.tagged]));
  const { found, asked } = await look({ staged: true }, true);
  expect(found).toEqual(['12 off-repository']);
  expect(asked).toBeGreaterThan(0);
});

test('a workflow that changes is judged by the lock that stands there', async () => {
  await repo.write(CI, workflow(KEYS));
  await repo.write(LOCK_PATH, lockOf([oids.tip, oids.tagged]));
  await repo.commit();
  await repo.write(CI, workflow([...KEYS, 'g/h@v1']));
  await repo.git('add', CI);
  expect(await look({ staged: true }, true)).toEqual({ found: [`${CI} 8 lock-uncovered`], asked: 0 });
});

test('a lock that breaks is found, in what is staged and in a range', async () => {
  await repo.write(CI, workflow(KEYS));
  const first = await repo.commit();
  await repo.write(LOCK_PATH, `${lockOf([oids.tip, oids.tagged])}    repo_id: 3\n`);
  await repo.git('add', LOCK_PATH);
  expect((await look({ staged: true }, true)).found).toEqual(['15 lock-broken']);
  await repo.commit();
  await repo.write(LOCK_PATH, `# again\n${lockOf([oids.tip, oids.fabricated])}    repo_id: 3\n`);
  await repo.commit();
  expect((await look({ range: `${first}..HEAD` }, true)).found).toEqual(['13 missing', '16 lock-broken']);
});

test('the whole tree without a change: nobody is asked, one note says so; what is known is used', async () => {
  await repo.write(CI, workflow(KEYS));
  await repo.write(LOCK_PATH, lockOf([oids.pullRequest, oids.tagged]));
  await repo.commit();
  expect(await look({ all: true }, false)).toEqual({ found: ['7 no-answer'], asked: 0 });
  expect((await look({ all: true }, true)).found).toEqual(['7 off-repository']);
  const { found, asked } = await look({ all: true }, false);
  expect(asked).toBe(0);
  expect(found).not.toContain('12 no-answer');
});

test('check: the lock is part of workflow-pins', async () => {
  await repo.write(CI, workflow(KEYS));
  await repo.write('kei.toml', '[workflow.policy]\n"act/*" = "ref"\n');
  await repo.commit();
  await repo.write(LOCK_PATH, lockOf([oids.tip, oids.fabricated]));
  await repo.git('add', LOCK_PATH);
  const env = { ...repo.env, XDG_CACHE_HOME: cache, ...server.insteadOf('https://github.com/') };
  const { code, out } = await run(repo, ['check', '--staged'], { env });
  expect(out).toContain(
    `${LOCK_PATH}:12:13  error  the commit deadbeefdead of act/ion@v1.0.0 is not in the repository [workflow/missing]\n`,
  );
  expect(code).toBe(1);
  const { out: named } = await run(repo, ['check', '--all', '.github/workflows'], { env });
  expect(named).toContain('1 commit of the lock could not be looked at without the network');
  const { out: other } = await run(repo, ['check', '--all', CI], { env });
  expect(other).not.toContain('of the lock');
});
