import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { newKeyText } from '../../src/values/key.ts';
import { run } from '../leak/commands.ts';
import { githubToken } from '../leak/tokens.ts';
import { gitIs, makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { gitIn, mirror, outOf } from './mirror.ts';
import { CODENAME, RULES, SETTINGS } from './planted.ts';

/** Names, modes and contents of all that is at a place. */
const stateOf = (path: string): string => {
  const hash = createHash('sha256');
  const look = (at: string, name: string): void => {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    hash.update(`${name}\0${stat?.mode ?? 'none'}\0`);
    if (stat?.isSymbolicLink() === true) hash.update(readlinkSync(at));
    else if (stat?.isFile() === true) hash.update(readFileSync(at));
    else if (stat?.isDirectory() === true) for (const child of readdirSync(at).sort()) look(join(at, child), `${name}/${child}`);
  };
  look(path, '');
  return hash.digest('hex');
};

const leftovers = (out: string): string[] => readdirSync(dirname(out)).filter((name) => name.includes('kei-mirror'));

const plain = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('a.txt', 'text\n');
  await repo.commit('one');
  return repo;
};

describe('a place that is none for a mirror', () => {
  let repo: TestRepo;
  beforeAll(async () => {
    repo = await plain();
    await repo.git('worktree', 'add', '--quiet', '../linked');
  });
  const beside = (name: string): string => join(repo.dir, '..', name);

  test.for<readonly [string, (repo: TestRepo) => string, string]>([
    ['in the worktree', () => 'sub/public.git', 'public.git lies within the repository that is mirrored'],
    ['in the git directory', () => '.git/public.git', 'lies within the repository'],
    ['the repository itself', () => '.', 'lies within the repository'],
    ['its git directory', () => '.git', 'lies within the repository'],
    ['in another worktree', () => '../linked/public.git', 'lies within the repository'],
    ['through a link into the worktree', (at) => (symlinkSync(at.dir, beside('door')), '../door/x.git'), 'lies within the repository'],
    ['a link', () => (mkdirSync(beside('real')), symlinkSync(beside('real'), beside('alias')), '../alias'), 'is a symbolic link'],
    ['a link that leads nowhere', () => (symlinkSync(beside('void'), beside('lost')), '../lost'), 'is a symbolic link'],
    ['a file', () => (writeFileSync(beside('file'), 'x'), '../file'), 'is no folder'],
    [
      'a folder with something in it',
      () => (mkdirSync(beside('full')), writeFileSync(join(beside('full'), 'x'), 'x'), '../full'),
      'is not empty and is no mirror',
    ],
    ['above it nothing', () => '../no/such/public.git', 'the folder above it is not there'],
    ['the root of everything', () => '/', 'OUT is no folder'],
  ])('%s', async ([, place, message]) => {
    mkdirSync(join(repo.dir, 'sub'), { recursive: true });
    const out = place(repo);
    const before = stateOf(join(repo.dir, '..'));
    const { code, err } = await mirror(repo, [out]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(stateOf(join(repo.dir, '..'))).toBe(before);
  });

  test('a repository with a worktree', async () => {
    const other = await plain();
    const before = stateOf(other.dir);
    const { code, err } = await mirror(repo, [other.dir]);
    expect([code, err]).toEqual([2, expect.stringContaining('has a worktree; a mirror is a bare repository')]);
    expect(stateOf(other.dir)).toBe(before);
  });

  test.for(['', '--history'])('a bare repository that is no mirror %s', async (mode) => {
    const other = await plain();
    await other.write('b.txt', 'b\n');
    await other.commit('two');
    const bare = join(other.dir, '..', 'bare.git');
    await other.git('clone', '--quiet', '--bare', '.', bare);
    const before = stateOf(bare);
    const { code, err } = await mirror(repo, [bare, ...(mode === '' ? [] : [mode])]);
    expect([code, err]).toEqual([2, expect.stringMatching(/was not made by this command|has commits that this history does not have/)]);
    expect([stateOf(bare), leftovers(bare)]).toEqual([before, []]);
  });

  test('names of another kind', async () => {
    const bare = join(await makeFolder(), 'bare.git');
    await repo.git('init', '--quiet', '--bare', '--object-format=sha256', bare);
    const { code, err } = await mirror(repo, [bare]);
    expect([code, err]).toEqual([2, expect.stringContaining('that mirror has sha256 names, this repository sha1')]);
  });
});

describe('a repository that cannot be mirrored', () => {
  test('none, one without commits, one without a key', async () => {
    const folder = await makeFolder();
    const { code, err } = await run(folder, ['leak', 'mirror', 'x.git']);
    expect([code, err]).toEqual([2, expect.stringContaining('not in a git repository')]);
    const empty = await makeRepo();
    expect(await mirror(empty, [outOf(empty)])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no commit yet') as string,
    });
    const repo = await plain();
    const keyless = await run(repo, ['leak', 'mirror', outOf(repo)]);
    expect(keyless).toMatchObject({ code: 2, err: expect.stringContaining('kei-git leak key --new') as string });
    const broken = await mirror(repo, [outOf(repo)], { env: { KEI_LEAK_KEY: 'keikey_short' } });
    expect(broken.code).toBe(2);
    expect(readdirSync(dirname(repo.dir)).sort()).toEqual(['home', 'repo']);
  });

  test('a shallow clone with --history', async () => {
    const origin = await plain();
    await origin.commit('two');
    const dir = join(origin.dir, '..', 'shallow');
    await origin.git('clone', '--quiet', '--depth=1', `file://${origin.dir}`, dir);
    const shallow = openRepo(dir, origin.env);
    const out = join(origin.dir, '..', 'public.git');
    expect(await mirror(shallow, [out, '--history'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('git fetch --unshallow') as string,
    });
    expect(existsSync(out)).toBe(false);
    expect((await mirror(shallow, [out])).code).toBe(0); // a commit is there
  });

  test.skipIf(!gitIs(2, 36))('a partial clone lacks contents, and they are not fetched', async () => {
    const origin = await plain();
    await origin.git('config', 'uploadpack.allowFilter', 'true');
    const dir = join(origin.dir, '..', 'partial');
    await origin.git('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin.dir}`, dir);
    const partial = openRepo(dir, origin.env);
    const out = join(origin.dir, '..', 'public.git');
    expect(await mirror(partial, [out])).toMatchObject({ code: 3, err: expect.stringContaining('is not in this clone') as string });
    expect([existsSync(out), leftovers(out)]).toEqual([false, []]);
  });

  test('a commit that is not there', async () => {
    const repo = await plain();
    expect((await mirror(repo, [outOf(repo), '--from', 'no-such-branch'])).code).toBe(3);
    expect(existsSync(outOf(repo))).toBe(false);
  });
});

describe('what cannot be proven clean', () => {
  const expectRefused = async (repo: TestRepo, argv: readonly string[], rules: readonly string[]): Promise<string> => {
    const out = outOf(repo);
    const before = stateOf(out);
    const { code, out: said, err } = await mirror(repo, [out, '--format', 'json', ...argv]);
    expect(err).toBe('');
    expect(code).toBe(1);
    const report = JSON.parse(said) as { findings: { rule: string; hint?: string }[] };
    expect([...new Set(report.findings.map(({ rule }) => rule))]).toEqual(rules);
    expect(report.findings.every(({ hint }) => hint?.includes('nothing was written'))).toBe(true);
    expect(stateOf(out)).toBe(before);
    expect(leftovers(out)).toEqual([]);
    return said;
  };

  test('a secret within binary content', async () => {
    const repo = await plain();
    const secret = githubToken('mirror binary');
    await repo.write('app.bin', Buffer.concat([Buffer.from([0, 1, 2, 3, 0xff]), Buffer.from(` ${secret} `), Buffer.from([0, 0, 0xfe])]));
    await repo.commit('binary');
    const said = await expectRefused(repo, [], ['leak/github-pat-classic']);
    expect(said).not.toContain(secret);
    expect(said).toContain('app.bin');
    const text = await mirror(repo, [outOf(repo)]);
    expect(text.out).toContain('nothing was written');
    // Left out by a rule, it goes.
    await repo.write(
      'leak-matrix/a.toml',
      `schema = "leak-matrix/1"\n[[rules]]\nid = "binaries"\ndescription = "binaries stay"\npath = '''\\.bin$'''\naction = "exclude"\n`,
    );
    await repo.commit('rule');
    expect((await mirror(repo, [outOf(repo)])).code).toBe(0);
  });

  test('a secret within an archive, where archives are opened', async () => {
    const repo = await plain();
    await repo.write('kei.toml', '[leak]\narchives = 2\n');
    await repo.write('app.log.gz', gzipSync(`token = ${githubToken('mirror archive')}\n`));
    await repo.commit('archive');
    expect(await expectRefused(repo, [], ['leak/github-pat-classic'])).toContain('app.log.gz!/app.log');
  });

  test('a file larger than the limit, unless it is left out', async () => {
    const repo = await plain();
    await repo.write('kei.toml', '[leak]\nmax-file-size = "1k"\n');
    await repo.write('big.log', 'x'.repeat(5000));
    await repo.commit('big');
    expect(await expectRefused(repo, [], ['mirror/unproven'])).toContain('big.log');
    await expectRefused(repo, ['--history'], ['mirror/unproven']);
    await repo.write(
      'leak-matrix/a.toml',
      `schema = "leak-matrix/1"\n[[rules]]\nid = "logs"\ndescription = "logs stay"\npath = '''\\.log$'''\naction = "exclude"\n`,
    );
    await repo.commit('rule');
    expect((await mirror(repo, [outOf(repo), '--history'])).code).toBe(0);
  });

  test('a mirror that holds what the rules of today find: content, path, message, person', async () => {
    const repo = await makeRepo();
    await repo.write('kei.toml', SETTINGS);
    await repo.write('a.txt', `about ${CODENAME}\n`);
    await repo.write(`${CODENAME}.txt`, 'x\n');
    await repo.git('add', '.');
    await repo.gitWith({ env: { GIT_AUTHOR_NAME: CODENAME } }, 'commit', '--quiet', '-m', `for ${CODENAME}`);
    const out = outOf(repo);
    expect((await mirror(repo, [out])).code).toBe(0);
    await repo.write('leak-matrix/acme.toml', RULES);
    await repo.commit('rules');
    const said = JSON.parse(await expectRefused(repo, [], ['leak/codename'])) as {
      findings: { path?: string; commit?: string; extra: { place?: string } }[];
    };
    expect(said.findings.map(({ path, commit, extra }) => [path, commit === undefined, extra.place])).toEqual(
      expect.arrayContaining([
        ['a.txt', false, undefined],
        [undefined, false, 'message'],
        [undefined, false, 'identity'],
        [expect.not.stringContaining(CODENAME), true, 'path'],
      ]),
    );
    expect(JSON.stringify(said)).not.toContain(CODENAME);
  });

  test('exceptions hold for secrets that are none, and for nothing else', async () => {
    const repo = await makeRepo();
    const [fake, debt] = [githubToken('mirror fake'), githubToken('mirror debt')];
    await repo.write('kei.toml', SETTINGS);
    await repo.write('leak-matrix/acme.toml', RULES);
    await repo.write('a.txt', `token = ${fake}\nname = ${CODENAME} # kei:allow codename known here\n`);
    await repo.write('b.txt', `token = ${debt}\n`);
    await repo.write('c.txt', `the ${CODENAME}\n`);
    await repo.write('d.txt', `token = ${fake} # kei:allow github-pat-classic revoked\n`);
    await repo.commit('one');
    const ids = JSON.parse((await run(repo, ['leak', 'scan', '--all', '--format', 'json'])).out) as {
      findings: { path: string; fingerprint: string }[];
    };
    const idOf = (path: string): string => ids.findings.find((finding) => finding.path === path)?.fingerprint ?? '';
    await repo.write(
      '.kei/ignores.toml',
      [
        `[[ignore]]\nfingerprint = "${idOf('a.txt')}"\nreason = "a fake"\n`,
        `[[ignore]]\nfingerprint = "${idOf('c.txt')}"\nreason = "known here"\n`,
        `[[baseline]]\nfingerprint = "${idOf('b.txt')}"\nrule = "leak/github-pat-classic"\n`,
      ].join('\n'),
    );
    await repo.commit('exceptions');
    const out = outOf(repo);
    const { code, out: said } = await mirror(repo, [out]);
    expect([code, said]).toEqual([0, expect.stringContaining('proven')]);
    expect(await gitIn(out, 'show', 'main:a.txt')).toMatch(new RegExp(`^token = ${fake}\\nname = <codename:\\w+> `));
    expect(await gitIn(out, 'show', 'main:b.txt')).toMatch(/^token = <github-pat-classic:\w+>$/);
    expect(await gitIn(out, 'show', 'main:c.txt')).toMatch(/^the <codename:\w+>$/);
    expect(await gitIn(out, 'show', 'main:d.txt')).toContain(fake);
    expect(await gitIn(out, 'ls-tree', '--name-only', 'main')).not.toContain('.kei');
  });
});

test('a mirror made with another key is not gone on with', async () => {
  const repo = await plain();
  await repo.write('a.txt', `token = ${githubToken('mirror key')}\n`);
  await repo.commit('two');
  for (const argv of [[outOf(repo)], [outOf(repo, 'h.git'), '--history']]) {
    await mirror(repo, argv);
    const before = stateOf(argv[0] ?? '');
    const { code, err } = await mirror(repo, argv, { env: { KEI_LEAK_KEY: newKeyText((count) => new Uint8Array(count).fill(7)) } });
    expect([code, err]).toEqual([2, expect.stringContaining('key')]);
    expect(stateOf(argv[0] ?? '')).toBe(before);
  }
});

test('a tag that is another one in the mirror', async () => {
  const repo = await plain();
  await repo.git('tag', 'v1');
  const out = outOf(repo);
  await mirror(repo, [out, '--history']);
  await repo.commit('two');
  await repo.git('tag', '--force', 'v1');
  const before = stateOf(out);
  expect(await mirror(repo, [out, '--history'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('tag v1 of that mirror is another one') as string,
  });
  expect(stateOf(out)).toBe(before);
  expect(basename(out)).toBe('public.git');
});
