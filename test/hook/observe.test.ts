import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_HOOK_EVENTS } from '../../src/config/hook-events.ts';
import { driftLine } from '../../src/hook/drift.ts';
import { hooked, type Hooked } from './hooked.ts';

const block = (event: string): string => `#!/bin/sh\n# >>> kei-git ${event}\n`;

test.for([
  { name: 'all there', files: { a: block('a'), b: block('b') }, line: undefined },
  { name: 'one gone', files: { a: block('a'), b: undefined }, line: 'kei-git: the guard does not run on b: npx kei-git install\n' },
  {
    name: 'one overwritten',
    files: { a: block('a'), b: '#!/bin/sh\n' },
    line: 'kei-git: the guard does not run on b: npx kei-git install\n',
  },
  { name: 'none: it stands elsewhere', files: { a: undefined, b: undefined }, line: undefined },
])('driftLine: $name', ({ files, line }) => {
  expect(driftLine({ files: new Map(Object.entries(files)), locked: undefined, version: '1.0.0' })).toBe(line);
});

test('driftLine: another version', () => {
  const files = new Map([['a', block('a')]]);
  expect(driftLine({ files, locked: { file: 'yarn.lock', version: '1.0.0' }, version: '1.0.0' })).toBeUndefined();
  expect(driftLine({ files, locked: { file: 'yarn.lock', version: '1.1.0' }, version: '1.0.0' })).toBe(
    'kei-git: hooks run kei-git 1.0.0, yarn.lock has 1.1.0: npx kei-git install\n',
  );
});

const CLEAN = { code: 0, out: '', err: '' };
const GONE = 'kei-git: the guard does not run on pre-push: npx kei-git install\n';

const observed = async (): Promise<Hooked> => {
  const repo = await hooked(DEFAULT_HOOK_EVENTS);
  await repo.write('a', 'a\n');
  await repo.commit('first');
  await repo.git('branch', 'side');
  await repo.write('b', 'b\n');
  await repo.commit('second');
  return repo;
};

test('nothing is said while all is as it was installed', async () => {
  const repo = await observed();
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual(CLEAN);
  expect(await repo.run(['merge', '-q', 'main'])).toEqual(CLEAN);
  expect(await repo.run(['commit', '-q', '--allow-empty', '--amend', '-m', 'x'])).toEqual(CLEAN);
  expect(await repo.run(['rebase', '-q', '--force-rebase', 'HEAD~1'])).toEqual(CLEAN);
});

test('a guard that is gone is told once for each thing a person does', async () => {
  const repo = await observed();
  rmSync(join(repo.dir, '.git/hooks/pre-push'));
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual({ ...CLEAN, err: GONE });
  expect(await repo.run(['merge', '-q', 'main'])).toEqual({ ...CLEAN, err: GONE });
  expect(await repo.run(['checkout', '-q', 'HEAD~1', '--', 'a'])).toEqual(CLEAN);
  expect(await repo.run(['commit', '-q', '--allow-empty', '--amend', '-m', 'x'])).toEqual(CLEAN);
  await repo.commit('third');
  await repo.commit('fourth');
  expect(await repo.run(['rebase', '-q', '--force-rebase', 'HEAD~2'])).toEqual({ ...CLEAN, err: GONE });
  expect((await repo.run(['bisect', 'start', 'HEAD', 'HEAD~2'])).err).not.toContain('kei-git');
  expect(await repo.run(['checkout', '-q', 'side'], { env: { KEI_SKIP: 'all' } })).toEqual(CLEAN);
});

test('in a new worktree, and in one of its own hooks', async () => {
  const repo = await observed();
  rmSync(join(repo.dir, '.git/hooks/pre-push'));
  expect((await repo.run(['worktree', 'add', '-q', '../linked', 'side'])).err).toBe(GONE);
  for (const event of DEFAULT_HOOK_EVENTS) await repo.write(`.git/kei-git-hooks/${event}`, block(event));
  const linked = await repo.linked('other');
  expect(await linked.run(['checkout', '-q', 'main~1'])).toEqual(CLEAN);
});

test('events that the settings want; settings that are broken are told elsewhere', async () => {
  const repo = await observed();
  rmSync(join(repo.dir, '.git/hooks/pre-push'));
  await repo.write('kei.toml', '[hook]\nevents = ["pre-commit", "post-checkout"]\n');
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual(CLEAN);
  await repo.write('kei.toml', '[hook\n');
  expect(await repo.run(['checkout', '-q', 'main'])).toEqual(CLEAN);
});

test('the version that the repository asks for is another one', async () => {
  const repo = await observed();
  const lock = (version: string): string => JSON.stringify({ packages: { 'node_modules/kei-git': { version } } });
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
  await repo.write('package-lock.json', lock(version));
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual(CLEAN);
  await repo.write('package-lock.json', lock('99.1.0'));
  expect(await repo.run(['checkout', '-q', 'main'])).toEqual({
    ...CLEAN,
    err: expect.stringMatching(/^kei-git: hooks run kei-git \S+, package-lock\.json has 99\.1\.0: npx kei-git install\n$/) as string,
  });
  await repo.write('package-lock.json', '<<<<<<< HEAD\n');
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual(CLEAN);
});

test('numbers that are not true any more', async () => {
  const repo = await hooked(DEFAULT_HOOK_EVENTS);
  const page = (n: number): string => `There are <!-- count:notes -->${n}<!-- /count:notes --> notes.\n`;
  await repo.write('kei.toml', '[counts.notes]\nglob = "notes/*.txt"\n');
  await repo.write('notes/a.txt', 'a\n');
  await repo.write('README.md', page(1));
  await repo.commit('first');
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('notes/b.txt', 'b\n');
  await repo.commit('stale');
  expect(await repo.run(['checkout', '-q', 'main'])).toEqual(CLEAN);
  const line = 'kei-git: 1 number in README.md is not true any more: npx kei-git counts\n';
  expect(await repo.run(['merge', '-q', 'side'])).toEqual({ ...CLEAN, err: line });
  expect(await repo.run(['checkout', '-q', 'side'])).toEqual({ ...CLEAN, err: line });
  expect(await repo.run(['checkout', '-q', 'main'], { env: { SKIP: 'counts' } })).toEqual(CLEAN);
});
