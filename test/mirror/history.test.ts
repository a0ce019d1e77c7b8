import { describe, expect, test } from 'vitest';
import { scan } from '../leak/tokens.ts';
import { allObjects, findIn, gitIn, mirror, outOf } from './mirror.ts';
import { canSign, CODENAME, makePlanted } from './planted.ts';

const pathsOf = async (dir: string, commit = 'main'): Promise<string[]> =>
  (await gitIn(dir, 'ls-tree', '-r', '-z', '--name-only', commit)).split('\0').filter((path) => path !== '');

describe.for(['sha1', 'sha256'] as const)('a history with a secret in every place (%s)', { timeout: 120_000 }, (format) => {
  test('is mirrored without any of them, in the same shape, the same each time', async () => {
    const { repo, secrets } = await makePlanted({ format });
    const out = outOf(repo);
    for (const [where, secret] of secrets) expect(await findIn(`${repo.dir}/.git`, secret), `in ${where}`).not.toEqual([]); // the search finds it
    const { code, out: said, err } = await mirror(repo, [out, '--history', '--format', 'json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const [where, secret] of secrets) expect(await findIn(out, secret), `in ${where}`).toEqual([]);
    const all = (await allObjects(out)).map(({ bytes }) => bytes.toString('latin1')).join('\0');
    expect(all.toLowerCase()).not.toContain(CODENAME);
    for (const [where, secret] of secrets) expect(said, `in ${where}`).not.toContain(secret);
    await gitIn(out, 'fsck', '--strict', '--no-dangling');

    // The shape: parents, dates, modes.
    const shape = (dir: string) => gitIn(dir, 'log', '--topo-order', '--reverse', '--format=%at %ct %ad %cd', '--date=raw', 'main');
    expect(await shape(out)).toBe(await shape(`${repo.dir}/.git`));
    const graph = async (dir: string): Promise<string[]> => {
      const lines = (await gitIn(dir, 'rev-list', '--topo-order', '--reverse', '--parents', 'main'))
        .split('\n')
        .map((line) => line.split(' '));
      const order = new Map(lines.map(([oid = ''], at) => [oid, at]));
      return lines.map((oids) => oids.map((oid) => order.get(oid)).join(' '));
    };
    expect(await graph(out)).toEqual(await graph(`${repo.dir}/.git`));
    expect((await gitIn(out, 'ls-tree', 'main', 'run.sh')).slice(0, 6)).toBe('100755');
    expect((await gitIn(out, 'ls-tree', 'main', 'link')).slice(0, 6)).toBe('120000');
    expect(await gitIn(out, 'cat-file', 'blob', 'main:dangling')).toBe('internal/plan.md');
    expect(await gitIn(out, 'cat-file', 'blob', 'main:dos.ini')).toMatch(/^\[a\]\r\ntoken = <github-pat-classic:\w+>\r\n?$/);

    // What is there, and what is not.
    const paths = await pathsOf(out);
    expect(paths.filter((path) => !/codename|github-pat/.test(path))).toEqual([
      'README.md',
      'binary.dat',
      'config.yml',
      'dangling',
      'dos.ini',
      'encoded.txt',
      'kei.toml',
      'latin-\ufffd.txt',
      'line\nbreak "q".txt',
      'link',
      'more.txt',
      'run.sh',
      'side.txt',
      'wide.txt',
    ]);
    expect(paths.filter((path) => /codename|github-pat/.test(path))).toEqual([
      expect.stringMatching(/^codename-\w+\/deep\/file\.txt$/),
      expect.stringMatching(/^keys\/github-pat-classic-\w+\.txt$/),
    ]);
    const value = JSON.parse(said);
    expect(value).toMatchObject({
      schema: 'kei-git/mirror/1',
      mode: 'history',
      branch: 'main',
      changed: true,
      signatures: canSign ? 2 : 0,
    });
    expect(value.dropped).toEqual(
      expect.arrayContaining([
        { path: '.gitmodules', why: 'it names submodules' },
        { path: 'internal/plan.md', why: 'excluded', rule: 'leak/internal-folder' },
        { path: 'leak-matrix/acme.toml', why: 'it says what is looked for' },
        { path: 'lib', why: 'a submodule' },
        { path: 'notes.md', why: 'excluded', rule: 'leak/stays-home' },
      ]),
    );

    // Names, messages, tags.
    expect(await gitIn(out, 'log', '--all', '--format=%an <%ae>')).not.toContain(CODENAME);
    expect(await gitIn(out, 'log', '--format=%an <%ae>', '--author=Team')).toMatch(/^Team codename-\w+ <dev@codename-\w+\.example>$/);
    expect(await gitIn(out, 'log', '--format=%s', '--grep=and more')).toBe('caf\u00e9 and more');
    const refs = (await gitIn(out, 'for-each-ref', '--format=%(refname) %(objecttype)')).split('\n');
    expect(refs.filter((ref) => !ref.includes('codename'))).toEqual([
      'refs/heads/main commit',
      'refs/tags/light commit',
      'refs/tags/nested tag',
      ...(canSign ? ['refs/tags/signed-tag tag'] : []),
      'refs/tags/v1 tag',
    ]);
    expect(refs.filter((ref) => ref.includes('codename'))).toEqual([expect.stringMatching(/^refs\/tags\/for-codename-\w+ commit$/)]);
    expect(await gitIn(out, 'rev-parse', 'nested^{commit}')).toBe(await gitIn(out, 'rev-parse', 'main'));
    expect(all).not.toContain('gpgsig');
    expect(all).not.toContain('BEGIN SSH SIGNATURE');
    // Old names of commits became new ones.
    const root = await gitIn(out, 'rev-list', '--max-parents=0', 'main');
    expect(await gitIn(out, 'log', '--format=%s', '--grep=remove a file')).toBe(`remove a file that ${root} and ${root.slice(0, 14)} had`);
    for (const oid of (await repo.git('rev-list', '--all')).split('\n'))
      if (!all.includes(oid)) continue;
      else expect(await gitIn(out, 'cat-file', '-t', oid)).toBe('commit'); // one in which nothing was found

    // A rescan by the program itself, under the rules of the source.
    const rules = `${repo.dir}/leak-matrix/acme.toml`;
    const rescan = await scan(out, [
      '--history',
      '--scope',
      'mirror',
      '--rules',
      rules,
      '--category',
      'secret',
      '--category',
      'private-project',
      '--fail-on',
      'warning',
    ]);
    expect([rescan.code, rescan.findings, rescan.skipped]).toEqual([0, [], []]);

    // Twice, elsewhere, by somebody else, in another time zone.
    const again = outOf(repo, 'again.git');
    const other = { TZ: 'Asia/Tokyo', GIT_AUTHOR_NAME: 'Somebody', GIT_COMMITTER_EMAIL: 'else@example.com', GIT_AUTHOR_DATE: '1 +0000' };
    const second = await mirror({ ...repo, dir: `${repo.dir}/keys` }, [again, '--history'], { env: other });
    expect(second.code).toBe(0);
    expect(await gitIn(again, 'for-each-ref')).toBe(await gitIn(out, 'for-each-ref'));
    expect((await mirror(repo, [out, '--history'])).out).toContain(': up to date, main at ');
  });
});

test('goes on with a mirror as if it were made anew, and only forward', { timeout: 60_000 }, async () => {
  const { repo } = await makePlanted();
  const out = outOf(repo);
  expect((await mirror(repo, [out, '--history', '--from', 'HEAD~2'])).code).toBe(0);
  const before = await gitIn(out, 'rev-parse', 'main');
  await repo.write('new.txt', `for ${CODENAME}\n`);
  await repo.commit('new');
  await repo.git('tag', 'v2');
  const { out: said } = await mirror(repo, [out, '--history']);
  expect(said).toMatch(/: 3 new commits, main at \w+, \d tags\n/);
  const full = outOf(repo, 'full.git');
  await mirror(repo, [full, '--history']);
  expect(await gitIn(out, 'for-each-ref')).toBe(await gitIn(full, 'for-each-ref'));
  expect(await gitIn(out, 'merge-base', before, 'main')).toBe(before);
  await gitIn(out, 'fsck', '--strict');
  // Not back, and not aside.
  const refs = await gitIn(out, 'for-each-ref');
  const back = await mirror(repo, [out, '--history', '--from', 'HEAD~1']);
  expect([back.code, back.err]).toEqual([2, expect.stringContaining('that mirror has commits that this history does not have')]);
  expect(await gitIn(out, 'for-each-ref')).toBe(refs);
});
