import { describe, expect, test } from 'vitest';
import { claimsIn, type Claimed } from '../../src/counts/claims.ts';
import { nounsOf } from '../../src/counts/nouns.ts';
import { readAmount } from '../../src/counts/number-text.ts';
import { run } from '../leak/commands.ts';
import { makeRepo } from '../repo.ts';

const counter = (name: string, value: number, nouns: readonly string[] = []): Claimed => ({ name, value, nouns: nounsOf(name, { nouns }) });

const COUNTERS: readonly Claimed[] = [
  counter('packages', 27),
  counter('rules', 163),
  counter('leak-rules', 120),
  counter('tests', 1274, ['test', 'Testfall', 'Testfälle']),
  counter('entries', 12),
  counter('pages', 3),
];

const found = (text: string): readonly string[] =>
  claimsIn(Buffer.from(text), COUNTERS).map(({ text: claim, name }) => `${name}: ${claim}`);

describe('claims that are not true', () => {
  test.for<[text: string, claim: string]>([
    ['It has 24 packages.', 'packages: 24 packages'],
    ['It has **24** packages.', 'packages: 24 packages'],
    ['It has [24](a.md) packages.', 'packages: 24 packages'],
    ['The 24\npackages are small.', 'packages: 24 packages'],
    ['> [!NOTE]\n\nAll twenty-four packages.', 'packages: twenty-four packages'],
    ['Twenty four packages', 'packages: Twenty four packages'],
    ['There are 24 npm packages.', 'packages: 24 npm packages'],
    ['- 160 rules', 'rules: 160 rules'],
    ['# 160 Rules', 'rules: 160 Rules'],
    ['With 100 leak rules', 'leak-rules: 100 leak rules'],
    ['With 100 leak-rules', 'leak-rules: 100 leak-rules'],
    ['Tests: 1,073', 'tests: Tests: 1,073'],
    ['Tests (1073)', 'tests: Tests (1073)'],
    ['1,073 tests', 'tests: 1,073 tests'],
    ['1.073 Testfälle', 'tests: 1.073 Testfälle'],
    ['tausend, nein: 1\u202f073 tests', 'tests: 1\u202f073 tests'.replace('\u202f', ' ')],
    ['over 1300 tests', 'tests: 1300 tests'],
    ['1,300+ tests', 'tests: 1,300+ tests'],
    ['fewer than 1,200 tests', 'tests: 1,200 tests'],
    ['about 1000 tests', 'tests: 1000 tests'],
    ['Alle 24 packages', 'packages: 24 packages'],
    ['Yes. All 24 packages', 'packages: 24 packages'],
    ['~1000 tests', 'tests: 1000 tests'],
    ['1.1k tests', 'tests: 1.1k tests'],
    ['one thousand two hundred tests', 'tests: one thousand two hundred tests'],
    ['Alle 11 entries', 'entries: 11 entries'],
    ['It ships 4 pages.', 'pages: 4 pages'],
    ['die vierundzwanzig packages', 'packages: vierundzwanzig packages'],
    ['| what | n |\n|---|---|\n| 24 packages | x |', 'packages: 24 packages'],
    ['[x](../27 packages "a") and 24 packages', 'packages: 24 packages'],
  ])('%s', ([text, claim]) => {
    expect(found(text)).toEqual([claim]);
  });
});

describe('what is no claim, or is true', () => {
  test.for([
    'It has 27 packages.',
    'Twenty-seven packages',
    'over 20 packages',
    'more than 1,000 tests',
    '1,200+ tests',
    '1.2k tests',
    'about 1,300 tests',
    'nearly 30 packages',
    'fewer than 1,300 tests',
    'at most 20 packages',
    'up to 20 packages',
    'the first 20 packages',
    'another 20 packages',
    '20 new packages',
    '20 other packages',
    '20 of 27 packages',
    '20 of the packages',
    'between 20 and 30 packages',
    '20-30 packages',
    '20 to 30 packages',
    'every 20 packages',
    'In 2023 there were 24 packages.',
    'It had 24 packages.',
    'It grew from 20 packages.',
    'Since v1.2 it has 24 packages.',
    'As of June it has 24 packages.',
    'For example, 24 packages can be built.',
    'If 24 packages are installed, wait.',
    'v24 packages',
    '$24 packages',
    '1.24 packages',
    '24% packages',
    '24-packages',
    'a 24-package bundle',
    '24 packages-like things',
    '24 repackages',
    'run 3 tests',
    '2 packages',
    '500 packages',
    'the two pages',
    '`24` packages',
    '24 `packages`',
    '`24 packages`',
    '```\n24 packages\n```\n',
    '~~~ console\n24 packages\n```\n24 packages\n~~~\n',
    '    24 packages\n',
    '> 24 packages\n',
    '<!-- 24 packages -->\n',
    '<p>24 packages</p>\n',
    '---\ntitle: 24 packages\n---\n',
    '<!-- count:packages -->24<!-- /count:packages --> packages',
    '# Changelog\n\n24 packages\n\n## More\n\n24 packages\n',
    '## v1.2.3\n\nNow 24 packages.\n',
    '## 2024-05-06\n\nNow 24 packages.\n',
    '[24 rules packages](x)',
    'Packages.\n\n24',
    '24\n\npackages',
    '24 | packages',
    'rules 24.',
    '# PEP 159 rules',
    'the RFC 159 rules',
    'for Python 26 packages',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

test('a section of records ends with the next heading of its level', () => {
  expect(found('# A\n\n## History\n\n24 packages\n\n### More\n\n24 packages\n\n## Now\n\n25 packages\n')).toEqual([
    'packages: 25 packages',
  ]);
});

test('places are bytes of the number', () => {
  const text = 'Überall: **24** packages\n\nund 160 rules';
  const bytes = Buffer.from(text);
  expect(claimsIn(bytes, COUNTERS).map(({ start, end }) => bytes.subarray(start, end).toString())).toEqual(['24', '160']);
});

describe('readAmount', () => {
  test.for([
    ['24', 24, 24],
    ['1,073', 1073, 1073],
    ['1.073', 1073, 1073],
    ["1'073'000", 1_073_000, 1_073_000],
    ['1.2k', 1200, 1299],
    ['3k', 3000, 3999],
    ['ninety-nine', 99, 99],
    ['two hundred and five', 205, 205],
    ['three thousand', 3000, 3000],
    ['neunundneunzig', 99, 99],
  ] as const)('%s', ([text, least, most]) => {
    expect(readAmount(text)).toEqual({ least, most });
  });
  test.for(['one', '1,07', '1,073.000', 'zwanzigst', ''])('no number: %s', (text) => {
    expect(readAmount(text)).toBeUndefined();
  });
});

test('nouns come as one and as many', () => {
  expect(nounsOf('leak-rules', { nouns: [] })).toEqual(['leak rules', 'leak ruleses', 'leak rule']);
  expect(nounsOf('x', { nouns: ['Entry', 'Übung'] })).toEqual(['entry', 'entries', 'übung']);
});

test('a large hostile file takes no time', () => {
  const lines = [
    '1 '.repeat(1e6),
    'a'.repeat(3e6),
    'zwanzigund'.repeat(1e5),
    '24 '.repeat(1e6),
    '24 packages '.repeat(1e5),
    `24${' '.repeat(3e6)}`,
  ];
  for (const line of lines) expect(claimsIn(Buffer.from(`${line}\n`), COUNTERS).length).toBeLessThan(2e5);
});

const SETTINGS = '[leak]\nbuiltin = false\n[counts.pages]\nglob = "docs/*.md"\n[counts.version]\njson = "package.json"\npath = "version"\n';

const makeClaimed = async (readme: string) => {
  const repo = await makeRepo();
  await repo.write('kei.toml', SETTINGS);
  for (const name of 'abcdef') await repo.write(`docs/${name}.md`, '# A\n');
  await repo.write('package.json', '{"version": "1.2.3"}');
  await repo.write('README.md', readme);
  await repo.write('CHANGELOG.md', 'There are 5 pages.\n');
  return repo;
};

describe('counts claims', () => {
  test('says which numbers are not true, and fails when asked', async () => {
    const repo = await makeClaimed('# X\n\nThere are 5 pages.\n');
    const { code, out } = await run(repo, ['counts', 'claims']);
    expect(out.replaceAll(/ +/g, ' ')).toContain('README.md:3:11 warning "5 pages", but pages is 6 [counts/claim]');
    expect(out).toContain('6 = files that match docs/*.md');
    expect(out).not.toContain('CHANGELOG');
    expect(code).toBe(0);
    expect((await run(repo, ['counts', 'claims', '--fail'])).code).toBe(1);
    expect((await run(repo, ['counts', 'claims', '--fail', 'docs'])).code).toBe(0);
    expect((await run(repo, ['counts', 'claims', '--fail', 'README.md'])).code).toBe(1);
    expect((await run(repo, ['counts', 'claims', 'REDME.md'])).code).toBe(2);
  });
});

describe('counts list', () => {
  test('says what every counter stands at and who shows it', async () => {
    const repo = await makeClaimed('x\n<!-- count:pages -->5<!-- /count:pages --> pages\n');
    expect(await run(repo, ['counts', 'list'])).toEqual({
      code: 0,
      err: '',
      out: [
        'pages        6  files that match docs/*.md',
        '                README.md:2',
        'version  1.2.3  version in package.json',
        '                no marker shows it',
        '',
      ].join('\n'),
    });
  });

  test('a broken one is exit 2 with its place', async () => {
    const repo = await makeClaimed('');
    await repo.write('package.json', '{"vresion": "1.2.3"}');
    const { code, out, err } = await run(repo, ['counts', 'list']);
    expect(code).toBe(2);
    expect(out).toContain('version  broken  package.json: the file has no key "version"');
    expect(err).toBe('kei.toml:7:8: version: package.json: the file has no key "version"\n  hint: did you mean "vresion"?\n');
    const { counters } = JSON.parse((await run(repo, ['counts', 'list', '--format', 'json'])).out) as { counters: unknown[] };
    expect(counters[1]).toEqual({ name: 'version', value: null, broken: 'package.json: the file has no key "version"', uses: [] });
  });

  test('without counters', async () => {
    const repo = await makeRepo();
    expect((await run(repo, ['counts', 'list'])).out).toBe('no counters: kei.toml has no [counts.NAME]\n');
  });
});
