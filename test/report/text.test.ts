import { describe, expect, test } from 'vitest';
import { renderText } from '../../src/report/text.ts';
import { finding, hostile, report, skip } from './sample.ts';

const plain = { colour: false, columns: 80 };

test('a clean run is one calm line', () => {
  expect(renderText(report(), plain)).toBe('nothing found in 128 files (1.2 MB, 340 ms)\n');
});

test('messages that were looked at count too', () => {
  const line = (files: number, messages: number): string => renderText(report({ stats: { files, bytes: 9, extra: { messages } } }), plain);
  expect([line(0, 1), line(2, 3), line(2, 0)]).toEqual([
    'nothing found in 1 message (9 bytes)\n',
    'nothing found in 2 files and 3 messages (9 bytes)\n',
    'nothing found in 2 files and 0 messages (9 bytes)\n',
  ]);
});

test('nothing to look at, and nothing that could be looked at, are said to be so', () => {
  const stats = { files: 0, bytes: 0 };
  expect(renderText(report({ stats }), plain)).toBe('nothing to look at: worktree\n');
  expect(renderText(report({ stats, skipped: [skip('permission denied', 'a', 'failed')] }), plain)).toBe(
    'nothing could be looked at: worktree\n1 file not looked at: permission denied (a)\n',
  );
});

test('findings in order, by file, with why, hint, fix and id; then the summary and what was left out', () => {
  const text = renderText(
    report({
      findings: [
        finding({
          path: 'src/b.ts',
          severity: 'warning',
          rule: 'workflow/unpinned',
          message: 'not pinned',
          hint: 'pin it',
          fingerprint: 'kei1c:b',
        }),
        finding({ line: 9, column: 2, start: 90, hint: 'kei-git leak ignore kei1:x --reason …', fingerprint: 'kei1:x' }),
        finding({
          extra: { why: 'whoever reads it can push to your repositories until it is revoked, and robots read all that is public' },
          fix: { title: 'replace by ${TOKEN}', edits: [] },
          hint: 'revoke it\nthen take it out',
        }),
      ],
      skipped: [
        ...['d.bin', 'c.bin', 'a.bin', 'b.bin'].map((path) => skip('larger than 50 MB', path)),
        skip('permission denied', 'x', 'failed'),
        skip('no git'),
      ],
    }),
    plain,
  );
  expect(text).toBe(`src/a.ts:3:5  error  example token [leak/example-token]
    why   whoever reads it can push to your repositories until it is revoked,
          and robots read all that is public
    do    revoke it
          then take it out
    fix   replace by \${TOKEN}
    id    kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa
src/a.ts:9:2  error  example token [leak/example-token]
    do    kei-git leak ignore kei1:x --reason …

src/b.ts:3:5  warning  not pinned [workflow/unpinned]
    do    pin it
    id    kei1c:b

2 errors, 1 warning in 128 files (1.2 MB, 340 ms)
1 file not looked at: permission denied (x)
4 files skipped: larger than 50 MB (a.bin, b.bin, c.bin, …)
skipped: no git
`);
});

describe('hostile paths and messages', () => {
  const text = renderText(hostile(), plain);
  test('nothing steers a terminal or a runner', () => {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
    expect(text).not.toMatch(/^\s*::/m);
    expect(text).not.toContain('##[');
  });
  test('they are shown escaped', () => {
    expect(text).toContain(String.raw`./::error::x\n::set-output name=a::b:1:1  error`);
    expect(text).toContain('bin.dat at byte 7  error');
    expect(text).toContain('commit c0ffeec0ffee:3:5  note');
  });
});

test('the commit stands under a finding that has one and a path', () => {
  expect(renderText(report({ findings: [finding({ commit: 'ab'.repeat(20) })] }), plain)).toContain('\n    in    commit abababababab\n');
});

test('a finding of a commit message is placed there', () => {
  const { path: _, ...bare } = finding();
  const target = { event: 'commit-msg', kind: 'stdin', description: 'message' };
  expect(renderText(report({ findings: [bare], target }), plain)).toMatch(/^commit message:3:5 {2}error/);
});

test('colour paints and says the same', () => {
  const painted = renderText(hostile(), { colour: true, columns: 80 });
  expect(painted).toContain('\u001b[31merror\u001b[0m');
  expect(
    painted
      .split('\u001b')
      .map((part, i) => (i === 0 ? part : part.replace(/^\[\d+m/, '')))
      .join(''),
  ).toBe(renderText(hostile(), plain));
});

test('a thousand reasons do not become a thousand lines', () => {
  const skipped = Array.from({ length: 1000 }, (_, i) => skip(`reason ${i}`, `f${i}`, i === 999 ? 'failed' : 'policy'));
  const lines = renderText(report({ skipped }), plain).trimEnd().split('\n');
  expect(lines).toHaveLength(12);
  expect(lines[1]).toBe('1 file not looked at: reason 999 (f999)');
  expect(lines.at(-1)).toBe('990 more left out for 990 other reasons: see --format json');
});
