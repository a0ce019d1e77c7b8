import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newKeyText } from '../../src/values/key.ts';
import { run } from '../leak/commands.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { findIn, gitIn, KEY, mirror, outOf } from './mirror.ts';

const SPELLINGS = ['Umber Gannet', 'umberGannet', 'UMBER_GANNET', 'umber-gannet'];
const OTHER = newKeyText((count) => new Uint8Array(count).fill(21));

const planted = async (options: readonly string[]): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n');
  const made = await run(repo, ['leak', 'term', 'add', ...options], { stdin: 'umber gannet\n', env: { KEI_LEAK_KEY: KEY } });
  expect(made).toMatchObject({ code: 0 });
  await repo.write('umber-gannet/notes.md', SPELLINGS.map((name) => `about ${name}\n`).join(''));
  await repo.write('plain.txt', 'nothing\n');
  await repo.commit('notes on UmberGannet');
  return repo;
};

test.for([{ options: [] }, { options: ['--plain'] }])(
  'terms are replaced in content, paths and messages ($options)',
  async ({ options }) => {
    const repo = await planted(options);
    const out = outOf(repo);
    expect(await mirror(repo, [out])).toMatchObject({ code: 0, err: '' });
    for (const name of SPELLINGS) expect([name, await findIn(out, name)]).toEqual([name, []]);
    expect(await gitIn(out, 'ls-tree', '-r', '--name-only', 'main')).toMatch(/^kei\.toml\nplain\.txt\nprivate-terms-\w{10}\/notes\.md$/);
    // One token for all spellings.
    const [first = ''] = (await gitIn(out, 'show', '-s', '--format=%s', 'main')).split(' ').slice(-1);
    expect(first).toMatch(/^<private-terms:\w{10}>$/);
    const [, path = ''] = /(private-terms-\w+)/.exec(await gitIn(out, 'ls-tree', '-r', '--name-only', 'main')) ?? [];
    expect(await gitIn(out, 'show', `main:${path}/notes.md`)).toBe(SPELLINGS.map(() => `about ${first}`).join('\n'));
  },
);

test('hashed terms of another key cannot be looked for, so nothing is proven', async () => {
  const repo = await planted([]);
  const out = outOf(repo);
  const { code, out: said } = await mirror(repo, [out], { env: { KEI_LEAK_KEY: OTHER } });
  expect([code, said]).toEqual([1, expect.stringContaining('1 term of leak/private-terms hashed with key ')]);
  expect(existsSync(out)).toBe(false);
});

test('substitute writes one token for a term however it is spelled, and passes nothing on that it cannot look for', async () => {
  const repo = await planted([]);
  const filter = (key: string) =>
    run(repo, ['leak', 'substitute', '--stdin'], { stdin: `${SPELLINGS.join('\n')}\n`, env: { KEI_LEAK_KEY: key } });
  const done = await filter(KEY);
  expect([done.code, new Set(done.out.trim().split('\n')).size]).toEqual([0, 1]);
  expect(done.out).toMatch(/^(?:<private-terms:\w{10}>\n){4}$/);
  const blind = await filter(OTHER);
  expect([blind.code, blind.out]).toEqual([3, '']);
  expect(blind.err).toMatch(
    /^kei-git: cannot look for everything: 1 term of leak\/private-terms hashed with key \w{8}, and here is key \w{8}\n/,
  );
  const files = await run(repo, ['leak', 'substitute'], { env: { KEI_LEAK_KEY: OTHER } });
  expect([files.code, `${files.out}${files.err}`]).toEqual([3, expect.stringContaining('hashed with key ')]);
});
