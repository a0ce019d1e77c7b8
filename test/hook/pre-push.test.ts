import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { run } from '../leak/commands.ts';
import { ACME, rule, RULES } from '../gate/runner.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { hooked, type Ended, type Hooked } from './hooked.ts';

interface Pair {
  readonly repo: Hooked;
  readonly remote: TestRepo;
}

/** A clone whose `main` the remote has. */
const pair = async (format: 'sha1' | 'sha256' = 'sha1'): Promise<Pair> => {
  const [repo, remote] = await Promise.all([hooked(['pre-commit', 'pre-push'], { format }), makeRepo({ format, bare: true })]);
  for (const [path, text] of Object.entries(RULES)) await repo.write(path, text);
  await repo.write('a.txt', 'a\n');
  await repo.commit('rules');
  await repo.git('remote', 'add', 'origin', remote.dir);
  await repo.git('push', '-q', '--no-verify', '-u', 'origin', 'main');
  return { repo, remote };
};

const LEAK = `key: ${ACME}\n`;
/** As `git commit -n` lets it through. */
const leak = async (repo: Hooked, path = 'leak.txt'): Promise<string> => {
  await repo.write(path, LEAK);
  return repo.commit(`add ${path}`);
};
const withoutOf = async (repo: Hooked, path = 'leak.txt'): Promise<void> => {
  await repo.git('rm', '-q', path);
  await repo.commit('take it out');
};
const places = ({ err }: Ended): readonly string[] => err.split('\n').flatMap((line) => /^(\S+) {2}error /.exec(line)?.[1] ?? []);
const tips = ({ remote }: Pair): Promise<string> => remote.git('for-each-ref', '--format=%(refname) %(objectname)');

test.for(['sha1', 'sha256'] as const)(
  'a leak that --no-verify let through is stopped, also when it was taken out since (%s)',
  async (format) => {
    const both = await pair(format);
    const { repo } = both;
    const commit = await leak(repo);
    await withoutOf(repo);
    const before = await tips(both);
    const stopped = await repo.run(['push', '-q', 'origin', 'main']);
    expect(stopped.code).toBe(1);
    expect(stopped.out).toBe('');
    expect(stopped.err).toMatch(new RegExp(`^leak\\.txt:1:6 {2}error {2}acme \\[leak/acme\\]\n {4}in {4}commit ${commit.slice(0, 12)}\n`));
    expect(stopped.err).toContain('\nkei-git: nothing is pushed (pre-push)\n');
    expect(stopped.err).not.toContain(ACME);
    expect(await tips(both)).toBe(before);
    expect((await repo.run(['push', '-q', '--no-verify', 'origin', 'main'])).code).toBe(0);
  },
);

test('a clean push says nothing, and nothing to push neither', async () => {
  const { repo } = await pair();
  await repo.write('b.txt', 'clean\n');
  await repo.commit('clean');
  expect(await repo.run(['push', '-q', 'origin', 'main'])).toEqual({ code: 0, out: '', err: '' });
  expect(await repo.run(['push', '-q', 'origin', 'main'])).toEqual({ code: 0, out: '', err: '' });
});

test('what the remote has is not judged again', async () => {
  const { repo } = await pair();
  await leak(repo);
  await repo.git('push', '-q', '--no-verify', 'origin', 'main');
  await repo.write('b.txt', 'clean\n');
  await repo.commit('clean');
  expect((await repo.run(['push', '-q', 'origin', 'main'])).code).toBe(0);
  await repo.git('checkout', '-q', '-b', 'more');
  await repo.write('c.txt', 'clean\n');
  await repo.commit('clean');
  expect((await repo.run(['push', '-q', 'origin', 'more'])).code).toBe(0);
});

test('a message, a new branch, a tag, its message, a forced push', async () => {
  const { repo } = await pair();
  await repo.git('checkout', '-q', '-b', 'message');
  await repo.commit(`key ${ACME}`);
  expect((await repo.run(['push', '-q', 'origin', 'message'])).err).toMatch(/^commit [0-9a-f]{12}:1:5 {2}error/);
  await repo.git('checkout', '-q', '-b', 'new', 'main');
  await leak(repo);
  expect(places(await repo.run(['push', '-q', 'origin', 'new']))).toEqual(['leak.txt:1:6']);
  await repo.git('tag', 'light');
  expect(places(await repo.run(['push', '-q', 'origin', 'light']))).toEqual(['leak.txt:1:6']);
  await repo.git('tag', '-a', '-m', `key ${ACME}`, 'heavy', 'main');
  expect((await repo.run(['push', '-q', 'origin', 'heavy'])).err).toMatch(/^commit [0-9a-f]{12}:1:5 {2}error/);
  await repo.git('checkout', '-q', 'main');
  await repo.write('d.txt', LEAK);
  await repo.git('add', '.');
  await repo.git('commit', '-q', '--amend', '--no-verify', '--no-edit');
  expect(places(await repo.run(['push', '-q', '--force', 'origin', 'main']))).toEqual(['d.txt:1:6']);
});

test('a branch that is deleted sends nothing', async () => {
  const { repo, remote } = await pair();
  await repo.git('push', '-q', '--no-verify', 'origin', 'main:gone');
  await leak(repo);
  expect(await repo.run(['push', '-q', 'origin', ':gone'])).toEqual({ code: 0, out: '', err: '' });
  expect(await remote.git('branch', '--list', 'gone')).toBe('');
});

test('the tip of the remote is not here: somebody else pushed', async () => {
  const { repo, remote } = await pair();
  const other = await makeRepo();
  await other.git('pull', '-q', remote.dir, 'main');
  await other.write('theirs.txt', LEAK);
  await other.commit('theirs');
  await other.git('push', '-q', remote.dir, 'HEAD:main');
  await leak(repo);
  expect(places(await repo.run(['push', '-q', '--force', 'origin', 'main']))).toEqual(['leak.txt:1:6']);
});

test('to a URL: of a remote that is known by it, what that has is not judged again', async () => {
  const { repo, remote } = await pair();
  await leak(repo, 'old.txt');
  await repo.git('push', '-q', '--no-verify', 'origin', 'main');
  await repo.git('checkout', '-q', '-b', 'new');
  await leak(repo, 'new.txt');
  expect(places(await repo.run(['push', '-q', remote.dir, 'new']))).toEqual(['new.txt:1:6']);
  const strange = await makeRepo({ bare: true });
  expect(places(await repo.run(['push', '-q', strange.dir, 'new']))).toEqual(['old.txt:1:6', 'new.txt:1:6']);
});

test('the policy of the remote holds: what is pushed cannot let itself pass', async () => {
  const { repo } = await pair();
  await leak(repo);
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n[check]\nskip = ["leak"]\n');
  await repo.commit('look away');
  const stopped = await repo.run(['push', '-q', 'origin', 'main']);
  expect(stopped.code).toBe(1);
  expect(places(stopped)).toEqual(['leak.txt:1:6']);
});

test('a shallow clone: said, and judged all the same', async () => {
  const { repo, remote } = await pair();
  await repo.write('b.txt', 'b\n');
  await repo.commit('second');
  await repo.git('push', '-q', '--no-verify', 'origin', 'main');
  const shallow = join(repo.dir, '../shallow');
  await repo.git('clone', '-q', '--depth=1', `file://${remote.dir}`, shallow);
  const clone = await repo.at(shallow);
  await clone.write('leak.txt', LEAK);
  await clone.commit('leak');
  expect(places(await clone.run(['push', '-q', 'origin', 'main']))).toEqual(['leak.txt:1:6']);
  await clone.git('rm', '-q', 'leak.txt');
  await clone.git('commit', '-q', '--amend', '--no-verify', '--allow-empty', '-m', 'mended');
  expect(await clone.run(['push', '-q', 'origin', 'main'])).toEqual({ code: 0, out: '', err: '' });
  // To somebody who has none of it the commit at the end of the clone is sent too.
  const lines = `refs/heads/main ${await clone.git('rev-parse', 'HEAD')} refs/heads/main ${'0'.repeat(40)}\n`;
  const { code, err } = await clone.started('pre-push', ['other', 'url'], lines);
  expect(code).toBe(0);
  expect(err).toContain('skipped: what changed in 1 commit: the clone is shallow and ends there, so all files of it were looked at\n');
});

test('a thousand refs', async () => {
  const { repo } = await pair();
  const commit = await leak(repo);
  const main = await repo.git('rev-parse', 'main~1');
  const lines = Array.from({ length: 1000 }, (_, n) => `create refs/heads/many/${n} ${n === 700 ? commit : main}\n`).join('');
  await repo.gitWith({ stdin: lines }, 'update-ref', '--stdin');
  expect(places(await repo.run(['push', '-q', 'origin', 'refs/heads/many/*:refs/heads/many/*']))).toEqual(['leak.txt:1:6']);
  await repo.git('update-ref', 'refs/heads/many/700', main);
  expect(await repo.run(['push', '-q', 'origin', 'refs/heads/many/*:refs/heads/many/*'])).toEqual({ code: 0, out: '', err: '' });
});

/** Branches, each with a commit of its own; `special` says of one what its commit holds beside. */
const manyBranches = async (repo: Hooked, count: number, special: (n: number) => Readonly<Record<string, string>>): Promise<void> => {
  const file = (path: string, text: string): string => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const branch = (n: number): string => {
    const files = Object.entries({ [`${n}.txt`]: `${n}\n`, ...special(n) }).map(([path, text]) => file(path, text));
    return `commit refs/heads/many/${n}\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\nfrom refs/heads/main\n${files.join('')}\n`;
  };
  await repo.gitWith({ stdin: Array.from({ length: count }, (_, n) => branch(n)).join('') }, 'fast-import', '--quiet', '--force');
};
const ALL = 'refs/heads/many/*:refs/heads/many/*';

test('two hundred branches with a commit each: the policy of each counts', async () => {
  const { repo } = await pair();
  // Only this one is already there, with a rule of its own that the push takes away.
  const OTHER = ['other', 'k3v9x0q2m7c5b8n1z6l4w0ty'].join('_');
  const strict = { 'leak-matrix/other.toml': rule('other') };
  await manyBranches(repo, 201, (n) => (n === 200 ? strict : {}));
  await repo.git('push', '-q', '--no-verify', 'origin', ALL);
  await repo.git('update-ref', 'refs/heads/many/200', 'main');
  await manyBranches(repo, 200, (n) => (n === 150 ? { 'leak.txt': LEAK } : { 'b.txt': `${n}\n` }));
  await repo.git('checkout', '-q', 'many/200');
  await repo.write('weak.txt', `${OTHER}\n`);
  await repo.commit('weak');
  expect(places(await repo.run(['push', '-q', '--force', 'origin', ALL])).toSorted()).toEqual(['leak.txt:1:6', 'weak.txt:1:1']);
});

test('more different settings at once than can be asked', async () => {
  const { repo } = await pair();
  await manyBranches(repo, 20, (n) => ({ 'kei.toml': `[leak]\nbuiltin = false\n# ${n}\n` }));
  const { code, err } = await repo.run(['push', '-q', 'origin', ALL]);
  expect(code).toBe(1);
  expect(err).toContain('kei-git: 20 refs with 20 different settings at once\n  hint: push fewer refs at a time\n');
});

test('subjects that commit-msg would have stopped', async () => {
  const { repo } = await pair();
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n[hook]\nprefixes = ["feat"]\n');
  await repo.commit('feat: prefixes');
  expect((await repo.run(['push', '-q', 'origin', 'main'])).code).toBe(0);
  const wrong = await repo.commit('whatever');
  await repo.commit('feat: fine');
  await repo.git('tag', '-a', '-m', 'any words', 'v1', 'HEAD~2');
  const stopped = await repo.run(['push', '-q', 'origin', 'main', 'v1']);
  expect(stopped.code).toBe(1);
  expect(stopped.err.split('\n')[0]).toBe(`commit ${wrong.slice(0, 12)}:1:1  error  the subject begins with none of feat [hook/prefix]`);
  expect(stopped.err).toContain('1 error in ');
  expect((await repo.run(['push', '-q', 'origin', 'main', 'v1'], { env: { SKIP: 'prefixes' } })).code).toBe(0);
});

test('what cannot be looked at stops a push', async () => {
  const { repo } = await pair();
  await repo.write('kei.toml', '[leak]\nbuiltin = false\narchives = 1\narchives-at = ["pre-push"]\n');
  await repo.commit('archives');
  await repo.git('push', '-q', '--no-verify', 'origin', 'main');
  await repo.write('broken.gz', gzipSync('text\n'.repeat(1000)).subarray(0, 30));
  await repo.commit('broken');
  const { code, err } = await repo.run(['push', '-q', 'origin', 'main']);
  expect(code).toBe(1);
  expect(err).toContain('broken.gz');
  expect(err).toContain('not looked at');
});

test("input that is not git's, and no input", async () => {
  const { repo } = await pair();
  const asked = async (stdin: string) => repo.started('pre-push', ['origin', 'url'], stdin);
  expect(await asked('hello\n')).toMatchObject({ code: 2 });
  expect(await asked('')).toEqual({ code: 0, out: '', err: '' });
  expect(await repo.started('pre-push', [], '')).toMatchObject({ code: 2 });
});

test('the same findings as `check --range` of what is pushed', async () => {
  const { repo } = await pair();
  await leak(repo);
  await withoutOf(repo);
  await leak(repo, 'b/c.txt');
  const pushed = await repo.run(['push', '-q', 'origin', 'main']);
  const checked = await run(repo, ['check', '--range', 'origin/main..main', '--format', 'json']);
  const { findings } = JSON.parse(checked.out) as { findings: { path: string; line: number; column: number }[] };
  expect(places(pushed)).toEqual(findings.map(({ path, line, column }) => `${path}:${line}:${column}`));
  expect(places(pushed)).toHaveLength(2);
});
