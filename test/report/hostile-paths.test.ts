import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../leak/commands.ts';
import { githubToken } from '../leak/tokens.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { sarifErrors } from './sarif-schema.ts';

const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

/** Names of files, and the paths that reports give them. */
const NAMES: readonly (readonly [name: Buffer, path: string])[] = [
  [bytes('a\nb'), 'a\nb'],
  [bytes('c\r\n::error::d'), 'c\r\n::error::d'],
  [bytes('::set-output name=x::y'), '::set-output name=x::y'],
  [bytes('::stop-commands::z'), '::stop-commands::z'],
  [bytes('##[add-mask]m'), '##[add-mask]m'],
  [bytes('##teamcity[x]'), '##teamcity[x]'],
  [bytes('##vso[task.setvariable]n'), '##vso[task.setvariable]n'],
  [bytes('e%0A::f, line=1'), 'e%250A::f, line=1'],
  [bytes('g', 0xff, 0xc3, 'h'), 'g%FF%C3h'],
  [bytes(0xed, 0xa0, 0x80), '%ED%A0%80'],
  [bytes('\u001b]0;title\u0007\u001b[2J'), '\u001b]0;title\u0007\u001b[2J'],
  [bytes('\u0001\u0008\u007f\u0085\u009b'), '\u0001\u0008\u007f\u0085\u009b'],
  [bytes('\u202etxt.exe\u2066\u2028\u2029'), '\u202etxt.exe\u2066\u2028\u2029'],
  [bytes('<b a="1">\'&amp;]]>'), '<b a="1">\'&amp;]]>'],
  [bytes('\ufffe\uffff\u{e0041}'), '\ufffe\uffff\u{e0041}'],
  [bytes('"\\u000a"'), '"\\u000a"'],
  [bytes('file:'), 'file:'],
  [bytes(' '), ' '],
];
const PATHS = NAMES.map(([, path]) => path).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe.runIf(process.platform === 'linux')('names of files in every format (only where any byte may stand in a name)', () => {
  let repo: TestRepo;
  beforeAll(async () => {
    repo = await makeRepo();
    for (const [i, [name]] of NAMES.entries())
      writeFileSync(Buffer.concat([Buffer.from(`${repo.dir}/`), name]), `t = "${githubToken(`hostile ${i}`)}"\n`);
    await repo.git('add', '.');
  });
  const rendered = async (format: string, target = '--staged'): Promise<string> => {
    const { code, out, err } = await run(repo, ['leak', 'scan', target, '--format', format]);
    expect([code, err]).toEqual([1, '']);
    expect(out).not.toMatch(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(out).not.toMatch(/^::(?!error |notice )|##(?:\[|vso\[|teamcity\[)/m);
    return out;
  };

  test.for(['--staged', '--all'])('json, %s: the paths, and one finding to a line', async (target) => {
    const out = await rendered('json', target);
    const { findings } = JSON.parse(out) as { findings: { path: string }[] };
    expect(findings.map(({ path }) => path)).toEqual(PATHS);
    expect(out.split('\n').filter((line) => line.includes('"rule"'))).toHaveLength(PATHS.length);
  });

  test('sarif: valid, and the bytes of each name', async () => {
    const log = JSON.parse(await rendered('sarif')) as {
      runs: [{ results: { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }[] }];
    };
    expect(sarifErrors(log)).toEqual([]);
    const uris = log.runs[0].results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri);
    const named = uris.map((uri) => {
      expect(new URL(uri, 'file:///root/').pathname).toBe(`/root/${uri}`);
      return Buffer.from(
        uri.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      );
    });
    expect(named.map((name) => name.toString('hex')).sort()).toEqual(NAMES.map(([name]) => name.toString('hex')).sort());
  });

  test('junit: XML, a case for each', async () => {
    const out = await rendered('junit');
    expect(out).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u); // XML 1.0, production 2
    expect(out.match(/<testcase /g)).toHaveLength(PATHS.length);
    expect(out.match(/<(?!\/?(?:testsuites?|testcase|failure)[ >]|\?xml )/g)).toBeNull();
    if (spawnSync('python3', ['-c', '']).status !== 0)
      return console.warn('NO XML PARSER READS THE JUNIT REPORT HERE: there is no python3');
    const program =
      'import sys, xml.etree.ElementTree as t; print(len(t.fromstring(sys.stdin.buffer.read()).findall("testsuite/testcase/failure")))';
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { input: out, encoding: 'utf8' });
    expect([stdout, stderr]).toEqual([`${PATHS.length}\n`, '']);
  });

  test('github: no name begins a command or a property of its own', async () => {
    const lines = (await rendered('github')).trimEnd().split('\n');
    const commands = lines.filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(11); // ten findings, and how many more
    for (const line of commands.slice(0, 10))
      expect(line).toMatch(/^::error file=[^:,]+,line=1,endLine=1,col=6,endColumn=46,title=leak\/github-pat-classic::[^:]/);
    for (const line of lines.filter((one) => !one.startsWith('::'))) expect(line).toMatch(/^kei-git: /);
  });

  test('text: a name is one line', async () => {
    const out = await rendered('text');
    expect(out.split('\n').filter((line) => line.includes(':1:6 '))).toHaveLength(PATHS.length);
    expect(out).not.toMatch(/^::/m);
  });
});
