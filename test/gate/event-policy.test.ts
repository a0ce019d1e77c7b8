import { describe, expect, test } from 'vitest';
import { run } from '../leak/commands.ts';
import type { TestRepo } from '../repo.ts';
import {
  ACME,
  checkout,
  commit,
  FOUND,
  look,
  makeServer,
  ofMerge,
  ofPullRequest,
  rule,
  RULES,
  short,
  tried,
  type CiEvent,
  type Files,
  type PullRequest,
} from './runner.ts';

const PLANTED = `key: ${ACME}\n`;
const KEI = RULES['kei.toml'];
const IGNORE = `[[ignore]]\nrule = "${FOUND}"\nmatch = "**"\nreason = "x"\n`;
const ALLOWED = `key: ${ACME} # kei:allow acme a sample\n`;

/** A pull request of these commits, one after the other, onto a base that has more files. */
const proposed = async (
  changes: readonly Files[],
  before: Files = {},
): Promise<{ readonly server: TestRepo; readonly pr: PullRequest }> => {
  const server = await makeServer(2, before);
  await server.git('checkout', '--quiet', '-b', 'work');
  const made: string[] = [];
  for (const files of changes) made.push(await commit(server, files));
  await server.git('checkout', '--quiet', 'main');
  await commit(server, { 'later.txt': 'x\n' });
  return { server, pr: await tried(server, made) };
};

interface Trick {
  readonly name: string;
  readonly files: Files;
  readonly planted?: string;
  readonly changed: readonly string[];
}

const TRICKS: readonly Trick[] = [
  {
    name: 'the check is skipped',
    files: { 'kei.toml': `${KEI}[check]\nskip = ["leak"]\n` },
    changed: ['skip in [check] goes from [] to ["leak"]'],
  },
  { name: 'no rule file is named', files: { 'kei.toml': `${KEI}rules = []\n` }, changed: ['rule acme is gone'] },
  { name: 'kei.toml is gone', files: { 'kei.toml': undefined, 'leak-matrix/acme.toml': undefined }, changed: ['rule acme is gone'] },
  {
    name: 'large files are left out',
    files: { 'kei.toml': `${KEI}max-file-size = 10\n` },
    changed: ['max-file-size in [leak] goes from "100M" to 10'],
  },
  {
    name: 'a marker of another tool',
    files: { 'kei.toml': `${KEI}honour-inline = ["nosec"]\n` },
    planted: `key: ${ACME} # nosec\n`,
    changed: ['honour-inline in [leak] goes from [] to ["nosec"]'],
  },
  { name: 'the rule is gone', files: { 'leak-matrix/acme.toml': undefined }, changed: ['rule acme is gone'] },
  {
    name: 'the rule is moved away',
    files: { 'leak-matrix/acme.toml': undefined, 'rules/acme.toml': rule('acme') },
    changed: ['rule acme is gone'],
  },
  {
    name: 'the rule looks for something else',
    files: { 'leak-matrix/acme.toml': rule('acme').replace('{24}', '{25}') },
    changed: ['rule acme may match less: what it looks for changed'],
  },
  {
    name: 'an allowlist',
    files: { 'leak-matrix/b.toml': `schema = "leak-matrix/1"\n[[allowlists]]\npaths = ['''.''']\nreason = "x"\n` },
    changed: ['a new or changed allowlist for all rules'],
  },
  { name: 'an ignore', files: { '.kei/ignores.toml': IGNORE }, changed: [`findings are ignored that were not: ${FOUND} in **`] },
  {
    name: 'a .gitleaksignore',
    files: { '.gitleaksignore': 'a.txt:acme:1\n' },
    changed: ['findings are ignored that were not: acme in a.txt, line 1'],
  },
  { name: 'an inline allow', files: {}, planted: ALLOWED, changed: [] },
  { name: 'attributes', files: { '.gitattributes': '* -diff -text binary filter=x export-ignore linguist-generated\n' }, changed: [] },
];

describe('a pull request cannot switch off what would stop it', () => {
  test.for(TRICKS)('$name', async ({ files, planted = PLANTED, changed }) => {
    const { server, pr } = await proposed([files, { 'a.txt': planted }, { 'a.txt': undefined }, { 'b.txt': planted }]);
    for (const depth of [1, 0]) {
      const said = await look(await ofMerge(server, pr, { depth }), ofPullRequest(pr));
      expect(said.found).toEqual([`${short(pr.commits[1])} a.txt ${FOUND}`, `${short(pr.commits[3])} b.txt ${FOUND}`].toSorted());
      expect(said).toMatchObject({ code: 1, changed, refused: [], skipped: [] });
    }
  });

  test('all in one commit, and taken back in the next', async () => {
    const { server, pr } = await proposed([
      { 'kei.toml': `${KEI}[check]\nskip = ["leak"]\n`, '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED },
      { 'kei.toml': KEI, '.kei/ignores.toml': undefined, 'a.txt': undefined },
    ]);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[0])} a.txt ${FOUND}`], changed: [] });
  });

  test('settings that are broken: nobody can say what they would mean, so it is refused, and not passed', async () => {
    const { server, pr } = await proposed([{ 'kei.toml': '[leak\n', 'a.txt': PLANTED }]);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect([said.code, said.err]).toEqual([2, expect.stringContaining('kei.toml:1')]);
  });

  test('a baseline', async () => {
    const server = await makeServer(2);
    await server.git('checkout', '--quiet', '-b', 'work');
    const first = await commit(server, { 'a.txt': PLANTED });
    expect(await run(server, ['leak', 'baseline'])).toMatchObject({ code: 0 });
    const second = await server.commit('baseline');
    await server.git('checkout', '--quiet', 'main');
    const pr = await tried(server, [first, second]);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(first)} a.txt ${FOUND}`] });
    expect(said.changed).toEqual([expect.stringContaining('findings are ignored that were not')]);
  });

  test('what leaks is moved to where the base looks away: its old place counts, and what the base allows stays allowed', async () => {
    const allows = { '.kei/ignores.toml': `[[ignore]]\nrule = "${FOUND}"\nmatch = "samples/**"\nreason = "samples"\n` };
    const { server, pr } = await proposed([{ 'a.txt': PLANTED }, { 'a.txt': undefined, 'samples/a.txt': PLANTED }], allows);
    const said = await look(await ofMerge(server, pr), ofPullRequest(pr));
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[0])} a.txt ${FOUND}`], changed: [] });
    expect(said.noted).toEqual([`${short(pr.commits[1])} samples/a.txt ${FOUND}`]);
  });

  test.for(['loose', 'strict'])(
    'branches that crossed: what either place where they parted forbids is forbidden, the older one %s',
    async (older) => {
      const server = await makeServer(1);
      await server.git('branch', 'work');
      const on = async (branch: string, files: Files): Promise<string> => {
        await server.git('checkout', '--quiet', branch);
        return commit(server, files);
      };
      const loosen = (): Promise<string> => on('work', { 'leak-matrix/acme.toml': undefined });
      const early = older === 'loose' ? await loosen() : undefined;
      const strict = await on('main', { 'x.txt': 'x\n' });
      const loose = early ?? (await loosen());
      await server.git('checkout', '--quiet', 'main');
      await server.git('merge', '--quiet', '--no-ff', '--strategy=ours', '-m', 'theirs, but not what it says', loose);
      await server.git('checkout', '--quiet', 'work');
      await server.git('merge', '--quiet', '--no-ff', '-m', 'ours', strict);
      const merged = await server.git('rev-parse', 'HEAD');
      const last = await commit(server, { 'a.txt': PLANTED });
      await server.git('checkout', '--quiet', 'main');
      expect((await server.git('merge-base', '--all', 'main', 'work')).split('\n')).toHaveLength(2);
      await server.git('checkout', '--quiet', 'work');
      const pr: PullRequest = { base: await server.git('rev-parse', 'main'), head: last, merge: last, commits: [merged, last] };
      const clone = await checkout(server, { depth: 1, oid: last, ref: 'refs/remotes/pull/7/head' });
      expect(await look(clone, ofPullRequest(pr))).toMatchObject({ code: 1, found: [`${short(last)} a.txt ${FOUND}`] });
    },
  );

  test('a rule of its own does not hold before it has landed', async () => {
    const { server, pr } = await proposed([{ 'leak-matrix/b.toml': rule('bcme') }, { 'a.txt': PLANTED.replace('acme', 'bcme') }]);
    expect(await look(await ofMerge(server, pr), ofPullRequest(pr))).toMatchObject({ code: 0, changed: [], refused: [] });
  });
});

describe('exceptions of the pull request itself', () => {
  const LETS = { 'kei.toml': `${KEI}[policy]\nhead-ignores = true\n` };
  const from = (pr: PullRequest, owner: string): CiEvent =>
    ofPullRequest(pr, { head: { sha: pr.head, ref: 'work', repo: owner === '' ? null : { full_name: `${owner}/repo` } } });

  test.for([
    ['owner', 'lets', true],
    ['owner', 'is silent', false],
    ['somebody', 'lets', false],
    ['somebody', 'is silent', false],
    ['', 'lets', false],
  ] as const)('from "%s", the base %s: they count: %s', async ([owner, base, counts]) => {
    for (const files of [{ '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED }, { 'a.txt': ALLOWED }]) {
      const { server, pr } = await proposed([files], base === 'lets' ? LETS : {});
      const said = await look(await ofMerge(server, pr), from(pr, owner));
      const where = [`${short(pr.commits[0])} a.txt ${FOUND}`];
      expect([said.code, said.found, said.noted]).toEqual(counts ? [0, [], where] : [1, where, []]);
    }
  });

  test('a pull request that lets itself', async () => {
    const { server, pr } = await proposed([{ ...LETS, '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED }]);
    const said = await look(await ofMerge(server, pr), from(pr, 'owner'));
    expect(said).toMatchObject({ code: 1, found: [`${short(pr.commits[0])} a.txt ${FOUND}`] });
    expect(said.changed).toContain('head-ignores in [policy] goes from false to true');
  });

  test.for([
    ['lets', 0],
    ['is silent', 1],
  ] as const)('in a merge group, the base %s', async ([base, code]) => {
    const { server, pr } = await proposed([{ '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED }], base === 'lets' ? LETS : {});
    const group = { head_sha: pr.merge, base_sha: pr.base, base_ref: 'refs/heads/main' };
    expect(await look(await ofMerge(server, pr), { name: 'merge_group', sha: pr.merge, payload: { merge_group: group } })).toMatchObject({
      code,
    });
  });
});

test.for([1, 0])('a run for the default branch that checked out what was proposed, depth %i', async (depth) => {
  const { server, pr } = await proposed([
    { 'kei.toml': `${KEI}[check]\nskip = ["leak"]\n`, 'leak-matrix/acme.toml': undefined, 'a.txt': PLANTED },
  ]);
  const clone = await checkout(server, { depth, oid: pr.head, ref: 'refs/remotes/pull/7/head' });
  const payload = { issue: { number: 7, pull_request: {} }, repository: { default_branch: 'main' } };
  const said = await look(clone, { name: 'issue_comment', sha: pr.base, payload });
  const changed = ['skip in [check] goes from [] to ["leak"]', 'rule acme is gone'];
  expect(said).toMatchObject({ code: 1, found: [`a.txt ${FOUND}`], changed });
  if (depth === 0) return;
  // Where nothing is fetched, the base's rules are not known: nothing is loosened, and both are said.
  const alone = await checkout(server, { depth, oid: pr.head, ref: 'refs/remotes/pull/7/head' });
  const cautious = await look(alone, { name: 'issue_comment', sha: pr.base, payload }, { argv: ['check', '--all'] });
  const missing = 'the commit it goes on from is not in this clone';
  expect(cautious.refused).toContain(`skip in [check] stays []: ${missing}`);
  expect(cautious.changed).toEqual([`${missing}, so nobody can say what this change lets pass; it may only tighten the defaults`]);
});

test('a push is judged by what stood there before', async () => {
  const server = await makeServer(2);
  const before = await server.git('rev-parse', 'HEAD');
  const first = await commit(server, { 'leak-matrix/acme.toml': undefined });
  const after = await commit(server, { 'a.txt': PLANTED });
  for (const depth of [1, 0]) {
    const clone = await checkout(server, { depth, oid: after, ref: 'refs/remotes/origin/main' });
    const payload = {
      ref: 'refs/heads/main',
      before,
      after,
      commits: [{ id: first }, { id: after }],
      repository: { default_branch: 'main' },
    };
    const said = await look(clone, { name: 'push', sha: after, payload });
    expect(said).toMatchObject({ code: 1, found: [`${short(after)} a.txt ${FOUND}`], changed: ['rule acme is gone'] });
  }
});
