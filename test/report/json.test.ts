import { expect, test } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { parseReport } from '../../src/report/parse.ts';
import { finding, hostile, report, skip } from './sample.ts';

const tool = { name: 'kei-git', version: '1.2.3' };

test('the whole output, keys in order', () => {
  const text = renderJson(
    report({
      findings: [
        finding({ path: 'z', extra: { b: 1, a: true } }),
        {
          fingerprint: 'kei1c:x',
          message: 'm',
          severity: 'note',
          rule: 'counts/stale',
          hint: 'h',
          fix: { edits: [{ text: 't', end: 2, start: 1 }], title: 'f' },
        },
      ],
      skipped: [skip('b', 'y'), skip('a', 'x', 'failed')],
      stats: { bytes: 2, files: 1, extra: { z: 1, a: 2 } },
    }),
    tool,
  );
  expect(text).toBe(`{
  "schema": "kei-git/report/1",
  "tool": {"name":"kei-git","version":"1.2.3"},
  "target": {"event":"check","kind":"worktree","description":"worktree"},
  "findings": [
    {"rule":"counts/stale","severity":"note","message":"m","hint":"h","fingerprint":"kei1c:x","fix":{"title":"f","edits":[{"start":1,"end":2,"text":"t"}]}},
    {"rule":"leak/example-token","severity":"error","message":"example token","path":"z","line":3,"column":5,"endLine":3,"endColumn":15,"start":40,"end":50,"fingerprint":"kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa","extra":{"a":true,"b":1}}
  ],
  "skipped": [
    {"path":"x","reason":"a","kind":"failed"},
    {"path":"y","reason":"b","kind":"policy"}
  ],
  "stats": {"files":1,"bytes":2,"extra":{"a":2,"z":1}}
}
`);
});

test('what is written is read back the same, hostile or not, and steers no terminal', () => {
  const written = renderJson(hostile(), tool);
  expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
  const read = parseReport(written, 'x.json');
  expect(renderJson(read, tool)).toBe(written);
  expect(new Set(read.findings)).toEqual(new Set(hostile().findings));
});

test('order does not depend on the order of finding', () => {
  const { findings } = hostile();
  expect(renderJson(report({ findings: findings.toReversed() }), tool)).toBe(renderJson(report({ findings }), tool));
});

test('100,000 findings', () => {
  const findings = Array.from({ length: 100_000 }, (_, i) => finding({ path: `src/${i % 1000}.ts`, start: i, fingerprint: `kei1:${i}` }));
  const text = renderJson(report({ findings }), tool);
  expect(parseReport(text, 'x.json').findings).toHaveLength(100_000);
}, 30_000);
