import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LOCK_PATH } from '../../src/lock/lock.ts';
import { run, type Ran } from '../leak/commands.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo, type Specimens } from '../server-repos.ts';
import { serveGit, type GitServer } from '../servers.ts';
import type { Report } from '../../src/report/finding.ts';

const CI = '.github/workflows/ci.yml';

/** `owner/repo@ref`, commit, and what else is not as usual. */
type Row = readonly [key: string, oid: string, more?: { readonly ref?: string; readonly uses?: readonly string[]; readonly noIds?: true }];

const lockOf = (keys: readonly string[], rows: readonly Row[]): string =>
  [
    "# made by hand: café\nversion: 'v0.0.2'\nworkflows:\n",
    `    '${CI}':${keys.length === 0 ? ' []' : ''}\n${keys.map((key) => `        - '${key}'\n`).join('')}`,
    'dependencies:\n',
    ...rows.map(([key, oid, { ref = key.slice(key.indexOf('@') + 1), uses = [], noIds } = {}]) =>
      [
        `    '${key}':\n        ref: '${ref}'\n        commit: 'sha${oid.length === 64 ? '256' : '1'}-${oid}' # kept\n`,
        noIds === true ? '' : '        owner_id: 1\n        repo_id: 2\n',
        uses.length === 0 ? '' : `        uses:\n${uses.map((use) => `            - '${use}'\n`).join('')}`,
      ].join(''),
    ),
  ].join('');

const workflow = (uses: readonly string[]): string =>
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`;

let server: GitServer;
let specimens: SpecimenRepo;
let oids: Specimens;
beforeAll(async () => {
  specimens = await makeSpecimens();
  oids = specimens.oids;
  server = await serveGit({ root: specimens.root, protocol: 'http' });
});

let repo: TestRepo;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  repo = await makeRepo();
  env = { ...repo.env, XDG_CACHE_HOME: await makeFolder(), ...server.insteadOf('https://github.com/') };
});

const put = async (uses: readonly string[], rows: readonly Row[], keys = uses): Promise<void> => {
  await repo.write(CI, workflow(uses));
  await repo.write(LOCK_PATH, lockOf(keys, rows));
};
const kei = (...words: readonly string[]): Promise<Ran> => run(repo, ['workflow', 'lock', ...words], { env });
const keiIn = (more: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ran> =>
  run(repo, ['workflow', 'lock', ...words], { env: { ...env, ...more } });
const read = (): Promise<string> => readFile(join(repo.dir, LOCK_PATH), 'utf8');

/** `line rule message` of all that a run reports. */
const told = (text: string): readonly string[] =>
  (JSON.parse(text) as Pick<Report, 'findings'>).findings.map(
    ({ path, line, rule, message }) => `${path === LOCK_PATH ? '' : `${path} `}${line} ${rule.slice(9)} ${message}`,
  );

describe('workflow lock verify', () => {
  test('a lock that fits: nothing, and 0', async () => {
    await put(
      ['act/ion@v1.0.0', 'act/ion/sub@main'],
      [
        ['act/ion@main', oids.tip],
        ['act/ion@v1.0.0', oids.tagged],
      ],
      ['act/ion@v1.0.0', 'act/ion@main'],
    );
    const { code, out, err } = await kei('verify');
    expect(err).toBe('');
    expect(out).toMatch(/^nothing found in 2 files/);
    expect(code).toBe(0);
  });

  const CLASSES: Readonly<Partial<Record<keyof Specimens, string>>> = {
    tip: '',
    tagged: '',
    annotated: '',
    old: '',
    tagOnly: '',
    branchOnly: 'branch-only the commit OID of act/ion@OID… has no tag and is not on the default branch',
    tagObject: 'tag-object the commit OID of act/ion@OID… is the object of a tag, not a commit',
    pullRequest: 'off-repository the commit OID of act/ion@OID… is in no branch and no tag of the repository: anybody can have written it',
    forcedAway: 'off-repository the commit OID of act/ion@OID… is in no branch and no tag of the repository: anybody can have written it',
    fork: 'off-repository the commit OID of act/ion@OID… is in no branch and no tag of the repository: anybody can have written it',
    tree: 'not-a-commit the commit OID of act/ion@OID… is no commit',
    fabricated: 'missing the commit OID of act/ion@OID… is not in the repository',
  };
  test('each kind of object is what the ladder says, each at its place', async () => {
    const names = Object.keys(CLASSES) as (keyof Specimens)[];
    const keys = names.map((name) => `act/ion@${oids[name]}`);
    await put(
      keys,
      names.map((name): Row => [`act/ion@${oids[name]}`, oids[name], { ref: 'main' }]),
    );
    const { code, out } = await kei('verify', '--format', 'json');
    const first = (await read()).split('\n').findIndex((line) => line === 'dependencies:') + 2;
    const wanted = names.flatMap((name, at) =>
      CLASSES[name] === '' ? [] : [`${first + 5 * at + 2} ${(CLASSES[name] ?? '').replaceAll('OID', oids[name].slice(0, 12))}`],
    );
    expect(told(out)).toEqual(wanted);
    expect(code).toBe(1);
  });

  test('refs that mean another commit now, and one that is gone', async () => {
    const rows: readonly Row[] = [
      ['act/ion@main', oids.old],
      ['act/ion@releases/v2', oids.branchOnly],
      ['act/ion@v1.0.0', oids.old],
      ['act/ion@v9', oids.old],
    ];
    await put(
      rows.map(([key]) => key),
      rows,
    );
    const { code, out } = await kei('verify', '--format', 'json');
    const short = oids.old.slice(0, 12);
    expect(told(out)).toEqual([
      `12 lock-moved act/ion@main has moved on from ${short}`,
      `17 lock-moved act/ion@releases/v2 has moved on from ${oids.branchOnly.slice(0, 12)}`,
      `22 lock-release-moved the release v1.0.0 of act/ion is not ${short} any more: releases are not meant to move`,
      '27 lock-ref-gone act/ion@v9 has neither a tag nor a branch of that name any more',
    ]);
    expect(out).toContain(`it is ${oids.tagged}; to take that: kei-git workflow lock write`);
    expect(code).toBe(0);
  });

  test('a broken lock is an error that says it would be ignored; its commits are proven all the same', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.fabricated]]);
    await repo.write(LOCK_PATH, `${await read()}extra: 1\n`);
    const { code, out } = await kei('verify');
    expect(out).toContain('it has the unknown key "extra": the host ignores a broken lock without a word [workflow/lock-broken]');
    expect(out).toContain('[workflow/missing]');
    expect(code).toBe(1);
  });

  test('a repository that is not there, and an owner of another name', async () => {
    await put(
      ['no/such@v1', 'ACT/ion@main'],
      [
        ['act/ion@main', oids.tip],
        ['no/such@v1', oids.tip],
      ],
      ['no/such@v1', 'act/ion@main'],
    );
    const { code, out } = await kei('verify', '--format', 'json');
    expect(told(out)).toEqual([
      `15 repository-missing the commit ${oids.tip.slice(0, 12)} of no/such@v1 cannot be: there is no such repository`,
    ]);
    expect(code).toBe(1);
  });

  test('workflows that the lock does not cover', async () => {
    await put(['act/ion@main', 'act/ion@v1.0.0'], [['act/ion@main', oids.tip]], ['act/ion@main']);
    await repo.write('.github/workflows/new.yml', workflow(['act/ion@v1.0.0']));
    const { code, out } = await kei('verify', '--format', 'json');
    expect(told(out)).toEqual([
      `${CI} 7 lock-uncovered act/ion@v1.0.0 is not in the list of this workflow in ${LOCK_PATH}, which has main`,
      `.github/workflows/new.yml 6 lock-unlisted this workflow is not in ${LOCK_PATH}: it runs what its references point to at that time`,
    ]);
    expect(code).toBe(1);
  });

  test('the network is away: a note, and 3 where the network is asked for', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.tip]]);
    const away = (await serveGit({ root: specimens.root, protocol: 'http', behave: () => ({ status: 503 }) })).insteadOf(
      'https://github.com/',
    );
    const soft = await keiIn(away, 'verify', '--format', 'json');
    expect(told(soft.out)).toEqual([
      expect.stringMatching(/^9 no-answer the commit [0-9a-f]{12} of act\/ion@main could not be looked for: ./),
    ]);
    expect(soft.code).toBe(0);
    const strict = await keiIn(away, 'verify', '--strict-network');
    expect(strict.out).toContain('https://github.com/act/ion: ');
    expect(strict.code).toBe(3);
    await repo.write('kei.toml', '[workflow.pins]\nstrict-network = true\n');
    expect((await keiIn(away, 'verify')).code).toBe(3);
  });

  test('offline: what was heard before answers and says its age; what was not, is said', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.tip]]);
    const before = await kei('verify', '--offline', '--format', 'json');
    expect(told(before.out)).toEqual([expect.stringMatching(/^9 no-answer /)]);
    expect((await kei('verify', '--offline', '--strict-network')).code).toBe(3);
    expect((await kei('verify')).code).toBe(0);
    const count = server.requests.length;
    const { code, out } = await kei('verify', '--offline', '--strict-network', '--format', 'json');
    expect(told(out)).toEqual([
      expect.stringMatching(/^9 lock-kept-answer act\/ion was asked (?:\d+ \w+|less than a minute) ago, not now$/),
    ]);
    expect(server.requests).toHaveLength(count);
    expect(code).toBe(0);
  });

  test('what is named: a file at its place, a folder, a link to one, a file by itself', async () => {
    await put(['act/ion@v1.0.0'], [['act/ion@main', oids.tip]], ['act/ion@main']);
    const whole = [
      `${CI} 6 lock-uncovered act/ion@v1.0.0 is not in the list of this workflow in ${LOCK_PATH}, which has main`,
      `5 lock-stale act/ion@main is listed, and ${CI} does not use it`,
    ];
    await repo.write('sub/a.lock', await read());
    const link = join(await makeFolder(), 'link');
    await symlink(repo.dir, link);
    for (const words of [[], ['.'], [LOCK_PATH], [join(repo.dir, LOCK_PATH)], [link]]) {
      const { code, out } = await kei('verify', '--format', 'json', ...words);
      expect([...told(out)].sort()).toEqual([...whole].sort());
      expect(code).toBe(1);
    }
    const alone = await kei('verify', '--format', 'json', 'sub/a.lock');
    expect(told(alone.out)).toEqual([]);
    expect(alone.code).toBe(0);
    const elsewhere = await run(await makeFolder(), ['workflow', 'lock', 'verify', '--format', 'json', repo.dir], { env });
    expect([...told(elsewhere.out)].sort()).toEqual([...whole].sort());
  });

  test('no lock: 2, and what makes one', async () => {
    for (const words of [['verify'], ['write'], ['verify', 'no.lock']]) {
      const { code, err } = await kei(...words);
      expect(err).toMatch(/^kei-git: there is no \S+\n {2}hint: the tool of the host makes one: gh actions-lock\n$/);
      expect(code).toBe(2);
    }
  });

  test('sha256', async () => {
    const other = await makeSpecimens('sha256');
    const there = await serveGit({ root: other.root, protocol: 'file' });
    await put(['act/ion@main'], [['act/ion@main', other.oids.fabricated]]);
    const { out } = await keiIn(there.insteadOf('https://github.com/'), 'verify', '--format', 'json');
    expect(told(out)).toEqual([`9 missing the commit deadbeefdead of act/ion@main is not in the repository`]);
  });
});

describe('workflow lock write', () => {
  test('commits become what their refs mean; every other byte stays', async () => {
    const rows = (main: string, tag: string): readonly Row[] => [
      ['act/ion@main', main],
      [`act/ion@${oids.old}`, oids.old, { ref: 'v1.0.0' }],
      ['act/ion@v1.0.0', tag],
      ['act/ion@v2.0.0', oids.annotated],
    ];
    const keys = rows('', '').map(([key]) => key);
    await put([...keys, 'act/ion/sub@main'], rows(oids.old, oids.fabricated), keys);
    const { code, out, err } = await kei('write', '--format', 'json');
    expect(out).toBe(
      `act/ion@main: ${oids.old.slice(0, 12)} -> ${oids.tip.slice(0, 12)} (refs/heads/main)\n` +
        `act/ion@v1.0.0: ${oids.fabricated.slice(0, 12)} -> ${oids.tagged.slice(0, 12)} (refs/tags/v1.0.0)\n`,
    );
    expect(told(err)).toEqual([]);
    expect(code).toBe(0);
    expect(await read()).toBe(lockOf(keys, rows(oids.tip, oids.tagged)));
    expect((await kei('verify')).code).toBe(0);
    const again = await kei('write');
    expect(again.out).toBe('every commit is what its ref means\n');
    expect(again.code).toBe(0);
  });

  test('CRLF, a byte order mark and no newline at the end stay', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.old]]);
    const made = (oid: string): string =>
      `\ufeff${lockOf(['act/ion@main'], [['act/ion@main', oid]])
        .replaceAll('\n', '\r\n')
        .trimEnd()}`;
    await repo.write(LOCK_PATH, made(oids.old));
    expect((await kei('write')).code).toBe(0);
    expect(await read()).toBe(made(oids.tip));
  });

  test('what only the tool of the host can add is said, and nothing of it is written', async () => {
    await put(
      ['act/ion@main', 'act/ion@v1.0.0', 'x/y@v1'],
      [
        ['act/ion@main', oids.old, { noIds: true }],
        ['act/ion@v1.0.0', oids.old, { uses: ['g/h@v1'] }],
        ['act/ion@v9', oids.old],
      ],
      ['act/ion@main', 'act/ion@v1.0.0', 'act/ion@v9'],
    );
    const before = await read();
    const { code, out, err } = await kei('write', '--format', 'json');
    expect(out).toBe(`act/ion@v1.0.0: ${oids.old.slice(0, 12)} -> ${oids.tagged.slice(0, 12)} (refs/tags/v1.0.0)\n`);
    // Two of one place come in the order of their fingerprints.
    expect(told(err).toSorted((a, b) => (a.includes('_id:') && b.includes('_id:') ? (a < b ? -1 : 1) : 0))).toEqual([
      `7 lock-stale act/ion@v9 is listed, and ${CI} does not use it`,
      `9 lock-broken act/ion@main has no owner_id: the host ignores a broken lock without a word`,
      `9 lock-broken act/ion@main has no repo_id: the host ignores a broken lock without a word`,
      `11 lock-not-updated act/ion@main stays as it is: it has no owner_id or repo_id, which only the tool of the host knows`,
      `18 lock-missing-entry g/h@v1 has no entry in dependencies: what needs it does not run`,
      `21 lock-not-updated act/ion@v9 stays as it is: there is neither a tag nor a branch of that name any more`,
      `${CI} 8 lock-uncovered x/y@v1 is not in the list of this workflow in ${LOCK_PATH}`,
    ]);
    expect(code).toBe(1);
    expect(await read()).toBe(
      before.replace(
        `sha1-${oids.old}' # kept\n        owner_id: 1\n        repo_id: 2\n        uses`,
        `sha1-${oids.tagged}' # kept\n        owner_id: 1\n        repo_id: 2\n        uses`,
      ),
    );
  });

  test('a new commit that uses something else is left to the tool of the host', async () => {
    const { work } = specimens;
    await work.git('checkout', '--quiet', '-B', 'grows', oids.tip);
    await work.write('action.yml', 'name: a\nruns:\n  using: composite\n  steps:\n    - uses: g/h@v1\n    - uses: $/sub\n');
    const grown = await work.commit('grows');
    await work.git('push', '--quiet', '--force', 'origin', 'grows');
    await put(['act/ion@grows'], [['act/ion@grows', oids.old]]);
    const before = await read();
    const { code, out, err } = await kei('write', '--format', 'json', '--fail-on', 'warning');
    expect(out).toBe('nothing was written\n');
    expect(told(err)).toEqual([
      '9 lock-not-updated act/ion@grows stays as it is: what it uses itself is other there, and only the tool of the host can add that',
    ]);
    expect(code).toBe(1);
    expect(await read()).toBe(before);
    // Only the part of it that nobody uses here has changed.
    await put(['act/ion/sub@grows'], [['act/ion@grows', oids.old]], ['act/ion@grows']);
    expect((await kei('write')).out).toBe(`act/ion@grows: ${oids.old.slice(0, 12)} -> ${grown.slice(0, 12)} (refs/heads/grows)\n`);
  });

  test('a tag and a branch of one name, an alias, and a lock that is broken', async () => {
    await specimens.work.git('push', '--quiet', '--force', 'origin', `${oids.old}:refs/tags/both`, `${oids.tip}:refs/heads/both`);
    await put(['act/ion@both'], [['act/ion@both', oids.tagged]]);
    expect(told((await kei('write', '--format', 'json')).err)).toEqual([
      '9 lock-not-updated act/ion@both stays as it is: there is a tag and a branch of that name, with different commits',
    ]);
    await put(
      ['act/ion@main', 'act/ion@moves'],
      [
        ['act/ion@main', oids.old],
        ['act/ion@moves', oids.old],
      ],
    );
    const aliased = (await read()).replace("commit: 'sha1", "commit: &c 'sha1").replace(/commit: 'sha1-\w+'/, 'commit: *c');
    await repo.write(LOCK_PATH, aliased);
    const { err } = await kei('write', '--format', 'json');
    expect(told(err).filter((one) => one.includes('its commit is written folded'))).toHaveLength(2);
    expect(await read()).toBe(aliased);
    await repo.write(LOCK_PATH, aliased.replace('dependencies:', 'dependency:'));
    const broken = await kei('write', '--format', 'json');
    expect(broken.out).toBe('nothing was written\n');
    expect(told(broken.err)).toEqual(['7 lock-broken it has the unknown key "dependency": the host ignores a broken lock without a word']);
    expect(broken.code).toBe(1);
  });

  test('no answer: nothing is written, and 3 where the network is asked for', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.old]]);
    const before = await read();
    const away = (await serveGit({ root: specimens.root, protocol: 'http', behave: () => ({ status: 503 }) })).insteadOf(
      'https://github.com/',
    );
    const soft = await keiIn(away, 'write', '--format', 'json');
    expect(told(soft.err)).toEqual([expect.stringMatching(/^9 lock-not-updated act\/ion@main stays as it is: ./)]);
    expect(soft.code).toBe(0);
    expect((await keiIn(away, 'write', '--strict-network')).code).toBe(3);
    expect(await read()).toBe(before);
  });

  test('an exception of the repository lets a finding stay', async () => {
    await put(['act/ion@main', 'x/y@v1'], [['act/ion@main', oids.tip]], ['act/ion@main']);
    await repo.write('.kei/ignores.toml', '[[ignore]]\nrule = "workflow/lock-uncovered"\nmatch = "**/ci.yml"\nreason = "soon"\n');
    await repo.commit('settings');
    const { code, out } = await kei('verify');
    expect(out).toContain('stays ignored: soon');
    expect(code).toBe(0);
  });

  test('the forge of the settings is asked where somebody vouches for them', async () => {
    await put(['act/ion@main'], [['act/ion@main', oids.old]]);
    await repo.write('kei.toml', `[workflow]\nforge = "${server.base}"\n`);
    const plain = { GIT_CONFIG_COUNT: '0' };
    const before = server.requests.length;
    expect((await keiIn(plain, 'write')).out).toContain('nothing was written');
    expect(server.requests.length).toBe(before); // a clone must not choose who gets the person's credentials
    expect((await run(repo, ['trust', '--yes'], { env: { ...env, ...plain } })).code).toBe(0);
    const { out } = await keiIn(plain, 'write');
    expect(out).toContain(`-> ${oids.tip.slice(0, 12)}`);
  });
});
