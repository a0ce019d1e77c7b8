import { expect, test } from 'vitest';
import { patternProblems } from '../../src/structure/glob-pattern.ts';
import { judgeLabel, systemOf } from '../../src/structure/runner-labels.ts';
import { cronInterval, cronSyntax } from '../../src/structure/schedule.ts';
import { lintFiles } from '../lint/pages.ts';

const cron = async (line: string): Promise<readonly string[]> => {
  const text = `on:\n  schedule:\n    - cron: ${JSON.stringify(line)}\njobs: {}\n`;
  return (await lintFiles(new Map([['.github/workflows/a.yml', text]]), [cronSyntax, cronInterval])).map(({ rule }) =>
    rule.replace('workflow/cron-', ''),
  );
};

test.for([
  ['0 0 * * *', []],
  ['30 5,17 * * MON-FRI', []],
  ['0 0 1 jan,Jul *', []],
  ['*/5 * * * *', []],
  ['0-59/5 1-3 * * *', []],
  ['5/15 * * * *', []],
  ['0  0  *  *  0', []],
  ['58,2 3 * * *', []],
  ['* * * * *', ['interval']],
  ['*/4 * * * *', ['interval']],
  ['0-3 * * * *', ['interval']],
  ['58,2 * * * *', ['interval']],
  ['0,5,9 2 * * *', ['interval']],
  ['60 * * * *', ['syntax']],
  ['0 24 * * *', ['syntax']],
  ['0 0 0 * *', ['syntax']],
  ['0 0 * 13 *', ['syntax']],
  ['0 0 * * 7', ['syntax']],
  ['0 0 * *', ['syntax']],
  ['0 0 * * * *', ['syntax']],
  ['@daily', ['syntax']],
  ['5-1 * * * *', ['syntax']],
  ['*/0 * * * *', ['syntax']],
  ['a * * * *', ['syntax']],
  ['0 0 * foo *', ['syntax']],
  ['', ['syntax']],
] as const)('cron %s', async ([line, rules]) => {
  expect(await cron(line)).toEqual(rules);
});

test.for([
  ['main', 'ref', undefined],
  ['releases/**', 'ref', undefined],
  ['v[0-9]+.[0-9]+.[0-9]+', 'ref', undefined],
  ['v[12].[0-9]+', 'ref', undefined],
  ['!v1*', 'ref', undefined],
  ['fo?ature', 'ref', undefined],
  ['\\!important', 'ref', undefined],
  ['v1.*', 'ref', undefined],
  ['*.x', 'ref', undefined],
  ['dependabot/**', 'ref', undefined],
  ['feature branch', 'ref', 7],
  ['^main$', 'ref', 0],
  ['a:b', 'ref', 1],
  ['/main', 'ref', 0],
  ['main/', 'ref', 4],
  ['a..b', 'ref', 0],
  ['a\\d', 'ref', 1],
  ['[9-1]', 'ref', 1],
  ['v[0-9', 'ref', 1],
  ['[]x', 'ref', 0],
  ['?x', 'ref', 0],
  ['v1.++', 'ref', 4],
  ['!', 'ref', 0],
  ['src/**', 'path', undefined],
  ['**.md', 'path', undefined],
  ['.github/workflows/*.yml', 'path', undefined],
  ['!docs/**', 'path', undefined],
  ['docs/a b.md', 'path', undefined],
  ['./src/**', 'path', 0],
  ['../src', 'path', 0],
  [' src', 'path', 0],
  ['!', 'path', 0],
] as const)('pattern %s of a %s', ([pattern, kind, at]) => {
  expect(patternProblems(pattern, kind)[0]?.at).toBe(at);
});

test.for([
  ['ubuntu-latest', 'hosted', 'linux'],
  ['Ubuntu-24.04-ARM', 'hosted', 'linux'],
  ['windows-11-arm', 'hosted', 'windows'],
  ['macos-15-xlarge', 'hosted', 'macos'],
  ['ubuntu-30.04', 'hosted', undefined],
  ['ubuntu-20.04', 'retired', undefined],
  ['macos-10.15', 'retired', undefined],
  ['ubuntu-oldest', 'misspelt', undefined],
  ['linux-latest', 'misspelt', undefined],
  ['ubuntu-23.04', 'misspelt', undefined],
  ['self-hosted', 'own', undefined],
  ['Linux', 'own', 'linux'],
  ['ARM64', 'own', undefined],
  ['ubuntu-latest-16-cores', 'unknown', undefined],
  ['depot-ubuntu-24.04', 'unknown', undefined],
  ['gpu', 'unknown', undefined],
] as const)('label %s', ([label, verdict, system]) => {
  expect([judgeLabel(label), systemOf(label)]).toEqual([verdict, system]);
});
