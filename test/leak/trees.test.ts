import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../repo.ts';
import { githubToken, placesOf, scan } from './tokens.ts';

const secret = (name: string): string => `token = "${githubToken(`tree ${name}`)}"\n`;

const old = (repo: TestRepo, path: string): void => utimesSync(join(repo.dir, path), 1_600_000_000, 1_600_000_000);

/** Committed files with one secret among them, scanned until the tree is remembered. */
const remembered = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  const files = { 'a.txt': 'clean\n', 'b.txt': 'also clean\n', 'c/d.txt': secret('committed'), '.gitignore': 'ignored\n' };
  for (const [path, content] of Object.entries(files)) {
    await repo.write(path, content);
    old(repo, path);
  }
  await repo.commit();
  for (let i = 0; i < 2; i++) await scan(repo, ['--all']);
  return repo;
};

const same = async (repo: TestRepo): Promise<number> => {
  const asked = await scan(repo, ['--all']);
  const again = await scan(repo, ['--all']);
  const anew = await scan(repo, ['--all', '--no-cache']);
  for (const one of [asked, again]) {
    expect([one.code, one.findings, one.skipped, one.stats.files]).toEqual([anew.code, anew.findings, anew.skipped, anew.stats.files]);
  }
  return anew.findings.length;
};

test('an unchanged worktree is one tree: nothing is read, and the listing is not asked for', async () => {
  const repo = await remembered();
  const { findings, stats } = await scan(repo, ['--all']);
  expect([placesOf(findings), stats.files, stats.bytes]).toEqual([['c/d.txt:1'], 4, 0]);
  // What only the listing would tell: the blob's name is of no blob.
  await repo.write('e.txt', secret('new'));
  const more = await scan(repo, ['--all']);
  expect([placesOf(more.findings), more.stats.files, more.stats.bytes]).toEqual([['c/d.txt:1', 'e.txt:1'], 5, secret('new').length]);
});

interface Step {
  readonly name: string;
  readonly run: (repo: TestRepo) => unknown;
  readonly findings: number;
}

const STEPS: readonly Step[] = [
  { name: 'a secret in a tracked file', run: (repo) => repo.write('a.txt', secret('a')), findings: 2 },
  {
    name: 'a secret of the same size, with the old time',
    run: async (repo) => {
      await repo.write('a.txt', secret('a').padEnd(80));
      old(repo, 'a.txt');
      await repo.commit();
      await same(repo);
      await setTimeout(1100); // git takes ctime's seconds for evidence
      await repo.write('a.txt', 'clean'.padEnd(80));
      old(repo, 'a.txt');
    },
    findings: 1,
  },
  { name: 'an untracked file', run: (repo) => repo.write('new/e.txt', secret('e')), findings: 2 },
  { name: 'an ignored file', run: (repo) => repo.write('ignored', secret('ignored')), findings: 1 },
  { name: 'a tracked file gone', run: (repo) => rmSync(join(repo.dir, 'c/d.txt')), findings: 0 },
  {
    name: 'a staged secret that is taken out of the worktree',
    run: async (repo) => {
      await repo.write('a.txt', secret('staged'));
      await repo.git('add', 'a.txt');
      await repo.write('a.txt', 'clean again\n');
    },
    findings: 1,
  },
  {
    name: 'there and back',
    run: async (repo) => {
      await repo.git('checkout', '--quiet', '-b', 'other');
      await repo.write('a.txt', secret('other'));
      await repo.commit();
      await same(repo);
      await repo.git('checkout', '--quiet', '-');
    },
    findings: 1,
  },
  {
    name: 'assume-unchanged',
    run: async (repo) => {
      await repo.git('update-index', '--assume-unchanged', 'a.txt');
      await repo.write('a.txt', secret('assumed'));
    },
    findings: 2,
  },
  {
    name: 'skip-worktree',
    run: async (repo) => {
      await repo.git('update-index', '--skip-worktree', 'b.txt');
      await repo.write('b.txt', secret('skipped'));
    },
    findings: 2,
  },
  {
    name: 'a filter that hides it from the index',
    run: async (repo) => {
      await repo.git('config', 'filter.hide.clean', 'tr -d _');
      await repo.write('.git/info/attributes', 'a.txt filter=hide\n');
      await repo.write('a.txt', secret('filtered'));
      await repo.git('add', 'a.txt');
    },
    findings: 2,
  },
  {
    name: 'line ends that attributes turn round',
    run: async (repo) => {
      await repo.write('.gitattributes', '* text eol=crlf\n');
      await repo.write('a.txt', 'clean\r\n');
      await repo.commit();
    },
    findings: 1,
  },
  {
    name: 'an exception',
    run: (repo) => repo.write('.kei/ignores.toml', '[[ignore]]\nrule = "leak/*"\nmatch = "c/d.txt"\nreason = "a sample"\n'),
    findings: 1,
  },
  {
    name: 'a rule file',
    run: (repo) =>
      repo.write(
        'leak-matrix/mine.toml',
        `schema = "leak-matrix/1"\n[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''also [c]lean'''\n`,
      ),
    findings: 2,
  },
  {
    name: 'an index without a hash',
    run: (repo) => repo.git('-c', 'index.skipHash=true', 'update-index', '--force-write-index'),
    findings: 1,
  },
  { name: 'an index with conflicts', run: conflict, findings: 2 },
];

async function conflict(repo: TestRepo): Promise<void> {
  await repo.git('checkout', '--quiet', '-b', 'theirs');
  await repo.write('a.txt', secret('theirs'));
  await repo.commit();
  await repo.git('checkout', '--quiet', '-');
  await repo.write('a.txt', 'ours\n');
  await repo.commit();
  await repo.git('merge', '--quiet', 'theirs').catch(() => undefined);
}

describe('what is remembered is what looking anew would find', () => {
  test.for(STEPS)('$name', async ({ run, findings }) => {
    const repo = await remembered();
    await run(repo);
    expect(await same(repo)).toBe(findings);
    // In a folder of it the whole is looked at all the same.
    expect(placesOf((await scan({ ...repo, dir: join(repo.dir, '.') }, ['--all'])).findings)).toHaveLength(findings);
  });
});
