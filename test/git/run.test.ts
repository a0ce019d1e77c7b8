import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitError, InterruptedError } from '../../src/errors.ts';
import { commitChanges, rangeCommits, stagedChanges } from '../../src/git/changes.ts';
import { historyBlobs, historyMessages } from '../../src/git/history.ts';
import { findRepository } from '../../src/git/repository.ts';
import { elsewhere, here, run, stream } from '../../src/git/run.ts';
import { commitSnapshot, indexSnapshot } from '../../src/git/snapshot.ts';
import { worktreeSnapshot } from '../../src/git/worktree.ts';
import { gitIs, isolatedEnv, makeFolder, makeRepo, REFS, type TestRepo } from '../repo.ts';

const asked = process.env['KEI_TEST_GIT'];
test.runIf(asked !== undefined)('npm run test:gits: this is the git that was asked for, and these are its refs', async () => {
  const repo = await makeRepo();
  expect(here({ cwd: repo.dir, env: repo.env }).program).toBe(asked);
  expect(existsSync(join(repo.dir, '.git/reftable'))).toBe(REFS === 'reftable');
});

const byEnvironment = gitIs(2, 31); // it knows GIT_CONFIG_COUNT

const hostile = async (repo: TestRepo): Promise<string> => {
  const canary = join(repo.dir, '..', 'canary');
  const script = join(repo.dir, '..', 'evil.sh');
  await writeFile(script, `#!/bin/sh\necho "$0 $*" >> '${canary}'\ncat\nexit 0\n`);
  await chmod(script, 0o755);
  const settings: Record<string, string> = {
    'core.repositoryFormatVersion': '1',
    'core.fsmonitor': script,
    'core.pager': script,
    'core.editor': script,
    'core.sshCommand': script,
    'core.askPass': script,
    'core.gitProxy': script,
    'core.alternateRefsCommand': script,
    'credential.helper': `!${script}`,
    'diff.external': script,
    'diff.evil.textconv': script,
    'diff.evil.command': script,
    'filter.evil.clean': script,
    'filter.evil.smudge': script,
    'filter.evil.required': 'true',
    ...(byEnvironment ? { 'filter.clean=odd.clean': `${script} odd` } : {}),
    "filter.it's!old.clean": `${script} old`,
    'gpg.program': script,
    'log.showSignature': 'true',
    'core.hooksPath': join(repo.dir, '..', 'hooks'),
    'hook.evil.command': script, // git 2.54
    'hook.evil.event': 'post-index-change',
    'color.ui': 'always',
    'protocol.ext.allow': 'always',
    'pager.log': script,
    'pager.ls-files': script,
    'pager.diff-index': script,
    'extensions.partialClone': 'origin',
    'remote.origin.promisor': 'true',
    'diff.noprefix': 'true',
    'remote.origin.url': `ext::${script} x`,
    'status.showUntrackedFiles': 'no',
    'diff.renames': 'copies',
    'diff.interHunkContext': '99',
    'diff.context': '99',
  };
  for (const [name, value] of Object.entries(settings)) await repo.git('config', name, value);
  await mkdir(join(repo.dir, '..', 'hooks'));
  for (const hook of ['post-index-change', 'pre-commit', 'fsmonitor-watchman', 'reference-transaction']) {
    await writeFile(join(repo.dir, '..', 'hooks', hook), `#!/bin/sh\necho hook >> '${canary}'\n`, { mode: 0o755 });
  }
  return canary;
};

test.runIf(process.platform !== 'win32')('nothing that the configuration names is executed', async () => {
  const repo = await makeRepo();
  await repo.write('.gitattributes', '*.txt filter=evil diff=evil\n');
  await repo.write('a.txt', 'one\n');
  const first = await repo.commit('first');
  await repo.write('a.txt', 'one\ntwo\n');
  const second = await repo.commit('second');
  const canary = await hostile(repo);
  // Same size, and a time that is newer than the index: git has to read it to know, and would clean it first.
  const racy = byEnvironment ? ['b.txt', 'c.odd', 'd.old'] : ['b.txt', 'd.old'];
  const write = async (content: string): Promise<void> => {
    for (const path of racy) {
      await repo.write(path, content);
      await utimes(join(repo.dir, path), 4_000_000_000, 4_000_000_000);
    }
  };
  await write('bbbb\n');
  await repo.git('config', 'core.trustctime', 'false');
  const off = ['filter.evil.clean=cat', 'core.fsmonitor=', 'core.hooksPath=/dev/null', 'hook.evil.enabled=false'];
  await repo.git(...off.flatMap((setting) => ['-c', setting]), 'add', ...racy);
  await write('BBBB\n');
  await repo.write('.git/info/attributes', `*.odd filter=clean=odd\n*.old filter=it's!old\n`);
  const place = here({ cwd: repo.dir, env: repo.env });
  const missing = 'f'.repeat(40);

  const read = async (): Promise<void> => {
    await findRepository(place);
    for (const snapshot of [indexSnapshot(place), commitSnapshot(place, second), await worktreeSnapshot(place)]) {
      const entries = await snapshot.list();
      const contents = [];
      for await (const content of snapshot.readMany([...entries, { path: 'gone', oid: missing, mode: 0o100644 }])) contents.push(content);
      expect(contents).toHaveLength(entries.length + 1);
      expect(await snapshot.read('a.txt')).toEqual(Buffer.from('one\ntwo\n'));
      await snapshot.close?.();
    }
    expect((await stagedChanges(place)).map(({ path }) => path)).toEqual(racy);
    const changes = [];
    for await (const change of commitChanges(place, await rangeCommits(place, `${first}..${second}`))) changes.push(change);
    expect(changes[0]?.changes).toMatchObject([{ path: 'a.txt', added: [[2, 2]] }]);
    for await (const blobs of historyBlobs(place)) expect(blobs.length).toBeGreaterThan(0);
    for await (const message of historyMessages(place)) expect(message.bytes.length).toBeGreaterThan(0);
  };
  await read();
  expect(existsSync(canary)).toBe(false);

  // The trap is a real one: git by itself does run it.
  await repo.git('diff-files').catch(() => {});
  expect(existsSync(canary)).toBe(true);
  await repo.git('-c', 'core.fsmonitor=', '-c', 'filter.evil.required=false', 'diff-files').catch(() => {});
  const ran = readFileSync(canary, 'utf8');
  for (const path of racy.slice(1)) expect(ran).toContain(`evil.sh ${path.slice(2)}`);
});

test.skipIf(byEnvironment)('git before 2.31 cannot be kept from a filter whose name has an equals sign: nothing is looked at', async () => {
  const repo = await makeRepo();
  await repo.write('.git/config', '[filter "a=b"]\n\tclean = cat\n');
  const snapshot = await worktreeSnapshot(here({ cwd: repo.dir, env: repo.env }));
  await expect(snapshot.list()).rejects.toThrow('cannot be kept from running the filter "a=b"');
});

test.runIf(process.platform !== 'win32')('a git that the repository brings along is not run', async () => {
  const repo = await makeRepo();
  const canary = join(repo.dir, '..', 'canary');
  const script = `#!/bin/sh\necho planted > '${canary}'\n`;
  await repo.write('node_modules/.bin/git', script, 0o755);
  await repo.write('bin/git', script, 0o755);
  await repo.write('git', script, 0o755);
  const PATH = ['', '.', 'bin', join(repo.dir, 'node_modules/.bin'), join(repo.dir, 'bin'), repo.env['PATH']].join(':');
  const place = here({ cwd: repo.dir, env: { ...repo.env, PATH } });
  expect(place.program.startsWith(repo.dir)).toBe(false);
  expect((await run(place, ['--version'])).stdout.toString()).toMatch(/^git version/);
  // Nor by one worktree for another.
  await repo.commit();
  const linked = join(repo.dir, '..', 'linked');
  await repo.git('worktree', 'add', '--quiet', '--detach', linked);
  expect(here({ cwd: linked, env: { ...repo.env, PATH } }).program).toBe(place.program);
  expect(elsewhere(repo.dir, { ...repo.env, PATH: `${join(linked, 'bin')}:${PATH}` }).program).toBe(place.program);
  expect(existsSync(canary)).toBe(false);
  expect(() => here({ cwd: repo.dir, env: { PATH: join(repo.dir, 'bin') } }).program).toThrow(/^git was not found$/);
});

test('looking leaves index, refs and worktree as they are', async () => {
  const repo = await makeRepo();
  await repo.write('a', 'a');
  const head = await repo.commit();
  await repo.write('a', 'b');
  const before = await readdir(join(repo.dir, '.git'));
  await repo.write('.git/index.lock', '');
  const place = here({ cwd: repo.dir, env: repo.env });
  expect(await (await worktreeSnapshot(place)).list()).toEqual([{ path: 'a', mode: 0o100644 }]);
  expect(await indexSnapshot(place).list()).toHaveLength(1);
  expect(await stagedChanges(place)).toEqual([]);
  expect(await rangeCommits(place, head)).toEqual([head]);
  expect(await readdir(join(repo.dir, '.git'))).toEqual([...before, 'index.lock'].sort());
});

test.for([
  { name: 'no repository', args: ['status'], message: /^\/.* is not in a git repository$/ },
  { name: 'no such command', args: ['no-such-command'], message: /too old: it does not know what `git no-such-command` is asked/ },
  { name: 'no such option', args: ['rev-parse', '--no-such-option'], message: /is not in a git repository$/ },
])('an error is one line in our words: $name', async ({ args, message }) => {
  const dir = await makeFolder();
  const error = await run(here({ cwd: dir, env: isolatedEnv(dir) }), args).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(GitError);
  expect(error).toMatchObject({ message: expect.stringMatching(message) as string, hint: expect.any(String) as string });
});

test("git's own words are not passed on: they quote configuration and content", async () => {
  const repo = await makeRepo();
  const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
  await repo.git('config', 'core.bare', secret);
  const place = here({ cwd: repo.dir, env: repo.env });
  const error = await run(place, ['ls-files']).then(
    () => undefined,
    (e: unknown) => e as GitError,
  );
  expect(error?.message).toBe("git cannot read the repository's configuration");
  expect(`${error?.message} ${error?.hint} ${error?.stack}`).not.toContain(secret);
  await repo.write('.git/config', '[core]\nbare = false\n');
  const unknown = await run(place, ['rev-list', secret]).then(
    () => undefined,
    (e: unknown) => e as GitError,
  );
  expect(`${unknown?.message} ${unknown?.hint} ${unknown?.stack}`).not.toContain(secret);
});

test('a folder that is not there', async () => {
  const dir = await makeFolder();
  const place = { ...here({ cwd: dir, env: isolatedEnv(dir) }), cwd: join(dir, 'none') };
  await expect(run(place, ['status'])).rejects.toThrow(/^git could not be started: .*none or .*git is not there$/);
});

test('an abort ends git and says interrupted', async () => {
  const repo = await makeRepo();
  const place = here({ cwd: repo.dir, env: repo.env });
  const abort = new AbortController();
  const waiting = run(place, ['hash-object', '--stdin-paths'], { signal: abort.signal, stdin: '' });
  abort.abort();
  await expect(waiting).rejects.toThrow(InterruptedError);
  await expect(run(place, ['--version'], { signal: abort.signal })).rejects.toThrow(InterruptedError);
});

test('a stream may be left early', async () => {
  const repo = await makeRepo();
  await repo.write('big', 'x'.repeat(5_000_000));
  await repo.commit();
  const place = here({ cwd: repo.dir, env: repo.env });
  let pieces = 0;
  for await (const piece of stream(place, ['cat-file', 'blob', 'HEAD:big'])) {
    expect(piece.length).toBeGreaterThan(0);
    if (++pieces === 2) break;
  }
  let length = 0;
  for await (const piece of stream(place, ['cat-file', 'blob', 'HEAD:big'])) length += piece.length;
  expect(length).toBe(5_000_000);
  await expect(stream(place, ['cat-file', 'blob', 'HEAD:none']).next()).rejects.toThrow(GitError);
});
