import { expect, test } from 'vitest';
import { renderMarkdown, renderMarkdownError } from '../../src/report/markdown.ts';
import { finding, hostile, report, skip } from './sample.ts';

const LIMIT = 100_000;

test('the whole page', () => {
  const findings = [
    finding({ severity: 'note', path: 'z.ts' }),
    finding({ hint: 'do this\nand that', commit: `${'c0ffee'.repeat(6)}c0ff` }),
  ];
  expect(renderMarkdown(report({ findings, skipped: [skip('denied', 'y', 'failed'), skip('big')] }), { limit: LIMIT }))
    .toBe(`### kei-git: 1 error, 1 note

1 error, 1 note in 128 files (1.2 MB, 340 ms)

| | where | what | rule |
|---|---|---|---|
| error | <code>src/a.ts:3</code> in commit <code>c0ffeec0ffee</code> | example token<br><code>do this</code><br><code>and that</code><br><code>kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa</code> | <code>leak/example-token</code> |
| note | <code>z.ts:3</code> | example token<br><code>kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa</code> | <code>leak/example-token</code> |

* **1 file not looked at: denied (y)**
* skipped: big
`);
  expect(renderMarkdown(report(), { limit: LIMIT })).toBe('### kei-git: nothing found\n\nnothing found in 128 files (1.2 MB, 340 ms)\n');
});

test('no name or message is markup, mentions anybody or leaves its cell', () => {
  const findings = [
    ...hostile().findings,
    finding({ path: '@team/`a`|b|<img src=x>[l](javascript:x)\n# h', message: '@everyone see #1 *now* <script>' }),
  ];
  const page = renderMarkdown(report({ findings, skipped: hostile().skipped }), { limit: LIMIT });
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  expect(rows).toHaveLength(1 + findings.length);
  expect(rows.filter((row) => row.split('|').length !== 6)).toEqual([]);
  expect(page.match(/<(?!\/?code>|br>|!-- -->)[^>]*>?/g)).toBeNull();
  expect(page.replaceAll(/<code>.*?<\/code>/g, '').match(/@\w|(?<!&)#\d|`|\]\(/g)).toBeNull();
  expect(page).toContain('@<!-- -->everyone see #<!-- -->1 &#42;now&#42; &lt;script&gt;');
});

test.for([2_000, 10_000, 60_000])('a page of at most %i bytes, with what it lacks counted', (limit) => {
  const findings = Array.from({ length: 2_000 }, (_, i) => finding({ path: `ä${i}.ts`, severity: i < 3 ? 'warning' : 'note' }));
  const skipped = Array.from({ length: 500 }, (_, i) => skip(`reason ${i} ${'x'.repeat(100)}`));
  const page = renderMarkdown(report({ findings, skipped }), { limit });
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(limit);
  expect(Buffer.byteLength(page)).toBeGreaterThan(limit / 3);
  const rows = page.split('\n').filter((line) => line.startsWith('| note') || line.startsWith('| warning'));
  expect(page).toContain(`\n${2_000 - rows.length} more not shown here: `);
  if (rows.length > 3) expect(rows.slice(0, 3).every((row) => row.startsWith('| warning'))).toBe(true);
});

test('at most so many rows', () => {
  const page = renderMarkdown(report({ findings: Array.from({ length: 9 }, (_, i) => finding({ path: `${i}` })) }), {
    limit: LIMIT,
    rows: 4,
  });
  expect(page).toContain('\n5 more not shown here: 5 errors\n');
});

test('why there is no report', () => {
  expect(renderMarkdownError('kei.toml:1:2: unknown <b>', 'do x\nor y')).toBe(
    '### kei-git: nothing was judged\n\nkei.toml:1:2: unknown &lt;b&gt;\n\n<code>do x</code><br><code>or y</code>\n',
  );
});
