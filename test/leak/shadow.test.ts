import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../repo.ts';
import { placesOf, scan } from './tokens.ts';

interface Made {
  readonly id: string;
  readonly regex: string;
  readonly confidence: number;
  readonly more?: string;
}
const rulesOf = (rules: readonly Made[]): string =>
  `schema = "leak-matrix/1"\n${rules
    .map(
      ({ id, regex, confidence, more = '' }) =>
        `[[rules]]\nid = "${id}"\ndescription = "${id}"\nregex = '''${regex}'''\nnoise = false\nconfidence = ${confidence}\n${more}`,
    )
    .join('')}`;

// Each overlaps the next and knows less; the first and the last do not overlap.
const FIRST: Made = { id: 'first', regex: 'AAAA-BB', confidence: 0.6 };
const MIDDLE: Made = { id: 'middle', regex: 'BBBB-CC', confidence: 0.7 };
const LAST: Made = { id: 'last', regex: 'CCCC-DDDD', confidence: 0.8 };
const ALLOWED = `[[rules.allowlists]]\npaths = ['''^a\\.txt$''']\nreason = "x"\n`;

const found = async (repo: TestRepo, rules: readonly Made[], argv: readonly string[]): Promise<string[]> => {
  await repo.write('rules.toml', rulesOf(rules));
  const { findings, err } = await scan(repo, ['--no-builtin', '--rules', join(repo.dir, 'rules.toml'), ...argv]);
  expect(err).toBe('');
  return findings.map(({ rule }) => rule);
};

describe('of findings that overlap, what is not reported hides nothing', () => {
  test.for<[name: string, rules: readonly Made[], rules: readonly string[]]>([
    ['two', [FIRST, MIDDLE], ['leak/middle']],
    ['three in a row: the middle one is hidden', [FIRST, MIDDLE, LAST], ['leak/first', 'leak/last']],
    ['the last one is of other files', [FIRST, MIDDLE, { ...LAST, more: "path = '''^b'''\n" }], ['leak/middle']],
    ['the middle one is of other files', [FIRST, { ...MIDDLE, more: "path = '''^b'''\n" }, LAST], ['leak/first', 'leak/last']],
    ['the middle one is allowed there', [FIRST, { ...MIDDLE, more: ALLOWED }], ['leak/first']],
    ['the last one is allowed there', [FIRST, MIDDLE, { ...LAST, more: ALLOWED }], ['leak/middle']],
    ['the last one is of another occasion', [FIRST, MIDDLE, { ...LAST, more: 'scope = ["push"]\n' }], ['leak/middle']],
  ])('%s', async ([, rules, expected]) => {
    const repo = await makeRepo();
    await repo.write('a.txt', 'AAAA-BBBB-CCCC-DDDD\n');
    expect(await found(repo, rules, ['a.txt'])).toEqual(expected);
  });

  test('what stood there before the change', async () => {
    const repo = await makeRepo();
    const older: Made = { id: 'older', regex: 'one\\ntwo', confidence: 0.8 };
    const newer: Made = { id: 'newer', regex: 'two\\nthree', confidence: 0.6 };
    await repo.write('a.txt', 'one\ntwo\n');
    await repo.commit();
    await repo.write('a.txt', 'one\ntwo\nthree\n');
    await repo.git('add', 'a.txt');
    expect(await found(repo, [older, newer], ['--staged'])).toEqual(['leak/newer']);
    expect(await found(repo, [older, newer], ['a.txt'])).toEqual(['leak/older']);
  });
});

describe('a new line that makes an older one a finding', () => {
  const NEAR = rulesOf([{ id: 'near', regex: 'near-[0-9]{6}', confidence: 0.8, more: 'skipReport = true\n' }]);
  const MAIN = `[[rules]]\nid = "main"\ndescription = "main"\nregex = '''main-[0-9]{6}'''\n[[rules.required]]\nid = "near"\n`;

  test('as its neighbour, also where the verdict comes from the cache; another line does not', async () => {
    const repo = await makeRepo();
    await repo.write('leak-matrix/a.toml', NEAR + MAIN);
    await repo.write('a.txt', 'main-123456\n');
    const first = await repo.commit();
    await repo.write('a.txt', 'main-123456\n1\n2\nnear-123456\n');
    const second = await repo.commit();
    await repo.write('a.txt', 'main-123456\n1\n2\nnear-123456\n5\n');
    const third = await repo.commit();
    for (const argv of [[], [], ['--no-cache']]) {
      const { findings } = await scan(repo, ['--range', `${first}..${third}`, ...argv]);
      expect(placesOf(findings)).toEqual([`${second.slice(0, 8)} a.txt:1`]);
    }
  });
});
