import { mkdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { githubToken } from '../leak/tokens.ts';
import { makeRepo, openRepo } from '../repo.ts';
import { findIn, gitIn, mirror, outOf } from './mirror.ts';
import { CODENAME, makePlanted, RULES, SETTINGS } from './planted.ts';

test('one commit without a past, and one more each time that something changed', { timeout: 30_000 }, async () => {
  const { repo, secrets } = await makePlanted();
  const out = outOf(repo);
  const { code, out: said } = await mirror(repo, [out]);
  expect([code, said]).toEqual([0, expect.stringMatching(/^\S+public\.git: 1 new commit, main at \w{12}\n/)]);
  for (const [where, secret] of secrets) expect(await findIn(out, secret), `in ${where}`).toEqual([]);
  expect(await gitIn(out, 'rev-list', '--count', '--all')).toBe('1');
  expect(await gitIn(out, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  await gitIn(out, 'fsck', '--strict', '--no-dangling');
  expect(statSync(out).mode & 0o777).toBe(0o777 & ~process.umask());

  // The same commit again: nothing.
  const first = await gitIn(out, 'rev-parse', 'main');
  expect((await mirror(repo, [out])).out).toContain(': up to date, main at ');
  // Something that is only for the inside: nothing either.
  await repo.write('internal/more.md', 'more\n');
  await repo.commit('inside');
  expect((await mirror(repo, [out])).out).toContain(': up to date, main at ');
  expect(await gitIn(out, 'rev-parse', 'main')).toBe(first);
  // Something for everybody, twice.
  for (const round of [1, 2]) {
    await repo.write('config.yml', `port: ${round} # ${CODENAME}\n`);
    await repo.commit(`port ${round} for ${CODENAME}`);
    expect((await mirror(repo, [out])).out).toContain('1 new commit');
  }
  expect(await gitIn(out, 'log', '--format=%s', 'main')).toMatch(/^port 2 for <codename:\w+>\nport 1 for <codename:\w+>\n/);
  expect(await gitIn(out, 'merge-base', first, 'main')).toBe(first);
  await gitIn(out, 'fsck', '--strict');

  // The same again, into an empty folder that is there, from a clone: the same names.
  const clone = openRepo(`${repo.dir}/../clone`, repo.env);
  await repo.git('clone', '--quiet', '.', clone.dir);
  const again = outOf(repo, 'again.git');
  mkdirSync(again);
  await mirror(repo, [again, '--from', 'HEAD~3']);
  await mirror(clone, [again, '--from', 'HEAD~1']);
  await mirror(clone, [again]);
  expect(await gitIn(again, 'for-each-ref')).toBe(await gitIn(out, 'for-each-ref'));

  // Not back.
  expect(await mirror(repo, [out, '--from', 'HEAD~1'])).toMatchObject({ code: 2 });
});

test('what a CI job does: a bare clone of the published repository is gone on with', async () => {
  const repo = await makeRepo();
  await repo.write('a.txt', `token = ${githubToken('mirror ci')}\n`);
  await repo.commit('one');
  const published = outOf(repo, 'published.git');
  await mirror(repo, [published]);
  const work = outOf(repo, 'work.git');
  await repo.git('clone', '--quiet', '--bare', published, work);
  await repo.write('b.txt', 'b\n');
  await repo.commit('two');
  expect((await mirror(repo, [work], { ci: true })).out).toContain('1 new commit');
  await gitIn(work, 'push', '--quiet', published, 'main');
  expect(await gitIn(published, 'log', '--format=%s')).toBe('two\none');
});

test('names that become the same are told apart; a branch and a folder may have the name', async () => {
  const repo = await makeRepo();
  await repo.write('kei.toml', SETTINGS);
  await repo.write(
    'leak-matrix/acme.toml',
    `${RULES}[rules.replace]\nmode = "mask"\n`
      .replace('action = "substitute"', 'action = "substitute"\nreplace = { mode = "mask" }')
      .replace(/\[rules\.replace\]\nmode = "mask"\n$/, ''),
  );
  for (const name of [CODENAME, CODENAME.toUpperCase(), `${CODENAME}.d/x`, 'redacted']) await repo.write(name, `${name.length}\n`);
  await repo.git('checkout', '--quiet', '-b', `feature/${CODENAME}`);
  await repo.commit('one');
  const out = outOf(repo);
  const { code, out: said, err } = await mirror(repo, [out]);
  expect([code, said, err]).toEqual([0, expect.stringContaining('feature/redacted'), '']);
  expect((await gitIn(out, 'ls-tree', '-r', '--name-only', 'HEAD')).split('\n')).toEqual([
    'kei.toml',
    'redacted',
    'redacted-2',
    'redacted-3',
    'redacted.d/x',
  ]);
  expect(await gitIn(out, 'show', 'HEAD:redacted')).toBe('8');
});

test('an empty tree, a detached HEAD, a bare source', async () => {
  const repo = await makeRepo();
  await repo.commit('nothing');
  await repo.git('checkout', '--quiet', '--detach');
  expect((await mirror(repo, [outOf(repo)])).code).toBe(0);
  expect(await gitIn(outOf(repo), 'ls-tree', 'main')).toBe('');
  const bare = openRepo(outOf(repo, 'bare.git'), repo.env);
  await repo.git('clone', '--quiet', '--bare', '.', bare.dir);
  expect((await mirror(bare, [outOf(repo, 'of-bare.git'), '--history', '--from', 'main'])).code).toBe(0);
});
