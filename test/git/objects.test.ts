import { chmodSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitError, InterruptedError } from '../../src/errors.ts';
import { ObjectSession } from '../../src/git/object-session.ts';
import { readObjectBatches, readObjects } from '../../src/git/objects.ts';
import { createResponseParser, type ObjectAnswer } from '../../src/git/response.ts';
import { here } from '../../src/git/run.ts';
import { commitSnapshot, indexSnapshot } from '../../src/git/snapshot.ts';
import { isBlob } from '../../src/git/blob-id.ts';
import { isolatedEnv, makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';

const store = (repo: TestRepo, content: string | Uint8Array): Promise<string> =>
  repo.gitWith({ stdin: content }, 'hash-object', '-w', '--stdin');
const place = (repo: TestRepo) => here({ cwd: repo.dir, env: repo.env });
const looseFile = (repo: TestRepo, oid: string): string => join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));

const damage = (file: string, how: (bytes: Buffer) => Buffer): void => {
  const bytes = readFileSync(file);
  chmodSync(file, 0o644);
  writeFileSync(file, how(bytes));
};

const told = (answer: ObjectAnswer): string =>
  answer.kind === 'object' ? `${answer.type} ${answer.bytes.length}` : answer.kind === 'large' ? `large ${answer.size}` : answer.kind;

const all = async (answers: AsyncIterable<ObjectAnswer>): Promise<string[]> => {
  const out: string[] = [];
  for await (const answer of answers) out.push(told(answer));
  return out;
};

test.for(['sha1', 'sha256'] as const)('%s: every kind of answer, in the order asked', async (format) => {
  const repo = await makeRepo({ format });
  const zeros = '0'.repeat(format === 'sha1' ? 40 : 64);
  const small = await store(repo, 'small');
  const empty = await store(repo, '');
  const large = await store(repo, Buffer.alloc(300_000, 1));
  const newlines = await store(repo, '\n\n\n');
  await repo.write('a', 'a');
  const commit = await repo.commit();
  const tree = await repo.git('rev-parse', 'HEAD^{tree}');
  const oids = [small, zeros, empty, large, newlines, commit, tree, small];
  expect(await all(readObjects(place(repo), oids, { limit: 200_000 }))).toEqual([
    'blob 5',
    'missing',
    'blob 0',
    'large 300000',
    'blob 3',
    expect.stringMatching(/^commit/),
    expect.stringMatching(/^tree/),
    'blob 5',
  ]);
  expect(await all(readObjects(place(repo), oids))).toContain('blob 300000');
  expect(await all(readObjects(place(repo), []))).toEqual([]);
});

test('contents are exact, however the pipe cuts them', async () => {
  const repo = await makeRepo();
  const contents = [0, 1, 65_535, 65_536, 65_537, 200_000, 3].map((size) => Buffer.alloc(size, `${size}\n`));
  const oids = [];
  for (const content of contents) oids.push(await store(repo, content));
  let at = 0;
  for await (const answer of readObjects(place(repo), oids)) {
    expect(answer.kind === 'object' && answer.oid === oids[at] && answer.bytes.equals(contents[at] ?? Buffer.alloc(0))).toBe(true);
    expect(answer.kind === 'object' && isBlob(answer.bytes, answer.oid)).toBe(true);
    at++;
  }
  expect(at).toBe(contents.length);
});

test('the parser does not care where pieces end', () => {
  const oid = 'a'.repeat(40);
  const output = Buffer.from(`${oid} blob 3\nx\ny\n${oid} missing\n${oid} blob 0\n\n${oid} tree 10\n0123456789\n${oid} blob 1\nz\n`);
  const whole = createResponseParser(5).feed(output);
  expect(whole.map(told)).toEqual(['blob 3', 'missing', 'blob 0', 'large 10', 'blob 1']);
  for (let size = 1; size < output.length; size++) {
    const parser = createResponseParser(5);
    const answers: ObjectAnswer[] = [];
    for (let at = 0; at < output.length; at += size) answers.push(...parser.feed(Buffer.from(output.subarray(at, at + size))));
    expect(answers).toEqual(whole);
  }
});

test('far too large objects do not stop the rest', async () => {
  const repo = await makeRepo();
  const huge = await store(repo, Buffer.alloc(40_000_000));
  const small = await store(repo, 'small');
  expect(await all(readObjects(place(repo), [small, huge, small, huge, small], { limit: 1000 }))).toEqual([
    'blob 5',
    'large 40000000',
    'blob 5',
    'large 40000000',
    'blob 5',
  ]);
});

test.for([
  { name: 'emptied', how: () => Buffer.alloc(0), answer: 'missing' },
  { name: 'overwritten', how: () => Buffer.from('garbage'), answer: 'missing' },
  { name: 'cut', how: (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), answer: 'corrupt' },
  {
    name: 'flipped',
    how: (bytes: Buffer) => Buffer.from(bytes.map((b, at) => (at === bytes.length - 10 ? b ^ 0xff : b))),
    answer: 'corrupt',
  },
])('a loose object that was $name is one answer among the others', async ({ how, answer }) => {
  const repo = await makeRepo();
  const good = await store(repo, 'good');
  const bad = await store(repo, Array.from({ length: 3000 }, (_, n) => `line ${n}`).join('\n'));
  damage(looseFile(repo, bad), how);
  const expected = ['blob 4', answer, 'blob 4', answer, answer, 'blob 4'];
  expect(await all(readObjects(place(repo), [good, bad, good, bad, bad, good]))).toEqual(expected);
  const session = new ObjectSession(place(repo));
  const answers = await Promise.all([good, bad, good, bad, bad, good].map((oid) => session.ask(oid)));
  expect(answers.map(told)).toEqual(expected);
  expect(told(await session.ask(good))).toBe('blob 4');
  session.close();
});

test('a corrupt pack is answers too', async () => {
  const repo = await makeRepo();
  const content = (n: number): string => Array.from({ length: 400 }, (_, line) => `${line} ${line * 7919 * (n + 1)}`).join('\n');
  for (let n = 0; n < 5; n++) await repo.write(`f${n}`, content(n * 1000));
  await repo.commit();
  await repo.git('gc', '--quiet');
  const oids = (await repo.git('ls-tree', 'HEAD')).split('\n').map((line) => line.split(/[ \t]/)[2] ?? '');
  const packs = join(repo.dir, '.git/objects/pack');
  const name = readdirSync(packs).find((file) => file.endsWith('.pack')) ?? '';
  damage(join(packs, name), (bytes) =>
    Buffer.from(bytes.map((b, at) => (at > bytes.length / 2 && at < bytes.length / 2 + 40 ? b ^ 0x55 : b))),
  );
  const answers = await all(readObjects(place(repo), oids));
  expect(answers).toHaveLength(5);
  expect(answers.filter((answer) => answer.startsWith('blob')).length).toBeGreaterThanOrEqual(1);
  expect(answers.filter((answer) => !answer.startsWith('blob')).length).toBeGreaterThanOrEqual(1);
});

test('many objects, and leaving early', async () => {
  const repo = await makeRepo();
  const input = Array.from({ length: 3000 }, (_, n) => `blob\nmark :${n + 1}\ndata <<E\n${'content '.repeat(n % 50)}${n}\nE\n`).join('');
  await repo.gitWith({ stdin: input }, 'fast-import', '--quiet', '--export-marks=marks');
  const oids = readFileSync(join(repo.dir, 'marks'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  expect(oids).toHaveLength(3000);
  let count = 0;
  for await (const batch of readObjectBatches(place(repo), oids)) count += batch.length;
  expect(count).toBe(3000);
  for await (const answer of readObjects(place(repo), oids)) {
    expect(answer.kind).toBe('object');
    break;
  }
});

test('an abort is an interruption, no missing object', async () => {
  const repo = await makeRepo();
  const oid = await store(repo, Buffer.alloc(2_000_000));
  const abort = new AbortController();
  const reading = async (): Promise<void> => {
    for await (const _ of readObjects(
      place(repo),
      Array.from({ length: 50 }, () => oid),
      { signal: abort.signal },
    ))
      abort.abort();
  };
  await expect(reading()).rejects.toThrow(InterruptedError);
});

test('where there is no repository it is an error, not a list of missing objects', async () => {
  const dir = await makeFolder();
  const nowhere = here({ cwd: dir, env: isolatedEnv(dir) });
  await expect(all(readObjects(nowhere, ['0'.repeat(40)]))).rejects.toThrow(GitError);
  const session = new ObjectSession(nowhere);
  await expect(session.ask('0'.repeat(40))).rejects.toThrow(GitError);
  await expect(session.ask('0'.repeat(40))).rejects.toThrow(GitError);
  session.close();
});

test('an idle session answers again and may be closed twice', async () => {
  const repo = await makeRepo();
  await repo.write('a b', 'content');
  await repo.commit();
  const session = new ObjectSession(place(repo));
  expect(told(await session.ask('HEAD:a b'))).toBe('blob 7');
  await new Promise((go) => setTimeout(go, 20));
  expect(told(await session.ask(':0:a b'))).toBe('blob 7');
  expect(told(await session.ask('HEAD:none'))).toBe('missing');
  expect(told(await session.ask('two\nlines'))).toBe('missing');
  session.close();
  session.close();
  expect(told(await session.ask('HEAD:a b'))).toBe('missing');
});

test('isBlob', () => {
  const oid = 'ce013625030ba8dba906f756967f9e9ca394464a'; // hello\n
  expect(isBlob(Buffer.from('hello\n'), oid)).toBe(true);
  expect(isBlob(Buffer.from('hello\r\n'), oid)).toBe(false);
  expect(isBlob(Buffer.from('hello\r\n'), oid, true)).toBe(true);
  expect(isBlob(Buffer.from('hallo\r\n'), oid, true)).toBe(false);
  expect(isBlob(Buffer.from('hello\n'), '2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4')).toBe(true);
});

test('a partial clone: what was left out is missing, nothing is fetched, and what comes after is read', async () => {
  const origin = await makeRepo();
  await origin.write('a', 'one\n');
  await origin.write('kei.toml', '# settings\n');
  await origin.commit();
  await origin.write('a', 'two\n');
  await origin.commit();
  await origin.git('config', 'uploadpack.allowFilter', 'true');
  const dir = join(await makeFolder(), 'clone');
  await origin.git('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin.dir}`, dir);
  const clone = openRepo(dir, origin.env);
  const [a = '', settings = ''] = (await origin.git('ls-tree', 'HEAD')).split('\n').map((line) => line.split(/[ \t]/)[2] ?? '');
  const tree = await clone.git('rev-parse', 'HEAD^{tree}');
  const answers = await all(readObjects(place(clone), [a, settings, tree, a, tree]));
  expect(answers.map((answer) => answer.split(' ')[0])).toEqual(['missing', 'missing', 'tree', 'missing', 'tree']);
  const snapshot = commitSnapshot(place(clone), 'HEAD');
  await expect(snapshot.read('kei.toml')).rejects.toThrow(/^cannot read kei\.toml/);
  expect(await snapshot.read('no-such')).toBeUndefined();
  for await (const [, content] of snapshot.readMany(await snapshot.list())) expect(content).toMatchObject({ skipped: { kind: 'failed' } });
  await snapshot.close?.();
  // The promise is a real one: git by itself does fetch.
  expect(await clone.git('cat-file', 'blob', a)).toBe('two');
});

test('a path whose content is gone is no path that is not there', async () => {
  const repo = await makeRepo();
  for (const path of ['kei.toml', 'a/b/c', 'a/b/d', 'e%']) await repo.write(path, `${path}\n`);
  const commit = await repo.commit();
  const trees = ['HEAD:a/b', 'HEAD:kei.toml', 'HEAD:e%', 'HEAD:a/b/d'];
  const files = await Promise.all(trees.map(async (name) => looseFile(repo, await repo.git('rev-parse', name))));
  const read = async (path: string): Promise<string> => {
    const lines: string[] = [];
    for (const snapshot of [commitSnapshot(place(repo), commit), indexSnapshot(place(repo))]) {
      const told = snapshot.read(path).then(
        (bytes) => (bytes === undefined ? 'none' : Buffer.from(bytes).toString().trim()),
        (error: Error) => error.message,
      );
      lines.push((await told).replace(/:.*/, ''));
      await snapshot.close?.();
    }
    return lines.join(', ');
  };
  for (const file of files.slice(1)) unlinkSync(file);
  for (const path of ['kei.toml', 'e%25', 'a/b/d'])
    expect(await read(path)).toMatch(/^cannot read .* from the commit \w+, cannot read .* from the index$/);
  for (const path of ['kei', 'a/b', 'a/b/x', 'a/x/y', 'x/y/z', 'b/c', 'd']) expect([path, await read(path)]).toEqual([path, 'none, none']);
  expect(await read('a/b/c')).toBe('a/b/c, a/b/c');
  unlinkSync(files[0] ?? '');
  expect(await read('a/b/c')).toMatch(/^cannot read .* from the commit \w+, a\/b\/c$/);
});
