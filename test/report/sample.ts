import type { Finding, Report, Skipped } from '../../src/report/finding.ts';

const identity = {
  rule: 'leak/example-token',
  severity: 'error',
  message: 'example token',
  fingerprint: 'kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa',
} as const;

/** A finding with what a test needs of it. */
export const finding = (more: Partial<Finding> = {}): Finding => ({
  ...identity,
  path: 'src/a.ts',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 15,
  start: 40,
  end: 50,
  ...more,
});

export const skip = (reason: string, path?: string, kind: Skipped['kind'] = 'policy'): Skipped => ({
  reason,
  kind,
  ...(path === undefined ? {} : { path }),
});

export const report = (more: Partial<Report> = {}): Report => ({
  kind: 'report',
  target: { event: 'check', kind: 'worktree', description: 'worktree' },
  findings: [],
  skipped: [],
  stats: { files: 128, bytes: 1_258_291, elapsedMs: 340 },
  ...more,
});

/** Findings and skipped things with everything a renderer may trip over. */
export const hostile = (): Report =>
  report({
    findings: [
      finding({
        path: '::error::x\n::set-output name=a::b',
        line: 1,
        column: 1,
        endLine: 2,
        endColumn: 4,
        hint: 'first line\nsecond: 100%, done',
      }),
      finding({
        path: 'b%25c%FF d\u202e#:?.zip!/é\u009b2J.txt',
        message: 'it says <b>"&\' \u001b[31m ]]> \ud800 \ufffe ##[command]x',
        severity: 'warning',
      }),
      { ...identity, path: 'bin.dat', start: 7, end: 9 },
      {
        ...identity,
        line: 3,
        column: 5,
        commit: `${'c0ffee'.repeat(6)}c0ff`,
        severity: 'note',
        fingerprint: 'kei1c:bbbbbbbbbbbbbbbbbbbbbbbbbb',
      },
      finding({
        path: 'src/fix.ts',
        fingerprint: 'kei1:cccccccccccccccccccccccccc',
        fix: { title: 'replace it', edits: [{ start: 40, end: 50, text: '${TOKEN}' }] },
        extra: { why: 'whoever reads it can push', confidence: 1, checked: true },
      }),
    ],
    skipped: [skip('larger than 50 MB', 'a\u0000.bin'), skip('permission denied', 'secret dir/x', 'failed'), skip('no terms file')],
  });
