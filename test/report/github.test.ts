import { expect, test } from 'vitest';
import { renderGithub } from '../../src/report/github.ts';
import { finding, hostile, report, skip } from './sample.ts';

test('the whole output', () => {
  expect(
    renderGithub(
      report({ findings: [finding({ hint: 'do: this, 100%\nand that' })], skipped: [skip('denied', 'y', 'failed'), skip('big')] }),
    ),
  ).toBe(
    '::error file=src/a.ts,line=3,endLine=3,col=5,endColumn=15,title=leak/example-token::example token%0Ado: this, 100%25%0Aand that%0Akei1:aaaaaaaaaaaaaaaaaaaaaaaaaa\n' +
      '::error title=kei-git::1 file not looked at: denied (y)\n' +
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

test('the ten worst first, then how many more', () => {
  const findings = [
    ...Array.from({ length: 8 }, (_, i) => finding({ path: `n${i}`, severity: 'note' })),
    ...Array.from({ length: 3 }, (_, i) => finding({ path: `w${i}`, severity: 'warning' })),
    ...Array.from({ length: 4 }, (_, i) => finding({ path: `z${i}` })),
  ];
  const lines = renderGithub(report({ findings })).split('\n');
  expect(lines.slice(0, 10).map((line) => line.replace(/,.*/, ''))).toEqual([
    ...['z0', 'z1', 'z2', 'z3'].map((path) => `::error file=${path}`),
    ...['w0', 'w1', 'w2'].map((path) => `::warning file=${path}`),
    ...['n0', 'n1', 'n2'].map((path) => `::notice file=${path}`),
  ]);
  expect(lines[10]).toBe('::notice title=kei-git::5 more not shown here: 5 notes');
  expect(lines).toHaveLength(13);
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
