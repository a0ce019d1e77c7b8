import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { renderJson } from '../../src/report/json.ts';
import { mergeReports } from '../../src/report/merge.ts';
import { parseReport } from '../../src/report/parse.ts';
import { finding, report, skip } from './sample.ts';

const shard = (n: number, of: number) => ({ event: 'ci', kind: 'history', description: `history, shard ${n}/${of}` });

test('findings come once with the worst severity, stats are added, order is that of a report', () => {
  const merged = mergeReports([
    report({
      target: shard(2, 2),
      findings: [finding({ path: 'b' }), finding({ severity: 'warning' }), finding({ start: 41 })],
      skipped: [skip('big', 'x')],
      stats: { files: 3, bytes: 10, elapsedMs: 5, extra: { blobs: 2 } },
    }),
    report({
      target: shard(1, 2),
      findings: [finding(), finding({ commit: 'c1' })],
      skipped: [skip('big', 'x'), skip('big', 'a')],
      stats: { files: 4, bytes: 1, extra: { blobs: 1, trees: 7 } },
    }),
  ]);
  expect(merged).toEqual(
    report({
      target: { event: 'ci', kind: 'history', description: 'history' },
      findings: [finding({ path: 'b' }), finding(), finding({ start: 41 }), finding({ commit: 'c1' })],
      skipped: [skip('big', 'a'), skip('big', 'x')],
      stats: { files: 7, bytes: 11, elapsedMs: 5, extra: { blobs: 3, trees: 7 } },
    }),
  );
});

test('a missing shard was not looked at', () => {
  const { skipped } = mergeReports([report({ target: shard(1, 4) }), report({ target: shard(3, 4) })]);
  expect(skipped).toEqual([2, 4].map((n) => skip(`shard ${n}/4 is not among the merged reports`, undefined, 'failed')));
});

test('the strictest event of different targets is kept', () => {
  const { target } = mergeReports([report(), report({ target: { event: 'pre-push', kind: 'range', description: 'a..b' } })]);
  expect(target).toEqual({ event: 'pre-push', kind: 'merged', description: '2 reports' });
});

test('merging does not depend on the order of the files', () => {
  const reports = [
    report({ findings: [finding({ path: 'b' })] }),
    report({ findings: [finding(), finding({ path: 'b', severity: 'note' })] }),
  ];
  expect(mergeReports(reports)).toEqual(mergeReports(reports.toReversed()));
});

const refusal = (text: string, file = 'a\n.json'): string => {
  try {
    parseReport(text, file);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no error';
};

describe('parseReport refuses', () => {
  const good = JSON.parse(
    renderJson(report({ findings: [finding({ fix: { title: 't', edits: [{ start: 1, end: 2, text: '' }] } })], skipped: [skip('r')] }), {
      name: 'kei-git',
      version: '1',
    }),
  ) as Record<string, unknown>;
  const first = (good['findings'] as readonly Record<string, unknown>[])[0];
  const withFinding = (more: Record<string, unknown>) => ({ ...good, findings: [{ ...first, ...more }] });

  test('nothing that kei-git wrote', () => {
    expect(parseReport(JSON.stringify(good), 'a.json').findings).toHaveLength(1);
    expect(parseReport(`\ufeff${JSON.stringify(good)}`, 'a.json').findings).toHaveLength(1);
  });

  test.for([
    ['another schema', { ...good, schema: 'kei-git/report/2' }, 'a.json: schema is not kei-git/report/1, the one that this version reads'],
    ['an array', [good], 'a.json: the report is not an object'],
    ['null', null, 'a.json: the report is not an object'],
    ['no tool', { ...good, tool: undefined }, 'a.json: tool is not an object'],
    ['no findings', { ...good, findings: undefined }, 'a.json: findings is not an array'],
    ['a new member', { ...good, more: 1 }, 'a.json: the report has a member that no report has: more'],
    ['an odd severity', withFinding({ severity: 'fatal' }), 'a.json: findings[0].severity is none of note, warning, error'],
    ['no fingerprint', withFinding({ fingerprint: '' }), 'a.json: findings[0].fingerprint is empty'],
    ['line 0', withFinding({ line: 0 }), 'a.json: findings[0].line is not a whole number of at least 1'],
    ['half a column', withFinding({ column: 1.5 }), 'a.json: findings[0].column is not a whole number of at least 1'],
    ['a path that is a number', withFinding({ path: 3 }), 'a.json: findings[0].path is not a string'],
    [
      'a fix backwards',
      withFinding({ fix: { title: '', edits: [{ start: 5, end: 4, text: '' }] } }),
      'a.json: findings[0].fix.edits[0].end is not a whole number of at least 5',
    ],
    ['deep extra', withFinding({ extra: { a: {} } }), 'a.json: findings[0].extra.a is no text, number or truth value'],
    ['an odd kind', { ...good, skipped: [{ reason: '', kind: 'lazy' }] }, 'a.json: skipped[0].kind is neither policy nor failed'],
    ['stats of text', { ...good, stats: { files: '1', bytes: 1 } }, 'a.json: stats.files is not a whole number of at least 0'],
  ] as const)('%s', ([, value, message]) => {
    expect(refusal(JSON.stringify(value), 'a.json')).toBe(message);
  });

  test('text that is cut off or no JSON, without quoting it', () => {
    expect(refusal('{\n "schema": "hunter2')).toBe(String.raw`a\n.json:2:20: not valid JSON`);
    expect(refusal('{ "schema": hunter2hunter2 }')).toBe(String.raw`a\n.json: not valid JSON`);
    expect(refusal('')).toBe(String.raw`a\n.json: not valid JSON`);
  });

  test('__proto__ as a key', () => {
    const text = JSON.stringify(good).replace('"stats":{', '"__proto__":{"files":1},"stats":{');
    expect(() => parseReport(text, 'a.json')).toThrow(ConfigError);
  });
});
