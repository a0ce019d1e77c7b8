import { beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { splitNul } from '../../src/git/paths.ts';
import { pathspecMatcher, toGitPathspecs } from '../../src/git/pathspec.ts';
import { here, run } from '../../src/git/run.ts';
import { makeRepo, type TestRepo } from '../repo.ts';

const FILES = [
  'a.ts',
  'A.TS',
  'b.js',
  'src/a.ts',
  'src/deep/er/a.ts',
  'src/x[1].ts',
  'src/x1.ts',
  'star*.md',
  '.github/workflows/ci.yml',
  '.github/workflows/sub/ci.yml',
  'srcs/a.ts',
  'é/ü.ts',
  'sp ace/a b.ts',
  'per%cent/100%.txt',
  'back\\slash',
];
let repo: TestRepo;
beforeAll(async () => {
  repo = await makeRepo();
  for (const file of FILES) await repo.write(file, '');
  await repo.git('add', '.');
});

test.for([
  [],
  ['.'],
  ['src'],
  ['src/'],
  ['./src'],
  ['*.ts'],
  ['src/*.ts'],
  ['src/**/a.ts'],
  ['**/a.ts'],
  ['a.??'],
  ['src/x[1].ts'],
  ['src/x[0-9].ts'],
  ['src/x[!a-z].ts'],
  [':(glob)*.ts'],
  [':(glob)**/a.ts'],
  [':(glob)src/**'],
  [':(glob)src/**/a.ts'],
  [':(glob)**/*.ts'],
  [':(glob).github/workflows/*.yml'],
  ['.github/workflows/*'],
  [':(icase)a.ts'],
  [':(icase,glob)*.ts'],
  [':(literal)src/x[1].ts'],
  [':(literal)star*.md'],
  ['star\\*.md'],
  ['src', ':!src/deep'],
  [':(exclude)src'],
  [':^*.ts', 'src'],
  [':/a.ts'],
  [':(top)src'],
  ['nothing'],
  ['é/*'],
  ['?/ü.ts'],
  ['sp ace'],
  ['src/[[:alpha:]].ts'],
  ['src/[[:digit:]x]*'],
  ['src/['],
  ['*'],
  ['**'],
  ['per%cent'],
  ['*100%.txt'],
  [':(literal)back\\slash'],
])('%j means what it means to git', async (specs) => {
  const place = here({ cwd: repo.dir, env: repo.env });
  const theirs = splitNul((await run(place, ['ls-files', '-z', '--', ...toGitPathspecs(specs)])).stdout);
  const all = splitNul((await run(place, ['ls-files', '-z'])).stdout);
  expect(all).toHaveLength(FILES.length);
  // Git counts the bytes of ? and ours the characters: the one known difference.
  if (specs[0] !== '?/ü.ts') expect(all.filter(pathspecMatcher(specs))).toEqual(theirs);
  else expect(all.filter(pathspecMatcher(specs))).toEqual(['é/ü.ts']);
});

test('the command line is anchored at the root, wherever git runs', () => {
  expect(toGitPathspecs(['src', ':!a', ':(glob)b/**'])).toEqual([':(top)src', ':(top,exclude)a', ':(top,glob)b/**']);
  expect(toGitPathspecs([':!a'])).toEqual([':(top)', ':(top,exclude)a']);
});

test('magic that only git could answer is refused', () => {
  expect(() => pathspecMatcher([':(attr:x)a'])).toThrow(UsageError);
});

test('no pattern makes it hang', () => {
  const matches = pathspecMatcher([`${'*a'.repeat(60)}b`]);
  expect(matches('a'.repeat(2000))).toBe(false);
});
