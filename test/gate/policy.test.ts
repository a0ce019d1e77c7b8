import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CacheStore } from '../../src/command.ts';
import type { Overrides } from '../captured.ts';
import { run } from '../leak/commands.ts';
import { githubToken } from '../leak/tokens.ts';
import type { Finding } from '../../src/report/finding.ts';
import { makeRepo, openRepo, makeFolder, type TestRepo } from '../repo.ts';

const TOKEN = githubToken('policy');
const OURS = 'schema = "leak-matrix/1"\n';
const rule = (id: string, more = ''): string =>
  `[[rules]]\nid = "${id}"\ndescription = "${id}"\nregex = '''\\b(${id}_[a-z0-9]{24})\\b'''\nnoise = false\n${more}`;
const ACME = ['acme', 'k3v9x0q2m7c5b8n1z6l4w0ty'].join('_');
const PLANTED = `key: ${ACME}\n`;
const GITHUB = 'leak/github-pat-classic';
const FOUND = 'leak/acme';
const ofGitleaks = (id: string): string => rule(id).replace('noise = false\n', '');
const IBAN = ['DE88', '5105', '0000', '1234', '5678', '90'].join('');

type Files = Readonly<Record<string, string | undefined>>;

const put = async (repo: TestRepo, files: Files): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) await repo.git('rm', '--quiet', path);
    else await repo.write(path, text);
  }
  await repo.git('add', '--all');
};

interface Said {
  readonly code: number;
  readonly out: string;
  /** What is no note, without policy. */
  readonly stopped: readonly string[];
  readonly noted: readonly string[];
  readonly changed: readonly string[];
  readonly refused: readonly Finding[];
  readonly skipped: readonly unknown[];
}

/** Compiled rules are kept from test to test. */
const kept = new Map<string, Uint8Array>();
const cache: CacheStore = { read: (name) => kept.get(name), write: (name, bytes) => void kept.set(name, bytes) };

const look = async (repo: TestRepo, argv: readonly string[], overrides: Overrides = {}): Promise<Said> => {
  const { code, out, err } = await run(repo, [...argv, '--format', 'json'], { cache, ...overrides });
  expect(err).toBe('');
  const { findings, skipped } = JSON.parse(out) as { findings: Finding[]; skipped: unknown[] };
  const of = (test_: (finding: Finding) => boolean): string[] =>
    findings.filter(test_).map(({ path = '', line, rule: id }) => `${path}${line === undefined ? '' : `:${line}`} ${id}`);
  const isPolicy = ({ rule: id }: Finding): boolean => id.startsWith('policy/');
  return {
    code,
    out,
    stopped: of((one) => !isPolicy(one) && one.severity !== 'note'),
    noted: of((one) => !isPolicy(one) && one.severity === 'note'),
    changed: findings.filter((one) => one.rule === 'policy/changed').map(({ severity, message }) => `${severity}: ${message}`),
    refused: findings.filter((one) => one.rule === 'policy/refused'),
    skipped,
  };
};

// Without the built-in rules compiling takes no time.
const BEFORE: Files = { 'kei.toml': '[leak]\nbuiltin = false\n', 'leak-matrix/acme.toml': OURS + rule('acme') };
const more = (text: string): Files => ({ 'kei.toml': `${BEFORE['kei.toml'] ?? ''}${text}\n` });

interface Loosening {
  readonly name: string;
  readonly before?: Files;
  readonly files: Files;
  readonly planted?: string;
  readonly found?: string;
  readonly code?: number;
  readonly changed: readonly string[];
}

const ONLY_BUILTIN: Files = { 'kei.toml': '', 'leak-matrix/acme.toml': undefined };
const LOOSENED: readonly Loosening[] = [
  {
    name: 'the built-in rules off',
    before: ONLY_BUILTIN,
    files: { 'kei.toml': '[leak]\nbuiltin = false\n' },
    planted: `token = "${TOKEN}"\n`,
    found: GITHUB,
    changed: ['builtin in [leak] goes from true to false'],
  },
  {
    name: 'a category off',
    before: { ...ONLY_BUILTIN, 'kei.toml': '[leak]\ncategories = ["personal"]\n' },
    files: { 'kei.toml': '' },
    planted: `iban: ${IBAN}\n`,
    found: 'leak/iban',
    code: 0, // a warning
    changed: ['categories in [leak] goes from ["personal"] to ["secret"]'],
  },
  {
    name: 'a built-in rule off',
    before: ONLY_BUILTIN,
    files: { 'leak-matrix/off.toml': `${OURS}[extend]\ndisabledRules = ["github-pat-classic"]\n` },
    planted: `token = "${TOKEN}"\n`,
    found: GITHUB,
    changed: ['the built-in rule github-pat-classic is switched off'],
  },
  {
    name: 'a gitleaks file instead of all',
    before: ONLY_BUILTIN,
    files: { 'kei.toml': '[leak]\nrules = [".gitleaks.toml"]\n', '.gitleaks.toml': ofGitleaks('acme') },
    planted: `token = "${TOKEN}"\n`,
    found: GITHUB,
    changed: ['the built-in rules are switched off'],
  },
  { name: 'larger files left out', files: more('max-file-size = 10'), changed: ['max-file-size in [leak] goes from "100M" to 10'] },
  {
    name: 'nothing decoded',
    files: more('decode = 0'),
    planted: `${Buffer.from(PLANTED).toString('base64')}\n`,
    changed: ['decode in [leak] goes from 3 to 0'],
  },
  {
    name: 'a marker of another tool honoured',
    files: more('honour-inline = ["nosec"]'),
    planted: `key: ${ACME} # nosec\n`,
    changed: ['honour-inline in [leak] goes from [] to ["nosec"]'],
  },
  { name: 'a rule gone', files: { 'leak-matrix/acme.toml': undefined }, changed: ['rule acme is gone'] },
  { name: 'a rule file no longer named', files: more('rules = []'), changed: ['rule acme is gone'] },
  {
    name: 'another expression',
    files: { 'leak-matrix/acme.toml': OURS + rule('acme').replace('{24}', '{25}') },
    changed: ['rule acme may match less: what it looks for changed'],
  },
  {
    name: 'only a note',
    files: { 'leak-matrix/acme.toml': OURS + rule('acme', 'severity = "note"\n') },
    changed: ['rule acme goes from error to note'],
  },
  {
    name: 'an allowlist for all',
    files: { 'leak-matrix/b.toml': `${OURS}[[allowlists]]\npaths = ['''\\.txt$''']\nreason = "x"\n` },
    changed: ['a new or changed allowlist for all rules'],
  },
  { name: 'the check skipped', files: more('[check]\nskip = ["leak"]'), changed: ['skip in [check] goes from [] to ["leak"]'] },
  {
    name: 'what a rule file goes on from',
    before: {
      ...more('rules = ["etc/a.toml"]'),
      'leak-matrix/acme.toml': undefined,
      'etc/a.toml': `${OURS}[extend]\npath = "base.toml"\n`,
      'etc/base.toml': OURS + rule('acme'),
    },
    files: { 'etc/base.toml': OURS },
    changed: ['rule acme is gone'],
  },
];

const start = async (before: Files = {}): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('README.md', 'x\n');
  await repo.commit();
  await put(repo, BEFORE);
  await repo.commit();
  await put(repo, before);
  await repo.commit();
  return repo;
};

describe('a staged change that loosens and leaks', () => {
  test.for(LOOSENED)('$name', async ({ before, files, planted = PLANTED, found = FOUND, code = 1, changed }) => {
    const repo = await start(before);
    await put(repo, { ...files, 'a.txt': planted });
    for (const argv of [['check', '--staged'], ['check']]) {
      const said = await look(repo, argv);
      expect([said.code, said.stopped]).toEqual([code, [`a.txt:1 ${found}`]]);
      expect(said.changed).toEqual(changed.map((message) => `warning: ${message}`));
      expect(said.skipped).toEqual([]);
    }
    // Alone it lands, and then it holds.
    await repo.git('rm', '--quiet', '--cached', 'a.txt');
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 0, stopped: [], changed: changed.map((it) => `warning: ${it}`) });
    await repo.git('commit', '--quiet', '--no-verify', '-m', 'loosen');
    await repo.git('add', 'a.txt');
    const landed = await look(repo, ['check', '--staged']);
    expect([landed.code, landed.changed]).toEqual([0, []]);
    expect(landed.stopped).not.toContain(`a.txt:1 ${found}`);
  });

  test('leak scan judges the same way, with its own options too', async () => {
    const repo = await start();
    await put(repo, { 'leak-matrix/acme.toml': undefined, 'a.txt': `${ACME}\n` });
    expect(await look(repo, ['leak', 'scan', '--staged'])).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'] });
    expect(await look(repo, ['leak', 'scan', '--staged', '--no-builtin'])).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'] });
    expect(await look(repo, ['leak', 'scan', '--staged', 'a.txt'])).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'] });
  });

  test('an ignore of the same change lowers to a note that is listed, and is told', async () => {
    const repo = await start();
    await put(repo, { 'a.txt': PLANTED });
    await run(repo, ['leak', 'ignore', 'leak/acme', '--path', 'a.txt', '--reason', 'a sample']);
    await repo.git('add', '--all');
    const said = await look(repo, ['check', '--staged']);
    expect(said).toMatchObject({ code: 0, stopped: [], noted: [`a.txt:1 ${FOUND}`] });
    expect(said.changed).toEqual([`warning: findings are ignored that were not: ${FOUND} in a.txt`]);
    await repo.commit();
    await put(repo, { 'a.txt': `${PLANTED}${PLANTED}` });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 0, noted: [`a.txt:2 ${FOUND}`], changed: [] });
  });

  test('an ignore that is taken out in the same change holds no more', async () => {
    const repo = await start({ '.kei/ignores.toml': `[[ignore]]\nrule = "${FOUND}"\nmatch = "**"\nreason = "x"\n` });
    await put(repo, { '.kei/ignores.toml': undefined, 'a.txt': PLANTED });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`], changed: [] });
  });

  test.for<[name: string, before: Files, files: Files, planted: string, found: string]>([
    ['a rule', {}, { 'leak-matrix/b.toml': OURS + rule('bcme') }, PLANTED.replace('acme', 'bcme'), 'leak/bcme'],
    ['the built-in rules', { ...ONLY_BUILTIN, ...more('') }, { 'kei.toml': '' }, `token = "${TOKEN}"\n`, GITHUB],
    ['larger files', {}, more('max-file-size = "200M"'), PLANTED, FOUND],
    ['a word about a rule', {}, { 'leak-matrix/acme.toml': OURS + rule('acme', 'rationale = "It opens doors."\n') }, PLANTED, FOUND],
  ])('what tightens holds at once and is not told: %s', async ([, before, files, planted, found]) => {
    const repo = await start(before);
    await put(repo, { ...files, 'a.txt': planted });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 1, stopped: [`a.txt:1 ${found}`], changed: [], refused: [] });
  });

  test('before the first commit there is nothing to loosen', async () => {
    const repo = await makeRepo();
    await put(repo, { 'kei.toml': '[leak]\nbuiltin = false\n', 'a.txt': `token = "${TOKEN}"\n` });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 0, stopped: [], changed: [] });
  });

  test.for<[string, Files]>([
    ['kei.toml', { 'kei.toml': '[leak]\nbroken' }],
    ['a rule file', { 'leak-matrix/acme.toml': `${OURS}[[rules]]\nid = "acme"\nregex = "("\n` }],
  ])('a repair of what is broken in HEAD can be committed, and leaks are found: %s', async ([, broken]) => {
    const repo = await start(broken);
    await put(repo, BEFORE);
    expect((await look(repo, ['check', '--staged'])).code).toBe(0);
    await put(repo, { 'a.txt': `${PLANTED}${ACME}\n` });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`, 'a.txt:2 leak/acme'] });
  });

  test('git commit -a and a linked worktree: the index that is committed, against the HEAD there', async () => {
    const repo = await start();
    await put(repo, { 'a.txt': 'clean\n' });
    await repo.commit();
    const tree = openRepo(join(await makeFolder(), 'tree'), repo.env);
    await repo.git('worktree', 'add', '--quiet', '-b', 'other', tree.dir);
    await put(tree, { 'leak-matrix/acme.toml': undefined, 'a.txt': `${ACME}\n` });
    expect(await look(tree, ['check', '--staged'])).toMatchObject({
      code: 1,
      stopped: ['a.txt:1 leak/acme'],
      changed: ['warning: rule acme is gone'],
    });
    expect(await look(repo, ['check', '--staged'])).toMatchObject({ code: 0, changed: [] });
  });

  test('a commit message: the rule that the same commit takes out', async () => {
    const repo = await start();
    await put(repo, { 'leak-matrix/acme.toml': undefined });
    await repo.write('.git/COMMIT_EDITMSG', `use ${ACME}\n`);
    const said = await look(repo, ['leak', 'scan', '--message', join(repo.dir, '.git/COMMIT_EDITMSG')]);
    expect(said).toMatchObject({ code: 1, stopped: [':1 leak/acme'], changed: [] });
  });
});

/** A branch `work` that goes on from `main`; `main` went on too, and tightened. */
const branched = async (before: Files, files: Files): Promise<TestRepo> => {
  const repo = await start(before);
  await repo.git('checkout', '--quiet', '-b', 'work');
  await put(repo, files);
  await repo.commit('work');
  await repo.git('checkout', '--quiet', 'main');
  await put(repo, { 'leak-matrix/later.toml': OURS + rule('later') });
  await repo.commit('later');
  await repo.git('update-ref', 'refs/remotes/origin/main', 'main');
  await repo.git('checkout', '--quiet', 'work');
  return repo;
};

describe('a range against its merge base', () => {
  test.for(LOOSENED)('$name', async ({ before, files, planted = PLANTED, found = FOUND, code = 1, changed }) => {
    const repo = await branched(before ?? {}, { ...files, 'a.txt': planted });
    for (const overrides of [{}, { ci: true }]) {
      const said = await look(repo, ['check', '--range', 'main..work'], overrides);
      expect([said.code, said.stopped]).toEqual([code, [`a.txt:1 ${found}`]]);
      expect(said.changed).toEqual(changed.map((message) => `warning: ${message}`));
    }
  });

  test('a commit that loosens and a later one that leaks', async () => {
    const repo = await branched({}, { 'leak-matrix/acme.toml': undefined });
    await put(repo, { 'a.txt': `${ACME}\n` });
    await repo.commit();
    expect(await look(repo, ['leak', 'scan', '--range', 'main..HEAD'])).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'] });
    expect(await look(repo, ['check', '--range', 'main...work'])).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'] });
  });

  test('what tightens is not told', async () => {
    const repo = await branched({}, { 'kei.toml': '[leak]\ncategories = ["secret", "personal", "internal-infra"]\n', 'a.txt': 'x\n' });
    expect(await look(repo, ['check', '--range', 'main..work'], { ci: true })).toMatchObject({ code: 0, changed: [], refused: [] });
  });

  test.for([false, true])('no merge base: the tip of the other side holds; in a shallow clone: %s', async (isShallow) => {
    const repo = await start();
    await repo.git('checkout', '--quiet', '--orphan', 'other');
    await repo.git('reset', '--quiet', '--mixed');
    await repo.git('add', '--all');
    await repo.commit();
    await put(repo, { 'kei.toml': '[leak]\nrules = []\n', 'leak-matrix/acme.toml': undefined, 'a.txt': PLANTED });
    await repo.commit();
    const clone = openRepo(join(await makeFolder(), 'clone'), repo.env);
    await repo.git('clone', '--quiet', ...(isShallow ? ['--depth=1'] : []), '--no-single-branch', `file://${repo.dir}`, clone.dir);
    const argv = ['check', '--range', 'origin/main..origin/other'];
    if (isShallow) expect(await run(clone, argv, { ci: true })).toMatchObject({ code: 3, out: '' });
    else
      expect(await look(clone, argv, { ci: true })).toMatchObject({
        code: 1,
        stopped: [`a.txt:1 ${FOUND}`],
        changed: ['warning: rule acme is gone'],
      });
  });
});

describe('pull requests', () => {
  type Kind = 'fork' | 'same-repository' | 'push' | 'unknown';
  const runOf = async (kind: Kind, repo: TestRepo): Promise<Overrides> => {
    if (kind === 'unknown') return { ci: true };
    const event = join(repo.dir, '..', `${kind}.json`);
    const name = kind === 'fork' ? 'somebody/repo' : 'owner/repo';
    const sha = await repo.git('rev-parse', 'main');
    const pullRequest = { head: { repo: { full_name: name } }, base: { sha, repo: { full_name: 'owner/repo' } } };
    await repo.write(join('..', `${kind}.json`), JSON.stringify(kind === 'push' ? {} : { pull_request: pullRequest }));
    const github = { GITHUB_EVENT_NAME: kind === 'push' ? 'push' : 'pull_request', GITHUB_EVENT_PATH: event, GITHUB_BASE_REF: 'main' };
    return { ci: true, env: github };
  };
  const IGNORE = `[[ignore]]\nrule = "${FOUND}"\nmatch = "**"\nreason = "x"\n`;
  const LETS = `${BEFORE['kei.toml'] ?? ''}[policy]\nhead-ignores = true\n`;
  const ALLOWED = `key: ${ACME} # kei:allow acme a sample\n`;

  const CASES: readonly [kind: Kind, base: 'lets' | 'silent', counts: boolean][] = [
    ['fork', 'silent', false],
    ['fork', 'lets', false],
    ['same-repository', 'silent', false],
    ['same-repository', 'lets', true],
    ['unknown', 'silent', false],
    ['unknown', 'lets', true],
    ['push', 'silent', true],
  ];
  test.for(CASES)('a range of a %s whose base is %s: exceptions of the head count: %s', async ([kind, base, counts]) => {
    const before = base === 'lets' ? { 'kei.toml': LETS } : {};
    for (const files of [{ '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED }, { 'a.txt': ALLOWED }]) {
      const repo = await branched(before, files);
      const said = await look(repo, ['check', '--range', 'main..work'], await runOf(kind, repo));
      const where = [`a.txt:1 ${FOUND}`];
      expect([said.code, said.stopped, said.noted]).toEqual(counts ? [0, [], where] : [1, where, []]);
      expect(said.out.includes('what allows it on its line is part of the change')).toBe(
        !counts && 'a.txt' in files && files['a.txt'] === ALLOWED,
      );
    }
  });

  test('a head that says head-ignores itself', async () => {
    const repo = await branched({}, { 'kei.toml': LETS, '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED });
    const said = await look(repo, ['check', '--range', 'main..work'], await runOf('same-repository', repo));
    expect(said).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`] });
    expect(said.changed).toContain('warning: head-ignores in [policy] goes from false to true');
  });

  test.for(['fork', 'same-repository'] as const)('the whole worktree of a %s: what the base allowed stays allowed', async (kind) => {
    const landed = {
      'old.txt': ALLOWED,
      'older.txt': PLANTED,
      '.kei/ignores.toml': '[[ignore]]\nrule = "leak/acme"\nmatch = "older.txt"\nreason = "x"\n',
    };
    const files = { 'leak-matrix/acme.toml': undefined, 'a.txt': `${ACME}\n`, 'new.txt': ALLOWED };
    const repo = await branched(landed, files);
    const said = await look(repo, ['check', '--all'], await runOf(kind, repo));
    expect(said.stopped).toEqual(['a.txt:1 leak/acme', `new.txt:1 ${FOUND}`]);
    expect(said.noted).toEqual([`old.txt:1 ${FOUND}`, `older.txt:1 ${FOUND}`]);
    expect(said.changed).toEqual(['warning: rule acme is gone']);
    expect(await look(repo, ['check', '--all'], { ci: true })).toMatchObject({ code: 0, changed: [] });
  });

  test('the base is not in the clone: nothing loosens, and the report says what does not count', async () => {
    const repo = await branched({}, { 'kei.toml': '[leak]\nbuiltin = false\n', '.kei/ignores.toml': IGNORE, 'a.txt': PLANTED });
    const clone = openRepo(join(await makeFolder(), 'clone'), repo.env);
    await repo.git('clone', '--quiet', '--depth', '1', '--branch', 'work', `file://${repo.dir}`, clone.dir);
    const said = await look(clone, ['check'], await runOf('same-repository', repo));
    expect(said).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`] });
    expect(said.refused.map(({ message }) => message)).toEqual([
      '1 ignored finding is not ignored: the commit it goes on from is not in this clone',
      'builtin in [leak] stays true: the commit it goes on from is not in this clone',
    ]);
  });

  test('GitLab', async () => {
    const repo = await branched({ 'kei.toml': LETS }, { 'a.txt': ALLOWED });
    const of = (source: string): Overrides => ({
      ci: true,
      env: {
        GITLAB_CI: 'true',
        CI_MERGE_REQUEST_IID: '1',
        CI_MERGE_REQUEST_PROJECT_ID: '7',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      },
    });
    expect(await look(repo, ['check'], of('8'))).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`] });
    expect(await look(repo, ['check'], of('7'))).toMatchObject({ code: 0, noted: [`a.txt:1 ${FOUND}`] });
  });
});

describe('a push against the tip of the remote', () => {
  const pushing = async (files: Files): Promise<{ repo: TestRepo; lines: (ref: string) => Promise<string> }> => {
    const remote = await makeRepo({ bare: true });
    const repo = await start();
    await repo.git('remote', 'add', 'origin', remote.dir);
    await repo.git('push', '--quiet', 'origin', 'main');
    const old = await repo.git('rev-parse', 'main');
    await put(repo, files);
    await repo.commit();
    const now = await repo.git('rev-parse', 'main');
    return { repo, lines: (ref) => Promise.resolve(`refs/heads/main ${now} ${ref} ${ref === 'refs/heads/main' ? old : '0'.repeat(40)}\n`) };
  };
  const push = async (repo: TestRepo, stdin: string): Promise<Said> =>
    look(repo, ['leak', 'scan', '--push', 'origin', 'file:///remote'], { stdin });

  test.for(['refs/heads/main', 'refs/heads/new'])('to %s', async (ref) => {
    const { repo, lines } = await pushing({ 'leak-matrix/acme.toml': undefined, 'a.txt': `${ACME}\n` });
    const said = await push(repo, await lines(ref));
    expect(said).toMatchObject({ code: 1, stopped: ['a.txt:1 leak/acme'], changed: ['warning: rule acme is gone'] });
  });

  test('exceptions of the pushed commits count, and are told', async () => {
    const { repo, lines } = await pushing({
      '.kei/ignores.toml': '[[ignore]]\nrule = "leak/acme"\nmatch = "a.txt"\nreason = "x"\n',
      'a.txt': `${ACME}\n`,
    });
    const said = await push(repo, await lines('refs/heads/main'));
    expect(said).toMatchObject({ code: 0, noted: ['a.txt:1 leak/acme'] });
    expect(said.changed).toEqual(['warning: findings are ignored that were not: leak/acme in a.txt']);
  });

  test('to a remote that has nothing yet', async () => {
    const remote = await makeRepo({ bare: true });
    const repo = await makeRepo();
    await put(repo, { 'kei.toml': '[leak]\nbuiltin = false\n', 'a.txt': PLANTED });
    const now = await repo.commit();
    await repo.git('remote', 'add', 'origin', remote.dir);
    const said = await push(repo, `refs/heads/main ${now} refs/heads/main ${'0'.repeat(40)}\n`);
    expect(said).toMatchObject({ code: 0, stopped: [], changed: [] });
  });
});

test('an agent is judged by HEAD', async () => {
  const repo = await start();
  await repo.write('leak-matrix/acme.toml', OURS);
  await repo.write('a.txt', PLANTED);
  const said = await look(repo, ['leak', 'scan', '--all', '--scope', 'agent']);
  expect(said).toMatchObject({ code: 1, stopped: [`a.txt:1 ${FOUND}`] });
  expect(said.changed).toEqual(['warning: rule acme is gone']);
});

test('fail-on of the settings holds, the stricter one where a change loosens it; the option wins', async () => {
  const note = { 'leak-matrix/acme.toml': OURS + rule('acme', 'severity = "warning"\n') };
  const repo = await start({ ...note, ...more('fail-on = "warning"\n[check]\nfail-on = "warning"') });
  await put(repo, { 'a.txt': PLANTED });
  const codes = async (): Promise<number[]> => {
    const all = [['check'], ['leak', 'scan'], ['check', '--fail-on', 'error'], ['leak', 'scan', '--fail-on', 'error']];
    return Promise.all(all.map(async (argv) => (await look(repo, [...argv, '--staged'])).code));
  };
  expect(await codes()).toEqual([1, 1, 0, 0]);
  await put(repo, more(''));
  expect(await codes()).toEqual([1, 1, 0, 0]);
  await repo.commit();
  await put(repo, { 'a.txt': PLANTED + PLANTED });
  expect(await codes()).toEqual([0, 0, 0, 0]);
});

test('a check that is not there cannot be skipped', async () => {
  const repo = await start({ 'kei.toml': '[check]\nskip = ["leaks"]\n' });
  const { code, err } = await run(repo, ['check']);
  expect([code, err]).toEqual([2, expect.stringMatching(/^kei-git: kei\.toml:2:9: no check "leaks"/)]);
});
