import { expect, test } from 'vitest';
import { renderGithub } from '../../src/report/github.ts';
import type { Finding, Severity } from '../../src/report/finding.ts';
import { finding, hostile, report, skip } from './sample.ts';

test('the whole output', () => {
  expect(
    renderGithub(
      report({ findings: [finding({ hint: 'do: this, 100%\nand that' })], skipped: [skip('denied', 'y', 'failed'), skip('big')] }),
    ),
  ).toBe(
    '::error title=kei-git::1 file not looked at: denied (y)\n' +
      '::error file=src/a.ts,line=3,endLine=3,col=5,endColumn=15,title=leak/example-token::example token%0Ado: this, 100%25%0Aand that%0Akei1:aaaaaaaaaaaaaaaaaaaaaaaaaa\n' +
      'kei-git: skipped: big\n' +
      'kei-git: 1 error in 128 files (1.2 MB, 340 ms)\n',
  );
});

test('what is in an archive is shown at the archive', () => {
  const findings = [finding({ path: 'a.zip!/b.txt', extra: { archive: 'a.zip' } })];
  expect(renderGithub(report({ findings })).split('\n')[0]).toBe(
    '::error file=a.zip,title=leak/example-token::example token%0Ain a.zip!/b.txt, line 3%0Akei1:aaaaaaaaaaaaaaaaaaaaaaaaaa',
  );
});

const many = (severity: Severity, count: number): readonly Finding[] =>
  Array.from({ length: count }, (_, i) => finding({ path: `${severity}${String(i).padStart(2, '0')}`, severity }));
const kinds = (lines: readonly string[]): Record<string, number> => {
  const count: Record<string, number> = {};
  for (const line of lines) if (line.startsWith('::')) count[line.split(' ')[0] ?? ''] = (count[line.split(' ')[0] ?? ''] ?? 0) + 1;
  return count;
};

test('the worst first, ten of a kind', () => {
  const lines = renderGithub(report({ findings: [...many('note', 10), ...many('warning', 3), ...many('error', 4)] })).split('\n');
  expect(lines.slice(0, 8).map((line) => line.replace(/,.*/, ''))).toEqual([
    ...['error00', 'error01', 'error02', 'error03'].map((path) => `::error file=${path}`),
    ...['warning00', 'warning01', 'warning02'].map((path) => `::warning file=${path}`),
    '::notice file=note00',
  ]);
  expect(kinds(lines)).toEqual({ '::error': 4, '::warning': 3, '::notice': 10 });
});

test('what the host would drop is counted in a notice, and what was not looked at is an error', () => {
  const findings = [...many('note', 10), ...many('warning', 12), ...many('error', 11)];
  const lines = renderGithub(report({ findings, skipped: [skip('denied', 'y', 'failed'), skip('gone', 'z', 'failed')] })).split('\n');
  expect(lines[0]).toBe('::error title=kei-git::1 file not looked at: denied (y)%0A1 file not looked at: gone (z)');
  expect(kinds(lines)).toEqual({ '::error': 10, '::warning': 10, '::notice': 10 });
  expect(lines).toContain('::notice title=kei-git::5 more not shown here: 2 errors, 2 warnings, 1 note');
});

test('no path or message starts a command of its own', () => {
  const lines = renderGithub(hostile()).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(6);
  for (const line of lines) {
    expect(line).toMatch(/^(?:kei-git: |::(?:error|warning|notice) (?:[a-zA-Z]+=[^:,\r\n]*,?)+::)/);
    expect(line).not.toContain('##[');
  }
  expect(lines.join('\n')).toContain(String.raw`file=%3A%3Aerror%3A%3Ax\n%3A%3Aset-output name=a%3A%3Ab,`);
  expect(lines.join('\n')).toContain('file=b%25c%25FF d');
});
