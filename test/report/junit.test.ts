import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { renderJunit } from '../../src/report/junit.ts';
import { finding, hostile, report, skip } from './sample.ts';

test('the whole output', () => {
  const text = renderJunit(
    report({
      findings: [finding({ message: 'a "b" & <c>', hint: 'revoke' }), finding({ path: 'z', severity: 'warning' })],
      skipped: [skip('big', 'x'), skip('denied', 'y', 'failed')],
    }),
  );
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kei-git" tests="4" failures="1" errors="1" skipped="1" time="0.340">
  <testsuite name="kei-git check" tests="4" failures="1" errors="1" skipped="1" time="0.340">
    <testcase classname="src/a.ts" name="leak/example-token at 3:5" file="src/a.ts" line="3"><failure message="a &quot;b&quot; &amp; &lt;c&gt;" type="error">src/a.ts:3:5: error: a &quot;b&quot; &amp; &lt;c&gt;
revoke
kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa</failure></testcase>
    <testcase classname="z" name="leak/example-token at 3:5" file="z" line="3"><system-out>z:3:5: warning: example token
kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa</system-out></testcase>
    <testcase classname="x" name="look"><skipped message="big"/></testcase>
    <testcase classname="y" name="look"><error message="denied" type="not looked at"/></testcase>
  </testsuite>
</testsuites>
`);
});

test('the threshold decides what is a failure', () => {
  expect(renderJunit(report({ findings: [finding({ severity: 'warning' })] }), { failOn: 'warning' })).toContain('failures="1"');
});

test('a clean run is one case that passed', () => {
  expect(renderJunit(report())).toContain('tests="1" failures="0" errors="0" skipped="0"');
});

test('only characters of XML 1.0', () => {
  // XML 1.0, production 2
  expect(renderJunit(hostile())).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
});

const python = spawnSync('python3', ['-c', '']).status === 0;
test.skipIf(!python)('a real XML parser reads it (skipped: no python3)', () => {
  const program = 'import sys, xml.etree.ElementTree as t; print(len(t.fromstring(sys.stdin.buffer.read()).findall("testsuite/testcase")))';
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { input: renderJunit(hostile()), encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('8\n');
});
