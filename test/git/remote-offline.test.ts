import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRemotes } from '../../src/git/remotes.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';

test.for([true, false])('offline %s: the address of a host that nobody named is looked up', async (offline) => {
  const home = await makeFolder();
  const asked: string[] = [];
  const remotes = openRemotes({
    env: isolatedEnv(home),
    cwd: home,
    signal: new AbortController().signal,
    now: () => new Date(),
    cacheFolder: join(home, 'cache'),
    offline,
    lookup: async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    },
  });
  const answer = await remotes.advertised('https://stranger.example/acme/tool');
  await remotes.close();
  expect([answer.kind === 'silent' ? answer.why : '', asked]).toEqual(offline ? ['no-answer', []] : ['refused', ['stranger.example']]);
});
