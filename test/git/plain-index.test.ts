import { randomBytes } from 'node:crypto';
import { chmod, copyFile, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addedLines, type Change } from '../../src/check.ts';
import { stagedChanges } from '../../src/git/changes.ts';
import { openPlainIndex, type PlainIndex } from '../../src/git/plain-index.ts';
import { findRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { indexSnapshot } from '../../src/git/snapshot.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

type Env = Readonly<Record<string, string>>;
const openIn = async (repo: TestRepo, env: Env = repo.env, cwd = repo.dir) => {
  const place = here({ cwd, env });
  const repository = await findRepository(place, env);
  return { place, plain: repository === undefined ? undefined : openPlainIndex(repository, env) };
};

const whole = async (changes: readonly Change[]): Promise<unknown> =>
  Promise.all(changes.map(async ({ lines: _, ...change }) => ({ ...change, added: await addedLines({ ...change, lines: _ } as Change) })));

/** Whether the changes were read without git; if they were, all is what git says: changes, lines, entries, contents. */
const compare = async (repo: TestRepo, env: Env = repo.env, cwd = repo.dir): Promise<boolean> => {
  const { place, plain } = await openIn(repo, env, cwd);
  if (plain === undefined) return false;
  const asked = indexSnapshot(place);
  const read = indexSnapshot(place, { plain });
  try {
    const entries = await asked.list();
    expect(await read.list()).toEqual(entries);
    expect(read.unlisted).toEqual(asked.unlisted);
    for (const folder of new Set(['d/', 'none/', ...entries.map(({ path }) => `${dirname(path)}/`)]))
      expect(await read.listBelow?.(folder)).toEqual(entries.filter(({ path }) => path.startsWith(folder)));
    for (const path of ['none', 'd', 'kei.toml', ...entries.map((entry) => entry.path)])
      expect(await read.read(path)).toEqual(await asked.read(path));
    const said = await stagedChanges(place);
    let isAsked = false;
    const changes = plain.changes(() => {
      isAsked = true;
      return stagedChanges(place);
    });
    if (changes === undefined) return false;
    expect(isAsked).toBe(false);
    // What has no lines of its own kind adds some.
    for (const [i, { lines }] of changes.entries()) if (lines !== undefined) expect(said[i]?.added).not.toEqual([]);
    expect(await whole(changes)).toEqual(await whole(said));
    return true;
  } finally {
    await asked.close?.();
    await read.close?.();
  }
};

interface World {
  readonly name: string;
  readonly plain: boolean;
  readonly format?: 'sha1' | 'sha256';
  readonly make: (repo: TestRepo) => Promise<{ readonly env?: Env; readonly cwd?: string } | void>;
}
const stage = async (repo: TestRepo): Promise<void> => {
  await repo.write('a', '1\n2\n3\nfour\n');
  await repo.write('new', 'n\n');
  await repo.write('d/e/f', 'changed\n');
  await repo.git('add', '.');
};
const blob = (repo: TestRepo, content: string): Promise<string> => repo.gitWith({ stdin: content }, 'hash-object', '-w', '--stdin');
const info = async (repo: TestRepo, mode: string, oid: string, path: string): Promise<void> =>
  void (await repo.git('update-index', '--add', '--replace', '--cacheinfo', `${mode},${oid},${path}`));

const WORLDS: readonly World[] = [
  { name: 'nothing staged', plain: true, make: () => Promise.resolve() },
  { name: 'changed, new and deep', plain: true, make: stage },
  { name: 'sha256', format: 'sha256', plain: true, make: stage },
  ...[2, 3, 4].map((version): World => ({
    name: `version ${version}`,
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('update-index', '--skip-worktree', 'b'); // makes 3 of 2
      await repo.git('update-index', '--index-version', String(version));
    },
  })),
  { name: 'removed', plain: true, make: async ({ git }) => void (await git('rm', '-qr', 'd', 'a')) },
  {
    name: 'before the first commit',
    plain: true,
    make: async ({ git }) => void (await git('checkout', '--quiet', '--orphan', 'fresh')),
  },
  {
    name: 'a file in the place of a folder and a folder in that of a file',
    plain: true,
    make: async (repo) => {
      await repo.git('rm', '-qr', 'd', 'b');
      await repo.write('d', 'file\n');
      await repo.write('b/c', 'file\n');
      await repo.git('add', '.');
    },
  },
  {
    name: 'made executable',
    plain: true,
    make: async (repo) => {
      await chmod(join(repo.dir, 'a'), 0o755);
      await repo.git('add', '.');
    },
  },
  {
    name: 'made executable and changed',
    plain: true,
    make: async (repo) => {
      await repo.write('a', 'x\n', 0o755);
      await repo.git('add', '.');
    },
  },
  {
    name: 'a link that leads elsewhere',
    plain: true,
    make: async (repo) => {
      await rm(join(repo.dir, 'link'));
      await symlink('elsewhere', join(repo.dir, 'link'));
      await repo.git('add', '.');
    },
  },
  {
    name: 'a link in the place of a file',
    plain: false,
    make: async (repo) => {
      await rm(join(repo.dir, 'a'));
      await symlink('b', join(repo.dir, 'a'));
      await repo.git('add', '.');
    },
  },
  {
    name: 'lines that only go away',
    plain: false,
    make: async (repo) => (await repo.write('a', '1\n3\n'), void (await repo.git('add', '.'))),
  },
  { name: 'an end that goes away', plain: false, make: async (repo) => (await repo.write('a', '1\n2'), void (await repo.git('add', '.'))) },
  {
    name: 'a newline that goes away',
    plain: false,
    make: async (repo) => (await repo.write('a', '1\n2\n3'), void (await repo.git('add', '.'))),
  },
  { name: 'emptied', plain: false, make: async (repo) => (await repo.write('a', ''), void (await repo.git('add', '.'))) },
  {
    name: 'lines in another order',
    plain: false,
    make: async (repo) => (await repo.write('a', '3\n1\n2\n'), void (await repo.git('add', '.'))),
  },
  {
    name: 'binary, and by its attributes',
    plain: true,
    make: async (repo) => {
      await repo.write('.gitattributes', 'b -diff\n');
      await repo.write('a', 'a\0b\n');
      await repo.write('b', 'other\n');
      await repo.git('add', '.');
    },
  },
  {
    name: 'submodules: new, moved on and gone',
    plain: true,
    make: async (repo) => {
      const head = await repo.git('rev-parse', 'HEAD');
      await info(repo, '160000', head, 'sub');
      await info(repo, '160000', head, 'gone');
      await repo.git('commit', '--quiet', '-m', 'subs');
      await info(repo, '160000', '1'.repeat(40), 'sub');
      await info(repo, '160000', '2'.repeat(40), 'd/sub');
      await repo.git('rm', '--quiet', '--cached', 'gone');
    },
  },
  {
    name: 'packed',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('gc', '--quiet');
    },
  },
  {
    name: 'packed with long chains of deltas, and what came later beside it',
    plain: true,
    make: async (repo) => {
      const lines = Array.from({ length: 400 }, (_, i) => `line ${i} ${randomBytes(12).toString('hex')}\n`);
      for (let i = 0; i < 12; i++) {
        lines[i * 20] = `changed ${i} ${randomBytes(12).toString('hex')}\n`;
        await repo.write('d/long', lines.join(''));
        await repo.commit();
      }
      await repo.git('repack', '-adfq', '--depth=50', '--window=20');
      await stage(repo);
      await repo.write('d/long', `${lines.join('')}more\n`);
      await repo.git('add', '.');
      await repo.git('repack', '-dq');
    },
  },
  {
    name: 'packed, sha256',
    format: 'sha256',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('repack', '-adfq');
    },
  },
  {
    name: 'a thin pack that was completed, bases by name',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq');
    },
  },
  {
    name: 'commit -a and commit PATH have an index of their own',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await copyFile(join(repo.dir, '.git/index'), join(repo.dir, '.git/next-index-1.lock'));
      await repo.git('reset', '--quiet');
      return { env: { ...repo.env, GIT_INDEX_FILE: '.git/next-index-1.lock' } };
    },
  },
  {
    name: 'the same, from a folder below',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await copyFile(join(repo.dir, '.git/index'), join(repo.dir, '.git/next-index-1.lock'));
      await repo.git('reset', '--quiet');
      return { env: { ...repo.env, GIT_INDEX_FILE: '.git/next-index-1.lock' }, cwd: join(repo.dir, 'd') };
    },
  },
  {
    name: 'a linked worktree',
    plain: true,
    make: async (repo) => {
      const cwd = join(repo.dir, '../linked');
      await repo.git('worktree', 'add', '--quiet', cwd);
      await writeFile(join(cwd, 'a'), 'there\n');
      await repo.gitWith({ cwd }, 'add', '.');
      return { cwd };
    },
  },
  {
    name: 'replaced objects and grafts are not followed',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('replace', '-f', await blob(repo, 'n\n'), await blob(repo, 'replaced\n'));
      await repo.git(
        'replace',
        await repo.git('rev-parse', 'HEAD'),
        await repo.git('commit-tree', '-m', 'x', await repo.git('write-tree')),
      );
    },
  },
  {
    name: 'objects of another repository',
    plain: false,
    make: async (repo) => {
      const dir = join(repo.dir, '../borrowed');
      await repo.git('clone', '--quiet', '--shared', repo.dir, dir);
      await writeFile(join(dir, 'a'), 'there\n');
      await repo.gitWith({ cwd: dir }, 'add', '.');
      return { cwd: dir };
    },
  },
  {
    name: 'only intended to be added',
    plain: false,
    make: async (repo) => {
      await repo.write('meant', 'x\n');
      await repo.git('add', '--intent-to-add', 'meant');
    },
  },
  {
    name: 'in conflict',
    plain: false,
    make: async (repo) => {
      const oid = await blob(repo, 'x\n');
      await repo.gitWith({ stdin: `0 ${'0'.repeat(40)}\ta\n100644 ${oid} 1\ta\n100644 ${oid} 2\ta\n` }, 'update-index', '--index-info');
    },
  },
  {
    name: 'a split index',
    plain: false,
    make: async (repo) => {
      await repo.git('update-index', '--split-index');
      await stage(repo);
    },
  },
  {
    name: 'a sparse index',
    plain: false,
    make: async (repo) => {
      await repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'x');
    },
  },
  {
    name: 'an index without a hash',
    plain: true,
    make: async (repo) => {
      await stage(repo);
      await repo.git('-c', 'index.skipHash=true', 'update-index', '--force-write-index');
    },
  },
  {
    name: 'a long name, odd ones and those that are no UTF-8',
    plain: true,
    make: async (repo) => {
      const oid = await blob(repo, 'odd\n');
      const names = [
        'n'.repeat(200),
        'with\nnewline',
        'a"b',
        '100%',
        'ä',
        'd/e.f',
        'd/e-f',
        'd0',
        'd-',
        `${'p/'.repeat(1500)}${'q'.repeat(2500)}`,
      ];
      const lines = names.map((name) => Buffer.from(`100644 ${oid}\t${name}\0`));
      await repo.gitWith(
        { stdin: Buffer.concat([...lines, Buffer.from(`100644 ${oid}\tx\xff\xfe/y\0`, 'latin1')]) },
        'update-index',
        '-z',
        '--index-info',
      );
    },
  },
  {
    name: 'a damaged object',
    plain: false,
    make: async (repo) => {
      await stage(repo);
      const oid = await repo.git('rev-parse', ':a');
      const path = join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
      await chmod(path, 0o644);
      await copyFile(join(repo.dir, '.git/objects', ...(await objectPath(repo, ':b'))), path);
      await repo.git('rm', '--quiet', '--cached', 'new');
    },
  },
];
const objectPath = async (repo: TestRepo, name: string): Promise<readonly [string, string]> => {
  const oid = await repo.git('rev-parse', name);
  return [oid.slice(0, 2), oid.slice(2)];
};

const begin = async (format: 'sha1' | 'sha256' = 'sha1'): Promise<TestRepo> => {
  const repo = await makeRepo({ format });
  for (const path of ['a', 'b', 'd/e/f', 'd/g', 'z/y/x']) await repo.write(path, '1\n2\n3\n');
  await symlink('a', join(repo.dir, 'link'));
  await repo.commit();
  return repo;
};

test.for(WORLDS)('an index read from its file is what git says: $name', async ({ name, plain, format, make }) => {
  const repo = await begin(format);
  const { env = repo.env, cwd = repo.dir } = (await make(repo)) ?? {};
  if (name === 'a damaged object') {
    const opened = await openIn(repo);
    expect(opened.plain?.object(await repo.git('rev-parse', ':a'))).toBeUndefined();
    expect(opened.plain?.changes(() => Promise.resolve([]))).toBeUndefined();
  } else expect(await compare(repo, env, cwd)).toBe(plain);
});

describe('random repositories', () => {
  const PATHS = ['a', 'b', 'd', 'd/e', 'd/e/f', 'd/e/g', 'd.x', 'd-x', 'd0', 'e/f/g/h', 'z', 'kei.toml', 'leak-matrix/a.toml'];
  const CONTENTS = ['', '1\n', '1\n2\n', '1\n2\n3\n', '2\n1\n', '1', 'x\n1\n2\n', '1\n2\n3\n4\n5\n', 'a\0b', 'ä\n', '1\r\n'];
  const MODES = ['100644', '100644', '100644', '100755', '120000', '160000'];
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        path: fc.constantFrom(...PATHS),
        content: fc.nat(CONTENTS.length - 1),
        mode: fc.nat(MODES.length - 1),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom(...PATHS) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tree' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pack' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('version' as const), version: fc.constantFrom('2', '3', '4') }) },
  );
  test('changes, entries and contents are what git says', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const repo = await makeRepo();
        const oids = await Promise.all(CONTENTS.map((content) => blob(repo, content)));
        for (const one of steps) {
          if (one.kind === 'set') {
            const mode = MODES[one.mode] ?? '';
            await info(repo, mode, mode === '160000' ? randomBytes(20).toString('hex') : (oids[one.content] ?? ''), one.path);
          } else if (one.kind === 'remove') await repo.git('rm', '-rfq', '--cached', '--ignore-unmatch', one.path);
          else if (one.kind === 'commit') await repo.git('commit', '-q', '--allow-empty', '--no-verify', '-m', 'x');
          else if (one.kind === 'tree') await repo.git('write-tree');
          else if (one.kind === 'pack') await repo.git('repack', '-adq');
          else await repo.git('update-index', '--index-version', one.version);
        }
        if (await compare(repo)) read++;
        await repo.remove();
      }),
      { numRuns: process.env['KEI_LONG'] === undefined ? 25 : 1000 },
    );
    expect(read).toBeGreaterThan(5);
  });
});

test('an index that is cut off or overwritten is git’s to judge, and never more than that', async () => {
  const repo = await begin();
  await stage(repo);
  const file = join(repo.dir, '.git/index');
  const bytes = await readFile(file);
  const { plain } = await openIn(repo);
  const count = plain?.file.count ?? 0;
  expect(count).toBe(7);
  const look = async (damaged: Buffer): Promise<PlainIndex | undefined> => {
    await writeFile(file, damaged);
    const { plain: opened } = await openIn(repo);
    opened?.changes(() => Promise.resolve([]));
    return opened;
  };
  for (let length = 0; length < bytes.length; length += 3) expect(await look(bytes.subarray(0, length))).toBeUndefined();
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    await look(damaged);
  }
});
