import { expect, test } from 'vitest';
import { expandBraces, filesTest, isUnnameable, plainPath } from '../../src/jobs/globs.ts';

test.for([
  { glob: '*.ts', as: ['*.ts'] },
  { glob: '*.{ts,tsx}', as: ['*.ts', '*.tsx'] },
  { glob: '{src,test}/**/*.{js,ts}', as: ['src/**/*.js', 'src/**/*.ts', 'test/**/*.js', 'test/**/*.ts'] },
  { glob: 'a{b,c{d,e}}f', as: ['abf', 'acdf', 'acef'] },
  { glob: 'a{,b}', as: ['a', 'ab'] },
  { glob: 'a{b}c', as: ['a{b}c'] },
  { glob: 'a{b}{c,d}', as: ['a{b}c', 'a{b}d'] },
  { glob: '{{a,b},c}', as: ['a', 'b', 'c'] },
  { glob: 'a{b,c', as: ['a{b,c'] },
  { glob: 'a}b{', as: ['a}b{'] },
  { glob: '{', as: ['{'] },
  { glob: '{a,b}'.repeat(30), as: ['{a,b}'.repeat(30)] },
])('expandBraces: $glob', ({ glob, as }) => {
  expect(expandBraces(glob)).toEqual(as);
});

const PATHS = ['a.ts', 'src/a.ts', 'src/deep/a.ts', 'src/a.tsx', 'docs/a.md', 'app/[id].tsx', '100%25.ts', 'Makefile', '.github/a.yml'];
test.for([
  { name: 'a name in every folder', globs: ['*.ts'], exclude: [], match: ['a.ts', 'src/a.ts', 'src/deep/a.ts', '100%25.ts'] },
  { name: 'a folder by itself', globs: ['src/*.ts'], exclude: [], match: ['src/a.ts'] },
  { name: 'a folder and all below', globs: ['src/**'], exclude: [], match: ['src/a.ts', 'src/deep/a.ts', 'src/a.tsx'] },
  { name: 'the root only', globs: ['/*.ts'], exclude: [], match: ['a.ts', '100%25.ts'] },
  { name: 'braces', globs: ['src/*.{ts,tsx}'], exclude: [], match: ['src/a.ts', 'src/a.tsx'] },
  { name: 'brackets are themselves', globs: ['app/[id].tsx'], exclude: [], match: ['app/[id].tsx'] },
  { name: 'a percent sign is itself', globs: ['100%.ts'], exclude: [], match: ['100%25.ts'] },
  { name: 'what is excluded', globs: ['*.ts'], exclude: ['src/deep/', '100*'], match: ['a.ts', 'src/a.ts'] },
  { name: 'hidden files like others', globs: ['*.yml', 'Makefile'], exclude: [], match: ['Makefile', '.github/a.yml'] },
  { name: 'everything', globs: ['*'], exclude: ['*.ts', '*.tsx'], match: ['docs/a.md', 'Makefile', '.github/a.yml'] },
])('filesTest: $name', ({ globs, exclude, match }) => {
  expect(PATHS.filter(filesTest(globs, exclude))).toEqual(match);
});

test('a name with bytes that are no UTF-8 is told from one with a percent sign', () => {
  expect(['a%FF.txt', '100%25.ts', '%2541', 'plain'].map(isUnnameable)).toEqual([true, false, false, false]);
  expect(plainPath('%2541 100%25')).toBe('%41 100%');
});
