import { describe, expect, test } from 'vitest';
import { pathUri, renderSarif } from '../../src/report/sarif.ts';
import { finding, hostile, report, skip } from './sample.ts';
import { sarifErrors } from './sarif-schema.ts';

const tool = { name: 'kei-git', version: '1.2.3' };
const parsed = (of = hostile()) =>
  JSON.parse(renderSarif(of, tool)) as { readonly runs: readonly [Record<string, never>] } & Record<string, unknown>;

const inArchive = finding({ path: 'd/a b.zip!/c%25.txt', extra: { archive: 'd/a b.zip' } });

test('in an archive: the file that there is, and the member by its name', () => {
  const [{ results }] = parsed(report({ findings: [inArchive] })).runs;
  expect(results).toMatchObject([
    {
      message: { text: 'example token\nin d/a b.zip!/c%25.txt, line 3' },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'd/a%20b.zip', uriBaseId: '%SRCROOT%' } },
          logicalLocations: [{ fullyQualifiedName: 'd/a b.zip!/c%25.txt', kind: 'resource' }],
        },
      ],
    },
  ]);
  expect(JSON.stringify(results)).not.toContain('region');
});

describe('against the schema of SARIF 2.1.0', () => {
  test.for([
    ['no findings', report()],
    ['hostile ones', hostile()],
    ['in an archive', report({ findings: [inArchive] })],
    ['a thousand', report({ findings: Array.from({ length: 1000 }, (_, i) => finding({ rule: `leak/r${i % 7}`, start: i })) })],
  ] as const)('%s', ([, of]) => {
    expect(sarifErrors(parsed(of))).toEqual([]);
  });
  test('and the schema does refuse', () => {
    const [run] = parsed().runs;
    const withResult = (more: object): unknown => ({ ...parsed(), runs: [{ ...run, results: [{ message: { text: 'x' }, ...more }] }] });
    expect(sarifErrors(withResult({ level: 'error' }))).toEqual([]);
    for (const log of [
      { ...parsed(), runs: [{ ...run, columnKind: 'bytes' }] },
      { version: '2.1.0', runs: [{}] },
      withResult({ level: 'fatal' }),
      withResult({ locations: [{ physicalLocation: { artifactLocation: { uri: 'a b' } } }] }),
      withResult({ locations: [{ physicalLocation: { region: { startLine: 0 } } }] }),
    ])
      expect(sarifErrors(log)).not.toEqual([]);
  });
});

test('a run says tool, rules, results and columns', () => {
  const [run] = parsed(
    report({
      findings: [
        finding({ hint: 'revoke it', commit: 'ab'.repeat(20), extra: { confidence: 1 } }),
        finding({ path: 'b', rule: 'counts/stale', severity: 'note' }),
      ],
    }),
  ).runs;
  expect(run['columnKind']).toBe('utf16CodeUnits');
  expect(run['tool']).toEqual({
    driver: {
      name: 'kei-git',
      version: '1.2.3',
      rules: [
        {
          id: 'counts/stale',
          shortDescription: { text: 'counts: stale' },
          help: { text: 'A finding of kei-git\'s counts guard. "kei-git help counts" says more.' },
        },
        {
          id: 'leak/example-token',
          shortDescription: { text: 'leak: example token' },
          help: { text: 'A finding of kei-git\'s leak guard. "kei-git leak explain leak/example-token" says more.' },
        },
      ],
    },
  });
  expect(run['results']).toEqual([
    {
      ruleId: 'counts/stale',
      ruleIndex: 0,
      level: 'note',
      message: { text: 'example token' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'b', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 15 },
          },
        },
      ],
      partialFingerprints: { 'keiFingerprint/v1': 'kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa' },
    },
    {
      ruleId: 'leak/example-token',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'example token\nrevoke it' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'src/a.ts', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 15 },
          },
        },
      ],
      partialFingerprints: { 'keiFingerprint/v1': 'kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa' },
      properties: { confidence: 1, commit: 'ab'.repeat(20) },
    },
  ]);
});

test('what was not looked at is a notification; a failure makes the run unsuccessful', () => {
  const [run] = parsed(report({ skipped: [skip('permission denied', 'a b', 'failed'), skip('too large')] })).runs;
  expect(run['invocations']).toEqual([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'note', message: { text: 'not looked at: too large' } },
        {
          level: 'error',
          message: { text: 'not looked at: permission denied' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b', uriBaseId: '%SRCROOT%' } } }],
        },
      ],
    },
  ]);
});

test('a fix is byte ranges and text', () => {
  const [run] = parsed(report({ findings: [finding({ fix: { title: 'replace it', edits: [{ start: 40, end: 50, text: 'X' }] } })] })).runs;
  expect(run['results']).toMatchObject([
    {
      fixes: [
        {
          description: { text: 'replace it' },
          artifactChanges: [
            {
              artifactLocation: { uri: 'src/a.ts' },
              replacements: [{ deletedRegion: { byteOffset: 40, byteLength: 10 }, insertedContent: { text: 'X' } }],
            },
          ],
        },
      ],
    },
  ]);
});

test.for([
  ['src/a.ts', 'src/a.ts'],
  ['a b#c?d', 'a%20b%23c%3Fd'],
  ['c:/x', 'c%3A/x'],
  ['100%25.txt', '100%25.txt'],
  ['%FFx', '%FFx'],
  ['a.zip!/é', 'a.zip!/%C3%A9'],
  ['a\nb', 'a%0Ab'],
  ['\ud800', '%EF%BF%BD'],
])('pathUri(%j) is %s', ([path = '', uri]) => {
  expect(pathUri(path)).toBe(uri);
});
