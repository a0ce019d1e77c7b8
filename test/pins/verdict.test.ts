import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRemotes } from '../../src/git/remotes.ts';
import { judgePin, type VerdictKind } from '../../src/pins/verdict.ts';
import type { Remotes } from '../../src/remote.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo, type Specimens } from '../server-repos.ts';
import { PROTOCOLS, serveGit } from '../servers.ts';

const URL = 'https://forge.example/act/ion.git';

/** Verdict, and the refs it names; undefined: any that are not none. */
const EXPECTED: Readonly<Record<keyof Specimens, readonly [kind: VerdictKind, refs?: readonly string[]]>> = {
  tip: ['ok-tip', ['refs/heads/main']],
  tagged: ['ok-tip', ['refs/tags/v1.0.0']],
  annotated: ['ok-tip', ['refs/tags/v2-nested', 'refs/tags/v2.0.0']],
  branchTip: ['ok-tip', ['refs/heads/releases/v2']],
  innerTagged: ['ok-tip', ['refs/heads/moves', 'refs/tags/outer']],
  old: ['ok-reachable'],
  tagOnly: ['ok-reachable', ['refs/tags/v0-release']],
  branchOnly: ['branch-only', ['refs/heads/releases/v2']],
  tagObject: ['tag-object', ['refs/tags/v2.0.0']],
  nestedTagObject: ['tag-object', ['refs/tags/v2-nested']],
  innerTagObject: ['tag-object'],
  deletedTagObject: ['tag-object'],
  forkTagObject: ['off-repository', []],
  pullRequest: ['off-repository', []],
  pullRequestOld: ['off-repository', []],
  forcedAway: ['off-repository', []],
  deletedBranch: ['off-repository', []],
  fork: ['off-repository', []],
  treeTagObject: ['not-a-commit', []],
  tree: ['not-a-commit', []],
  blob: ['not-a-commit', []],
  fabricated: ['missing', []],
};
const PEELED: Readonly<Partial<Record<keyof Specimens, keyof Specimens>>> = {
  tagObject: 'annotated',
  nestedTagObject: 'annotated',
  innerTagObject: 'innerTagged',
  deletedTagObject: 'old',
};

describe.for(['sha1', 'sha256'] as const)('%s', (format) => {
  let repo: SpecimenRepo;
  beforeAll(async () => {
    repo = await makeSpecimens(format);
  });
  describe.for(PROTOCOLS)('over %s', (protocol) => {
    let remotes: Remotes;
    beforeAll(async () => {
      const home = await makeFolder();
      const server = await serveGit({ root: repo.root, protocol });
      const env = { ...isolatedEnv(home), ...server.insteadOf('https://forge.example/') };
      remotes = openRemotes({
        env,
        cwd: home,
        signal: new AbortController().signal,
        now: () => new Date(),
        cacheFolder: join(home, 'cache'),
      });
    });
    afterAll(() => remotes.close());
    test.for(Object.keys(EXPECTED) as (keyof Specimens)[])('%s', async (name) => {
      const [kind, refs] = EXPECTED[name];
      const verdict = await judgePin(remotes, URL, repo.oids[name]);
      expect([verdict.kind, verdict.detail]).toEqual([kind, verdict.detail]);
      if (refs === undefined) expect(verdict.refs.length).toBeGreaterThan(0);
      else expect(verdict.refs).toEqual(refs);
      const behind = PEELED[name];
      expect(verdict.peeled).toBe(behind === undefined ? undefined : repo.oids[behind]);
    });
    test('an object name of the other kind', async () => {
      const verdict = await judgePin(remotes, URL, 'ab'.repeat(format === 'sha1' ? 32 : 20));
      expect(verdict.kind).toBe('missing');
    });
    test.runIf(format === 'sha256')('an abbreviated object name', async () => {
      const verdict = await judgePin(remotes, URL, repo.oids.old.slice(0, 40));
      expect(verdict.kind).toBe('missing');
    });
    test('a repository that is not there', async () => {
      const verdict = await judgePin(remotes, 'https://forge.example/act/none.git', repo.oids.tip);
      expect(verdict.kind).toBe('repository-missing');
    });
  });
});
