import { chmod, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ACME, FOUND, makeServer, ofMerge, ofPullRequest, pullRequest, rule, RULES } from '../gate/runner.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { sarifErrors } from '../report/sarif-schema.ts';
import { makeAction, openToAll, runStep, SCHEDULE, type Step } from './bundle.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
/** Others Nodes than this one, for instance 24: .ci/run brings one along. */
const NODES = (process.env['KEI_NODES'] ?? '').split(':').filter((path) => path !== '');

let action = '';
beforeAll(async () => {
  action = await makeAction();
}, 120_000);

/** A repository in which the rule of RULES finds one thing. */
const leaking = async (path = 'config.yml'): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (const [name, text] of Object.entries(RULES)) await repo.write(name, text);
  await repo.write(path, `key: ${ACME}\n`);
  await repo.commit();
  return repo;
};

const stepOf = ({ dir }: TestRepo, more: Partial<Step> = {}): Step => ({ action, workspace: dir, event: SCHEDULE, ...more });

const DELETED = { name: 'push', payload: { ref: 'refs/heads/gone', deleted: true, after: '0'.repeat(40) }, sha: '' };

describe('a pull request', () => {
  test('in a clone of depth 1: what came and went in it is found, told everywhere, and shown nowhere', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const done = await runStep(stepOf(await ofMerge(server, pr), { event: ofPullRequest(pr) }));
    expect(done.code).toBe(1);
    expect(done.outputs).toMatchObject({ errors: '1', warnings: '0', notes: '0', exit: '1' });
    expect(done.json?.findings).toMatchObject([{ rule: FOUND, path: 'config.yml', commit: pr.commits[3] }]);
    expect(done.log).toMatch(
      /^::error file=config\.yml,line=1,endLine=1,col=6,endColumn=35,title=leak\/acme::acme%0Acommit [0-9a-f]{40}%0A/m,
    );
    expect(done.log).toContain('kei-git: 1 error in 8 files and 8 messages');
    expect(done.summary).toContain('### kei-git: 1 error\n');
    expect(done.summary).toContain(`<code>config.yml:1</code> in commit <code>${pr.commits[3]?.slice(0, 12)}</code>`);
    expect(sarifErrors(done.sarif)).toEqual([]);
    expect(done.all).toContain('config.yml');
    expect(done.all).not.toContain(ACME);
    expect(done.err).toBe('');
  });

  test('that takes the rule out of kei.toml is found all the same', async () => {
    const server = await makeServer();
    const hidden = { 4: { 'config.yml': `key: ${ACME}\n`, 'kei.toml': '[leak]\nbuiltin = false\n[check]\nskip = ["leak"]\n' } };
    const pr = await pullRequest(server, 7, hidden);
    const done = await runStep(stepOf(await ofMerge(server, pr), { event: ofPullRequest(pr) }));
    expect(done.code).toBe(1);
    expect(done.json?.findings.map(({ rule }) => rule).toSorted()).toEqual([FOUND, 'policy/changed']);
  });

  test('rule files that the step names are those of the base', async () => {
    const server = await makeServer(1, { 'ci/more.toml': rule('brand') });
    const pr = await pullRequest(server, 7, {
      2: { 'a.txt': ACME.replace('acme', 'brand') },
      3: { 'ci/more.toml': 'schema = "leak-matrix/1"\n' },
    });
    const clone = await ofMerge(server, pr);
    const done = await runStep(stepOf(clone, { event: ofPullRequest(pr), inputs: { rules: 'ci/more.toml\n' } }));
    expect(done.json?.findings.map(({ path }) => path)).toContain('a.txt');
    const missing = await runStep(stepOf(clone, { event: ofPullRequest(pr), inputs: { rules: 'ci/none.toml' } }));
    expect([missing.code, missing.log]).toEqual([2, '::error title=kei-git::there is no rule file ci/none.toml\n']);
  });
});

describe('where it runs', () => {
  test('nothing is to be done: no repository is needed', async () => {
    const done = await runStep({ action, workspace: await makeFolder(), event: DELETED });
    expect(done).toMatchObject({ code: 0, log: 'kei-git: nothing to look at: gone was deleted\n', err: '' });
    expect(done.outputs).toMatchObject({ errors: '0', exit: '0' });
  });

  test('through a link to the action, and to the workspace', async () => {
    const repo = await leaking();
    const links = await makeFolder();
    await symlink(dirname(action), join(links, 'dist'));
    await symlink(action, join(links, 'action.mjs'));
    await symlink(repo.dir, join(links, 'workspace'));
    for (const path of [join(links, 'dist', 'action.mjs'), join(links, 'action.mjs')]) {
      const done = await runStep(stepOf(repo, { action: path, workspace: join(links, 'workspace') }));
      expect([done.code, done.err, done.json?.findings.length]).toEqual([1, '', 1]);
      const kept = await runStep(stepOf(repo, { action: path, env: { NODE_OPTIONS: '--preserve-symlinks-main' } }));
      expect([kept.code, kept.err]).toEqual([1, '']);
    }
  });

  test('without HOME, summary, outputs and a folder for temporary files', async () => {
    const repo = await leaking();
    const bare = {
      HOME: undefined,
      GITHUB_STEP_SUMMARY: undefined,
      GITHUB_OUTPUT: undefined,
      RUNNER_TEMP: undefined,
      TMPDIR: await makeFolder(),
    };
    const done = await runStep(stepOf(repo, { env: bare }));
    expect([done.code, done.err, done.summary]).toEqual([1, '', '']);
    expect(done.log).toContain('::error file=config.yml');
    const lost = await runStep(stepOf(repo, { env: { GITHUB_STEP_SUMMARY: '/nowhere/summary', GITHUB_OUTPUT: '/nowhere/output' } }));
    expect([lost.code, lost.err]).toEqual([1, '']);
  });

  test.runIf(isRoot)('as another user than the one whom the workspace belongs to, who may not write there', async () => {
    const repo = await leaking();
    await openToAll(repo);
    await openToAll({ ...repo, dir: dirname(action) });
    const done = await runStep(stepOf(repo, { uid: NOBODY }));
    expect([done.code, done.err, done.json?.findings.length]).toEqual([1, '', 1]);
    // Without what names the workspace git refuses, and the step says what would help.
    const other = await makeRepo();
    await openToAll(other);
    const refused = await runStep({ ...stepOf(other, { uid: NOBODY, inputs: { 'working-directory': other.dir } }), workspace: repo.dir });
    expect(refused.code).toBe(3);
    expect(refused.log).toContain('it belongs to another user');
  });

  test.runIf(isRoot)('as root in a workspace of another user', async () => {
    const repo = await leaking();
    const { execFile } = await import('node:child_process');
    await new Promise((resolve) => execFile('chown', ['-R', String(NOBODY), repo.dir], resolve));
    const done = await runStep(stepOf(repo));
    expect([done.code, done.err, done.json?.findings.length]).toEqual([1, '', 1]);
    const below = await runStep(stepOf(repo, { inputs: { 'working-directory': '.' }, env: { GIT_CONFIG_COUNT: undefined } }));
    expect(below.code).toBe(1);
  });

  test('the file is its own worker', async () => {
    const repo = await leaking();
    await repo.write('kei.toml', '[leak]\nbuiltin = false\njobs = 2\n');
    for (let n = 0; n < 400; n++) await repo.write(`files/${n}.txt`, `${n % 100 === 0 ? ACME : 'nothing'}\n${'x'.repeat(n)}\n`);
    await repo.commit();
    const done = await runStep(stepOf(repo));
    expect([done.code, done.err, done.json?.findings.length]).toEqual([1, '', 5]);
  });

  test('nothing is written into the workspace', async () => {
    const repo = await leaking();
    const names = await readdir(repo.dir, { recursive: true });
    await runStep(stepOf(repo));
    expect(await readdir(repo.dir, { recursive: true })).toEqual(names);
  });

  test.skipIf(NODES.length > 0)('NOT RUN with another Node than this one: KEI_NODES names none', () => {
    expect(NODES).toEqual([]);
  });

  test.runIf(NODES.length > 0).for(NODES)('with the Node %s', async (node) => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const done = await runStep(stepOf(await ofMerge(server, pr), { event: ofPullRequest(pr), node }));
    expect([done.code, done.err, done.json?.findings.map(({ rule }) => rule)]).toEqual([1, '', [FOUND]]);
    expect((await runStep(stepOf(await leaking(), { node, inputs: { comment: 'true', token: 'x' } }))).code).toBe(1);
  });
});

describe('inputs', () => {
  test('paths, fail-on, format, checks, sarif-file and working-directory', async () => {
    const repo = await leaking('app/config.yml');
    const at = await makeFolder();
    const inputs = { format: 'text', 'sarif-file': join(at, 'out.sarif'), 'working-directory': 'app', checks: 'leak' };
    const done = await runStep(stepOf(repo, { inputs }));
    expect(done.code).toBe(1);
    expect(done.log).toMatch(/^app\/config\.yml:1:6 {2}error {2}acme \[leak\/acme\]\n/);
    expect(done.outputs['sarif']).toBe(join(at, 'out.sarif'));
    expect((await runStep(stepOf(repo, { inputs: { paths: 'leak-matrix\nkei.toml' } }))).code).toBe(0);
    expect((await runStep(stepOf(repo, { inputs: { paths: 'kei.toml\napp' } }))).code).toBe(1);
    // As the steps of a composite action pass them on.
    expect((await runStep(stepOf(repo, { env: { INPUT_WORKING_DIRECTORY: 'nowhere' } }))).code).toBe(2);
  });

  test('paths of a pull request', async () => {
    const server = await makeServer();
    const pr = await pullRequest(server);
    const clone = await ofMerge(server, pr);
    const look = async (paths: string): Promise<number | null> =>
      (await runStep(stepOf(clone, { event: ofPullRequest(pr), inputs: { paths } }))).code;
    expect([await look('work'), await look('config.yml'), await look('.')]).toEqual([0, 1, 1]);
  });

  test.for([
    { inputs: { 'fail-on': 'fatal' }, says: 'input fail-on must be one of note, warning, error' },
    { inputs: { comment: 'yes' }, says: 'input comment must be true or false' },
    { inputs: { checks: 'leek' }, says: 'input checks: there is no check leek%0Ahint: did you mean leak?' },
    { inputs: { 'working-directory': 'none' }, says: 'input working-directory: there is no folder none' },
    { inputs: { paths: '../x' }, says: 'input paths: ../x lies outside the repository' },
  ])('that are wrong end with 2: $says', async ({ inputs, says }) => {
    const done = await runStep(stepOf(await leaking(), { inputs: inputs as unknown as Record<string, string> }));
    expect(done).toMatchObject({ code: 2, err: '', outputs: { exit: '2' } });
    expect(done.log).toMatch(/^::error title=kei-git::[^\n]*\n$/);
    expect(done.log).toContain(says);
    expect(done.summary).toContain('### kei-git: nothing was judged');
  });

  test('settings that are wrong end with 2, a report that cannot be written with 3 after it was printed', async () => {
    const repo = await leaking();
    const lost = await runStep(stepOf(repo, { inputs: { 'sarif-file': '/nowhere/at/all.sarif' } }));
    expect([lost.code, lost.outputs['exit'], lost.outputs['errors']]).toEqual([3, '3', '1']);
    expect(lost.log).toMatch(/^::error file=config\.yml.*\n.*\n::error title=kei-git::cannot write /);
    await repo.write('kei.toml', '[leek]\n');
    const wrong = await runStep(stepOf(repo));
    expect([wrong.code, wrong.log.split('%0A')[0]]).toEqual([2, '::error title=kei-git::kei.toml:1:2: unknown key "leek"']);
  });

  test('strict-network: a pin whose host is not asked ends with 3', async () => {
    const repo = await leaking();
    await repo.write('.github/workflows/a.yml', `jobs:\n  a:\n    steps:\n      - uses: https://host.invalid/a/b@${'1'.repeat(40)}\n`);
    await repo.commit();
    const look = async (more: Readonly<Record<string, string>>): Promise<number | null> =>
      (await runStep(stepOf(repo, { inputs: { checks: 'workflow-pins', ...more } }))).code;
    expect([await look({}), await look({ 'strict-network': 'true' })]).toEqual([0, 3]);
  });

  test('a token is passed to nobody', async () => {
    const repo = await leaking();
    const bin = await makeFolder();
    const seen = join(bin, 'seen');
    const { writeFile, readFile } = await import('node:fs/promises');
    await mkdir(join(bin, 'bin'));
    await writeFile(join(bin, 'bin', 'git'), `#!/bin/sh\nenv >> '${seen}'\nexec /usr/bin/env -u X git.real "$@"\n`);
    await chmod(join(bin, 'bin', 'git'), 0o755);
    const { execFileSync } = await import('node:child_process');
    await symlink(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(bin, 'bin', 'git.real'));
    const token = ['tok', 'en', '12345'].join('-');
    const env = { PATH: `${join(bin, 'bin')}:${process.env['PATH']}` };
    const done = await runStep(stepOf(repo, { inputs: { token }, env }));
    expect(done.code).toBe(1);
    expect(await readFile(seen, 'utf8')).not.toContain(token);
    expect(await readFile(seen, 'utf8')).toContain('safe.directory');
    expect(done.all).not.toContain(token);
  });
});

test('names that would end an annotation, a table or a line', async () => {
  const repo = await leaking('a,b%c:d\n::error::x|y`<b>.yml');
  const done = await runStep(stepOf(repo));
  const [first = '', ...rest] = done.log.split('\n');
  expect(first).toMatch(/^::error file=a%2Cb%25c%3Ad\\n%3A%3Aerror%3A%3Ax\|y`<b>\.yml,line=1,/);
  expect(rest.filter((line) => line.startsWith('::'))).toEqual([]);
  const row = done.summary.split('\n').find((line) => line.startsWith('| error')) ?? '';
  expect(row).toContain('<code>a,b%25c:d&#92;n::error::x&#124;y&#96;&lt;b&gt;.yml:1</code>');
  expect(row.split('|')).toHaveLength(6);
});
